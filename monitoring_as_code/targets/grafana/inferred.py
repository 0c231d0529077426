"""What follows from queries and need not be said: the labels for a legend, a panel's unit and bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.grafana_units import grafana_unit
from monitoring_as_code.model.panels.parts import number
from monitoring_as_code.promql.ast import Aggregate, Binary, Call, Name, Paren, VectorSelector, walk
from monitoring_as_code.promql.functions import FUNCTIONS
from monitoring_as_code.units import Unit, ratio

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.model.panel import QueryPanel
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

# Steps that make other values than the queries gave.
_CALCULATING = frozenset({"calculateField", "groupBy", "groupToNestedTable", "heatmap", "histogram", "reduce", "regression"})


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


def keeps_name(expr: Expr) -> bool:
    """Whether the metric's name is among the labels of an answer, as of a bare selector."""
    match expr:
        case VectorSelector():
            return True
        case Paren(expr=inner):
            return keeps_name(inner)
        case Aggregate(op=op, expr=inner):
            return op in ("topk", "bottomk", "limitk", "limit_ratio") and keeps_name(inner)
        case Binary(op="or", left=left, right=right):
            return keeps_name(left) or keeps_name(right)
        case Binary(op=op, left=left, bool_modifier=modifier):
            return (op in ("and", "unless") or (op in ("==", "!=", ">", ">=", "<", "<=") and not modifier)) and keeps_name(left)
        case Call(function=function):
            known = FUNCTIONS.get(function)
            return known is not None and known.keeps_name
        case _:
            return False


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


def shown_by(panel: QueryPanel, known: list[Inferred], *, thresholds: bool) -> Shown:
    """How a panel is drawn whose visible queries are `known`: what it says itself, else what follows."""
    unit = _unit(panel, known)
    low, high = _bounds(panel, unit, known)
    several = len(known) > 1 or not (known and known[0].single)
    counted = _common_unit(known) if panel.answer == "heatmap" else None
    return Shown(several, thresholds, unit, panel.decimals, low, high, counted)


def _unit(panel: QueryPanel, known: list[Inferred]) -> str:
    if panel.unit is not None:
        return grafana_unit(panel.unit)
    if panel.answer == "heatmap":
        return _observed(known)
    return _common_unit(known)


def _common_unit(known: list[Inferred]) -> str:
    units = {grafana_unit(each.unit) if each.unit is not None else "short" for each in known}
    return units.pop() if len(units) == 1 else "short"


def _observed(known: list[Inferred]) -> str:
    """The unit of a heatmap's axis: of what was observed, not of the rate of observations."""
    units = {each.observed for each in known}
    unit = units.pop() if len(units) == 1 else None
    return "short" if unit is None else grafana_unit(unit)


def _bounds(panel: QueryPanel, unit: str, known: list[Inferred]) -> tuple[float | None, float | None]:
    """The given bounds; else 0 where nothing can be below it, and the whole of a share on a dial or a bar."""
    low, high = panel.min, panel.max
    if (low is None or high is None) and not _is_recalculated(panel):
        least = min((each.low for each in known), default=float("-inf"))
        share = {"percentunit": 1, "percent": 100}.get(unit) if panel.bounded and panel.keeps_bounds else None
        if low is None and (share is not None or least >= 0) and panel.from_zero:
            low = 0
        if high is None and share is not None:
            high = share
    return low if low is None else number(low), high if high is None else number(high)


def _is_recalculated(panel: QueryPanel) -> bool:
    """Whether something is drawn with another value than it has: worked out by a step, or as its negative."""
    return (
        any(each.negative or each.properties.get("custom.transform") == "negative-Y" for each in panel.overrides)
        or panel.custom.get("transform") == "negative-Y"
        or any(each.grafana_id in _CALCULATING for each in panel.transformations)
    )
