"""The routing as an AlertmanagerConfig, v1alpha1, with its templates in a ConfigMap; or Alertmanager's own configuration in a Secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.lint.alertmanager_config import FIELDS, secret_files, secret_key
from monitoring_as_code.matchers import Matcher, parse_matcher
from monitoring_as_code.routes import receiver_name, route_tree
from monitoring_as_code.targets.alertmanager import (
    configuration,
    declarations,
    inhibitions,
    intervals_of,
    notification_templates,
    receivers_of,
)
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.model.routing import Integration, Receiver, Route, Routing
    from monitoring_as_code.model.time_interval import TimeInterval
    from monitoring_as_code.targets.kubernetes.resource import Resources
    from monitoring_as_code.yaml_text import Plain

_TEMPLATES = "mac.tmpl"
# Where the operator mounts the Secrets that an Alertmanager lists in `secrets`, and its configuration with what lies beside it.
_SECRETS = "/etc/alertmanager/secrets"
_CONFIGURATION = "/etc/alertmanager/config"


def alerting(resources: Resources) -> Iterator[tuple[str, str]]:
    """What Alertmanager is told, in the form that the project wants."""
    routing = resources.analysis.routing
    if routing is None:
        return
    made_of = declarations(resources.analysis, routing)
    name = resources.name("alertmanager")
    keys = sorted({secret_key(path) for path in _secret_files(resources, routing)})
    header = [f"The Secret {resources.secret} must have: {', '.join(keys)}."] if keys else []
    if resources.settings.alertmanager == "secret":
        texts = {"alertmanager.yaml": to_yaml(_own_configuration(resources, routing)), _TEMPLATES: notification_templates()}
        yield f"{name}.yaml", resources.holding("Secret", resources.metadata(name, {}), texts, made_of, *header)
        return
    resource = resources.monitoring("v1alpha1", "AlertmanagerConfig", name, _spec(resources, routing))
    yield f"{name}.yaml", resources.written(resource, made_of, *header)
    templates = resources.name("alertmanager-templates")
    texts = {_TEMPLATES: notification_templates()}
    yield f"{templates}.yaml", resources.holding("ConfigMap", resources.metadata(templates, {}), texts, ())


def _secret_files(resources: Resources, routing: Routing) -> Iterator[str]:
    for receiver in receivers_of(resources.analysis, route_tree(routing)):
        for integration in receiver.integrations:
            yield from (path for _, path in secret_files(integration))
            if integration.integration == "email" and routing.smtp is not None and routing.smtp.username is not None:
                yield routing.smtp.password_file


def _own_configuration(resources: Resources, routing: Routing) -> Mapping[str, Plain]:
    """Alertmanager's configuration, with the files where the operator mounts them."""
    files = set(_secret_files(resources, routing))
    if routing.smtp is not None and routing.smtp.username is not None:
        files.add(routing.smtp.password_file)
    found = _moved(
        configuration(resources.analysis, routing), {path: f"{_SECRETS}/{resources.secret}/{secret_key(path)}" for path in files}
    )
    assert isinstance(found, dict)  # noqa: S101 - a mapping stays one
    return {**found, "templates": [f"{_CONFIGURATION}/*.tmpl"]}


def _moved(data: Plain, files: Mapping[str, str], key: str = "") -> Plain:
    """The same data, with the paths of files replaced."""
    if isinstance(data, str):
        return files.get(data, data) if key.endswith("_file") else data
    if isinstance(data, Mapping):
        return {name: _moved(value, files, name) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_moved(value, files) for value in data]
    return data


def _spec(resources: Resources, routing: Routing) -> dict[str, Plain]:
    root = route_tree(routing)
    found: dict[str, Plain] = {
        "route": {
            "receiver": receiver_name(routing.receiver),
            "groupBy": routing.group_by,
            "groupWait": routing.group_wait,
            "groupInterval": routing.group_interval,
            "repeatInterval": routing.repeat_interval,
            **_inner(routing.routes),
        },
        "receivers": [_receiver(resources, routing, receiver) for receiver in receivers_of(resources.analysis, root)],
    }
    held_back: list[Plain] = [
        {"sourceMatch": _matchers(source), "targetMatch": _matchers(target), **({"equal": inhibition.equal} if inhibition.equal else {})}
        for inhibition in routing.inhibitions
        for source, target in inhibitions(inhibition)
    ]
    if held_back:
        found["inhibitRules"] = held_back
    intervals = intervals_of(resources.analysis, root)
    if intervals:
        found["muteTimeIntervals"] = [_interval(interval) for interval in intervals]
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
        found["groupBy"] = route.group_by
    times = {"groupWait": route.group_wait, "groupInterval": route.group_interval, "repeatInterval": route.repeat_interval}
    found |= {name: said for name, said in times.items() if said is not None}
    if route.continue_:
        found["continue"] = True
    if route.mute_time_intervals:
        found["muteTimeIntervals"] = [interval.name for interval in route.mute_time_intervals]
    if route.active_time_intervals:
        found["activeTimeIntervals"] = [interval.name for interval in route.active_time_intervals]
    return found | _inner(route.routes)


def _matchers(matchers: Iterable[Matcher]) -> list[Plain]:
    return [{"name": matcher.name, "matchType": matcher.op, "value": matcher.value} for matcher in matchers]


def _interval(interval: TimeInterval) -> dict[str, Plain]:
    span: dict[str, Plain] = {}
    if interval.times:
        span["times"] = [{"startTime": time.start, "endTime": time.end} for time in interval.times]
    if interval.weekdays:
        span["weekdays"] = [days.lower() for days in interval.weekdays]
    if interval.days_of_month:
        ends = ([int(day) for day in days.split(":")] for days in interval.days_of_month)
        span["daysOfMonth"] = [{"start": days[0], "end": days[-1]} for days in ends]
    if interval.months:
        span["months"] = [months.lower() for months in interval.months]
    if interval.years:
        span["years"] = interval.years
    return {"name": interval.name, "timeIntervals": [span]}


def _receiver(resources: Resources, routing: Routing, receiver: Receiver) -> dict[str, Plain]:
    found: dict[str, list[Plain]] = {}
    for integration in receiver.integrations:
        said = _integration(resources, integration)
        if integration.integration == "email":
            said |= _server(resources, routing)
        found.setdefault(f"{integration.integration}Configs", []).append(said)
    return {"name": receiver.name, **found}


def _integration(resources: Resources, integration: Integration) -> dict[str, Plain]:
    """What is set, in the resource's words. What it has no word for, lint finds: `lost-in-kubernetes`."""
    words = FIELDS.get(integration.integration, {})
    found: dict[str, Plain] = {}
    for name, value in integration.settings().items():
        word = words.get(name)
        if word is None:
            continue
        if name.endswith("_file") and isinstance(value, str):
            found[word] = _key(resources, value)
        elif name in ("details", "headers") and isinstance(value, Mapping):
            found[word] = [{"key": key, "value": value[key]} for key in sorted(value)]
        elif name == "http_config":
            token = dict(secret_files(integration))["bearer_token_file"]
            found[word] = {"authorization": {"credentials": _key(resources, token)}}
        else:
            found[word] = value
    return found


def _server(resources: Resources, routing: Routing) -> dict[str, Plain]:
    """By which server e-mail goes, which the resource says of each receiver."""
    smtp = routing.smtp
    if smtp is None:
        return {}
    found: dict[str, Plain] = {"smarthost": smtp.smarthost, "from": smtp.sender, "requireTLS": smtp.require_tls}
    if smtp.username is not None:
        found |= {"authUsername": smtp.username, "authPassword": _key(resources, smtp.password_file)}
    return found


def _key(resources: Resources, path: str) -> dict[str, Plain]:
    return {"name": resources.secret, "key": secret_key(path)}
