from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def ineffective_inhibition(reading: Reading) -> Iterator[Finding]:
    """An inhibition never holds anything back: every alert that fulfils `target` fulfils `source` as well, or one side contradicts itself.

    An alert that fulfils both sides is not held back, so what the target asks for must leave out the source: `severity="critical"` holds back
    `severity="warning"`. That both are of one team is said by `equal=("team",)`, not by a matcher on both sides.

    BAD:

        routing = Routing(
            receiver=Receiver(name="team", integrations=(Slack(channel="#team"),)),
            inhibitions=(Inhibition(source=('team="db"',), target=('team="db"',), equal=("alertname",)),),
        )

    GOOD:

        routing = Routing(
            receiver=Receiver(name="team", integrations=(Slack(channel="#team"),)),
            inhibitions=(Inhibition(source=('severity="critical"',), target=('severity="warning"',), equal=("alertname",)),),
        )
    """
    from monitoring_as_code.matchers import disjoint, parse_matcher

    routing = reading.analysis.routing
    for inhibition in () if routing is None else routing.inhibitions:
        sides = {name: tuple(map(parse_matcher, getattr(inhibition, name))) for name in ("source", "target")}
        source, target = sides["source"], sides["target"]
        contradictory = next((name for name, matchers in sides.items() if disjoint(matchers, matchers)), None)
        if contradictory is not None:
            message = f"this inhibition never holds anything back: no alert fulfils its `{contradictory}`"
            yield Finding(message, Place(inhibition.origin, (contradictory,)), "its matchers contradict each other")
        elif not disjoint(source, target) and all(disjoint(target, (matcher.negated,)) for matcher in source):
            message = "this inhibition never holds anything back: every alert that fulfils `target` fulfils `source`, too"
            help_ = "add to `target` what it has not in common with `source`; what both must share goes into `equal`"
            yield Finding(message, Place(inhibition.origin, ("target",)), help_, ((Place(inhibition.origin, ("source",)), "the source"),))
