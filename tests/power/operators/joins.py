"""Two vectors that do not meet, or meet too often."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitoring_as_code.promql.ast import SET_OPERATORS, Aggregate, Binary, Call, Expr, Matcher, Name, VectorMatching, VectorSelector
from monitoring_as_code.promql.node import replace
from tests.power.operator import Mutant, exchanged, operator
from tests.power.shape import shape
from tests.power.world import Site, World, bare, put, selectors


class _Join(NamedTuple):
    node: Binary
    left: dict[str, bool]
    """Labels of the left side; whether series can differ in it."""
    right: dict[str, bool]
    matched: frozenset[str]


def _join(node: Expr, world: World) -> _Join | None:
    """A join of two vectors whose labels are known, one to one."""
    if not isinstance(node, Binary) or node.matching is None or node.op in SET_OPERATORS or node.matching.card != "one-to-one":
        return None
    left, right = shape(node.left, world), shape(node.right, world)
    if left is None or right is None:
        return None
    named = frozenset(label.value for label in node.matching.labels if isinstance(label, Name))
    sides = left.labels.keys() | right.labels.keys()
    matched = named if node.matching.on else frozenset(sides - named)
    return _Join(node, {name: left.several(name) for name in left.labels}, {name: right.several(name) for name in right.labels}, matched)


def _grouped(expr: Expr) -> Aggregate | None:
    """The aggregation by labels that decides which labels a side has."""
    expr = bare(expr)
    if isinstance(expr, Call) and expr.args:
        return _grouped(expr.args[-1])
    return expr if isinstance(expr, Aggregate) and not expr.without and expr.op in {"sum", "avg", "max", "min", "count"} else None


def _more(expr: Aggregate, world: World) -> str | None:
    """A label that can tell apart series that the aggregation adds up."""
    inside = shape(expr.expr, world)
    have = {label.value for label in expr.grouping if isinstance(label, Name)}
    if inside is None:
        return None
    return next((name for name in inside.labels if inside.several(name) and name not in have and name != "le"), None)


def _with(expr: Aggregate, label: str) -> Aggregate:
    return replace(expr, grouping=(*expr.grouping, Name(label)), grouped=True)


@operator("never-matching-join")
def one_side_grouped_by_another_label(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        join = _join(node, world)
        side = None if join is None else _grouped(join.node.right)
        if join is None or side is None or join.node.matching is None or join.node.matching.on:
            return
        more = _more(side, world)
        have = [label.value for label in side.grouping if isinstance(label, Name)]
        if more is not None and have and more not in join.left:
            yield replace(join.node, right=put(join.node.right, side, replace(side, grouping=(Name(more),))))

    return exchanged(world.sites, change)


@operator("never-matching-join")
def one_side_loses_its_grouping(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        join = _join(node, world)
        side = None if join is None else _grouped(join.node.right)
        if join is not None and side is not None and side.grouping and join.node.matching is not None and not join.node.matching.on:
            kept = side.grouping[1:]
            yield replace(join.node, right=put(join.node.right, side, replace(side, grouping=kept, grouped=bool(kept))))

    return exchanged(world.sites, change)


@operator("never-matching-join")
def two_values_of_one_label_matched(world: World) -> Iterable[Mutant]:
    """`x{type="active"} / x{type="total"}`: the label that differs takes part in the matching."""

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        found = shape(node, world) if isinstance(node, VectorSelector) and node.name not in world.records else None
        if found is None or not isinstance(node, VectorSelector):
            return
        for label, domain in found.labels.items():
            if domain.values is not None and len(domain.values) > 1 and not any(each.name == label for each in node.matchers):
                one, other = sorted(domain.values)[:2]
                if label == "le":
                    continue
                yield Binary(
                    "/",
                    replace(node, matchers=(*node.matchers, Matcher(label, "=", one))),
                    replace(node, matchers=(*node.matchers, Matcher(label, "=", other))),
                    matching=VectorMatching(),
                )
                return

    gauges = [site for site in world.sites if not any(node.function for node in _calls(site.expr))]
    return exchanged(gauges, change)


def _calls(expr: Expr) -> list[Call]:
    from monitoring_as_code.promql.ast import walk

    return [node for node in walk(expr) if isinstance(node, Call)]


@operator("never-matching-join")
def on_a_label_that_one_side_lacks(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        join = _join(node, world)
        if join is None or not _alone(join):
            return
        side = _grouped(join.node.left)
        more = None if side is None else _more(side, world)
        if side is None or more is None or more in join.right:
            return
        matching = VectorMatching(labels=tuple(Name(label) for label in sorted({*join.matched, more})), on=True)
        yield replace(join.node, left=put(join.node.left, side, _with(side, more)), matching=matching)

    return exchanged(world.sites, change)


def _alone(join: _Join) -> bool:
    """Whether every label of each side is matched, so that no element has two partners."""
    return join.left.keys() <= join.matched and join.right.keys() <= join.matched


@operator("many-to-many")
def both_sides_finer_than_the_matching(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        join = _join(node, world)
        if join is None or not _alone(join):
            return
        left, right = _grouped(join.node.left), _grouped(join.node.right)
        if left is None or right is None:
            return
        more, same = _more(left, world), _more(right, world)
        if more is None or same is None:
            return
        matching = VectorMatching(labels=tuple(Name(label) for label in sorted(join.matched)), on=True)
        yield replace(
            join.node,
            left=put(join.node.left, left, _with(left, more)),
            right=put(join.node.right, right, _with(right, same)),
            matching=matching,
        )

    return exchanged(world.sites, change)


@operator("missing-group-left")
def right_side_finer_than_the_matching(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        join = _join(node, world)
        right = None if join is None else _grouped(join.node.right)
        more = None if right is None else _more(right, world)
        if join is None or not _alone(join) or right is None or more is None:
            return
        matching = VectorMatching(labels=tuple(Name(label) for label in sorted(join.matched)), on=True)
        yield replace(join.node, right=put(join.node.right, right, _with(right, more)), matching=matching)

    return exchanged(world.sites, change)


@operator("missing-group-left")
def left_side_finer_than_the_matching(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        join = _join(node, world)
        left = None if join is None else _grouped(join.node.left)
        more = None if left is None else _more(left, world)
        if join is None or not _alone(join) or left is None or more is None:
            return
        matching = VectorMatching(labels=tuple(Name(label) for label in sorted(join.matched)), on=True)
        yield replace(join.node, left=put(join.node.left, left, _with(left, more)), matching=matching)

    return exchanged(world.sites, change)


@operator("missing-group-left")
def group_left_left_out(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if not isinstance(node, Binary) or node.matching is None or node.matching.card != "many-to-one" or not node.matching.on:
            return
        left = shape(node.left, world)
        named = {label.value for label in node.matching.labels if isinstance(label, Name)}
        if left is not None and any(left.several(label) for label in left.labels if label not in named):
            yield replace(node, matching=replace(node.matching, card="one-to-one", include=()))

    return exchanged(world.sites, change)


@operator("group-left-overwrites")
def included_label_that_the_many_side_has(world: World) -> Iterable[Mutant]:
    """The left side is by one label more, and takes that very label from the right side, whose value is another."""

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        join = _join(node, world)
        left, right = (None, None) if join is None else (_grouped(join.node.left), _grouped(join.node.right))
        more = None if left is None else _more(left, world)
        if join is None or not _alone(join) or left is None or right is None or more is None:
            return
        inside = shape(right.expr, world)
        if inside is None or not inside.several(more):
            return
        matching = VectorMatching("many-to-one", tuple(Name(label) for label in sorted(join.matched)), on=True, include=(Name(more),))
        one = next(iter(selectors(right)))
        value = min(inside.labels[more].values or ("x",))
        narrowed = put(right, one, replace(one, matchers=(*(m for m in one.matchers if m.name != more), Matcher(more, "=", value))))
        assert isinstance(narrowed, Aggregate)
        yield replace(
            join.node,
            left=put(join.node.left, left, _with(left, more)),
            right=put(join.node.right, right, _with(narrowed, more)),
            matching=matching,
        )

    return exchanged(world.sites, change)
