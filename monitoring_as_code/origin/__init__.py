"""Where something was declared: noted in a microsecond, resolved to line and column only when somebody must be told."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from types import CodeType

from monitoring_as_code.light import NamedTuple

# Frames of these stand between a declaration and the call that made it: `Counter[...](...)` goes through typing, a `partial` method through
# functools. The body of a module is never between: what a module of this package declares at its top was declared there.
_BETWEEN = frozenset({"monitoring_as_code", "pydantic", "pydantic_core", "typing", "functools"})


class _IsBetween(dict[str, bool]):
    """Whether a module's frames are, by its name; told once, as a project makes thousands of calls."""

    def __missing__(self, name: str) -> bool:
        found = self[name] = name.partition(".")[0] in _BETWEEN
        return found


_IS_BETWEEN = _IsBetween()


class Origin(NamedTuple):
    """A call: the code object that made it and the offset of its instruction."""

    code: CodeType
    instruction: int


class Anchor(ABC):
    """What a call is to a declaration, for one that was read from a file of others: it finds its parts and their characters itself."""

    __slots__ = ()

    @abstractmethod
    def locate(self, place: Place) -> Location:
        """Line and column of a place that starts here."""

    def spelt(self, place: Place, text: str) -> Respelling | None:  # noqa: ARG002 - not clear, unless a kind of file says more
        """How the characters that a place says are written once they are `text`; None if that is not clear."""
        return None


class Respelling(NamedTuple):
    """A change of a file: the characters from `start` up to `end`, counted from 0 with one for each line break, become `text`."""

    path: str
    start: int
    end: int
    text: str


class Place(NamedTuple):
    """A place that can be resolved later: a call, an argument of it, or characters of the text in that argument.

    `path` leads from the call to the value: a keyword's name or a position, then keys and indexes of literals, as in
    `("labels", "severity")`; a last `"[key]"` means the keyword or the key itself. The operands of an operator are 0 and 1.
    `span` are characters of `text`, the value that stands there, from and up to; the text is kept so that it can be shown when no
    literal is found (an f-string, a variable, a loop).
    """

    origin: Origin | Anchor
    path: tuple[str | int, ...] = ()
    span: tuple[int, int] | None = None
    text: str | None = None


class Location(NamedTuple):
    """A range of a file. Lines and columns count from 1, columns in characters; the end column is the one after the last character.

    `exact` is false if the wanted characters could not be found in the file: then the range is the call, and `text` and `span` are
    those of the place.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    exact: bool = True
    text: str | None = None
    span: tuple[int, int] | None = None


def here() -> Origin:
    """The nearest call outside of this package and pydantic, decided by the module's name."""
    frame = sys._getframe(1)  # noqa: SLF001 - `inspect` has no cheaper way
    while _IS_BETWEEN[frame.f_globals.get("__name__", "")] and frame.f_back is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return Origin(frame.f_code, frame.f_lasti)


def callers() -> tuple[Origin, ...]:
    """The calls that led here, from the nearest one outside of this package to that in a module's body."""
    found: list[Origin] = []
    frame = sys._getframe(1)  # noqa: SLF001 - `inspect` has no cheaper way
    while True:
        if not _IS_BETWEEN[frame.f_globals.get("__name__", "")]:
            found.append(Origin(frame.f_code, frame.f_lasti))
        if frame.f_back is None or frame.f_code.co_name == "<module>":
            return tuple(found)
        frame = frame.f_back


def locate(place: Place) -> Location:
    """Line and column of a place; the nearest thing that can be found, if its file has changed or is gone."""
    if isinstance(place.origin, Anchor):
        return place.origin.locate(place)
    from monitoring_as_code.origin.resolver import resolve

    return resolve(place.origin, place)


def spell(place: Place, text: str) -> Respelling | None:
    """How its file is changed for the characters that a place says to become `text`; None if they do not stand there as they are."""
    if isinstance(place.origin, Anchor):
        return place.origin.spelt(place, text)
    from monitoring_as_code.origin.resolver import spelt

    return spelt(place.origin, place, text)
