"""What alerts would have done in a recorded history. All times are in milliseconds since 1970, all lengths in milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.prove.timelines import Labels


class Period(NamedTuple):
    """A time, both ends included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How long it is."""
        return self.end - self.start


class Firing(NamedTuple):
    """An alert that fires from `start` to `end`, as far as that is in the period.

    `since_before` and `lasting` say that it begins before, or ends after. `receivers` are those that hear of it when it begins; `held_back`
    says why none does: "inhibited" or "muted".
    """

    labels: Labels
    start: int
    end: int
    since_before: bool = False
    lasting: bool = False
    receivers: tuple[str, ...] | None = None
    held_back: str = ""

    @property
    def length(self) -> int:
        """How long it fires."""
        return self.end - self.start


class Pending(NamedTuple):
    """A time in which the condition held, but not for long enough."""

    labels: Labels
    start: int
    end: int

    @property
    def length(self) -> int:
        """For how long it held."""
        return self.end - self.start


class CloseCall(NamedTuple):
    """A moment at which the value came near the limit, or beyond it, and the alert did not fire."""

    labels: Labels
    time: int
    value: float


class Trial(NamedTuple):
    """How often an alert would have fired with another threshold, or with another `for`."""

    threshold: float | None
    hold: int | None
    declared: bool
    times: int
    total: int
    longest: int


class Compared(NamedTuple):
    """The comparison with a constant that a condition begins with; `measured` is the other side, without recorded series."""

    op: str
    limit: float
    measured: Expr

    @property
    def above(self) -> bool:
        """Whether it holds for what is large."""
        return self.op in (">", ">=")

    def beyond(self, value: float) -> float:
        """How far a value is beyond the limit; less than zero on the good side."""
        return value - self.limit if self.above else self.limit - value


class Peaks(NamedTuple):
    """The worst value of each series in each of some times of one length: `ends` are the last moments of these."""

    length: int
    ends: tuple[int, ...]
    values: dict[Labels, dict[int, float]]
    """By the labels of the alert, then by the end."""


class Result(NamedTuple):
    """What one alert would have done. `error` is what the server said if it could not be evaluated."""

    alert: Alert
    step: int
    interval: int
    """How often it is evaluated in fact; `step` is at least that."""
    query: str
    firings: tuple[Firing, ...] = ()
    pendings: tuple[Pending, ...] = ()
    close_calls: tuple[CloseCall, ...] = ()
    trials: tuple[Trial, ...] = ()
    compared: Compared | None = None
    peaks: Peaks | None = None
    replaced: tuple[str, ...] = ()
    """Recorded series in whose place stands what they are made of."""
    absent: tuple[str, ...] = ()
    """Metrics that it reads and of which there are no samples."""
    known_from: int | None = None
    """When its values begin, if that is later than the period does."""
    error: str = ""

    @property
    def total(self) -> int:
        """How long it fired, all of it."""
        return sum(each.length for each in self.firings)

    @property
    def longest(self) -> int:
        """The longest time that it fired."""
        return max((each.length for each in self.firings), default=0)

    @property
    def returns(self) -> int:
        """How many firings began within `SOON` after the same alert had stopped: people were told that it was over, and it was not."""
        found = 0
        ended: dict[Labels, int] = {}
        for each in self.firings:
            before = ended.get(each.labels)
            found += before is not None and each.start - before <= SOON
            ended[each.labels] = each.end
        return found


SOON = 15 * 60_000
