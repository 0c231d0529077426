from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.routing import Inhibition


@rule(WARNING, everywhere=True)
def ineffective_inhibition(reading: Reading) -> Iterator[Finding]:
    """An inhibition never holds anything back: no two alerts can share what is `equal`, every alert that fulfils `target` fulfils `source` as
    well, or one side contradicts itself.

    An alert that fulfils both sides is not held back, so what the target asks for must leave out the source: `severity="critical"` holds back
    `severity="warning"`. That both are of one team is said by `equal=("team",)`, not by a matcher on both sides.
    A label that only one side's alerts have is never equal.

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
        about = ("inhibition", id(inhibition))
        sides = {name: tuple(map(parse_matcher, getattr(inhibition, name))) for name in ("source", "target")}
        source, target = sides["source"], sides["target"]
        contradictory = next((name for name, matchers in sides.items() if disjoint(matchers, matchers)), None)
        if contradictory is not None:
            message = f"this inhibition never holds anything back: no alert fulfils its `{contradictory}`"
            yield Finding(message, Place(inhibition.origin, (contradictory,)), "its matchers contradict each other", about=about)
        elif not disjoint(source, target) and all(disjoint(target, (matcher.negated,)) for matcher in source):
            message = "this inhibition never holds anything back: every alert that fulfils `target` fulfils `source`, too"
            help_ = "add to `target` what it has not in common with `source`; what both must share goes into `equal`"
            yield Finding(
                message, Place(inhibition.origin, ("target",)), help_, ((Place(inhibition.origin, ("source",)), "the source"),), about
            )
        elif inhibition.equal and reading.project.complete:
            yield from _never_equal(reading, inhibition)


def _never_equal(reading: Reading, inhibition: Inhibition) -> Iterator[Finding]:
    """What is equal never is, among the alerts that there are."""
    from monitoring_as_code.matchers import parse_matcher
    from monitoring_as_code.routes import fulfilled, same_value

    fitting = [
        [known for known in reading.alert_labels.values() if fulfilled(matchers, known[0], others_unknown=known[1]) is not False]
        for matchers in (tuple(map(parse_matcher, inhibition.source)), tuple(map(parse_matcher, inhibition.target)))
    ]
    sources, targets = fitting
    pairs = [(source, target) for source in sources for target in targets if source is not target]
    # One label that differs is enough for a pair, and need not be the same label for all of them.
    apart = [[name for name in inhibition.equal if same_value(name, inhibition, *pair) is False] for pair in pairs]
    if not pairs or not all(apart):
        return
    always = [name for name in inhibition.equal if all(name in names for names in apart)]
    what = f"the same `{always[0]}`" if always else "the same values of `equal`"
    message = f"this inhibition never holds anything back: no alert of its target has {what} as one of its source"
    at = Place(inhibition.origin, ("equal", inhibition.equal.index(always[0]))) if always else Place(inhibition.origin, ("equal",))
    yield Finding(
        message,
        at,
        "compare only labels whose values alerts of both sides share, or give them that label",
        about=("inhibition", id(inhibition)),
    )
