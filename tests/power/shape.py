"""What an operator must know of an expression to break it: read off the declarations by the shortest way, and nothing where that is not plain.

Inference is what is under test, so nothing here asks it.
"""

from __future__ import annotations

from typing import NamedTuple

from monitoring_as_code import units
from monitoring_as_code.catalogue import ANY_VALUE, Domain, Metric
from monitoring_as_code.promql.ast import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expr,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    VectorSelector,
)
from monitoring_as_code.units import Unit
from tests.power.world import World, bare, selectors

INFINITY = float("inf")


class Shape(NamedTuple):
    """Labels with their domains, kind, unit, bounds, and the metric that all comes from if it is one."""

    labels: dict[str, Domain]
    kind: str = ""
    unit: Unit | None = None
    low: float = -INFINITY
    high: float = INFINITY
    metric: Metric | None = None

    def several(self, label: str) -> bool:
        """Whether series can differ in this label."""
        domain = self.labels.get(label)
        return domain is not None and (domain.values is None or len(domain.values) > 1)


def shape(expr: Expr, world: World) -> Shape | None:
    """The shape of an instant vector, or of the vector inside of a matrix."""
    expr = bare(expr)
    match expr:
        case VectorSelector():
            return _selector(expr, world)
        case MatrixSelector(selector=selector):
            return _selector(selector, world)
        case Call():
            return _call(expr, world)
        case Aggregate():
            return _aggregate(expr, world)
        case Binary():
            return _binary(expr, world)
        case _:
            return None


def _selector(node: VectorSelector, world: World) -> Shape | None:
    if node.stand_ins or node.variables:
        return None
    rule = world.records.get(node.name)
    if rule is not None:
        site = next((site for site in world.sites if site.part is rule), None)
        found = None if site is None else shape(site.expr, world)
        if found is None:
            return None
        labels = {**found.labels, **{name: Domain(frozenset({value})) for name, value in rule.labels.items()}}
        return found._replace(labels=_narrowed(labels, node), unit=rule.unit or found.unit)
    entry = world.catalogue.lookup(node.name)
    if entry is None or not entry.closed:
        return None
    kind = "bucket" if entry.part == "bucket" else entry.kind
    low = 0.0 if kind in {"counter", "bucket"} and entry.part != "sum" else -INFINITY
    return Shape(_narrowed(dict(entry.labels), node), kind, entry.unit, low, INFINITY, entry.metric)


def _narrowed(labels: dict[str, Domain], node: VectorSelector) -> dict[str, Domain]:
    pinned = {
        matcher.name: Domain(frozenset({matcher.value}))
        for matcher in node.matchers
        if matcher.op == "=" and matcher.value and not matcher.variables and matcher.name in labels
    }
    return {**labels, **pinned}


def _call(node: Call, world: World) -> Shape | None:
    inside = shape(node.args[-1], world) if node.args else None
    if inside is None:
        return None
    name = node.function
    if name in {"rate", "irate"}:
        unit = None if inside.unit is None else inside.unit / units.seconds
        return inside._replace(kind="bucket" if inside.kind == "bucket" else "rate", unit=unit)
    if name == "increase":
        return inside._replace(kind="bucket" if inside.kind == "bucket" else "increase")
    if name == "histogram_quantile":
        labels = {label: domain for label, domain in inside.labels.items() if label != "le"}
        buckets = inside.metric.buckets if inside.metric is not None else ()
        unit = inside.metric.unit if inside.metric is not None else None
        return Shape(labels, "quantile", unit, -INFINITY, buckets[-1] if buckets else INFINITY, inside.metric)
    if name in {"avg_over_time", "max_over_time", "min_over_time", "last_over_time"}:
        return inside
    return None


def _aggregate(node: Aggregate, world: World) -> Shape | None:
    inside = shape(node.expr, world)
    if inside is None or node.op not in {"sum", "avg", "min", "max", "count", "topk", "bottomk"}:
        return None
    if node.op in {"topk", "bottomk"}:
        return inside
    named = {label.value for label in node.grouping if isinstance(label, Name)}
    labels = {label: domain for label, domain in inside.labels.items() if (label in named) != node.without}
    if node.op == "count":
        return Shape(labels, "count", None, 1.0, INFINITY)
    kept = node.op != "sum"
    return inside._replace(
        labels=labels, high=inside.high if kept else INFINITY, kind="counters" if inside.kind == "counter" else inside.kind
    )


def _binary(node: Binary, world: World) -> Shape | None:
    if isinstance(bare(node.left), NumberLiteral) or isinstance(bare(node.right), NumberLiteral):
        left_is_number = isinstance(bare(node.left), NumberLiteral)
        number = bare(node.left if left_is_number else node.right)
        assert isinstance(number, NumberLiteral)
        vector = shape(node.right if left_is_number else node.left, world)
        if vector is None or node.op in COMPARISONS:
            return None if node.bool_modifier else vector
        if node.op == "-" and left_is_number and number.value == 1 and (vector.low, vector.high) == (0.0, 1.0):
            return vector
        return Shape(vector.labels, "", vector.unit if node.op in "+-" else None)
    left, right = shape(node.left, world), shape(node.right, world)
    if node.op in {"and", "unless"}:
        return left
    if left is None or right is None or node.matching is None or node.matching.card != "one-to-one" or node.op == "or":
        return None
    named = [label.value for label in node.matching.labels if isinstance(label, Name)]
    if node.matching.on:
        labels = {label: left.labels.get(label, ANY_VALUE) for label in named}
    else:
        labels = {label: domain for label, domain in left.labels.items() if label not in named}
    if node.op != "/":
        return left._replace(labels=labels, metric=None, low=-INFINITY, high=INFINITY)
    unit = left.unit / right.unit if left.unit is not None and right.unit is not None else None
    if is_share(node, world):
        return Shape(labels, "ratio", units.ratio, 0.0, 1.0)
    return Shape(labels, "", unit)


def is_share(node: Expr, world: World) -> bool:
    """Whether this is some of a counter's rate divided by all of it: then it is 0 to 1."""
    node = bare(node)
    if not isinstance(node, Binary) or node.op != "/" or node.matching is None or node.matching.labels:
        return False
    mine, whole = selectors(node.left), selectors(node.right)
    if len(mine) != 1 or len(whole) != 1 or mine[0].name != whole[0].name or not mine[0].name:
        return False
    entry = world.catalogue.lookup(mine[0].name)
    more = [matcher for matcher in mine[0].matchers if matcher not in whole[0].matchers]
    stripped = _without(node.left, mine[0]) == _without(node.right, whole[0])
    return (
        bool(more)
        and stripped
        and entry is not None
        and entry.kind == "counter"
        and all(each in mine[0].matchers for each in whole[0].matchers)
    )


def _without(expr: Expr, selector: VectorSelector) -> Expr:
    from monitoring_as_code.promql.node import replace
    from tests.power.world import put

    def opened(node: Expr) -> Expr:
        return opened(node.expr) if isinstance(node, Paren) else node

    return opened(put(expr, selector, replace(selector, matchers=())))
