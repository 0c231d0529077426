"""Alertmanager: its configuration, and the texts that people receive. What is written runs on Alertmanager 0.25."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.matchers import Matcher, disjoint, parse_matcher
from monitoring_as_code.model.routing import Receiver
from monitoring_as_code.model.time_interval import TimeInterval
from monitoring_as_code.model.topology import ALERTMANAGER, PROMETHEUS
from monitoring_as_code.routes import Branch, every_branch, receiver_name, route_tree
from monitoring_as_code.targets.flags import own_page
from monitoring_as_code.targets.provenance import generated
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.declaration import Declaration
    from monitoring_as_code.model.routing import Inhibition, Route, Routing
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.yaml_text import Plain

_TEMPLATES = os.path.join(os.path.dirname(__file__), "notifications.tmpl")  # pathlib takes 3 ms to load


def render(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """`alertmanager/alertmanager.yml` and `alertmanager/templates/mac.tmpl`, if there is a routing."""
    routing = analysis.routing
    if routing is not None:
        header = generated(analysis, declarations(analysis, routing))
        yield "alertmanager/alertmanager.yml", to_yaml(configuration(analysis, routing), header=header)
        yield "alertmanager/templates/mac.tmpl", notification_templates(analysis.stack)


# How a text links to Prometheus, and to Alertmanager.
_LINKS = (
    (
        PROMETHEUS,
        "{{ with .GeneratorURL }}Query: {{ . }}\n{{ end }}",
        "{{ with .GeneratorURL }}<{{ . }}|Query>{{ end }}",
        "{{ with .GeneratorURL }}[Query]({{ . }}){{ end }}",
        '{{- with .GeneratorURL }}<a href="{{ . }}">Query</a>{{ end -}}\n',
        " .GeneratorURL",
    ),
    (ALERTMANAGER, "Alertmanager: {{ .ExternalURL }}\n", '<p><a href="{{ .ExternalURL }}">Alertmanager</a></p>\n'),
)


def notification_templates(stack: Stack | None = None) -> str:
    """The texts that people receive. In production a link is left out to a server that they cannot reach: one without an access point."""
    with open(_TEMPLATES, encoding="utf-8") as file:
        text = file.read()
    if stack is not None and stack.production:
        for service, *links in _LINKS:
            if not own_page(stack, service):
                for link in links:
                    text = text.replace(link, "")
    return text


def declarations(analysis: Analysis, routing: Routing) -> tuple[Declaration, ...]:
    """What the configuration is made of."""
    root = route_tree(routing)
    return (routing, *receivers_of(analysis, root), *intervals_of(analysis, root))


def configuration(analysis: Analysis, routing: Routing) -> dict[str, Plain]:
    """The whole configuration, as Alertmanager reads it."""
    root = route_tree(routing)
    receivers = receivers_of(analysis, root)
    intervals = intervals_of(analysis, root)
    found: dict[str, Plain] = {
        "global": _overall(routing),
        "templates": ["templates/*.tmpl"],
        "route": {
            "receiver": receiver_name(routing.receiver),
            "group_by": routing.group_by,
            "group_wait": routing.group_wait,
            "group_interval": routing.group_interval,
            "repeat_interval": routing.repeat_interval,
            **_inner(routing.routes),
        },
    }
    rules: list[Plain] = [rule for inhibition in routing.inhibitions for rule in _inhibition(inhibition)]
    if rules:
        found["inhibit_rules"] = rules
    if intervals:
        found["time_intervals"] = [_interval(interval) for interval in intervals]
    found["receivers"] = [_receiver(receiver) for receiver in receivers]
    return found


def receivers_of(analysis: Analysis, root: Branch) -> list[Receiver]:
    """Those declared, whether a route leads to them or not, by name. A name without a declaration is lint's to find."""
    found = {receiver.name: receiver for receiver in analysis.project.of(Receiver)}
    for branch in every_branch(root):
        if isinstance(branch.declaration.receiver, Receiver):
            found.setdefault(branch.declaration.receiver.name, branch.declaration.receiver)
    return [found[name] for name in sorted(found)]


def intervals_of(analysis: Analysis, root: Branch) -> list[TimeInterval]:
    """Those declared, or given to a route, by name."""
    found = {interval.name: interval for interval in analysis.project.of(TimeInterval)}
    for branch in every_branch(root):
        for interval in (*branch.mute_time_intervals, *branch.active_time_intervals):
            found.setdefault(interval.name, interval)
    return [found[name] for name in sorted(found)]


def _overall(routing: Routing) -> dict[str, Plain]:
    found: dict[str, Plain] = {"resolve_timeout": routing.resolve_timeout}
    smtp = routing.smtp
    if smtp is not None:
        found |= {"smtp_smarthost": smtp.smarthost, "smtp_from": smtp.sender, "smtp_require_tls": smtp.require_tls}
        if smtp.username is not None:
            found |= {"smtp_auth_username": smtp.username, "smtp_auth_password_file": smtp.password_file}
    return found


def _inner(routes: Iterable[Route]) -> dict[str, Plain]:
    found: list[Plain] = [_route(route) for route in routes]
    return {"routes": found} if found else {}


def _route(route: Route) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    if route.receiver is not None:
        found["receiver"] = receiver_name(route.receiver)
    if route.matchers:
        found["matchers"] = _matchers(map(parse_matcher, route.matchers))
    if route.group_by:
        found["group_by"] = route.group_by
    for name in ("group_wait", "group_interval", "repeat_interval"):
        said = getattr(route, name)
        if said is not None:
            found[name] = said
    if route.continue_:
        found["continue"] = True
    if route.mute_time_intervals:
        found["mute_time_intervals"] = [interval.name for interval in route.mute_time_intervals]
    if route.active_time_intervals:
        found["active_time_intervals"] = [interval.name for interval in route.active_time_intervals]
    return found | _inner(route.routes)


def _matchers(matchers: Iterable[Matcher]) -> list[str]:
    """`name="value"`, which every version of Alertmanager reads the same."""
    return [str(matcher) for matcher in matchers]


def inhibitions(inhibition: Inhibition) -> Iterator[tuple[tuple[Matcher, ...], tuple[Matcher, ...]]]:
    """Sources with targets that have no alert in common: what holds for one that fulfils both differs between versions.

    Where the matchers leave it open, the source's negation joins the target: a rule for each matcher of the source, since
    not all of them is one of them not. One that the target itself fulfils gives a rule that never applies, and so none.
    """
    source, target = tuple(map(parse_matcher, inhibition.source)), tuple(map(parse_matcher, inhibition.target))
    if disjoint(source, target):
        yield source, target
        return
    for matcher in source:
        if not disjoint(target, (matcher.negated,)):
            yield source, (*target, matcher.negated)


def _inhibition(inhibition: Inhibition) -> Iterator[dict[str, Plain]]:
    for source, target in inhibitions(inhibition):
        found: dict[str, Plain] = {"source_matchers": _matchers(source), "target_matchers": _matchers(target)}
        if inhibition.equal:
            found["equal"] = inhibition.equal
        yield found


def _interval(interval: TimeInterval) -> dict[str, Plain]:
    span: dict[str, Plain] = {}
    if interval.times:
        span["times"] = [{"start_time": time.start, "end_time": time.end} for time in interval.times]
    for name in ("weekdays", "days_of_month", "months", "years"):
        said = getattr(interval, name)
        if said:
            span[name] = said
    if interval.location is not None:
        span["location"] = interval.location
    return {"name": interval.name, "time_intervals": [span]}


def _receiver(receiver: Receiver) -> dict[str, Plain]:
    found: dict[str, list[Plain]] = {}
    for integration in receiver.integrations:
        found.setdefault(f"{integration.integration}_configs", []).append(integration.settings())
    return {"name": receiver.name, **found}
