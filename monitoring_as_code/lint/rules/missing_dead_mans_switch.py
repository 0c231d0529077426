from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, whole_project=True, definitions_only=True)
def missing_dead_mans_switch(reading: Reading) -> Iterator[Finding]:
    """No alert fires all the time, so nobody notices when alerts do not get through any more.

    If Prometheus, Alertmanager or the channel is broken, there is silence, as when all is well. An alert that always fires, and is sent again
    and again to somebody who misses it when it stays away, tells the two apart. Projects of fewer than ten alerts are not asked.

    BAD:

        class Jobs(Labels):
            queue: Label[str] = label(values=("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"))

        jobs = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Jobs)
        alerts = tuple(
            Alert(name=f"Jam{queue.upper()}", expr=jobs.where(Jobs.queue.eq(queue)) > 100, for_="5m", severity="warning", summary="jobs wait",
                  runbook="https://runbooks.example/jam")
            for queue in "abcdefghij"
        )

    GOOD:

        class Jobs(Labels):
            queue: Label[str] = label(values=("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"))

        jobs = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Jobs)
        alerts = tuple(
            Alert(name=f"Jam{queue.upper()}", expr=jobs.where(Jobs.queue.eq(queue)) > 100, for_="5m", severity="warning", summary="jobs wait",
                  runbook="https://runbooks.example/jam")
            for queue in "abcdefghij"
        )
        watchdog = Alert(name="Watchdog", expr="vector(1)", severity="none", summary="Alerts get through", runbook="https://runbooks.example/dog")
    """
    analysis = reading.analysis
    if analysis.routing is None or len(reading.alerts) < _ENOUGH:
        return
    switches = [alert for alert in reading.alerts if (use := analysis.use(alert)).expr is not None and not analysis.selectors(use)]
    if not switches:
        help_ = 'declare `Alert(name="Watchdog", expr="vector(1)", severity="none", ...)`, and a route that repeats it to whoever watches'
        yield Finding(
            "no alert fires all the time, so nobody notices when alerts do not get through", Place(analysis.routing.origin), help_
        )


# Of so many alerts somebody relies on them.
_ENOUGH = 10
