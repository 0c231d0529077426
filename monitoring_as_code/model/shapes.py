"""The courses that series take in a scenario: what a metric shows from minute to minute.

A shape gives a value for each of some times, which rise by the same step from 0 on, in milliseconds. None means that there is no sample.
Numbers may be quantities, `seconds(2)`: they become numbers in the unit of the metric that takes the course.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias

from monitoring_as_code.light import override
from monitoring_as_code.model.checking import Check, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import DurationText, PositiveDuration
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.units import Quantity, Unit

# A course of values: what is not there is None.
Values: TypeAlias = list[float | None]
# A number in the metric's own unit, or one that says its unit.
Amount: TypeAlias = float | Quantity
if not TYPE_CHECKING:
    Amount = float | Instance[Quantity]


def in_unit(amount: Amount, unit: Unit | None) -> float:
    """The number of an amount in a unit; in Prometheus's base units where nobody knows the unit.

    Raises:
        ValueError: it is an amount of something else.
    """
    if not isinstance(amount, Quantity):
        return amount
    return amount.base if unit is None else amount.to(unit)


def _shown(amount: Amount) -> str:
    return str(amount) if isinstance(amount, Quantity) else f"{amount:g}"


class Shape(Part):
    """A course of values. Of two that follow each other `then` makes one; `missing` takes samples out."""

    # Whether it is one that begins at zero again, as a counter may.
    restarts: ClassVar[bool] = False

    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        """The value at each time, in a unit.

        Raises:
            ValueError: what is given as a quantity is one of something else.
        """
        raise NotImplementedError

    @property
    def inner(self) -> "tuple[Shape, ...]":
        """The shapes that this one is made of."""
        return tuple(value for value in self.__dict__.values() if isinstance(value, Shape))

    @property
    def rises(self) -> bool:
        """Whether it can only rise, restarts aside, whatever the times: what is not sure is not said."""
        return False

    @property
    def may_miss(self) -> bool:
        """Whether samples may be missing."""
        return any(each.may_miss for each in self.inner)

    def then(self, other: "Shape", *, at: str) -> "Shape":
        """From `at` on the other shape, which begins there as if that moment were its start."""
        return _Then(first=self, second=other, at=at)

    def missing(self, *, since: str = "0s", until: str | None = None) -> "Shape":
        """No samples from `since` on, up to `until` if that is said: the target was down, or the series ended."""
        return _Missing(shape=self, since=since, until=until)


class _Constant(Shape):
    value: Amount

    @property
    @override
    def rises(self) -> bool:
        return True

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        return [in_unit(self.value, unit)] * len(times)


class _Ramp(Shape):
    start: Amount
    end: Amount
    over: PositiveDuration

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        length = milliseconds(self.over)
        start, end = in_unit(self.start, unit), in_unit(self.end, unit)
        return [start + (end - start) * min(time / length, 1) for time in times]


class _Step(Shape):
    before: Amount
    after: Amount
    at: DurationText

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        moment = milliseconds(self.at)
        before, after = in_unit(self.before, unit), in_unit(self.after, unit)
        return [before if time < moment else after for time in times]


class _Spike(Shape):
    base: Amount
    peak: Amount
    at: DurationText
    lasts: PositiveDuration

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        start = milliseconds(self.at)
        end = start + milliseconds(self.lasts)
        base, peak = in_unit(self.base, unit), in_unit(self.peak, unit)
        return [peak if start <= time < end else base for time in times]


def _spread(spread: Amount) -> Amount:
    if (spread.value if isinstance(spread, Quantity) else spread) < 0:
        message = "must be at least 0"
        raise ValueError(message)
    return spread


class _Noise(Shape):
    around: Amount
    spread: Annotated[Amount, Check(_spread)]
    seed: int = 0

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        from random import Random

        around, spread = in_unit(self.around, unit), self.spread
        if isinstance(spread, Quantity):  # a difference, also where the values are points on a scale
            spread = Quantity(spread.value, spread.unit.difference).to(unit.difference) if unit is not None else spread.base
        # Python promises this sequence for a seed, on every version: https://docs.python.org/3/library/random.html#notes-on-reproducibility
        source = Random(self.seed)  # noqa: S311 - noise, no secret
        return [around + spread * (2 * source.random() - 1) for _ in times]


class _Listed(Shape):
    numbers: tuple[Amount | None, ...]

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if not fields["numbers"]:
            message = "a list without a value is no series: leave it out, or list its samples"
            raise ValueError(message)

    @property
    @override
    def may_miss(self) -> bool:
        return True

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        taken: Values = [None if number is None else in_unit(number, unit) for number in self.numbers[: len(times)]]
        return taken + [None] * (len(times) - len(taken))


class _PerSecond(Shape):
    rate: Instance[Shape]
    start: Amount = 0.0

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        rate, start = fields["rate"], fields.get("start", 0.0)
        if (start.value if isinstance(start, Quantity) else start) < 0:
            message = f"a counter starts at 0 or above, and not at {_shown(start)}"
            raise ValueError(message)
        if isinstance(rate, _Constant) and (rate.value.value if isinstance(rate.value, Quantity) else rate.value) < 0:
            message = f"a counter never falls, but its rate is {_shown(rate.value)}"
            raise ValueError(message)

    @property
    @override
    def rises(self) -> bool:
        return isinstance(self.rate, _Constant)  # of any other nobody knows whether it is negative

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        found: Values = []
        total = in_unit(self.start, unit)
        before, rate_before = 0, 0.0
        for time, rate in zip(times, self.rate.values(times, unit), strict=True):
            if rate is None:
                found.append(None)
                continue
            # A rate holds from its moment on, so what is there now was made at the rate before.
            total += rate_before * (time - before) / 1000
            before, rate_before = time, rate
            found.append(total)
        return found


class _Restarted(Shape):
    restarts: ClassVar[bool] = True

    shape: Instance[Shape]
    at: PositiveDuration

    @property
    @override
    def rises(self) -> bool:
        return self.shape.rises

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        values = self.shape.values(times, unit)
        moment = milliseconds(self.at)
        known = [value for time, value in zip(times, values, strict=True) if time < moment and value is not None]
        lost = known[-1] if known else 0.0
        return [value if value is None or time < moment else value - lost for time, value in zip(times, values, strict=True)]


class _Then(Shape):
    first: Instance[Shape]
    second: Instance[Shape]
    at: DurationText

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        moment = milliseconds(self.at)
        later = [time - moment for time in times if time >= moment]
        if not later:
            return self.first.values(times, unit)
        # The second one may count from its own start, so it gets times that begin at its first sample.
        return self.first.values(times, unit)[: len(times) - len(later)] + self.second.values([time - later[0] for time in later], unit)


class _Missing(Shape):
    shape: Instance[Shape]
    since: DurationText
    until: PositiveDuration | None = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        since, until = fields["since"], fields.get("until")
        if until is not None and milliseconds(until) <= milliseconds(since):
            message = f"`until` is {until}, which is not after {since}"
            raise ValueError(message)

    @property
    @override
    def may_miss(self) -> bool:
        return True

    @property
    @override
    def rises(self) -> bool:
        return self.shape.rises

    @override
    def values(self, times: Sequence[int], unit: Unit | None = None) -> Values:
        start = milliseconds(self.since)
        end = None if self.until is None else milliseconds(self.until)
        return [
            None if time >= start and (end is None or time < end) else value
            for time, value in zip(times, self.shape.values(times, unit), strict=True)
        ]


def constant(value: Amount) -> Shape:
    """The same value all the time.

    >>> constant(5).values([0, 60_000])
    [5.0, 5.0]
    """
    return _Constant(value=value)


def ramp(start: Amount, end: Amount, *, over: str) -> Shape:
    """From `start` to `end` in a straight line, which takes `over`; `end` from then on.

    >>> ramp(0, 10, over="2m").values([0, 60_000, 120_000, 180_000])
    [0.0, 5.0, 10.0, 10.0]
    """
    return _Ramp(start=start, end=end, over=over)


def step(before: Amount, after: Amount, *, at: str) -> Shape:
    """`before` up to `at`, `after` from then on.

    >>> step(0, 1, at="1m").values([0, 60_000])
    [0.0, 1.0]
    """
    return _Step(before=before, after=after, at=at)


def spike(base: Amount, peak: Amount, *, at: str, lasts: str) -> Shape:
    """`peak` from `at` on for as long as it `lasts`, `base` otherwise.

    >>> spike(0, 9, at="1m", lasts="1m").values([0, 60_000, 120_000])
    [0.0, 9.0, 0.0]
    """
    return _Spike(base=base, peak=peak, at=at, lasts=lasts)


def noise(around: Amount, spread: Amount, *, seed: int = 0) -> Shape:
    """Values that scatter evenly by at most `spread` around a value; the same for the same seed.

    >>> all(8 <= value <= 12 for value in noise(10, 2, seed=1).values([0, 60_000]))
    True
    """
    return _Noise(around=around, spread=spread, seed=seed)


def listed(*numbers: Amount | None) -> Shape:
    """These values, one a sample, and nothing after them; None is a sample that is missing.

    >>> listed(1, None, 3).values([0, 60_000, 120_000, 180_000])
    [1.0, None, 3.0, None]
    """
    return _Listed(numbers=numbers)


def per_second(rate: Amount | Shape, *, start: Amount = 0) -> Shape:
    """What a counter shows that rises by `rate` a second, from `start` on; the rate may be a shape of its own.

    >>> per_second(3).values([0, 60_000])
    [0.0, 180.0]
    """
    return _PerSecond(rate=rate if isinstance(rate, Shape) else _Constant(value=rate), start=start)


def restarted(shape: Shape, *, at: str) -> Shape:
    """A counter's shape that begins at zero again at `at`, as when its process restarts.

    >>> restarted(per_second(1), at="2m").values([0, 60_000, 120_000, 180_000])
    [0.0, 60.0, 60.0, 120.0]
    """
    return _Restarted(shape=shape, at=at)


def _rising(quantiles: dict[float, Amount]) -> dict[float, Amount]:
    if not quantiles:
        message = "say at least one quantile, such as `{0.95: 1.2}`"
        raise ValueError(message)
    if len({isinstance(value, Quantity) for value in quantiles.values()}) > 1:
        message = "some quantiles say their unit, and others do not: say it of all, or of none"
        raise ValueError(message)
    last = float("-inf")
    for phi, value in sorted(quantiles.items()):
        if not 0 < phi < 1:
            message = f"{phi:g} is no quantile: it must be between 0 and 1"
            raise ValueError(message)
        if in_unit(value, None) < last:
            message = f"quantile {phi:g} is {_shown(value)}, which is below a lower quantile"
            raise ValueError(message)
        last = in_unit(value, None)
    return quantiles


class Observations(Part):
    """What a histogram observes: how often, and how the observations spread."""

    rate: Instance[Shape]
    quantiles: Annotated[dict[float, Amount], Check(_rising)]

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        rate = fields["rate"]
        if isinstance(rate, _Constant) and (rate.value.value if isinstance(rate.value, Quantity) else rate.value) < 0:
            message = f"nothing is observed less than 0 times a second, but this says {_shown(rate.value)}"
            raise ValueError(message)

    def buckets(self, bounds: Sequence[float], times: Sequence[int], unit: Unit | None = None) -> dict[float, Values]:
        """The cumulative counters of the buckets, by their bounds, which are in `unit`; that without one is the last, and counts all.

        Raises:
            ValueError: no histogram with these bounds has the quantiles, or they are no amounts of what it observes.
        """
        totals = _PerSecond(rate=self.rate).values(times)
        shares = zip((*bounds, float("inf")), (*shares_below(self._quantiles(unit), bounds), 1.0), strict=True)
        return {bound: [None if total is None else total * share for total in totals] for bound, share in shares}

    def sums(self, bounds: Sequence[float], times: Sequence[int], unit: Unit | None = None) -> Values:
        """The counter of the observations' sum, each taken for the middle of its bucket."""
        mean = low = below = 0.0
        for bound, share in zip(bounds, shares_below(self._quantiles(unit), bounds), strict=True):
            mean += (share - below) * (low + bound) / 2
            low, below = bound, share
        mean += (1 - below) * low
        return [None if total is None else total * mean for total in _PerSecond(rate=self.rate).values(times)]

    def _quantiles(self, unit: Unit | None) -> dict[float, float]:
        return {phi: in_unit(value, unit) for phi, value in self.quantiles.items()}


def shares_below(quantiles: dict[float, float], bounds: Sequence[float]) -> list[float]:
    """The share of observations up to each bound, for which `histogram_quantile` gives these quantiles.

    That function takes what is in a bucket as evenly spread between its bounds, the first bucket's lower one being 0: a quantile lies
    on the line from the share at the lower bound to that at the upper one. Where several spreads do, the slowest observations are in the
    bucket of the highest quantile, and the quickest as far up as can be.

    Raises:
        ValueError: there are no such shares.

    >>> [round(share, 3) for share in shares_below({0.95: 1.5}, (1, 2, 5))]
    [0.9, 1.0, 1.0]
    """
    wanted, cap = _by_bucket(quantiles, bounds)
    # From below: which shares each bound may have, so that all quantiles up to it come out.
    low = high = 0.0
    ranges: list[tuple[float, float]] = []
    for index in range(len(bounds)):
        low, high = _reachable(wanted.get(index, ()), low, high, cap)
        if low > high:
            raise ValueError(_no_spread(quantiles, bounds))
        ranges.append((low, high))
    # From above: one of them, so that the next one above comes out as well.
    shares = [1.0] * len(bounds)
    highest = max(wanted) if cap == 1 else len(bounds) - 1
    share = ranges[highest][1]
    for index in range(highest, -1, -1):
        shares[index] = share
        least, most = ranges[index - 1] if index else (0.0, 0.0)
        own = wanted.get(index, ())
        most = min(most, share)
        if len(own) > 1:
            share = _line(own)[0]
        elif own and own[0][1] < 1:
            phi, part = own[0]
            share = (phi - part * share) / (1 - part)
        else:
            # A quantile in the bucket below needs observations there.
            share = (least + most) / 2 if index - 1 in wanted else least
        share = min(max(share, least), most)
    if not all(math.isclose(_estimated(phi, bounds, shares), value, rel_tol=1e-6) for phi, value in quantiles.items()):
        raise ValueError(_no_spread(quantiles, bounds))
    return shares


# A quantile, and where in its bucket its value lies: 0 at the lower bound, 1 at the upper one.
_Wanted: TypeAlias = tuple[float, float]
# As little as this may be in a bucket that a quantile is in, of all: with less, floating-point numbers do not tell.
_LEAST_SHARE = 1e-6


# How far shares may be off that were worked out from rounded numbers.
_ROUNDING = 1e-9


def _by_bucket(quantiles: dict[float, float], bounds: Sequence[float]) -> tuple[dict[int, list[_Wanted]], float]:
    """The quantiles in each bucket, and the most that may be below the last bound: what is above it is answered with it."""
    found: dict[int, list[_Wanted]] = {}
    cap = 1.0
    for phi, value in sorted(quantiles.items()):
        index = next((index for index, bound in enumerate(bounds) if bound >= value), None)
        if index is None:
            message = (
                f"quantile {phi:g} cannot be {value:g}: the last bucket ends at {max(bounds):g}, and `histogram_quantile` knows no more"
            )
            raise ValueError(message)
        upper = bounds[index]
        lower = bounds[index - 1] if index else 0.0
        if index == 0 and (value <= 0 < upper or value < upper <= 0):
            message = f"quantile {phi:g} cannot be {value:g}: in the first bucket `histogram_quantile` " + (
                f"answers with values from 0 to {upper:g}" if upper > 0 else f"answers with {upper:g}"
            )
            raise ValueError(message)
        if value == bounds[-1]:
            cap = min(cap, phi)
        else:
            found.setdefault(index, []).append((phi, 1.0 if value == upper else (value - lower) / (upper - lower)))
    return found, cap


def _reachable(own: Sequence[_Wanted], low: float, high: float, cap: float) -> tuple[float, float]:
    """The least and the greatest share at a bucket's upper bound, from those at its lower one; the former is greater if there is none."""
    none = (1.0, 0.0)
    if not own:
        return low, cap
    if len(own) > 1:
        start, end = _line(own)
        fits = low - _ROUNDING <= start <= high + _ROUNDING and end <= cap + _ROUNDING and end - start >= _LEAST_SHARE
        return (min(end, cap), min(end, cap)) if fits else none
    phi, part = own[0]
    high = min(high, phi - _LEAST_SHARE)
    if part == 1:
        return (phi, phi) if low <= high + _ROUNDING and phi <= cap else none
    low = max(low, (phi - part * cap) / (1 - part))  # or more than all were below the upper bound
    if low > high + _ROUNDING:
        return none
    low = min(low, high)
    return min(high + (phi - high) / part, cap), min(low + (phi - low) / part, cap)


def _line(own: Sequence[_Wanted]) -> tuple[float, float]:
    """The shares at both bounds of a bucket that several quantiles lie in; of values that are not on one line, some that cannot be."""
    (phi, part), (last_phi, last_part) = own[0], own[-1]
    if last_part == part:
        return 1.0, 0.0
    slope = (last_phi - phi) / (last_part - part)
    start = phi - slope * part
    straight = all(math.isclose(start + slope * each, quantile, rel_tol=1e-9) for quantile, each in own)
    return (max(start, 0.0) if start > -1e-9 else start, start + slope) if straight else (1.0, 0.0)


def _estimated(phi: float, bounds: Sequence[float], shares: Sequence[float]) -> float:
    """What `histogram_quantile` makes of the shares."""
    index = next(index for index, share in enumerate((*shares, 1.0)) if share >= phi - 1e-12)
    if index == len(bounds) or (index == 0 and bounds[0] <= 0):
        return bounds[min(index, len(bounds) - 1)]
    lower, below = (bounds[index - 1], shares[index - 1]) if index else (0.0, 0.0)
    return lower + (bounds[index] - lower) * (phi - below) / (shares[index] - below)


def _no_spread(quantiles: dict[float, float], bounds: Sequence[float]) -> str:
    wanted = ", ".join(f"{phi:g}: {value:g}" for phi, value in sorted(quantiles.items()))
    return f"no spread over the buckets {', '.join(f'{each:g}' for each in bounds)} has the quantiles {wanted}"


def observed(per_second: float | Shape, quantiles: Mapping[float, Amount]) -> Observations:
    """Observations of a histogram, so many a second, of which these are the quantiles as `histogram_quantile` works them out.

    >>> served = observed(10, {0.95: 1.5})
    >>> {bound: values[-1] for bound, values in served.buckets((1, 2, 5), [0, 60_000]).items()}
    {1: 540.0, 2: 600.0, 5: 600.0, inf: 600.0}
    """
    return Observations(rate=per_second if isinstance(per_second, Shape) else _Constant(value=per_second), quantiles=dict(quantiles))
