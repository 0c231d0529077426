"""Windows, steps and waits that do not fit the scrape, the evaluation or the retention."""

from collections.abc import Iterable, Iterator

from monitoring_as_code.promql.ast import Call, Duration, Expr, MatrixSelector, Subquery, Variable, VectorSelector, walk
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.node import replace
from tests.power.operator import Mutant, exchanged, fields, mutant, operator
from tests.power.shape import shape
from tests.power.world import Site, World, bare, put

RATES = {"rate", "irate", "increase"}


def _rated(node: Expr, world: World) -> MatrixSelector | None:
    if isinstance(node, Call) and node.function in RATES:
        inside = bare(node.args[0])
        if isinstance(inside, MatrixSelector) and shape(inside, world) is not None:
            return inside
    return None


@operator("window-too-short")
def window_of_hardly_a_scrape(world: World) -> Iterable[Mutant]:
    """One scrape interval: no two samples to compare. One and a half: two, most of the time."""

    def change(site: Site, node: Expr) -> Iterator[Expr]:
        matrix = _rated(node, world)
        if matrix is not None and not site.in_dashboard:
            for factor in (1, 1.5):
                yield put(node, matrix, replace(matrix, range=Duration(int(world.scrape_ms * factor))))

    return exchanged(world.sites, change)


@operator("window-beyond-retention")
def window_longer_than_what_is_kept(world: World) -> Iterable[Mutant]:
    kept = milliseconds(world.stack.retention)

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        matrix = _rated(node, world)
        if matrix is not None:
            yield put(node, matrix, replace(matrix, range=Duration(kept * 2)))

    return exchanged(world.sites, change)


@operator("window-beyond-retention")
def offset_beyond_what_is_kept(world: World) -> Iterable[Mutant]:
    kept = milliseconds(world.stack.retention)

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, VectorSelector) and node.offset is None and world.catalogue.lookup(node.name) is not None:
            yield replace(node, offset=Duration(kept * 2))

    return exchanged(world.rules, change)


@operator("hard-coded-window")
def fixed_window_in_a_panel(world: World) -> Iterable[Mutant]:
    def change(site: Site, node: Expr) -> Iterator[Expr]:
        matrix = _rated(node, world)
        if matrix is not None and site.in_dashboard and isinstance(matrix.range, Variable):
            yield put(node, matrix, replace(matrix, range=Duration(300_000)))

    return exchanged(world.sites, change)


@operator("step-below-scrape")
def subquery_finer_than_the_scrape(world: World) -> Iterable[Mutant]:
    def change(site: Site, node: Expr) -> Iterator[Expr]:
        matrix = _rated(node, world)
        if matrix is not None and not site.in_dashboard:
            yield Call("max_over_time", (Subquery(node, Duration(3_600_000), Duration(1000)),))

    return exchanged(world.sites, change)


@operator("for-below-interval")
def for_shorter_than_an_evaluation(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        yield fields(site, "for: 3s", for_="3s")


@operator("absent-for-too-short")
def absence_that_does_not_wait(world: World) -> Iterable[Mutant]:
    """absent() of what is scraped, with no wait or one of a single scrape: one failed scrape fires it."""
    for site in world.alerts:
        for node in walk(site.expr):
            if isinstance(node, VectorSelector) and world.catalogue.lookup(node.name) is not None:
                yield mutant(site, Call("absent", (node,)), for_="0s")
                yield mutant(site, Call("absent", (node,)), for_=f"{world.scrape_ms // 1000}s")
                break
