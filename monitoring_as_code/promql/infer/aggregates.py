"""Aggregations: which labels are left, and what the numbers are then."""

from __future__ import annotations

from math import inf
from typing import Final

from monitoring_as_code.catalogue import ANY_NUMBER, Kind, Part, Range
from monitoring_as_code.promql.ast import Aggregate, Name, StringLiteral
from monitoring_as_code.promql.infer.calls import unwrapped
from monitoring_as_code.promql.infer.ranges import exactly
from monitoring_as_code.promql.infer.value import Arm, Emptiness, LabelFact, Labels, Reason, Value, joined, smallest, whole_key
from monitoring_as_code.units import Unit, one

_SELECTING: Final = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_COUNTED: Final = frozenset({"topk", "bottomk", "limitk"})  # `limit_ratio` has no number of elements


def aggregate(node: Aggregate, source: Value, param: Value | None) -> Value:
    """The value of an aggregation."""
    if node.op in _SELECTING:
        return _selected(node, source, param)
    arm = joined(source.arms)
    reason = Reason(f"removed by `{_shown(node)}`", node)
    labels = _without(node, arm.labels, reason) if node.without else _by(node, arm.labels, reason)
    if node.op == "count_values":
        labels = _with_value(node, labels)
    keys = smallest((*whole_key(labels), *(key for key in arm.keys if not node.without and _all_named(node) and key <= _names(node))))
    empty: Emptiness = source.empty
    if empty == "never" and not arm.floats and node.op not in {"count", "count_values", "group"}:
        empty = "data"  # some aggregations pass over native histograms
    made = Reason(f"made by `{_shown(node)}`", node)
    kind, part = _kind(node.op, arm, labels)
    unit = _unit(node.op, arm)
    bounds = _bounds(node.op, arm.range, param)
    return Value(
        "vector",
        (
            Arm(
                labels,
                keys,
                kind,
                part,
                unit,
                bounds,
                empty,
                arm.entry,
                floats=arm.floats or node.op not in {"sum", "avg"},
                empty_reason=arm.empty_reason,
                kind_reason=arm.kind_reason if kind == arm.kind else made,
                unit_reason=arm.unit_reason if unit is arm.unit else made,
                range_reason=arm.range_reason if bounds is arm.range else made,
            ),
        ),
        empty,
    )


def _shown(node: Aggregate) -> str:
    if not node.grouping and not node.grouped:
        return node.op
    names = ", ".join(item.value if isinstance(item, Name) else item.text for item in node.grouping)
    return f"{node.op} {'without' if node.without else 'by'} ({names})"


def _names(node: Aggregate) -> frozenset[str]:
    return frozenset(item.value for item in node.grouping if isinstance(item, Name))


def _all_named(node: Aggregate) -> bool:
    return all(isinstance(item, Name) for item in node.grouping)


def _perhaps(fact: LabelFact, reason: Reason) -> LabelFact:
    return LabelFact("maybe", fact.values, fact.pattern, reason) if fact.presence == "always" else fact


def _by(node: Aggregate, labels: Labels, reason: Reason) -> Labels:
    names = _names(node)
    if _all_named(node):
        kept = {name: labels.get(name) for name in names}
        never = LabelFact("never", reason=reason)
        for name, fact in labels.facts.items():
            if name not in kept:  # of what was gone before, the reason is told that it had then
                kept[name] = fact if fact.presence == "never" else never
        return Labels(kept, labels.rest if labels.closed else never)
    return Labels(
        {name: fact if name in names else _perhaps(fact, reason) for name, fact in labels.facts.items()}
        | {name: labels.get(name) for name in names},
        labels.rest,
    )


def _without(node: Aggregate, labels: Labels, reason: Reason) -> Labels:
    gone = {*_names(node), "__name__"}
    never = LabelFact("never", reason=reason)
    facts = dict(labels.facts)
    for name in gone:
        if labels.get(name).presence != "never":
            facts[name] = never
    for name in ("__type__", "__unit__"):
        if name in facts:
            facts[name] = _perhaps(facts[name], reason)
    if not _all_named(node):
        facts = {name: _perhaps(fact, reason) for name, fact in facts.items()}
    return Labels(facts, labels.rest)


def _with_value(node: Aggregate, labels: Labels) -> Labels:
    label = unwrapped(node.param) if node.param is not None else None
    if not isinstance(label, StringLiteral):
        return Labels({}, LabelFact("maybe"))
    if node.without and label.value in _names(node):
        return labels
    return labels.but({label.value: LabelFact("always", reason=Reason("the counted value", node))})


_LASTING: Final[dict[Kind, Kind]] = {"counter": "agg_counter", "info": "gauge"}
_SUMMED: Final[dict[Kind, Kind]] = {
    "counter": "agg_counter",
    "info": "count",
    "bool": "count",
    "ratio": "gauge",
    "quantile": "unknown",
    "timestamp": "unknown",
}
_AVERAGED: Final[dict[Kind, Kind]] = {"counter": "agg_counter", "info": "gauge", "bool": "ratio", "count": "gauge"}


def _kind(op: str, arm: Arm, labels: Labels) -> tuple[Kind, Part]:
    part = arm.part
    if part == "bucket" and labels.get("le").presence == "never" and not _pinned(arm.labels.get("le")):
        part = ""
    if op == "sum":
        return _SUMMED.get(arm.kind, arm.kind), part
    if op == "avg":
        return _AVERAGED.get(arm.kind, arm.kind), part
    if part == "native":
        part = ""
    if op in {"min", "max", "quantile"}:
        return _LASTING.get(arm.kind, arm.kind), part
    if op in {"count", "count_values"}:
        return "count", ""
    return ("bool" if op == "group" else "gauge"), ""


def _pinned(fact: LabelFact) -> bool:
    return fact.presence == "always" and fact.values is not None and len(fact.values) == 1


def _unit(op: str, arm: Arm) -> Unit | None:
    if op in {"count", "count_values", "group"}:
        return one
    unit = arm.unit
    if unit is None or op in {"avg", "min", "max", "quantile"}:
        return unit
    if op == "sum":
        return None if unit.affine else unit
    if op == "stddev":
        return unit.difference
    return unit.difference**2 if op == "stdvar" else None


_AT_LEAST_ONE: Final = Range(1, inf, nan=False, inf=False)
_SPREAD: Final = Range(0, inf)


def _bounds(op: str, of: Range, param: Value | None) -> Range:
    if op in {"count", "count_values"}:
        return _AT_LEAST_ONE
    if op == "group":
        return exactly(1)
    if of.low > of.high:
        return ANY_NUMBER
    if op in {"min", "max"}:
        return of
    if op == "sum":
        return Range(0 if of.low >= 0 else -inf, 0 if of.high <= 0 else inf, of.nan or (of.inf and of.low < 0), of.inf)
    if op == "avg":
        return of._replace(nan=of.nan or (of.inf and of.low < 0))
    if op == "quantile":
        inside = param is not None and param.range.low >= 0 and param.range.high <= 1 and not param.range.nan
        return of._replace(nan=of.nan or of.inf) if inside else ANY_NUMBER
    return _SPREAD


def _selected(node: Aggregate, source: Value, param: Value | None) -> Value:
    """Some of the elements as they are."""
    empty = source.empty
    if empty == "never" and not (
        param is not None and node.op in {"topk", "bottomk", "limitk"} and param.range.low >= 1 and source.arm.floats
    ):
        empty = "data"
    arms = source.arms
    if empty != source.empty:
        arms = tuple(arm._replace(empty="data" if arm.empty == "never" else arm.empty) for arm in arms)
    if len(arms) == 1 and not node.without and _all_named(node) and node.op in _COUNTED and param is not None and param.range.high < 2:
        arms = (arms[0]._replace(keys=smallest((*arms[0].keys, _names(node)))),)  # one of each group
    return source if arms is source.arms else Value("vector", arms, empty)
