"""Functions on what they are not for."""

from collections.abc import Iterable, Iterator

from monitoring_as_code import RecordingRule
from monitoring_as_code.promql.ast import (
    Aggregate,
    Call,
    Duration,
    Expr,
    MatrixSelector,
    Name,
    NumberLiteral,
    Subquery,
    VectorSelector,
    walk,
)
from monitoring_as_code.promql.node import replace
from tests.power.operator import Mutant, exchanged, mutant, operator
from tests.power.shape import Shape, shape
from tests.power.world import Site, World, bare, put

FIVE_MINUTES = Duration(300_000)
RATES = {"rate", "irate", "increase"}


def _matrix(call: Expr) -> MatrixSelector | None:
    """The range selector that a call of rate or increase takes."""
    if isinstance(call, Call) and call.function in RATES and len(call.args) == 1:
        inside = bare(call.args[0])
        return inside if isinstance(inside, MatrixSelector) else None
    return None


def _counter(world: World, matrix: MatrixSelector | None) -> Shape | None:
    found = None if matrix is None else shape(matrix, world)
    return found if found is not None and found.kind in {"counter", "bucket"} else None


def _gauges(world: World) -> list[str]:
    return [metric.name for metric in world.catalogue if metric.kind == "gauge" and metric.closed][:3]


@operator("rate-of-gauge")
def gauge_in_place_of_a_counter(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        matrix = _matrix(node)
        if matrix is not None and _counter(world, matrix) is not None:
            for name in _gauges(world)[:1]:
                yield put(node, matrix, replace(matrix, selector=VectorSelector(name)))

    return exchanged(world.rules, change)


@operator("rate-of-gauge")
def rate_of_a_gauge_that_was_read_as_it_is(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, VectorSelector) and node.name not in world.records:
            found = shape(node, world)
            if found is not None and found.kind == "gauge":
                yield Call("rate", (MatrixSelector(node, FIVE_MINUTES),))

    for site in world.sites:
        ranged = {id(node.selector) for node in walk(site.expr) if isinstance(node, MatrixSelector)}
        yield from (
            mutant(site, put(site.expr, node, new)) for node in walk(site.expr) if id(node) not in ranged for new in change(site, node)
        )


@operator("counter-without-rate")
def rate_left_out(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        matrix = _matrix(node)
        found = _counter(world, matrix)
        if matrix is not None and found is not None and found.kind == "counter":
            yield matrix.selector

    return exchanged(world.sites, change)


@operator("counter-without-rate", "delta-of-counter")
def average_over_time_of_a_counter(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = _counter(world, _matrix(node))
        if isinstance(node, Call) and found is not None and found.kind == "counter":
            yield replace(node, function="avg_over_time")

    return exchanged(world.rules, change)


@operator("delta-of-counter")
def delta_for_increase(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = _counter(world, _matrix(node))
        if isinstance(node, Call) and found is not None and found.kind == "counter":
            yield replace(node, function="delta")
            yield replace(node, function="deriv")

    return exchanged(world.sites, change)


@operator("rate-of-sum")
def rate_of_a_sum_by_a_subquery(world: World) -> Iterable[Mutant]:
    def change(site: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Aggregate) and node.op == "sum" and not site.in_dashboard:
            matrix = _matrix(bare(node.expr))
            if matrix is not None and _counter(world, matrix) is not None and isinstance(matrix.range, Duration):
                yield Call("rate", (Subquery(replace(node, expr=matrix.selector), matrix.range),))

    return exchanged(world.sites, change)


@operator("rate-of-sum")
def rate_of_a_recorded_sum(world: World) -> Iterable[Mutant]:
    for site in world.rules:
        for node in walk(site.expr):
            if isinstance(node, Aggregate) and node.op == "sum" and site.alert is not None:
                matrix = _matrix(bare(node.expr))
                found = _counter(world, matrix)
                if matrix is not None and found is not None and found.kind == "counter":
                    by = "_".join(label.value for label in node.grouping if isinstance(label, Name)) or "all"
                    rule = RecordingRule(name=f"{by}:{matrix.selector.name}:sum", expr=_text(replace(node, expr=matrix.selector)))
                    new = Call("rate", (MatrixSelector(VectorSelector(rule.name), matrix.range),))
                    yield mutant(site, put(site.expr, node, new))._replace(added=(rule,))


def _text(expr: Expr) -> str:
    from monitoring_as_code.promql.printer import to_text

    return to_text(expr)


@operator("average-of-quantiles")
def average_of_a_quantile(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = shape(node, world) if _is_quantile(node, world) else None
        if found is not None and any(found.several(label) for label in found.labels):
            yield Aggregate("avg", node)

    return exchanged(world.sites, change)


@operator("sum-of-quantiles")
def sum_of_a_quantile(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = shape(node, world) if _is_quantile(node, world) else None
        if found is not None and any(found.several(label) for label in found.labels):
            yield Aggregate("sum", node)

    return exchanged(world.sites, change)


def _is_quantile(node: Expr, world: World) -> bool:
    """A quantile that was just worked out, or is recorded; in a record's own name there is nothing to average."""
    if isinstance(node, Call) and node.function == "histogram_quantile":
        return True
    if not isinstance(node, VectorSelector) or node.name not in world.records:
        return False
    found = shape(node, world)
    return found is not None and found.kind == "quantile"


@operator("sum-of-ratios")
def sum_of_a_ratio(world: World) -> Iterable[Mutant]:
    """A share of 0 to 1 for each of several series, added up. Of one series alone the sum would be the same."""

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = shape(node, world)
        if found is not None and (found.kind == "ratio") and any(found.several(label) for label in found.labels):
            yield Aggregate("sum", node)

    return exchanged(world.sites, change)


@operator("quantile-outside-zero-one")
def quantile_in_percent(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Call) and node.function == "histogram_quantile":
            phi = bare(node.args[0])
            if isinstance(phi, NumberLiteral) and 0.01 < phi.value <= 1:
                yield replace(node, args=(NumberLiteral(round(phi.value * 100, 3)), node.args[1]))

    return exchanged(world.sites, change)


@operator("buckets-without-le")
def le_left_out(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Call) and node.function == "histogram_quantile":
            inside = bare(node.args[1])
            found = shape(inside, world)
            if isinstance(inside, Aggregate) and found is not None and found.kind == "bucket" and not inside.without:
                kept = tuple(label for label in inside.grouping if not (isinstance(label, Name) and label.value == "le"))
                yield replace(node, args=(node.args[0], replace(inside, grouping=kept, grouped=bool(kept))))

    return exchanged(world.sites, change)


@operator("buckets-without-le")
def count_in_place_of_buckets(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Call) and node.function == "histogram_quantile":
            for each in walk(node.args[1]):
                if isinstance(each, VectorSelector) and each.name.endswith("_bucket"):
                    inside = node.args[1]
                    found = shape(each, world)
                    if found is None or found.kind != "bucket":
                        continue
                    yield replace(
                        node, args=(node.args[0], put(inside, each, replace(each, name=each.name.removesuffix("_bucket") + "_count")))
                    )

    return exchanged(world.sites, change)
