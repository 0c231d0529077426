"""What follows from a query and need not be said: the labels for its legend, its unit, whether it can be negative."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from monitoring_as_code.promql.ast import Aggregate, Name, walk
from monitoring_as_code.units import Unit, ratio

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer.value import Arm, Labels


class Inferred(NamedTuple):
    """`labels` are those that tell the series apart, None when nobody knows; `single` says that there is one series at most.

    `observed` is the unit of a histogram's observations, if the numbers count them. `help` is that of the metric, if it is one alone.
    """

    labels: tuple[str, ...] | None = None
    single: bool = False
    unit: Unit | None = None
    observed: Unit | None = None
    low: float = float("-inf")
    help: str = ""


UNKNOWN = Inferred()


def inferred(analysis: Analysis, use: Use) -> Inferred:
    """What the facts say of a query."""
    if use.expr is None:
        return UNKNOWN
    value = analysis.value(use)
    arm = value.arm
    unit = arm.unit
    if arm.kind == "ratio" and _is_share(arm):
        unit = ratio
    metric = arm.entry.metric if arm.entry is not None else None
    labels = None if value.type == "vector" and not arm.labels.closed else _as_grouped(use.expr, _telling(arm.labels))
    single = value.type == "scalar" or labels == () or any(not key for key in arm.keys)
    return Inferred(() if single else labels, single, unit, metric and metric.unit, arm.range.low, metric.help if metric else "")


def _is_share(arm: Arm) -> bool:
    """Whether the numbers are parts of a whole: without a unit, or of one that is only known to lie between 0 and 1."""
    if arm.unit is None:
        return arm.range.low >= 0 and arm.range.high <= 1
    return not arm.unit.dimension and not arm.unit.nouns and arm.unit.scale == (1, 1)


def _as_grouped(expr: Expr, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels in the order in which the outermost `by` names them, the others behind."""
    if len(labels) < 2:
        return labels
    for node in walk(expr):
        if isinstance(node, Aggregate) and node.grouping and not node.without:
            named = [name.value for name in node.grouping if isinstance(name, Name) and name.value in labels]
            return tuple(dict.fromkeys((*named, *labels)))
    return labels


def _telling(labels: Labels) -> tuple[str, ...]:
    """The labels that can differ from series to series, sorted."""
    return tuple(
        sorted(
            name
            for name, fact in labels.facts.items()
            if fact.presence != "never" and not (fact.presence == "always" and fact.values is not None and len(fact.values) == 1)
        )
    )
