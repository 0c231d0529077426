"""Thresholds: those that a panel gives, or those of the alerts that it shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.panels.drawing import Threshold
from monitoring_as_code.model.panels.parts import number
from monitoring_as_code.promql.ast import Binary, Call, Expr, NumberLiteral, Paren, Unary

_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
# More than zero, and drawn where zero is.
_LEAST = 1e-9
# The worse, the later.
_COLORS = {"none": "blue", "info": "blue", "warning": "orange", "critical": "red"}
_RANKS = {color: rank for rank, color in enumerate(("blue", "orange", "red"), 1)}


class Limit(NamedTuple):
    """A condition's comparison with a constant: it holds above or below `value`, or at it, or anywhere but there.

    `measured` is the side that is compared.
    """

    side: Literal["above", "below", "at", "off"]
    value: float
    measured: Expr


def limit_of(condition: Expr | None) -> Limit | None:
    """The limit of a condition that is one comparison with a constant, `x > 5` or `5 < x`; None for any other.

    `==` and `!=` are no limits, neither is `> bool`, which always has a value, and neither is one of several comparisons.
    """
    while isinstance(condition, Paren):
        condition = condition.expr
    if not isinstance(condition, Binary) or condition.op not in _MIRRORED or condition.bool_modifier:
        return None
    left, right = _constant(condition.left), _constant(condition.right)
    if (left is None) == (right is None):
        return None
    op, value, measured = (condition.op, right, condition.left) if left is None else (_MIRRORED[condition.op], left, condition.right)
    if value is None or not math.isfinite(value):
        return None
    if op == ">" and value == 0:
        value = _LEAST  # a step holds from its value on, and zero is what is well when anything above it is not
    return Limit("above" if op in (">", ">=") else "below", value, measured)


def point_of(condition: Expr | None) -> Limit | None:
    """The value at which a condition holds, `x == 0`, or at which alone it does not, `x != 1`; None for any other."""
    while isinstance(condition, Paren):
        condition = condition.expr
    if not isinstance(condition, Binary) or condition.op not in ("==", "!=") or condition.bool_modifier:
        return None
    left, right = _constant(condition.left), _constant(condition.right)
    value, measured = (right, condition.left) if left is None else (left, condition.right)
    if value is None or (left is not None and right is not None) or not math.isfinite(value):
        return None
    return Limit("at" if condition.op == "==" else "off", value, measured)


def _constant(node: Expr) -> float | None:
    """The value of a number, of `-number`, or of arithmetic on numbers (`24 * 3600`)."""
    match node:
        case NumberLiteral(value=value):
            return value
        case Paren(expr=inner):
            return _constant(inner)
        case Unary(op=op, expr=inner):
            operand = _constant(inner)
            return operand if operand is None or op == "+" else -operand
        case Call(function="scalar" | "vector", args=(inner,)):
            return _constant(inner)
        case Binary(op="+" | "-" | "*" | "/" as op, left=left, right=right):
            first, second = _constant(left), _constant(right)
            if first is None or second is None or (op == "/" and second == 0):
                return None
            return first + second if op == "+" else first - second if op == "-" else first * second if op == "*" else first / second
        case _:
            return None


def steps_of_alerts(limits: Iterable[tuple[Limit, str]], good: str) -> list[dict[str, Any]]:
    """Grafana's steps for limits and the severities of their alerts: in each range the colour of the worst alert that fires there."""
    known = [(limit, _COLORS[severity]) for limit, severity in limits]
    steps: list[dict[str, Any]] = []
    ends = {limit.value for limit, _ in known} | {_above(limit.value) for limit, _ in known if limit.side in ("at", "off")}
    for low in (None, *sorted(ends)):
        firing = [color for limit, color in known if _fires(limit, low)]
        steps.append(_step(max(firing, key=_RANKS.__getitem__, default=good), low))
    return steps


def _above(value: float) -> float:
    """What is drawn where `value` is, and more than it."""
    return value + max(_LEAST, abs(value) * _LEAST)


def _fires(limit: Limit, low: float | None) -> bool:
    """Whether the limit is exceeded right above `low`, None being minus infinity."""
    if limit.side in ("at", "off"):
        return (low == limit.value) is (limit.side == "at")
    if limit.side == "above":
        return low is not None and low >= limit.value
    return low is None or low < limit.value


def steps_of_thresholds(thresholds: Sequence[Threshold], good: str) -> list[dict[str, Any]]:
    """Grafana's steps for thresholds; below the lowest one all is well."""
    return [_step(good, None), *(_step(each.color, each.value) for each in sorted(thresholds, key=lambda each: each.value))]


def _step(color: str, value: float | None) -> dict[str, Any]:
    # The schema demands a null here, the only one: the lowest step has no lower end.
    return {"color": color, "value": None if value is None else number(value)}
