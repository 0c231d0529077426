from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.matchers import Matcher
    from monitoring_as_code.routes import Branch


@rule(WARNING)
def unreachable_route(reading: Reading) -> Iterator[Finding]:
    """No alert ever takes a route: one before it takes them all, or its matchers contradict each other or those of its parents.

    Alertmanager goes through the routes in their order, and ends at the first that fits, unless that one says `continue_`. A route without
    matchers fits every alert, so it stands last. A route inside of another only sees the alerts that the outer one has taken.

    BAD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        on_call = Receiver(name="on-call", integrations=(PagerDuty(),))
        routing = Routing(receiver=team, routes=(Route(receiver=team), Route(matchers=('severity="critical"',), receiver=on_call)))

    GOOD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        on_call = Receiver(name="on-call", integrations=(PagerDuty(),))
        routing = Routing(receiver=team, routes=(Route(matchers=('severity="critical"',), receiver=on_call), Route(receiver=team)))
    """
    from monitoring_as_code.routes import route_tree

    if reading.analysis.routing is not None:
        yield from _below(route_tree(reading.analysis.routing), ())


def _below(parent: Branch, known: tuple[Matcher, ...]) -> Iterator[Finding]:
    """`known` are the matchers of the parent and of its own parents, which every alert here fulfils."""
    from monitoring_as_code.matchers import disjoint

    for index, branch in enumerate(parent.branches):
        fulfilled = (*known, *branch.matchers)
        at = Place(branch.declaration.origin, ("matchers",)) if branch.matchers else Place(branch.declaration.origin)
        taker = next((each for each in parent.branches[:index] if not each.continue_ and _implied(fulfilled, each.matchers)), None)
        if disjoint(branch.matchers, branch.matchers):
            yield Finding("no alert takes this route: its matchers contradict each other", at, "remove it, or change its matchers")
        elif disjoint(branch.matchers, known):
            related = ((Place(parent.declaration.origin), "inside of this route"),)
            yield Finding("no alert takes this route: its matchers contradict those around it", at, "move it out of that route", related)
        elif taker is not None:
            related = ((Place(taker.declaration.origin), "this one takes them all"),)
            yield Finding("no alert gets as far as this route", at, "move it before that one, or write `continue_=True` there", related)
        else:
            yield from _below(branch, fulfilled)


def _implied(fulfilled: tuple[Matcher, ...], matchers: tuple[Matcher, ...]) -> bool:
    """Whether it is certain that an alert which fulfils the first ones fulfils the others."""
    from monitoring_as_code.matchers import disjoint

    return all((matcher.op == "=~" and matcher.value == ".*") or disjoint(fulfilled, (matcher.negated,)) for matcher in matchers)
