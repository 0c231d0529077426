"""What stands in a Compose file: texts as they are, and variables that Compose fills in from `.env` when it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring_as_code.yaml_text import Plain


class FromEnv(str):
    """A text with variables in it, which Compose is to replace; in any other text a `$` is itself."""

    __slots__ = ()


def variable(names: Sequence[str], otherwise: str = "") -> FromEnv:
    """The first of these variables that is set and not empty.

    >>> variable(("A", "B"), "/dev/null")
    '${A:-${B:-/dev/null}}'
    """
    found = otherwise
    for name in reversed(names):
        found = f"${{{name}:-{found}}}"
    return FromEnv(found)


def required(name: str, why: str) -> FromEnv:
    """A variable without which Compose refuses to start anything."""
    return FromEnv(f"${{{name}:?{why}}}")


def written(value: Plain) -> Plain:
    """As it must be written so that Compose reads it as it is: a single `$` starts a variable."""
    if isinstance(value, FromEnv):
        return str(value)
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        # Keys are taken as they are.
        return {key: written(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [written(each) for each in value]
    return value
