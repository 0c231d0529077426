from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.coverage import on_panels, unseen_alerts
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, whole_project=True, definitions_only=True, everywhere=True)
def alert_without_panel(reading: Reading) -> Iterator[Finding]:
    """No panel shows anything that an alert watches.

    Whoever is called at night wants to see the numbers: since when, how much, where else. An alert is shown by a panel that names it
    (`alert=`), or that has one of its metrics, or what a recording rule makes of one. Nothing is said before there is any panel.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        workers = Gauge(name="workers", help="Workers that run.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
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
                    panels=(TimeSeries(title="Workers", expr="workers"),),
                ),
            ),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        workers = Gauge(name="workers", help="Workers that run.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
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
                    panels=(TimeSeries(title="Workers", expr="workers"), TimeSeries(title="Waiting", expr="queue_length", alert=alert),),
                ),
            ),
        )
    """
    seen = on_panels(reading)
    if seen is None:
        return
    for alert, metrics in unseen_alerts(reading, seen):
        from monitoring_as_code.diagnostics.nearest import listed

        message = f"no panel shows what `{alert.name}` watches: {listed(sorted(metrics), 'and')}"
        yield Finding(message, Place(alert.origin, ("name",)), "show it on a panel, with `alert=`", declaration=alert)
