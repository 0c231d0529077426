"""A part divided by its whole: never above 1."""

from __future__ import annotations

from typing import Final

from monitoring_as_code.catalogue import Range
from monitoring_as_code.promql.ast import Aggregate, Binary, Call, Expr, MatrixSelector, Name, VectorSelector
from monitoring_as_code.promql.infer.calls import unwrapped
from monitoring_as_code.promql.infer.value import Reason, Value
from monitoring_as_code.units import ratio

_RATES: Final = frozenset({"rate", "increase"})


def share_of_whole(node: Binary, value: Value) -> Value:
    """The value of a quotient, bounded by 1 when the numerator adds up a selection of what the denominator adds up."""
    if len(value.arms) != 1 or value.arms[0].range.low < 0 or not value.arms[0].floats or not _selects_less(node.left, node.right):
        return value
    arm = value.arms[0]
    reason = Reason("a part of what it is divided by", node)
    share = arm._replace(kind="ratio", range=Range(0.0, 1.0, arm.range.nan, inf=False), range_reason=reason, kind_reason=reason)
    if arm.unit is None:  # whatever the metric is counted in: it is so on both sides
        share = share._replace(unit=ratio, unit_reason=reason)
    return value._replace(arms=(share,))


def _selects_less(part: Expr, whole: Expr) -> bool:
    """Whether both add up the same, in the same groups, and the first selects no more than the second."""
    part, whole = unwrapped(part), unwrapped(whole)
    if isinstance(part, Aggregate) and isinstance(whole, Aggregate):
        same = part.op == whole.op and part.op in {"sum", "count"} and part.without == whole.without
        return same and set(_texts(part)) == set(_texts(whole)) and _selects_less(part.expr, whole.expr)
    if isinstance(part, Call) and isinstance(whole, Call):
        if part.function != whole.function or part.function not in _RATES:
            return False
        one, other = unwrapped(part.args[0]), unwrapped(whole.args[0])
        return (
            isinstance(one, MatrixSelector)
            and isinstance(other, MatrixSelector)
            and one.range == other.range
            and _subset(one.selector, other.selector)
        )
    return isinstance(part, VectorSelector) and isinstance(whole, VectorSelector) and _subset(part, whole)


def _texts(node: Aggregate) -> list[str]:
    return [item.value if isinstance(item, Name) else item.text for item in node.grouping]


def _subset(part: VectorSelector, whole: VectorSelector) -> bool:
    return (
        part.name == whole.name
        and bool(part.name)
        and part.offset == whole.offset
        and part.at == whole.at
        and part.anchoring == whole.anchoring
        and not part.variables
        and all(matcher in part.matchers for matcher in whole.matchers)
    )
