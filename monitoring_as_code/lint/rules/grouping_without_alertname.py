from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, definitions_only=True)
def grouping_without_alertname(reading: Reading) -> Iterator[Finding]:
    """A route groups alerts by labels of which `alertname` is none, so that different alerts come in one notification.

    Its title can name only what they have in common, and a new alert in a group that has been notified waits for `group_interval`, and not
    for `group_wait`: minutes instead of seconds. `("...",)` gives each alert a notification of its own.

    BAD:

        class Jobs(Labels):
            queue: Label[str]

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Jobs)
        jam = Alert(name="Jam", expr="jobs_waiting > 100", for_="5m", severity="warning", summary="{{ $labels.queue }} is full",
                    runbook="https://runbooks.example/jam")
        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(receiver=team, group_by=("queue",))

    GOOD:

        class Jobs(Labels):
            queue: Label[str]

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Jobs)
        jam = Alert(name="Jam", expr="jobs_waiting > 100", for_="5m", severity="warning", summary="{{ $labels.queue }} is full",
                    runbook="https://runbooks.example/jam")
        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(receiver=team, group_by=("alertname", "queue"))
    """
    from monitoring_as_code.routes import every_branch, route_tree

    routing = reading.analysis.routing
    for branch in () if routing is None else every_branch(route_tree(routing)):
        own = branch.declaration.group_by
        if (own or branch.declaration is routing) and not {"alertname", "..."} & set(branch.group_by):
            names = ", ".join(f"`{name}`" for name in branch.group_by)
            what = f"of the same {names}" if names else "of this route"
            yield Finding(
                f"all alerts {what} come in one notification, whatever they are: `alertname` is not in `group_by`",
                Place(branch.declaration.origin, ("group_by",)),
                'add `"alertname"`',
            )
