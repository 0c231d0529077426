"""Alerts that can never fire, or always do."""

from collections.abc import Iterable, Iterator

from monitoring_as_code.promql.ast import (
    COMPARISONS,
    Aggregate,
    Binary,
    BinaryOp,
    Call,
    Expr,
    Matcher,
    Name,
    NumberLiteral,
    VectorMatching,
    VectorSelector,
)
from monitoring_as_code.promql.node import replace
from tests.power.operator import Mutant, exchanged, mutant, operator
from tests.power.shape import INFINITY, shape
from tests.power.world import Site, World, bare


def _compared(node: Expr) -> tuple[Binary, Expr, float] | None:
    """A vector compared with a number at its right: node, vector, number."""
    if isinstance(node, Binary) and node.op in COMPARISONS and not node.bool_modifier and node.matching is None:
        number = bare(node.right)
        if isinstance(number, NumberLiteral):
            return node, node.left, number.value
    return None


def _top(site: Site) -> tuple[Binary, Expr, float] | None:
    """The comparison that the whole alert is."""
    return _compared(bare(site.expr)) if site.alert is not None else None


def _plain(op: BinaryOp, left: Expr, value: float) -> Binary:
    return Binary(op, left, NumberLiteral(value))


@operator("unreachable-threshold", "threshold-unit-mismatch")
def share_compared_with_a_percentage(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = _compared(node)
        if found is not None and found[0].op in {">", ">="} and 0 < found[2] <= 1 and found[2] * 100 > 1:
            side = shape(found[1], world)
            if side is not None and (side.low, side.high) == (0.0, 1.0):
                yield _plain(found[0].op, found[1], found[2] * 100)

    return exchanged(world.sites, change)


@operator("unreachable-threshold", "threshold-unit-mismatch")
def quantile_above_the_highest_bucket(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = _compared(node)
        side = None if found is None else shape(found[1], world)
        if found is not None and side is not None and side.kind == "quantile" and side.high < INFINITY and found[0].op in {">", ">="}:
            yield _plain(found[0].op, found[1], side.high * 1000)  # as if the threshold were milliseconds
            yield _plain(">", found[1], side.high)

    return exchanged(world.sites, change)


@operator("unreachable-threshold")
def counted_below_zero(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = _compared(node)
        side = None if found is None else shape(found[1], world)
        if found is not None and side is not None and side.low == 0:
            yield _plain("<", found[1], 0.0)
            yield _plain("==", found[1], -1.0)

    return exchanged(world.sites, change)


@operator("unreachable-threshold")
def hour_beyond_the_day(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        if shape(site.expr, world) is None:
            continue
        hours = Aggregate("max", _plain(">", Call("hour", ()), 24.0))
        yield mutant(site, Binary("and", site.expr, hours, matching=VectorMatching("many-to-many", on=True)))


@operator("unreachable-threshold")
def nothing_counted(world: World) -> Iterable[Mutant]:
    """`count(x) == 0`: a count of nothing is no element, not 0."""
    for site in world.alerts:
        top = _top(site)
        if top is not None and shape(top[1], world) is not None:
            yield mutant(site, _plain("==", Aggregate("count", top[1]), 0.0))


@operator("always-firing")
def at_least_zero_of_what_is_never_less(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = _top(site)
        side = None if top is None else shape(top[1], world)
        if top is not None and side is not None and side.low == 0 and side.kind in {"rate", "increase", "counter", "ratio"}:
            if side.kind != "ratio":  # 0/0 is not at least zero
                yield mutant(site, _plain(">=", top[1], 0.0))
            if side.kind != "ratio":
                yield mutant(site, _plain(">", top[1], -1.0))


@operator("always-firing", "alert-without-condition")
def bool_at_the_top(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = _top(site)
        if top is not None:
            yield mutant(site, replace(top[0], bool_modifier=True))


@operator("always-firing", "alert-without-condition")
def no_condition(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = _top(site)
        if top is not None:
            yield mutant(site, top[1])


@operator("contradictory-conditions")
def above_and_below(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = _top(site)
        if top is not None and top[0].op in {">", ">="} and top[2] > 0:
            below = _plain("<", top[1], top[2] / 2)
            yield mutant(site, Binary("and", top[0], below, matching=VectorMatching("many-to-many")))
            yield mutant(site, _plain("<", top[0], top[2] / 2))


@operator("contradictory-conditions")
def a_matcher_against_another(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, VectorSelector):
            for matcher in node.matchers:
                if matcher.op == "=" and matcher.value and not matcher.variables:
                    yield replace(node, matchers=(*node.matchers, Matcher(matcher.name, "!=", matcher.value)))

    return exchanged(world.rules, change)


@operator("dead-arm")
def stricter_alternative(world: World) -> Iterable[Mutant]:
    """`x > 5 or x > 10`: whatever passes the second has passed the first."""
    for site in world.alerts:
        top = _top(site)
        if top is not None and top[0].op in {">", ">="} and top[2] > 0:
            stricter = _plain(top[0].op, top[1], top[2] * 2)
            yield mutant(site, Binary("or", top[0], stricter, matching=VectorMatching("many-to-many")))


@operator("dead-arm")
def alternative_to_what_is_always_there(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = _top(site)
        side = None if top is None else shape(top[1], world)
        if top is None or side is None:
            continue
        zero = Call("vector", (NumberLiteral(0.0),))
        whole = Binary("or", zero, Aggregate("sum", top[1]), matching=VectorMatching("many-to-many"))
        yield mutant(site, replace(top[0], left=whole))


@operator("no-op-unless")
def unless_of_other_labels(world: World) -> Iterable[Mutant]:
    """What is grouped by labels that the left side has not, and lacks those that it has: no element meets another."""
    for site in world.alerts:
        found = shape(site.expr, world)
        if found is None or not found.labels or ("instance" not in found.labels and not found.labels):
            continue
        up = Aggregate("sum", _plain("==", VectorSelector("up"), 0.0), grouping=(Name("job"),), grouped=True)
        if found.labels.keys() - {"job"} and all(domain.optional is False for domain in found.labels.values()):
            yield mutant(site, Binary("unless", site.expr, up, matching=VectorMatching("many-to-many")))


@operator("no-op-unless", "unreachable-threshold")
def unless_of_what_cannot_be(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = _top(site)
        side = None if top is None else shape(top[1], world)
        if top is not None and side is not None and side.low == 0:
            never = _plain("<", top[1], 0.0)
            yield mutant(site, Binary("unless", top[0], never, matching=VectorMatching("many-to-many")))


@operator("silent-division", "sum-of-ratios")
def nan_among_what_is_added(world: World) -> Iterable[Mutant]:
    """`sum(a / b)`, where one idle series makes the whole sum NaN; `sum(a) / sum(b)` was meant."""

    def change(site: Site, node: Expr) -> Iterator[Expr]:
        if site.alert is None or not isinstance(node, Binary) or node.op != "/" or node.matching is None or node.matching.labels:
            return
        left, right = bare(node.left), bare(node.right)
        if (
            isinstance(left, Aggregate)
            and isinstance(right, Aggregate)
            and left.op == right.op == "sum"
            and left.grouping == right.grouping
        ):
            one, other = shape(left.expr, world), shape(right.expr, world)
            if one is not None and other is not None and other.kind in {"rate", "increase"}:
                yield replace(left, expr=replace(node, left=left.expr, right=right.expr))

    return exchanged(world.sites, change)


@operator("absent-never-fires")
def absent_of_what_is_always_there(world: World) -> Iterable[Mutant]:
    zero = Call("vector", (NumberLiteral(0.0),))
    for site in world.alerts:
        top = _top(site)
        if top is not None and shape(top[1], world) is not None:
            whole = Binary("or", Aggregate("sum", top[1]), zero, matching=VectorMatching("many-to-many"))
            yield mutant(site, Call("absent", (whole,)), for_="10m")
