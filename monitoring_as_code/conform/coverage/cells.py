"""What is known of each metric, in cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("declared", "registered", "emitted", "scraped", "panel", "alert", "scenario")


class Cell(NamedTuple):
    """An answer, and what tells more of it. `excused` is a "no" that nobody minds: it does not count."""

    state: Literal["yes", "no", "unknown", "excused"]
    said: tuple[str, ...] = ()


def yes(*said: str) -> Cell:
    """It is so."""
    return Cell("yes", said)


def no(*said: str) -> Cell:
    """It is not so, for sure."""
    return Cell("no", said)


UNKNOWN = Cell("unknown")
NOT_OURS = Cell("excused", ("another program registers it",))


class Row(NamedTuple):
    """A metric. `path` and `line` say where it is declared, if in this project.

    `budget` is how many combinations of label values there may be, `measured` how many there are, `series_each` how many series each has.
    """

    metric: str
    kind: str
    owner: str
    path: str
    line: int
    cells: Mapping[str, Cell]
    budget: int | None
    measured: int | None
    series_each: int
    recorded_at: tuple[str, ...] = ()

    @property
    def is_over_budget(self) -> bool:
        """Whether there are more than there may be."""
        return self.budget is not None and self.measured is not None and self.measured > self.budget


class Undeclared(NamedTuple):
    """A name that is used or seen, and that nobody has declared."""

    name: str
    used_by: tuple[str, ...]
    seen: tuple[str, ...]


class Share(NamedTuple):
    """Of the metrics that count and of which it is known, how many have it."""

    having: int
    known: int

    @property
    def percent(self) -> float:
        """From 0 to 100."""
        return 100 * self.having / self.known if self.known else 100.0


class Coverage(NamedTuple):
    """The whole."""

    rows: tuple[Row, ...]
    undeclared: tuple[Undeclared, ...]

    def share(self, column: str) -> Share:
        """How much of a column is yes."""
        states = [row.cells[column].state for row in self.rows]
        return Share(states.count("yes"), states.count("yes") + states.count("no"))

    def lacking(self, column: str) -> tuple[Row, ...]:
        """The metrics that certainly have it not."""
        return tuple(row for row in self.rows if row.cells[column].state == "no")
