from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.coverage import metrics_of
from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, definitions_only=True)
def unrelated_alert(reading: Reading) -> Iterator[Finding]:
    """A panel says that it shows an alert, but none of its queries has a metric of that alert.

    `alert` draws the alert's threshold and links its runbook, so whoever is called looks at this panel, for numbers that are not on it. Name the alert that watches
    what the panel shows, or show what the alert watches. What recording rules compute counts for what they are computed of.

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
                    panels=(TimeSeries(title="Workers", expr="workers", alert=alert), TimeSeries(title="Waiting", expr="queue_length"),),
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
    for panel in drawn(reading):
        given = getattr(panel.panel, "alert", None)
        alerts = given if isinstance(given, tuple) else () if given is None else (given,)
        if not alerts:
            continue
        shown = [metrics_of(reading, use) for use in panel.uses]
        for index, alert in enumerate(alerts):
            watched = metrics_of(reading, reading.analysis.use(alert))
            if not watched or any(each is None or not each.isdisjoint(watched) for each in shown):
                continue
            from monitoring_as_code.diagnostics.nearest import listed

            path = ("alert", index) if isinstance(given, tuple) else ("alert",)
            message = f"the panel shows nothing that `{alert.name}` watches: {listed(sorted(watched), 'and')}"
            yield Finding(message, Place(panel.panel.origin, path), "name an alert on what the panel shows", declaration=panel.panel)
