from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.coverage import metrics_of, on_panels, unseen_alerts
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, whole_project=True, definitions_only=True, everywhere=True)
def metric_without_panel(reading: Reading) -> Iterator[Finding]:
    """A declared metric is used by rules, but no panel shows it.

    What is computed and never looked at cannot be checked by anybody, and is missed in an incident. Show it, or what a recording rule makes
    of it; or say why it is not: `# mac: allow[metric-without-panel] why`. Metrics of exporters are not asked about, neither is one that
    nothing uses at all, which unused-metric tells, nor that of an alert without a panel. Nothing is said before there is any panel.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        queue_paused = Gauge(name="queue_paused", help="Whether nobody works on it.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100 and queue_paused == 0",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(TimeSeries(title="Waiting", expr="queue_length", alert=alert),),
                ),
            ),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        queue_paused = Gauge(name="queue_paused", help="Whether nobody works on it.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100 and queue_paused == 0",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(TimeSeries(title="Waiting", expr="queue_length", alert=alert), Stat(title="Paused", expr="queue_paused"),),
                ),
            ),
        )
    """
    from monitoring_as_code.model.metric import Exporter, Metric

    seen = on_panels(reading)
    if seen is None:
        return
    told = {name for _, metrics in unseen_alerts(reading, seen) for name in metrics}
    used: set[str] = set()
    for use in reading.analysis.uses:
        used.update(metrics_of(reading, use) or ())
    for metric in reading.project.of(Metric):
        if metric.unused is not None or isinstance(reading.project.holder(metric), Exporter):
            continue
        if metric.name in used and metric.name not in seen and metric.name not in told:
            message = f"`{metric.name}` is used by rules, but on no panel"
            yield Finding(message, Place(metric.origin, ("name",)), "show it, or what a rule makes of it, on a panel")
