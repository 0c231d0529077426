"""Arithmetic of ranges: the bounds of a result from the bounds of its operands."""

from __future__ import annotations

from math import inf, isinf, isnan

from monitoring_as_code.catalogue import ANY_NUMBER, Range
from monitoring_as_code.promql.infer.facts import Verdict

UNBOUNDED = Range(nan=False, inf=False)


def exactly(value: float) -> Range:
    """The range of one number."""
    if isnan(value):
        return Range(inf, -inf, nan=True, inf=False)
    return Range(value, value, nan=False, inf=isinf(value))


def arithmetic(op: str, left: Range, right: Range, *, signed_zero: bool) -> Range:
    """The range of `left op right`; `signed_zero` says that a zero on the right may be a negative one."""
    if left.low > left.high or right.low > right.high:  # one is always NaN
        return ANY_NUMBER if op == "^" else Range(inf, -inf, nan=True, inf=False)
    nan = left.nan or right.nan
    infinite = left.inf or right.inf
    if op == "+":
        return Range(_sum(left.low, right.low, -inf), _sum(left.high, right.high, inf), nan or (left.inf and right.inf), infinite)
    if op == "-":
        return Range(_sum(left.low, -right.high, -inf), _sum(left.high, -right.low, inf), nan or (left.inf and right.inf), infinite)
    if op == "*":
        corners = [_product(one, other) for one in (left.low, left.high) for other in (right.low, right.high)]
        zero_times_inf = (left.inf and _holds(right, 0)) or (right.inf and _holds(left, 0))
        return Range(min(corners), max(corners), nan or zero_times_inf, infinite)
    if op == "/":
        return _quotient(left, right, nan=nan, signed_zero=signed_zero)
    if op == "%":
        bound = max(abs(right.low), abs(right.high))
        low = 0.0 if left.low >= 0 else max(left.low, -bound)
        high = 0.0 if left.high <= 0 else min(left.high, bound)
        return Range(low, high, nan or left.inf or _holds(right, 0), inf=False)
    if op == "^" and left.low >= 0:
        return Range(0.0, inf, nan)
    if op == "atan2":
        return Range(-3.15, 3.15, nan, inf=False)
    return ANY_NUMBER


def _sum(left: float, right: float, otherwise: float) -> float:
    total = left + right
    return otherwise if isnan(total) else total


def _product(left: float, right: float) -> float:
    return 0.0 if left == 0 or right == 0 else left * right


def _holds(one: Range, value: float) -> bool:
    return one.low <= value <= one.high


def _quotient(left: Range, right: Range, *, nan: bool, signed_zero: bool) -> Range:
    nan = nan or (left.inf and right.inf)
    if right.low > 0 or right.high < 0:
        corners = [_divided(one, other) for one in (left.low, left.high) for other in (right.low, right.high)]
        return Range(min(corners), max(corners), nan, left.inf)
    nan = nan or _holds(left, 0)
    if signed_zero or right.low < 0:
        return Range(nan=nan)
    if left.low >= 0:
        return Range(0.0, inf, nan)
    return Range(-inf, 0.0, nan) if left.high <= 0 else Range(nan=nan)


def _divided(left: float, right: float) -> float:
    if isinf(right):
        return 0.0 if not isinf(left) else (left if right > 0 else -left)
    return left / right


def negated(one: Range) -> Range:
    """The range of the negative."""
    return Range(-one.high, -one.low, one.nan, one.inf)


def compared(op: str, left: Range, right: Range) -> Verdict:
    """Whether `left op right` holds. NaN makes every comparison false but `!=`."""
    nan = left.nan or right.nan
    if op == "!=":
        if left.low > right.high or left.high < right.low:
            return "always"
        same = left.low == left.high == right.low == right.high
        return "never" if same and not nan else "maybe"
    if op == "==":
        if left.low > right.high or left.high < right.low:
            return "never"
        return "always" if left.low == left.high == right.low == right.high and not nan else "maybe"
    if op in {"<", "<="}:
        left, right = right, left
        op = ">" if op == "<" else ">="
    if op == ">":
        if left.high <= right.low:
            return "never"
        return "always" if left.low > right.high and not nan else "maybe"
    if left.high < right.low:
        return "never"
    return "always" if left.low >= right.high and not nan else "maybe"


def passed(op: str, left: Range, right: Range) -> Range:
    """The range of the `left` values for which `left op right` holds."""
    low, high, nan = left.low, left.high, left.nan and op == "!="
    if op in {">", ">=", "=="}:
        low = max(low, right.low)
    if op in {"<", "<=", "=="}:
        high = min(high, right.high)
    if low > high:
        return Range(inf, -inf, nan, inf=False)
    return Range(low, high, nan, left.inf and (isinf(low) or isinf(high)))


MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
"""The operator for the operands the other way round."""


def clamped(one: Range, low: Range, high: Range) -> Range:
    """The range of `max(low, min(high, one))`."""
    nan = one.nan or low.nan or high.nan
    bottom = max(low.low, min(high.low, one.low))
    top = max(low.high, min(high.high, one.high))
    return Range(bottom, top, nan, inf=(one.inf or low.inf or high.inf) and (isinf(bottom) or isinf(top)))
