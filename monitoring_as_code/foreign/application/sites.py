"""What is known of where an application records its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Site(NamedTuple):
    """A call in a file, whose path is relative to the project. `function` is the function around it, with its class; "" outside of all."""

    path: str
    line: int
    function: str
    method: str

    @property
    def at(self) -> str:
        """Where it is, for who looks for it now."""
        return f"{self.path}:{self.line}"

    @property
    def said(self) -> str:
        """The same with the function."""
        return f"{self.at} in {self.function}" if self.function else self.at


class Recordings(NamedTuple):
    """Of each metric, by its name, where it is recorded and where it is registered.

    `unknown` are those that are not recorded anywhere as far as can be seen, but of which this cannot be said for sure, each with the reason.
    `unread` are files that are no Python, as far as this one knows, each with the reason.
    """

    recorded: Mapping[str, tuple[Site, ...]]
    registered: Mapping[str, tuple[Site, ...]]
    unknown: Mapping[str, str]
    unread: Mapping[str, str]
    files: int
