"""What is given to an alert while its witness is looked for: series, each with a course that is as simple as can be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.shapes import Values, shares_below

Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Label names and values, sorted by name."""
Key: TypeAlias = tuple[str, Labels]


class Course(NamedTuple):
    """A straight line: its value at the start, and how much it rises in a second. What is None was not asked for, and may be chosen.

    With `every` it jumps up by `jump` and back again, each time after so many seconds.
    """

    base: float | None = None
    slope: float | None = None
    every: float = 0.0
    jump: float = 0.0

    def at(self, seconds: float) -> float:
        """The value at a moment, jumps aside."""
        return (self.base or 0.0) + (self.slope or 0.0) * seconds

    @property
    def rounded(self) -> Course:
        """The same, with numbers that a person would write."""
        base, slope = (None if each is None else float(f"{each:.7g}") for each in (self.base, self.slope))
        return self._replace(base=base, slope=slope)

    def values(self, times: Sequence[int]) -> Values:
        """The value at each time, in milliseconds."""
        found: Values = []
        for time in times:
            up = self.every and int(time / 1000 / self.every) % 2
            value = self.at(time / 1000) + (self.jump if up else 0.0)
            found.append(float(f"{value:.12g}"))
        return found


class Observed(NamedTuple):
    """What a histogram with these bounds observes: so many a second, of which the quantile `phi` is `value`."""

    rate: float
    phi: float
    value: float
    bounds: tuple[float, ...]

    @property
    def rounded(self) -> Observed:
        """The same, with numbers that a person would write."""
        return self._replace(rate=float(f"{self.rate:.7g}"), value=float(f"{self.value:.7g}"))

    @property
    def shares(self) -> dict[float, float]:
        """The share of observations up to each bound, the infinite one included.

        Raises:
            ValueError: there are none that have this quantile.
        """
        return dict(zip((*self.bounds, math.inf), (*shares_below({self.phi: self.value}, self.bounds), 1.0), strict=True))

    @property
    def mean(self) -> float:
        """The mean of the observations, each taken for the middle of its bucket."""
        mean = low = below = 0.0
        for bound, share in self.shares.items():
            mean += (share - below) * (low if math.isinf(bound) else (low + bound) / 2)
            low, below = bound, share
        return mean


State: TypeAlias = Mapping[Key, Course | Observed]


def key_of(name: str, labels: Mapping[str, str]) -> Key:
    """A series by its name and labels; an empty label is none."""
    return name, tuple(sorted((label, value) for label, value in labels.items() if value and label != "__name__"))


def bound_text(bound: float) -> str:
    """A bucket's bound as `le` has it."""
    return "+Inf" if math.isinf(bound) else f"{bound:g}"
