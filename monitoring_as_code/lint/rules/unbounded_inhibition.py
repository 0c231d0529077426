from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, yields_to=("ineffective-inhibition",))
def unbounded_inhibition(reading: Reading) -> Iterator[Finding]:
    """An inhibition holds alerts back that have nothing to do with its source: it compares no label, or only such as both sides lack.

    While one database is down, warnings about every other service are held back, too. `equal` names what both must share. A label that both
    alerts lack counts as shared. A source that names its alert, `alertname="ClusterDown"`, is taken to mean all that its target says.

    BAD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(receiver=team, inhibitions=(Inhibition(source=('severity="critical"',), target=('severity="warning"',)),))

    GOOD:

        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(
            receiver=team,
            inhibitions=(Inhibition(source=('severity="critical"',), target=('severity="warning"',), equal=("alertname",)),),
        )
    """
    from monitoring_as_code.matchers import parse_matcher
    from monitoring_as_code.routes import holds_back

    routing = reading.analysis.routing
    known = reading.alert_labels if routing is not None and routing.inhibitions and reading.project.complete else {}
    for inhibition in () if routing is None else routing.inhibitions:
        source, target = tuple(map(parse_matcher, inhibition.source)), tuple(map(parse_matcher, inhibition.target))
        about = {matcher.name for matcher in source if matcher.op in ("=", "=~")} - {"severity"}
        if "alertname" in about or about & {matcher.name for matcher in target if matcher.op in ("=", "=~")}:
            continue
        if not inhibition.equal:
            message = "this inhibition holds back alerts that have nothing to do with its source: it has no `equal`"
            help_ = 'say what both must share, such as `equal=("service",)`'
            yield Finding(message, Place(inhibition.origin), help_, about=("inhibition", id(inhibition)))
            continue
        for one, mine in known.items():
            other = next(
                (
                    other
                    for other, theirs in known.items()
                    if other is not one
                    and all(_lacks(labels, name) for name in inhibition.equal for labels in (mine, theirs))
                    and holds_back(inhibition, mine, theirs)
                ),
                None,
            )
            if other is not None:
                message = f"`{one.name}` holds back `{other.name}` whatever the two are about: both lack every label of `equal`"
                related = ((Place(one.origin, ("name",)), "holds back"), (Place(other.origin, ("name",)), "is held back"))
                help_ = "add a label to `equal` that both have"
                yield Finding(message, Place(inhibition.origin, ("equal",)), help_, related, ("inhibition", id(inhibition)))
                break


def _lacks(alert: tuple[Mapping[str, frozenset[str] | None], bool], name: str) -> bool:
    labels, others_unknown = alert
    return labels.get(name, None if others_unknown else _MISSING) == _MISSING


_MISSING = frozenset(("",))
