from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, whole_project=True, everywhere=True)
def unused_time_interval(reading: Reading) -> Iterator[Finding]:
    """No route is mute or active at a time interval that is declared.

    Somebody meant to be left alone then, or to be told only then, and is not. Name it in a route's `mute_time_intervals` or
    `active_time_intervals`, or remove it. Nothing is said of a project without a routing.

    BAD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        weekend = TimeInterval(name="weekend", weekdays=("sunday",))
        routing = Routing(receiver=team)

    GOOD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        weekend = TimeInterval(name="weekend", weekdays=("sunday",))
        routing = Routing(
            receiver=team,
            routes=(Route(matchers=('severity="info"',), receiver=team, mute_time_intervals=(weekend,)),),
        )
    """
    from monitoring_as_code.model.time_interval import TimeInterval
    from monitoring_as_code.routes import every_branch, route_tree

    routing = reading.analysis.routing
    declared = reading.project.of(TimeInterval)
    if routing is None or not declared:
        return
    used = {
        interval.name
        for branch in every_branch(route_tree(routing))
        for interval in (*branch.mute_time_intervals, *branch.active_time_intervals)
    }
    for interval in declared:
        if interval.name not in used:
            help_ = "name it in a route's `mute_time_intervals` or `active_time_intervals`, or remove it"
            yield Finding(f"no route uses the time interval `{interval.name}`", Place(interval.origin, ("name",)), help_)
