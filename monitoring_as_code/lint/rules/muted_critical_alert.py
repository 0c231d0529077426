from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from datetime import datetime

    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.routes import Branch


@rule(WARNING, whole_project=True)
def muted_critical_alert(reading: Reading) -> Iterator[Finding]:
    """There are times at which nobody hears of a critical alert: every route that it takes is mute then.

    What may wait until the morning is a warning. What may not needs a route that is never mute, or one for each part of the day.

    BAD:

        night = TimeInterval(name="night", times=(TimeRange(start="00:00", end="06:00"),))
        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(receiver=team, routes=(Route(matchers=('team="db"',), mute_time_intervals=(night,)),))
        up = Gauge(name="database_up", help="Whether the database answers.")
        down = Alert(name="DatabaseDown", expr="database_up == 0", for_="5m", severity="critical", labels={"team": "db"}, summary="down",
                     runbook="https://runbooks.example/down")

    GOOD:

        night = TimeInterval(name="night", times=(TimeRange(start="00:00", end="06:00"),))
        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        on_call = Receiver(name="on-call", integrations=(PagerDuty(),))
        routing = Routing(
            receiver=team,
            routes=(
                Route(matchers=('team="db"',), mute_time_intervals=(night,), continue_=True),
                Route(matchers=('team="db"',), receiver=on_call, active_time_intervals=(night,)),
            ),
        )
        up = Gauge(name="database_up", help="Whether the database answers.")
        down = Alert(name="DatabaseDown", expr="database_up == 0", for_="5m", severity="critical", labels={"team": "db"}, summary="down",
                     runbook="https://runbooks.example/down")
    """
    from monitoring_as_code.diagnostics.nearest import listed
    from monitoring_as_code.lint.moments import silent_moment
    from monitoring_as_code.routes import arrivals, every_branch, route_tree

    routing = reading.analysis.routing
    if routing is None:
        return
    tree = route_tree(routing)
    if not any(branch.mute_time_intervals or branch.active_time_intervals for branch in every_branch(tree)):
        return
    found: dict[tuple[tuple[int, ...], ...], tuple[tuple[Branch, ...], list[str]]] = {}
    for alert in reading.alerts:
        if alert.severity == "critical":
            labels, others_unknown = reading.alert_labels[alert]
            branches = tuple(arrival.branch for arrival in arrivals(tree, labels, others_unknown=others_unknown))
            found.setdefault(tuple(branch.path for branch in branches), (branches, []))[1].append(alert.name)
    for branches, names in found.values():
        moment = silent_moment(branches)
        if moment is not None:
            mute = branches[0].declaration
            argument = "mute_time_intervals" if branches[0].mute_time_intervals else "active_time_intervals"
            message = f"nobody hears of {listed(dict.fromkeys(names), 'and')}, which is critical, {_told(moment)}"
            related = tuple((Place(branch.declaration.origin), "mute then, too") for branch in branches[1:])
            yield Finding(message, Place(mute.origin, (argument,)), "add a route to somebody who is told at that time", related)


def _told(moment: datetime) -> str:
    day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[moment.weekday()]
    return f"on {day}, {moment:%Y-%m-%d}, at {moment:%H:%M} UTC, for example"
