from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, whole_project=True, everywhere=True)
def unused_receiver(reading: Reading) -> Iterator[Finding]:
    """No route leads to a receiver that is declared.

    Its people believe that they are told, and are not: mostly a route has been forgotten, or went away with an alert. Give it a route, or
    remove it. Nothing is said of a project without a routing.

    BAD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        on_call = Receiver(name="on-call", integrations=(PagerDuty(),))
        routing = Routing(receiver=team)

    GOOD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        on_call = Receiver(name="on-call", integrations=(PagerDuty(),))
        routing = Routing(receiver=team, routes=(Route(matchers=('severity="critical"',), receiver=on_call),))
    """
    from monitoring_as_code.model.routing import Receiver
    from monitoring_as_code.routes import every_branch, receiver_name, route_tree

    routing = reading.analysis.routing
    if routing is None:
        return
    told = {
        receiver_name(branch.declaration.receiver)
        for branch in every_branch(route_tree(routing))
        if branch.declaration.receiver is not None
    }
    for receiver in reading.project.of(Receiver):
        if receiver.name not in told:
            help_ = f"write a `Route` with `receiver={receiver.name!r}` in the routing, or remove it"
            yield Finding(f"no route leads to the receiver `{receiver.name}`", Place(receiver.origin, ("name",)), help_)
