"""What runs a stack: the services of one project, whoever runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.operate.blueprint import Blueprint

# Takes a sentence on the progress.
Tell = Callable[[str], None]


class StackError(Exception):
    """What kept a stack from being started, stopped or asked; its text says why, and what to do."""


class Service(NamedTuple):
    """One service of a stack that was started, as it is now."""

    name: str
    url: str
    state: Literal["ready", "starting", "ended"]
    log: Path
    pid: int | None = None
    started: float = 0.0
    """When, in seconds since 1970."""
    memory_bytes: int | None = None


class Started(NamedTuple):
    """What a start has done, by the names of the services."""

    started: tuple[str, ...]
    reloaded: tuple[str, ...]
    unchanged: tuple[str, ...]
    stopped: tuple[str, ...] = ()
    """Those that the definitions no longer have."""


class Engine(Protocol):
    """One way to run a stack. All of it may be asked at any time, by several commands at once."""

    def start(self, blueprint: Blueprint, tell: Tell) -> Started:
        """Make the services run as the blueprint says, and return when all are ready; one that runs so already is left alone.

        What this call has started is stopped again when it raises, when it is interrupted, too.

        Raises:
            StackError: a service did not become ready.
            MissingEngine: a program is not on this machine.
        """
        ...

    def stop(self, tell: Tell) -> tuple[str, ...]:
        """End all services and keep their data; the names of those that ran."""
        ...

    def services(self) -> tuple[Service, ...]:
        """Those that were started and not stopped; one that has ended by itself is among them."""
        ...

    def logs(self) -> Mapping[str, Path]:
        """The files of the logs that there are, by service; they outlive the services."""
        ...

    def stored(self) -> Sequence[Path]:
        """What `reset` would remove."""
        ...

    def reset(self, tell: Tell) -> None:
        """Stop all, and remove what is stored."""
        ...
