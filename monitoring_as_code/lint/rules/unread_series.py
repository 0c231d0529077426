from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.scenario import Scenario


@rule(WARNING, yields_to=("given-recording", "unknown-metric", "vacuous-scenario"))
def unread_series(reading: Reading) -> Iterator[Finding]:
    """A scenario gives a series of a metric that none of its alerts reads.

    What happens to that metric changes nothing. Mostly the scenario is about another alert, or gives another metric than the one that the
    alert reads. What its recording rules read counts as well, and so does what an alert reads that may hold this one back.

    BAD:

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
        running = Gauge(name="jobs_running", help="Jobs that run.", unused="an example")
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        busy = Scenario(
            name="many jobs, and few wait",
            alert=jam,
            given=(Series(of=waiting, values=constant(100)), Series(of=running, values=constant(500))),
            expect=(Quiet(),),
        )

    GOOD:

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        busy = Scenario(name="nearly a jam", alert=jam, given=(Series(of=waiting, values=constant(100)),), expect=(Quiet(),))
    """
    if not reading.given:
        return
    from monitoring_as_code.lint.given import given, read_by
    from monitoring_as_code.promql.infer.selectors import metric_name

    known = given(reading.analysis)
    asking = {id(written.alert) for written in reading.written if written.template.queries}
    read: dict[int, frozenset[str]] = {}
    for scenario in reading.scenarios:
        alerts = scenario.alerts
        if any(id(alert) in asking or reading.analysis.use(alert).expr is None for alert in alerts):
            continue  # its templates may read anything
        for alert in alerts:
            if id(alert) not in read:
                read[id(alert)] = frozenset(map(metric_name, read_by(reading.analysis, (alert,))))
        names = frozenset().union(*(read[id(alert)] for alert in alerts))
        for series in scenario.given:
            found = known[id(series)]
            entry = found.entry
            if entry is None or "" in names:
                continue
            parts = {entry.name} if not found.is_histogram else {f"{found.name}{suffix}" for suffix in ("_bucket", "_sum", "_count")}
            if parts.isdisjoint(names) and parts.isdisjoint(_read_by_inhibitors(reading, scenario)):
                from monitoring_as_code.diagnostics.nearest import listed

                what = f"`{alerts[0].name}`" if len(alerts) == 1 else "none of the scenario's alerts"
                message = f"{what} does not read `{found.name}`" if len(alerts) == 1 else f"{what} reads `{found.name}`"
                wanted = sorted(name for name in names if name and ":" not in name)
                help_ = f"give what is read: {listed(wanted, 'and')}" if wanted else None
                yield Finding(message, Place(series.origin, ("of",)), help_, about=("unread", id(scenario)), declaration=scenario)


def _read_by_inhibitors(reading: Reading, scenario: Scenario) -> frozenset[str]:
    """The metrics that alerts read which may hold back one of the scenario's, where it says who is reached."""
    from monitoring_as_code.lint.given import read_by
    from monitoring_as_code.model.scenario import Inhibited, Muted, Reaches
    from monitoring_as_code.promql.infer.selectors import metric_name
    from monitoring_as_code.routes import holds_back

    inhibitions = () if reading.analysis.routing is None else reading.analysis.routing.inhibitions
    if not inhibitions or not any(isinstance(each, Reaches | Inhibited | Muted) for each in scenario.expect):
        return frozenset()
    labels = reading.alert_labels
    may = [
        alert
        for alert in reading.alerts
        if any(holds_back(each, labels[alert], labels[other]) is not False for each in inhibitions for other in scenario.alerts)
    ]
    return frozenset(map(metric_name, read_by(reading.analysis, may)))
