from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.routes import Branch


@rule(WARNING, whole_project=True)
def duplicate_delivery(reading: Reading) -> Iterator[Finding]:
    """An alert is sent to the same receiver twice: a route with `continue_` hands it on to another one that leads to the same people.

    Each route makes notifications of its own, so people are called twice for one thing, and twice when it is over. Two routes that notify at
    different times are not asked about.

    BAD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(
            receiver=team,
            routes=(Route(matchers=('severity="critical"',), receiver=team, continue_=True), Route(matchers=('team="db"',), receiver=team)),
        )
        up = Gauge(name="database_up", help="Whether the database answers.")
        down = Alert(name="DatabaseDown", expr="database_up == 0", for_="5m", severity="critical", labels={"team": "db"}, summary="down",
                     runbook="https://runbooks.example/down")

    GOOD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        on_call = Receiver(name="on-call", integrations=(PagerDuty(),))
        routing = Routing(
            receiver=team,
            routes=(Route(matchers=('severity="critical"',), receiver=on_call, continue_=True), Route(matchers=('team="db"',), receiver=team)),
        )
        up = Gauge(name="database_up", help="Whether the database answers.")
        down = Alert(name="DatabaseDown", expr="database_up == 0", for_="5m", severity="critical", labels={"team": "db"}, summary="down",
                     runbook="https://runbooks.example/down")
    """
    from monitoring_as_code.diagnostics.nearest import listed
    from monitoring_as_code.routes import arrivals, route_tree

    routing = reading.analysis.routing
    if routing is None:
        return
    tree = route_tree(routing)
    twice: dict[tuple[int, int], tuple[Branch, Branch, list[str]]] = {}
    for alert in reading.alerts:
        labels, others_unknown = reading.alert_labels[alert]
        first: dict[str, Branch] = {}
        for branch, certain in arrivals(tree, labels, others_unknown=others_unknown):
            if not certain or branch.mute_time_intervals or branch.active_time_intervals:
                continue
            before = first.setdefault(branch.receiver, branch)
            if before is not branch:
                twice.setdefault((id(before), id(branch)), (before, branch, []))[2].append(alert.name)
    for before, branch, names in twice.values():
        message = f"`{branch.receiver}` is told twice of {listed(dict.fromkeys(names), 'and')}: by this route, and by one before it"
        related = ((Place(before.declaration.origin), "the one before it"),)
        help_ = "leave that receiver to one of the two, or take `continue_=True` away"
        yield Finding(message, Place(branch.declaration.origin), help_, related)
