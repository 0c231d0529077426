"""What the Prometheus operator makes of an AlertmanagerConfig: Alertmanager's configuration, as its `pkg/alertmanager/amcfg.go` does."""

from typing import Any

from monitoring_as_code.matchers import Matcher

Json = dict[str, Any]

_ROUTE = {"groupBy": "group_by", "groupWait": "group_wait", "groupInterval": "group_interval", "repeatInterval": "repeat_interval"}
_INTERVALS = {"muteTimeIntervals": "mute_time_intervals", "activeTimeIntervals": "active_time_intervals"}
_SPANS = {"times": "times", "weekdays": "weekdays", "daysOfMonth": "days_of_month", "months": "months", "years": "years"}


def chosen(resource: Json) -> Json:
    """The resource is the whole configuration: `alertmanagerConfiguration.name` of the Alertmanager."""
    spec = resource["spec"]
    return {"route": _route(resource, spec["route"]), **_rest(resource)}


def selected(resource: Json, strategy: str = "OnNamespace") -> Json:
    """The resource is one of those that `alertmanagerConfigSelector` finds: its route comes below a root that notifies nobody."""
    found = _rest(resource)
    route = {**_route(resource, resource["spec"]["route"]), "continue": True}
    if strategy == "OnNamespace":
        own = str(Matcher("namespace", "=", resource["metadata"]["namespace"]))
        route["matchers"] = [*route.get("matchers", ()), own]
        for rule in found.get("inhibit_rules", ()):
            rule["source_matchers"].append(own)
            rule["target_matchers"].append(own)
            rule["equal"] = [*rule.get("equal", ()), "namespace"]
    found["receivers"] = [{"name": "null"}, *found["receivers"]]
    return {"route": {"receiver": "null", "routes": [route]}, **found}


def _rest(resource: Json) -> Json:
    spec = resource["spec"]
    found: Json = {"receivers": [{**each, "name": _named(resource, each["name"])} for each in spec["receivers"]]}
    if "inhibitRules" in spec:
        found["inhibit_rules"] = [
            {
                "source_matchers": _matchers(rule["sourceMatch"]),
                "target_matchers": _matchers(rule["targetMatch"]),
                **({"equal": list(rule["equal"])} if "equal" in rule else {}),
            }
            for rule in spec["inhibitRules"]
        ]
    if "muteTimeIntervals" in spec:
        found["time_intervals"] = [
            {"name": _named(resource, each["name"]), "time_intervals": list(map(_span, each["timeIntervals"]))}
            for each in spec["muteTimeIntervals"]
        ]
    return found


def _route(resource: Json, route: Json) -> Json:
    found: Json = {}
    if "receiver" in route:
        found["receiver"] = _named(resource, route["receiver"])
    if "matchers" in route:
        found["matchers"] = _matchers(route["matchers"])
    found |= {theirs: route[ours] for ours, theirs in _ROUTE.items() if ours in route}
    if route.get("continue"):
        found["continue"] = True
    found |= {theirs: [_named(resource, name) for name in route[ours]] for ours, theirs in _INTERVALS.items() if ours in route}
    if "routes" in route:
        found["routes"] = [_route(resource, inner) for inner in route["routes"]]
    return found


def _matchers(matchers: list[Json]) -> list[str]:
    return [str(Matcher(each["name"], each["matchType"], each["value"])) for each in matchers]


def _span(span: Json) -> Json:
    found: Json = {theirs: span[ours] for ours, theirs in _SPANS.items() if ours in span}
    if "times" in found:
        found["times"] = [{"start_time": each["startTime"], "end_time": each["endTime"]} for each in found["times"]]
    if "days_of_month" in found:
        found["days_of_month"] = [f"{each['start']}:{each['end']}" for each in found["days_of_month"]]
    return found


def _named(resource: Json, name: str) -> str:
    """The operator keeps the resources' names apart."""
    return f"{resource['metadata']['namespace']}/{resource['metadata']['name']}/{name}"
