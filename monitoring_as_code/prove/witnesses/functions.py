"""What the functions of PromQL make of straight courses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias


class Unsure(Exception):  # noqa: N818 - what it says of the guess
    """Nothing is known here of what the engine makes of this."""


class Element(NamedTuple):
    """One series of a result: its labels, its value at the moment asked for, how it rises, and how it jumps."""

    labels: Mapping[str, str]
    value: float
    slope: float = 0.0
    every: float = 0.0
    jump: float = 0.0

    def plain(self, value: float, slope: float = 0.0) -> Element:
        """Another value; its name does not survive a function."""
        return Element({name: each for name, each in self.labels.items() if name != "__name__"}, value, slope)


Vector: TypeAlias = list[Element]


def holds(op: str, left: float, right: float) -> bool:
    """Whether a comparison holds."""
    return {
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        ">": left > right,
        "<=": left <= right,
        ">=": left >= right,
    }[op]


def arithmetic(op: str, left: float, right: float) -> float:
    """Arithmetic as Prometheus does it, where a division by zero is no fault."""
    try:
        match op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                if right == 0:
                    return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left)
                return left / right
            case "%":
                return math.fmod(left, right) if right else math.nan
            case "^":
                return float(left**right)
            case "atan2":
                return math.atan2(left, right)
    except (OverflowError, ValueError, TypeError):
        pass
    raise Unsure


def bucket_quantile(phi: float, buckets: list[tuple[float, float]]) -> float:
    """What `histogram_quantile` makes of cumulative buckets."""
    if len(buckets) < 2 or not math.isinf(buckets[-1][0]) or not buckets[-1][1]:
        return math.nan
    rank = phi * buckets[-1][1]
    index = next(index for index, (_, count) in enumerate(buckets) if count >= rank or index == len(buckets) - 1)
    if index == len(buckets) - 1:
        return buckets[-2][0]
    low, below = buckets[index - 1] if index else (0.0, 0.0)
    high, count = buckets[index]
    return low + (high - low) * (rank - below) / (count - below) if count > below else high


def rank_of(phi: float, values: list[float]) -> float:
    """The quantile of some values."""
    ordered = sorted(values)
    place = phi * (len(ordered) - 1)
    low = max(0, min(int(place), len(ordered) - 1))
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _changes(each: Element, length: float, step: float) -> float:
    if each.every:
        return math.floor(length / max(each.every, step))
    return math.floor(length / step) if each.slope else 0.0


def _resets(each: Element, length: float, step: float) -> float:
    if each.every:
        return math.floor(length / max(each.every, step) / 2)
    return math.floor(length / step) if each.slope < 0 else 0.0


def _counted(each: Element) -> float:
    """How fast a counter rises; one that falls is one that starts anew each time, and what it then has counts."""
    if each.slope < 0:
        raise Unsure
    return each.slope


# The value and the slope that come of an element, the length of the range, and the time between two samples.
OVER_RANGES: dict[str, Callable[[Element, float, float], tuple[float, float]]] = {
    "rate": lambda each, _length, _step: (_counted(each), 0.0),
    "irate": lambda each, _length, _step: (_counted(each), 0.0),
    "increase": lambda each, length, _step: (_counted(each) * length, 0.0),
    "deriv": lambda each, _length, _step: (each.slope, 0.0),
    "delta": lambda each, length, _step: (each.slope * length, 0.0),
    "idelta": lambda each, _length, step: (each.slope * step, 0.0),
    "predict_linear": lambda each, _length, _step: (each.value, each.slope),
    "avg_over_time": lambda each, length, _step: (each.value - each.slope * length / 2 + each.jump / 2, each.slope),
    "min_over_time": lambda each, length, _step: (each.value - max(each.slope, 0) * length, each.slope),
    "max_over_time": lambda each, length, _step: (each.value - min(each.slope, 0) * length + each.jump, each.slope),
    "quantile_over_time": lambda each, length, _step: (each.value - each.slope * length / 2, each.slope),
    "last_over_time": lambda each, _length, _step: (each.value, each.slope),
    "first_over_time": lambda each, length, _step: (each.value - each.slope * length, each.slope),
    "sum_over_time": lambda each, length, step: ((each.value - each.slope * length / 2) * max(1, length / step), 0.0),
    "count_over_time": lambda _each, length, step: (float(int(length / step)), 0.0),
    "present_over_time": lambda _each, _length, _step: (1.0, 0.0),
    "changes": lambda each, length, step: (_changes(each, length, step), 0.0),
    "resets": lambda each, length, step: (_resets(each, length, step), 0.0),
    "stddev_over_time": lambda each, length, _step: (abs(each.slope) * length / math.sqrt(12) + each.jump / 2, 0.0),
    "stdvar_over_time": lambda each, length, _step: ((abs(each.slope) * length / math.sqrt(12) + each.jump / 2) ** 2, 0.0),
}


SAMPLE_BY_SAMPLE: dict[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": lambda value: float(math.ceil(value)),
    "floor": lambda value: float(math.floor(value)),
    "round": lambda value, to=1.0: math.floor(value / to + 0.5) * to,
    "clamp": lambda value, low, high: max(low, min(high, value)),
    "clamp_min": lambda value, low: max(low, value),
    "clamp_max": lambda value, high: min(high, value),
    "sgn": lambda value: math.copysign(1.0, value) if value else 0.0,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "ln": lambda value: math.log(value) if value > 0 else -math.inf if value == 0 else math.nan,
    "log2": lambda value: math.log2(value) if value > 0 else -math.inf if value == 0 else math.nan,
    "log10": lambda value: math.log10(value) if value > 0 else -math.inf if value == 0 else math.nan,
    "deg": math.degrees,
    "rad": math.radians,
}


def _calendar(part: str) -> Callable[[float], float]:
    def read(seconds: float) -> float:
        from datetime import UTC, datetime

        moment = datetime.fromtimestamp(seconds, UTC)
        return float(
            moment.isoweekday() % 7 if part == "weekday" else moment.timetuple().tm_yday if part == "yday" else getattr(moment, part)
        )

    return read


CLOCK: dict[str, Callable[[float], float]] = {
    "minute": _calendar("minute"),
    "hour": _calendar("hour"),
    "day_of_week": _calendar("weekday"),
    "day_of_month": _calendar("day"),
    "day_of_year": _calendar("yday"),
    "month": _calendar("month"),
    "year": _calendar("year"),
}
