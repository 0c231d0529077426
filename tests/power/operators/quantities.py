"""Numbers taken for other quantities than they are."""

from collections.abc import Iterable, Iterator

from monitoring_as_code import bits, bytes_, milliseconds, percent, ratio, seconds, units
from monitoring_as_code.model.alert import RecordingRule
from monitoring_as_code.model.metric import Metric
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.promql.ast import COMPARISONS, Aggregate, Binary, Expr, NumberLiteral, VectorMatching, VectorSelector
from monitoring_as_code.promql.node import replace
from monitoring_as_code.units import Unit
from tests.power.operator import Mutant, exchanged, fields, mutant, operator
from tests.power.shape import shape
from tests.power.world import Site, World, bare, selectors

OTHER: dict[Unit, Unit] = {seconds: milliseconds, bytes_: bits, ratio: percent, bytes_ / seconds: bits / seconds}
FACTOR: dict[Unit, float] = {seconds: 1000, bytes_: 8, ratio: 100, bytes_ / seconds: 8}
GRAFANA = {seconds: "ms", bytes_: "bits", ratio: "percent", bytes_ / seconds: "bps"}


def _times(expr: Expr, factor: float) -> Binary:
    return Binary("*", expr, NumberLiteral(factor))


def _unit(expr: Expr, world: World) -> Unit | None:
    found = shape(expr, world)
    return None if found is None else found.unit


@operator("mixed-units")
def one_operand_in_another_scale(world: World) -> Iterable[Mutant]:
    """`a - b` and `a > b` where one side alone is turned into milliseconds, bits or percent."""

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Binary) and node.op in {"+", "-", *COMPARISONS} and node.matching is not None:
            left, right = _unit(node.left, world), _unit(node.right, world)
            if left is not None and left == right and left in FACTOR:
                yield replace(node, right=_times(node.right, FACTOR[left]))

    return exchanged(world.sites, change)


@operator("mixed-units")
def added_to_itself_in_another_scale(world: World) -> Iterable[Mutant]:
    """`x` becomes `x + 1000 * x`: seconds and milliseconds, where `x` stands alone in a comparison or as a whole."""

    def change(site: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Binary) and node.op in COMPARISONS and node.matching is None:
            unit = _unit(node.left, world)
            if unit in FACTOR and unit is not None:
                yield replace(node, left=Binary("+", node.left, _times(node.left, FACTOR[unit]), matching=VectorMatching()))
        elif node is site.expr and isinstance(site.part, RecordingRule):
            unit = _unit(node, world)
            if unit in FACTOR and unit is not None:
                yield Binary("+", node, _times(node, FACTOR[unit]), matching=VectorMatching())

    return exchanged(world.rules, change)


@operator("mixed-units")
def another_quantity_added(world: World) -> Iterable[Mutant]:
    """Bytes and seconds in one sum."""
    by_unit: dict[Unit, str] = {}
    for metric in world.catalogue:
        if metric.kind == "gauge" and metric.unit is not None and metric.unit in {seconds, bytes_} and metric.closed:
            by_unit.setdefault(metric.unit, metric.name)

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if not isinstance(node, VectorSelector):
            return
        unit = _unit(node, world)
        other = next((name for found, name in by_unit.items() if unit in {seconds, bytes_} and found != unit), None)
        if other is not None:
            total = Aggregate("sum", VectorSelector(other))
            yield Binary("+", Aggregate("sum", node), total, matching=VectorMatching())

    for site in world.rules:
        top = bare(site.expr)
        if isinstance(top, Binary) and top.op in COMPARISONS and isinstance(bare(top.left), VectorSelector):
            for new in change(site, bare(top.left)):
                yield mutant(site, replace(top, left=new))


@operator("mixed-units", "unreachable-threshold", "always-firing")
def percent_less_a_ratio(world: World) -> Iterable[Mutant]:
    """`100 - x` of a share of 0 to 1."""

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Binary) and node.op == "-" and isinstance(node.left, NumberLiteral) and node.left.value == 1:
            unit = _unit(node.right, world)
            if unit == ratio:
                yield replace(node, left=NumberLiteral(100.0))

    return exchanged(world.sites, change)


def _panels(world: World) -> Iterator[tuple[Site, QueryPanel, Unit]]:
    for site in world.panels:
        if isinstance(site.part, QueryPanel) and not site.part.queries and not site.part.overrides:
            unit = _unit(_plain(site.expr), world)
            if unit is not None and unit in OTHER:
                yield site, site.part, unit


def _plain(expr: Expr) -> Expr:
    """The expression without a top-level choice of the largest."""
    return expr.expr if isinstance(expr, Aggregate) and expr.op in {"topk", "bottomk"} else expr


@operator("panel-unit-mismatch")
def panel_in_another_unit(world: World) -> Iterable[Mutant]:
    for site, panel, unit in _panels(world):
        if panel.unit is not None or panel.alert is None:
            yield fields(site, f"unit {unit} shown as {OTHER[unit]}", unit=OTHER[unit])
            yield fields(site, f"unit {unit} shown as {GRAFANA[unit]!r}", unit=GRAFANA[unit])


@operator("panel-unit-mismatch")
def panel_of_another_quantity(world: World) -> Iterable[Mutant]:
    for site, panel, unit in _panels(world):
        if panel.alert is None:
            yield fields(site, f"unit {unit} shown as another quantity", unit=bytes_ if unit != bytes_ else seconds)


@operator("panel-unit-mismatch")
def query_scaled_but_not_its_panel(world: World) -> Iterable[Mutant]:
    for site, _, unit in _panels(world):
        yield mutant(site, _times(site.expr, FACTOR[unit]), unit=unit)


@operator("recording-rule-unit")
def recorded_as_another_unit(world: World) -> Iterable[Mutant]:
    for site in world.rules:
        unit = _unit(site.expr, world)
        if isinstance(site.part, RecordingRule) and unit in OTHER and unit is not None:
            yield fields(site, f"recorded as {OTHER[unit]}", unit=OTHER[unit])


@operator("recording-rule-unit")
def recorded_in_another_scale(world: World) -> Iterable[Mutant]:
    for site in world.rules:
        unit = _unit(site.expr, world)
        if isinstance(site.part, RecordingRule) and site.part.unit is not None and unit == site.part.unit and unit in FACTOR:
            yield mutant(site, _times(site.expr, FACTOR[unit]))


@operator("recording-rule-unit", "panel-unit-mismatch", "wrong-value-formatter", "threshold-unit-mismatch", "mixed-units")
def metric_declared_in_another_unit(world: World) -> Iterable[Mutant]:
    """The application turns to milliseconds, and says so; what says another unit of the same numbers is wrong now."""
    said = {site.part.name: site for site in world.rules if isinstance(site.part, RecordingRule) and site.part.unit in OTHER}
    for site in said.values():
        top = bare(site.expr)
        names = {selector.name for selector in selectors(site.expr)}
        if isinstance(top, Binary) and top.op == "/":
            continue  # both sides change alike
        for metric in world.project.of(Metric):
            if metric.unit in OTHER and any(name.startswith(metric.name) for name in names) and metric.unit is not None:
                yield Mutant(metric.name, f"{metric.name} in {OTHER[metric.unit]}", {metric: {"unit": OTHER[metric.unit]}})


@operator("threshold-unit-mismatch", "unreachable-threshold")
def duration_as_a_threshold_of_no_duration(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        top = bare(site.expr)
        if isinstance(top, Binary) and top.op in COMPARISONS and isinstance(top.right, NumberLiteral):
            unit = _unit(top.left, world)
            if unit is not None and not unit.same_dimension(seconds) and not unit.affine:
                yield mutant(site, replace(top, right=NumberLiteral(300.0, is_duration=True)))


_FORMATTERS = ("humanizeDuration", "humanizePercentage", "humanize1024", "humanizeTimestamp")
_FITS = {seconds: "humanizeDuration", ratio: "humanizePercentage", bytes_: "humanize1024"}


def _value_unit(site: Site, world: World) -> Unit | None:
    unit = _unit(site.expr, world)
    return None if unit is None or unit.affine else unit


@operator("wrong-value-formatter")
def another_formatter(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        alert, unit = site.alert, _value_unit(site, world)
        if alert is None or unit is None:
            continue
        for used in ("humanize", *_FORMATTERS):
            text = f"$value | {used} }}}}"
            if text not in alert.description:
                continue
            for other in _FORMATTERS:
                if other == used or _FITS.get(unit) == other or (other == "humanize1024" and (unit not in _FITS or unit == bytes_)):
                    continue
                if other == "humanizePercentage" and unit == units.one:
                    continue
                yield fields(
                    site, f"{unit} by {other}", description=alert.description.replace(text, f"$value | {other} }}}}"), summary=alert.summary
                )


@operator("wrong-value-formatter")
def formatted_in_another_scale(world: World) -> Iterable[Mutant]:
    """The condition is scaled, its threshold too, and the text still says what it said."""
    for site in world.alerts:
        top, alert, unit = bare(site.expr), site.alert, _value_unit(site, world)
        if alert is None or unit is None or unit not in _FITS or unit == bytes_ or f"$value | {_FITS[unit]} }}}}" not in alert.description:
            continue
        if isinstance(top, Binary) and top.op in COMPARISONS and isinstance(top.right, NumberLiteral):
            factor = FACTOR[unit]
            yield mutant(site, replace(top, left=_times(top.left, factor), right=NumberLiteral(top.right.value * factor)))
