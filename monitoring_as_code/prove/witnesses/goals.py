"""What is asked of a value, and the numbers that do what is asked."""

from __future__ import annotations

import math
from typing import Final, NamedTuple, TypeAlias

from monitoring_as_code.prove.witnesses.functions import holds


class Level(NamedTuple):
    """The value is this."""

    value: float


class Slope(NamedTuple):
    """The value rises by this in a second."""

    per_second: float


class Jumps(NamedTuple):
    """The value changes, and back again, each time after so many seconds."""

    every: float
    jump: float


class Quantile(NamedTuple):
    """The buckets are those of observations of which a quantile is this."""

    phi: float
    value: float | None


class Flip(NamedTuple):
    """The first comparison just does not hold; all else is as if it did."""


Goal: TypeAlias = Level | Slope | Jumps | Quantile | Flip | None
"""What is asked of a value; None asks that there is one."""

FLIP: Final = Flip()
MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def beyond(op: str, limit: float) -> tuple[float, ...]:
    """Values for which a comparison holds, those just beyond the limit first."""
    if not math.isfinite(limit):
        return (1.0,)
    over, under = _over(limit), _over(limit, -1)
    if not limit:
        over, under = 1.0, -1.0
    match op:
        case ">":
            found: tuple[float, ...] = (over, 0.01, limit + 1, 2 * limit, 10 * limit, 1.0, 1000 * limit)
        case ">=":
            found = (over, limit + 1, limit, 2 * limit, 10 * limit, 1.0)
        case "<":
            found = (under, limit - 1, limit / 2, 0.0, -1.0, -0.01, 10 * limit)
        case "<=":
            found = (under, limit - 1, limit, limit / 2, 0.0, -1.0)
        case "==":
            found = (limit,)
        case _:
            found = (limit + 1, 0.0, 1.0, limit - 1, 2 * limit, 2.0)
    return tuple(dict.fromkeys(nice(value) for value in found if holds(op, value, limit)))


def short_of(op: str, limit: float) -> tuple[float, ...]:
    """Values for which a comparison does not hold, those just short of the limit first."""
    if not math.isfinite(limit):
        return (0.0,)
    over, under = _over(limit), _over(limit, -1)
    match op:
        case ">" | ">=":
            found: tuple[float, ...] = (under, limit - 1, limit, limit / 2, 0.0)
        case "<" | "<=":
            found = (over, limit + 1, limit, 2 * limit, 1.0)
        case "==":
            found = (limit + 1, limit - 1, over, 0.0, 1.0)
        case _:
            found = (limit,)
    return tuple(dict.fromkeys(nice(value) for value in found if not holds(op, value, limit)))


def _over(limit: float, sign: int = 1) -> float:
    """A hundredth beyond a limit."""
    return nice(limit + sign * abs(limit) * 0.01) if limit else sign * 0.01


def nice(value: float) -> float:
    """A number without the dust of arithmetic."""
    return float(f"{value:.9g}")


def close(left: float, right: float) -> bool:
    """Whether two numbers are the same, up to rounding."""
    return math.isclose(left, right, rel_tol=1e-7, abs_tol=1e-12)


def negated(goal: Goal) -> Goal:
    """What is asked of x where this is asked of -x."""
    if isinstance(goal, Level):
        return Level(-goal.value)
    return Slope(-goal.per_second) if isinstance(goal, Slope) else goal


def left_of(op: str, result: float, right: float) -> float | None:
    """x, where `x op right` is the result."""
    try:
        match op:
            case "+":
                return result - right
            case "-":
                return result + right
            case "*":
                return result / right if right else 0.0 if not result else None
            case "/":
                return result * right if right and math.isfinite(right) else None
            case "%":
                return result if 0 <= result < abs(right) else None
            case "^":
                return float(result ** (1 / right)) if right and result >= 0 else None
    except OverflowError:
        pass
    return None


def right_of(op: str, left: float, result: float) -> float | None:
    """x, where `left op x` is the result."""
    try:
        match op:
            case "+":
                return result - left
            case "-":
                return left - result
            case "*":
                return result / left if left else None
            case "/":
                return left / result if result and left else 1.0 if not left and not result else None
            case "^":
                return math.log(result) / math.log(left) if left > 0 and left != 1 and result > 0 else None
    except OverflowError:
        pass
    return None
