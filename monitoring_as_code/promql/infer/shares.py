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
    if len(value.arms) != 1 or value.arms[0].range.low < 0 or not value.arms[0].floats:
        return value
    if not (_meets_its_own(node) and _selects_less(node.left, node.right)):
        return value
    arm = value.arms[0]
    reason = Reason("a part of what it is divided by", node)
    share = arm._replace(kind="ratio", range=Range(0.0, 1.0, arm.range.nan, inf=False), range_reason=reason, kind_reason=reason)
    if arm.unit is None:  # whatever the metric is counted in: it is so on both sides
        share = share._replace(unit=ratio, unit_reason=reason)
    return value._replace(arms=(share,))


def _meets_its_own(node: Binary) -> bool:
    """Whether each part is divided by the whole that it belongs to.

    With `group_right` it meets any whole that agrees in a few labels, and a side that is filled in is no part of anything. Single series
    that agree in a few labels are series and not wholes, though each can only meet itself before Prometheus refuses the rest.
    """
    matching = node.matching
    if matching is None:
        return True
    if matching.card == "one-to-many" or matching.fill_left is not None or matching.fill_right is not None:
        return False
    everything = not matching.on and not matching.labels
    return everything or isinstance(unwrapped(node.right), Aggregate)


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
        and not (part.variables or whole.variables)
        and all(matcher in part.matchers for matcher in whole.matchers)
        and all(variable in part.stand_ins for variable in whole.stand_ins)
    )
