from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def unkept_repeat_interval(reading: Reading) -> Iterator[Finding]:
    """A notification is not repeated when the route says: `repeat_interval` is no multiple of `group_interval`, or longer than 5 days.

    Alertmanager looks only every `group_interval` whether it is time, so a repetition waits for the next multiple of it. What it has sent it
    remembers for 5 days (`--data.retention`, 120 hours), and what it has forgotten it sends again.

    BAD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(receiver=team, group_interval="25m", repeat_interval="1h")

    BAD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(receiver=team, repeat_interval="1w")

    GOOD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(receiver=team, group_interval="20m", repeat_interval="1h")
    """
    from monitoring_as_code.promql.durations import milliseconds, to_text
    from monitoring_as_code.routes import every_branch, route_tree

    routing = reading.analysis.routing
    for branch in () if routing is None else every_branch(route_tree(routing)):
        given = branch.declaration
        if given is not routing and given.repeat_interval is None and given.group_interval is None:
            continue  # said of the one that it has them from
        repeat, group = milliseconds(branch.repeat_interval), milliseconds(branch.group_interval)
        inherited = branch.repeat_interval == _USUAL if given is routing else given.repeat_interval is None
        at = Place(given.origin, ("group_interval" if inherited else "repeat_interval",))
        kept = -(-repeat // group) * group
        if repeat > _REMEMBERED:
            message = f"it is repeated after 5d, and not after {branch.repeat_interval}: Alertmanager remembers no longer what it has sent"
            yield Finding(message, at, "write at most `5d`")
        elif kept != repeat:
            message = (
                f"it is repeated after {to_text(kept)}, and not after {branch.repeat_interval}: "
                f"Alertmanager looks only every `group_interval`, {branch.group_interval}"
            )
            down = kept - group
            either = f"`{to_text(down)}` or `{to_text(kept)}`" if down else f"`{to_text(kept)}`"
            yield Finding(message, at, f"write {either} as `repeat_interval`, or another `group_interval`")


_USUAL = "4h"  # what nobody needs to say
_REMEMBERED = 5 * 86_400_000  # milliseconds: Alertmanager's default of --data.retention, 120 hours
