from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.agreement import because, conversion, disagree, named
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule
from monitoring_as_code.lint.rules.threshold_unit_mismatch import is_point_in_time
from monitoring_as_code.origin import Place
from monitoring_as_code.units import ratio, seconds

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.panel import QueryPanel
    from monitoring_as_code.promql.infer.value import Arm
    from monitoring_as_code.units import Unit


@rule(ERROR)
def panel_unit_mismatch(reading: Reading) -> Iterator[Finding]:
    """A panel shows numbers in a unit that they are not in.

    Seconds shown as milliseconds read as a thousandth of what they are, a ratio shown as percent as a hundredth, bytes as bits. Grafana's dates count milliseconds, Prometheus's seconds. The unit of
    a panel is inferred from its queries, so it is best not said. It is said for what has no declared unit, or to show the same in another
    way: `decbytes`, `dtdurations`, `short`. Nothing is said of a panel that transforms its answers, and of series with a unit of their own.

    BAD:

        latency = Gauge(name="latency_seconds", help="Time to answer.", unit=seconds)
        dashboard = Dashboard(
            name="Requests",
            uid="requests",
            rows=(Row(title="Time", panels=(TimeSeries(title="Latency", expr="latency_seconds", unit="ms"),)),),
        )

    GOOD:

        latency = Gauge(name="latency_seconds", help="Time to answer.", unit=seconds)
        dashboard = Dashboard(
            name="Requests",
            uid="requests",
            rows=(
                Row(
                    title="Time",
                    panels=(
                        TimeSeries(title="Latency", expr="latency_seconds"),
                        TimeSeries(title="In milliseconds", expr="latency_seconds * 1000", unit="ms"),
                    ),
                ),
            ),
        )
    """
    from monitoring_as_code.model.panel import QueryPanel

    for dashboard in reading.dashboards:
        for row in dashboard.rows:
            for panel in row.panels:
                if isinstance(panel, QueryPanel) and panel.unit is not None and not panel.transformations:
                    yield from _of_panel(reading, panel)


def _of_panel(reading: Reading, panel: QueryPanel) -> Iterator[Finding]:
    from monitoring_as_code.model.panels.grafana_units import meant_unit

    if any(override.unit is not None or "unit" in override.properties for override in panel.overrides):
        return
    shown = meant_unit(panel.unit) if isinstance(panel.unit, str) else panel.unit
    if shown is None:
        return
    for use in reading.analysis.queries(panel):
        if use.expr is None or getattr(use.part, "hidden", False):
            continue
        unit = _unit(reading, use, panel)
        if shown.dimension == seconds.dimension and not shown.affine and is_point_in_time(reading.analysis.value(use).arm):
            message = f"the panel shows {named(shown)} (`{panel.unit}`), as a duration, but the query gives a point in time"
            words = "show how long ago it was, `time() - ...`, or a date: `dateTimeAsIso` of the query times 1000"
            yield Finding(message, Place(panel.origin, ("unit",)), words, because(reading, use, use.expr), declaration=panel)
            return
        if unit is None or not disagree(unit, shown) or _put_otherwise(reading.analysis.value(use).arm, unit, shown):
            continue
        words = f" (`{panel.unit}`)" if isinstance(panel.unit, str) and named(shown) != f"`{panel.unit}`" else ""
        message = f"the panel shows {named(shown)}{words}, but the query gives {named(unit)}"
        help_ = conversion(unit, shown, "the query")
        help_ = f"leave `unit` out, it is inferred; or {help_}" if help_ else "leave `unit` out, it is inferred"
        related = because(reading, use, use.expr)
        # Bytes a second that are shown as bytes are of the right size; what is missing may stand in the title.
        severity = WARNING if unit.dimension == (shown / seconds).dimension and unit.scale == shown.scale else None
        yield Finding(message, Place(panel.origin, ("unit",)), help_, related, declaration=panel, severity=severity)
        return


def _put_otherwise(arm: Arm, unit: Unit, shown: Unit) -> bool:
    """Whether the numbers may be called so all the same: seconds of every second, and what came in a minute as so many a minute."""
    if arm.kind == "rate":
        return unit == ratio and shown == seconds
    return arm.kind == "increase" and shown.dimension == (unit / seconds).dimension


def _unit(reading: Reading, use: Use, panel: QueryPanel) -> Unit | None:
    """The unit of what a panel draws: a heatmap draws what was observed, not how often."""
    arm = reading.analysis.value(use).arm
    if panel.result != "heatmap":
        return None if arm.literal else arm.unit
    return None if arm.entry is None or arm.part not in {"bucket", "native"} else arm.entry.metric.unit
