"""What rules cost, and how they stand to each other."""

from collections.abc import Iterable, Iterator, Mapping

from monitoring_as_code import Alert, RecordingRule
from monitoring_as_code.catalogue import Metric
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.promql.ast import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expr,
    Matcher,
    Name,
    NumberLiteral,
    VectorSelector,
    walk,
)
from monitoring_as_code.promql.node import replace
from monitoring_as_code.promql.printer import to_text
from tests.power.operator import Mutant, exchanged, fields, mutant, operator
from tests.power.shape import shape
from tests.power.world import Site, World, bare, put, selectors


def _series(metric: Metric) -> int | None:
    """How many series there are at most by what is declared of the metric's own labels; None where one is without bound."""
    product = 1
    for domain in metric.labels.values():
        size = len(domain.values) if domain.values is not None else domain.at_most
        if size is None:
            return None
        product *= size
    return product


@operator("series-budget")
def everything_kept_apart(world: World) -> Iterable[Mutant]:
    """An aggregation by all labels of a metric that has more than 100,000 series by its declaration."""

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Aggregate) and node.op in {"sum", "avg", "max"} and not node.without:
            found = shape(node.expr, world)
            metric = None if found is None else found.metric
            if found is not None and metric is not None and (_series(metric) or 0) > 100_000:
                yield replace(node, grouping=tuple(Name(name) for name in sorted(found.labels)), grouped=True)

    return exchanged(world.sites, change)


@operator("vanishing-series")
def a_job_that_nobody_watches(world: World) -> Iterable[Mutant]:
    """Whoever watched all targets watches those of one job only: what is said of the others goes silent with them."""
    if "vanishing-series" not in world.project.config.enable:
        return
    for site in world.alerts:
        for node in walk(site.expr):
            if isinstance(node, VectorSelector) and node.name == "up" and not node.matchers:
                for job in world.stack.jobs[1:]:
                    yield mutant(site, put(site.expr, node, replace(node, matchers=(Matcher("job", "=", job.name),))))


@operator("flapping")
def the_largest_few(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = bare(site.expr)
        if isinstance(top, Binary) and top.op in COMPARISONS and top.matching is None and shape(top.left, world) is not None:
            yield mutant(site, replace(top, left=Aggregate("topk", top.left, NumberLiteral(5.0))))
            yield mutant(site, Aggregate("topk", top, NumberLiteral(5.0)))


@operator("flapping")
def no_wait_at_a_noisy_source(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = bare(site.expr)
        if isinstance(top, Binary) and top.op in COMPARISONS and top.matching is None:
            found = shape(top.left, world)
            if (
                found is not None
                and found.kind in {"rate", "ratio", "quantile"}
                and isinstance(top.right, NumberLiteral)
                and top.right.value > 0
            ):
                yield fields(site, "for: 0s", for_="0s", keep_firing_for="0s")


@operator("duplicate-rule")
def the_same_recorded_twice(world: World) -> Iterable[Mutant]:
    for site in world.rules:
        if isinstance(site.part, RecordingRule):
            level, _, rest = site.part.name.partition(":")
            rule = RecordingRule(name=f"{level}:copy_of_{rest}", expr=to_text(site.expr), unit=site.part.unit, labels=site.part.labels)
            use = Alert(
                name="UsesTheCopy", expr=f"{rule.name} > 1e9", for_="5m", severity="warning", summary="s", runbook="https://example.org/r"
            )
            yield Mutant(site.part.name, f"the same as {rule.name}", {}, (rule, use))


@operator("duplicate-rule", "overlapping-alerts")
def the_same_alert_under_another_name(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        alert = site.alert
        assert alert is not None
        copy = _copy(alert, name=alert.name + "Again")
        yield Mutant(alert.name, "the same alert again", {}, (copy,))


def _copy(alert: Alert, **changes: object) -> Alert:
    made = object.__new__(Alert)
    made.__dict__.update({**vars(alert), **changes})
    return made


@operator("overlapping-alerts", "duplicate-rule")
def the_same_alert_a_little_stricter(world: World) -> Iterable[Mutant]:
    """Another alert of the same severity for the same thing, with a threshold that lies beyond: both fire."""
    for site in world.alerts:
        alert, top = site.alert, bare(site.expr)
        if alert is not None and isinstance(top, Binary) and top.op == ">" and isinstance(top.right, NumberLiteral) and top.right.value > 0:
            stricter = replace(top, right=NumberLiteral(top.right.value * 1.05))
            yield Mutant(alert.name, to_text(stricter), {}, (_copy(alert, name=alert.name + "Stricter", expr=to_text(stricter)),))


@operator("record-name")
def record_of_another_level(world: World) -> Iterable[Mutant]:
    """The record's name says a label that its metric has and its expression adds up. A word that is no label of the metric may be anything."""
    for site in world.rules:
        if not isinstance(site.part, RecordingRule) or site.part.name.count(":") != 2:
            continue
        found = shape(site.expr, world)
        level, _, rest = site.part.name.partition(":")
        if found is None or not found.labels or "_".join(sorted(found.labels)) != "_".join(sorted(level.split("_"))):
            continue
        inside = [shape(selector, world) for selector in selectors(site.expr)]
        more = sorted(
            {name for each in inside if each is not None for name in each.labels if each.several(name)} - found.labels.keys() - {"le"}
        )
        for other in (more[0], f"{level}_{more[0]}") if more else ():
            name = f"{other}:{rest}"
            yield Mutant(site.part.name, f"recorded as {name}", {site.part: {"name": name}, **_renamed(world, site.part.name, name)})


def _renamed(world: World, old: str, new: str) -> dict[Part, Mapping[str, object]]:
    """The changes that make all others read the new name."""
    changes: dict[Part, Mapping[str, object]] = {}
    for site in world.sites:
        expr = site.expr
        for node in walk(site.expr):
            if isinstance(node, VectorSelector) and node.name == old:
                expr = put(expr, node, replace(node, name=new))
        if expr is not site.expr:
            changes[site.part] = {"expr": to_text(expr)}
    return changes


@operator("rule-order")
def read_before_it_is_recorded(world: World) -> Iterable[Mutant]:
    """A rule stands before the recording rule that it reads, so it reads what was recorded an evaluation ago."""
    for site in world.rules:
        group = world.group_of(site.declaration)
        names = {node.name for node in walk(site.expr) if isinstance(node, VectorSelector)}
        if group is None or not any(
            isinstance(rule, RecordingRule) and rule.name in names and rule is not site.part for rule in group.rules
        ):
            continue
        rules = (site.part, *(rule for rule in group.rules if rule is not site.part))
        yield Mutant(site.declaration.name, f"first in group {group.name}", {group: {"rules": rules}})


@operator("unused-recording-rule")
def recorded_for_nobody(world: World) -> Iterable[Mutant]:
    """Only where there is a dashboard: records of a file of rules are for dashboards elsewhere."""
    for site in world.rules if world.panels else ():
        top = bare(site.expr)
        if site.alert is not None and isinstance(top, Binary) and top.op in COMPARISONS and not isinstance(bare(top.left), VectorSelector):
            found = shape(top.left, world)
            if found is not None:
                level = "_".join(sorted(found.labels)) or "all"
                rule = RecordingRule(name=f"{level}:recorded_for_nobody:rate5m", expr=f"1 * ({to_text(top.left)})", unit=found.unit)
                yield Mutant(site.declaration.name, f"{rule.name} is read by nobody", {}, (rule,))


@operator("version-feature", "syntax-error")
def function_of_a_later_prometheus(world: World) -> Iterable[Mutant]:
    """None of these is in 2.42: histogram_avg came with 2.52, double_exponential_smoothing with 3.0, durations as numbers with 3.0."""

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Call) and node.function == "histogram_quantile":
            yield Call("histogram_avg", (node.args[1],))
            yield Call("histogram_stddev", (node.args[1],))

    yield from exchanged(world.rules, change)
    for site in world.alerts:
        top = bare(site.expr)
        if isinstance(top, Binary) and top.op in COMPARISONS and isinstance(top.right, NumberLiteral):
            found = shape(top.left, world)
            if found is not None and found.unit is not None and str(found.unit) == "s":
                yield mutant(site, replace(top, right=NumberLiteral(300.0, is_duration=True)))
