"""What is declared, where, and what uses it; read by `mac list`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.metric import Counter, Exporter, Gauge, Histogram, Info, Metric, Summary
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.model.routing import Receiver
from monitoring_as_code.origin import Place, locate
from monitoring_as_code.schema import metrics_of

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.declaration import Declaration

_SERIES: Mapping[type, tuple[str, ...]] = {Histogram: ("", "_bucket", "_count", "_sum"), Summary: ("", "_count", "_sum")}


class Item(NamedTuple):
    """A declaration. `what` is its kind and the few words that tell it from others; `path` is relative to the project."""

    kind: str
    name: str
    what: str
    path: str
    line: int
    used_by: tuple[str, ...]


def inventory(analysis: Analysis, kind: str) -> list[Item]:
    """The declarations of a kind, as `mac list` names it, by name."""
    match kind:
        case "metrics":
            items = _metrics(analysis)
        case "recording-rules":
            users = _users_by_series(analysis)
            items = [_item(analysis, each, _words(each.unit), users.get(each.name, ())) for each in analysis.project.of(RecordingRule)]
        case "alerts":
            shown = _dashboards_by_alert(analysis)
            items = [
                _item(analysis, each, f"{each.severity}, for {each.for_}", shown.get(id(each), ())) for each in analysis.project.of(Alert)
            ]
        case "dashboards":
            items = [_item(analysis, each, _panels(each), ()) for each in analysis.project.of(Dashboard)]
        case _:
            routed = _alerts_by_receiver(analysis)
            items = [
                _item(analysis, each, _words(*(way.integration for way in each.integrations)), routed.get(each.name, ()))
                for each in analysis.project.of(Receiver)
            ]
    return sorted(items, key=lambda item: (item.name, item.what, item.path, item.line))


def _metrics(analysis: Analysis) -> list[Item]:
    users = _users_by_series(analysis)
    items = []
    project = analysis.project
    theirs = {metric: exporter for exporter in project.of(Exporter) for metric in metrics_of(project, exporter, users)}
    for each in dict.fromkeys((*project.of(Metric), *theirs)):
        if isinstance(each, Counter | Gauge | Histogram | Info | Summary):
            holder = theirs.get(each)
            exporter = None if holder is None else f"exporter {holder.name}"
            used = {user for suffix in _SERIES.get(type(each), ("",)) for user in users.get(each.name + suffix, ())}
            items.append(_item(analysis, each, _words(each.kind, each.unit, exporter), sorted(used)))
    return items


def _item(analysis: Analysis, declaration: Declaration, what: str, used_by: Iterable[str]) -> Item:
    location = locate(Place(declaration.origin))
    path = location.path.removeprefix(analysis.project.root.rstrip("/") + "/")
    return Item(declaration.kind, declaration.name, what, path, location.line, tuple(used_by))


def _words(*words: object) -> str:
    return ", ".join(str(word) for word in words if word is not None) or "-"


def _panels(dashboard: Dashboard) -> str:
    count = sum(len(row.panels) for row in dashboard.rows)
    return f"{dashboard.uid}, 1 panel" if count == 1 else f"{dashboard.uid}, {count} panels"


def _users_by_series(analysis: Analysis) -> Mapping[str, list[str]]:
    """The declarations that ask for a series of this name, in words."""
    users: dict[str, set[str]] = {}
    for use in analysis.uses:
        for selector in analysis.selectors(use):
            users.setdefault(selector.name, set()).add(_said(use.declaration))
    return {name: sorted(found) for name, found in users.items()}


def _dashboards_by_alert(analysis: Analysis) -> Mapping[int, list[str]]:
    shown: dict[int, set[str]] = {}
    for dashboard in analysis.project.of(Dashboard):
        for row in dashboard.rows:
            for panel in row.panels:
                if isinstance(panel, QueryPanel) and panel.alert is not None:
                    shown.setdefault(id(panel.alert), set()).add(_said(dashboard))
    return {key: sorted(found) for key, found in shown.items()}


def _alerts_by_receiver(analysis: Analysis) -> Mapping[str, list[str]]:
    """The alerts that can reach a receiver of this name."""
    if analysis.routing is None:
        return {}
    from monitoring_as_code.routes import alert_labels, arrivals, route_tree

    tree = route_tree(analysis.routing)
    reached: dict[str, set[str]] = {}
    for alert in analysis.project.of(Alert):
        labels, others_unknown = alert_labels(analysis, alert)
        for arrival in arrivals(tree, labels, others_unknown=others_unknown):
            reached.setdefault(arrival.branch.receiver, set()).add(_said(alert))
    return {name: sorted(found) for name, found in reached.items()}


def _said(declaration: Declaration) -> str:
    return f"{declaration.kind} {declaration.name}"
