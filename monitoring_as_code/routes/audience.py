"""Whom the declared alerts reach, with the labels that inference gives them, and which of them can hold others back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.matchers import parse_matcher
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.routing import Receiver
from monitoring_as_code.routes.tree import Branch, every_branch
from monitoring_as_code.routes.walk import MISSING, Values, arrivals, fulfilled, sure_receivers

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.routing import Inhibition


class Silence(NamedTuple):
    """The receivers that cannot notify anybody, the alerts that reach no other one, and those that may reach no other one."""

    receivers: tuple[str, ...]
    unheard: tuple[Alert, ...]
    doubtful: tuple[Alert, ...]


def alert_labels(analysis: Analysis, alert: Alert) -> tuple[dict[str, Values], bool]:
    """The labels with which an alert arrives at Alertmanager, and whether it may have others; as `arrivals` takes them.

    They are those of its expression's result, overruled by its own, completed by the external ones of Prometheus. A template's value is
    not known.
    """
    found: dict[str, Values] = {}
    others_unknown = True
    use = analysis.use(alert)
    if use.expr is not None:
        labels = analysis.value(use).labels
        others_unknown = not labels.closed
        found = {name: fact.seen for name, fact in labels.facts.items() if name != "__name__"}
    for name, value in {"severity": alert.severity, **alert.labels}.items():
        found[name] = None if "{{" in value else frozenset((value,))
    stack = analysis.stack
    for name, value in ({} if stack is None else stack.external_labels).items():
        values = found.get(name, None if others_unknown else MISSING)
        # Prometheus puts it on what has no such label yet.
        found[name] = None if values is None else frozenset(each or value for each in values)
    found["alertname"] = frozenset((alert.name,))
    return found, others_unknown


def declared_receivers(analysis: Analysis, root: Branch) -> dict[str, Receiver]:
    """The receivers that are declared or given to a route, by name; those that are declared come first."""
    found = {receiver.name: receiver for receiver in analysis.project.of(Receiver)}
    for branch in every_branch(root):
        if isinstance(branch.declaration.receiver, Receiver):
            found.setdefault(branch.receiver, branch.declaration.receiver)
    return found


def silence(analysis: Analysis, without: Collection[str], root: Branch) -> Silence:
    """Who is not told of what, if these integrations are not configured: `slack`, `email`. Alerts of severity `none` are not counted."""
    receivers = declared_receivers(analysis, root)
    mute = {name for name, each in receivers.items() if all(way.integration in without for way in each.integrations)}
    unheard: list[Alert] = []
    doubtful: list[Alert] = []
    for alert in analysis.project.of(Alert) if mute else ():
        if alert.severity == "none":
            continue
        labels, others_unknown = alert_labels(analysis, alert)
        if all(each.branch.receiver in mute for each in arrivals(root, labels, others_unknown=others_unknown)):
            unheard.append(alert)
        elif not sure_receivers(root, labels, others_unknown=others_unknown) - mute:
            doubtful.append(alert)
    return Silence(tuple(sorted(mute)), tuple(unheard), tuple(doubtful))


def holds_back(inhibition: Inhibition, source: tuple[Mapping[str, Values], bool], target: tuple[Mapping[str, Values], bool]) -> bool | None:
    """Whether an alert holds another one back while it fires, each given as `alert_labels` does; None if that is not known."""
    found: bool | None = True
    for answer in _conditions(inhibition, source, target):
        if answer is False:
            return False
        if answer is None:
            found = None
    return found


def _conditions(
    inhibition: Inhibition, source: tuple[Mapping[str, Values], bool], target: tuple[Mapping[str, Values], bool]
) -> Iterator[bool | None]:
    """What must be so that one alert holds another one back; None is not known."""
    of_source = tuple(map(parse_matcher, inhibition.source))
    yield fulfilled(of_source, source[0], others_unknown=source[1])
    yield fulfilled(tuple(map(parse_matcher, inhibition.target)), target[0], others_unknown=target[1])
    excluded = fulfilled(of_source, target[0], others_unknown=target[1])
    yield None if excluded is None else not excluded
    for name in inhibition.equal:
        yield same_value(name, inhibition, source, target)


def same_value(
    name: str, inhibition: Inhibition, source: tuple[Mapping[str, Values], bool], target: tuple[Mapping[str, Values], bool]
) -> bool | None:
    """Whether both sides of an inhibition have the same value of a label, those that their matchers accept; one that both lack is the same."""
    mine, theirs = _accepted_values(name, inhibition.source, source), _accepted_values(name, inhibition.target, target)
    if mine is None or theirs is None:
        return None
    return False if not mine & theirs else True if len(mine | theirs) == 1 else None


def _accepted_values(name: str, matchers: Iterable[str], known: tuple[Mapping[str, Values], bool]) -> Values:
    """The values that an alert's label may have if it fulfils the matchers."""
    labels, others_unknown = known
    own = [matcher for matcher in map(parse_matcher, matchers) if matcher.name == name]
    values = labels.get(name, None if others_unknown else MISSING)
    if values is None:
        values = next((matcher.values for matcher in own if matcher.values is not None), None)
    return None if values is None else frozenset(value for value in values if all(matcher.accepts(value) for matcher in own))
