"""Grafana: dashboards in the classic form, schema 42, and what provisions them.

`render` compiles the typed panels straight to plain data and that to text: thousands of panels take a second or two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from monitoring_as_code import naming
from monitoring_as_code.model.annotations import Annotation
from monitoring_as_code.model.dashboard import Dashboard, DashboardLink, Row
from monitoring_as_code.model.links import Link
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.pydantic_engine import to_json
from monitoring_as_code.targets.grafana.datasource import dashboard_provider, datasources
from monitoring_as_code.targets.grafana.layout import COLUMNS, positions
from monitoring_as_code.targets.grafana.links import page_link
from monitoring_as_code.targets.grafana.panels import Placed, panel_json
from monitoring_as_code.targets.grafana.variables import datasource, variables
from monitoring_as_code.targets.grafana.watched import numbered, panel_ids, watching
from monitoring_as_code.targets.provenance import generated

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert

Json = dict[str, Any]

SCHEMA_VERSION = 42
# The Grafana for which dashboards are made, before `profiles` makes them older.
NEWEST = "13"
# What Grafana's menu offers; another interval must be added to it, or the menu shows none.
_REFRESHES = ("5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d")


def render(analysis: Analysis) -> Iterator[tuple[str, str | bytes]]:
    """Every dashboard, and the provisioning of dashboards and data source."""
    dashboards = analysis.project.of(Dashboard)
    for dashboard in dashboards:
        file = dashboard_file(analysis, dashboard)
        yield file
        if analysis.project.config.grafana_resources:
            from monitoring_as_code.targets.grafana.resources import resources

            yield from resources(analysis.project.config, dashboard, file[1])
    if dashboards or analysis.stack is not None:
        yield "grafana/provisioning/dashboards/mac.yml", dashboard_provider(generated(analysis, dashboards))
    if analysis.stack is not None:
        yield "grafana/provisioning/datasources/mac.yml", datasources(analysis.stack, generated(analysis, [analysis.stack]))


def panel_of(analysis: Analysis, alert: Alert) -> tuple[Dashboard, int] | None:
    """The dashboard and the id of the panel that shows an alert: the panel that names it, else the only one with its expression."""
    found = watching(analysis).panels.get(id(alert))
    if found is None:
        return None
    dashboard, panel = found
    return dashboard, panel_ids(dashboard)[id(panel)]


def dashboard_file(analysis: Analysis, dashboard: Dashboard) -> tuple[str, bytes]:
    """The JSON file of a dashboard: its path, and what is in it; taken as it is if it was made already."""
    folder = "" if dashboard.folder is None else f"{naming.folder(dashboard.folder)}/"
    path = f"grafana/dashboards/{folder}{dashboard.uid}.json"
    made = analysis.made.get(path)
    return path, _text(analysis, dashboard) if made is None else made


def _text(analysis: Analysis, dashboard: Dashboard) -> bytes:
    found = dashboard_json(analysis, dashboard)
    version = analysis.project.config.grafana_version
    if version != NEWEST:
        from monitoring_as_code.targets.grafana.profiles import older

        found = older(found, version)
    return to_json(found, indent=2) + b"\n"


def dashboard_text(analysis: Analysis, dashboard: Dashboard) -> str:
    """What is in the file of a dashboard."""
    return dashboard_file(analysis, dashboard)[1].decode()


def dashboard_json(analysis: Analysis, dashboard: Dashboard) -> Json:
    """A dashboard as Grafana stores it, keys sorted, without what differs from installation to installation (`id`, `version`)."""
    source = datasource(dashboard)
    annotations = [_annotation(analysis, dashboard, each, source) for each in dashboard.annotations]
    found: Json = {"annotations": {"list": [{**_BUILT_IN, "enable": dashboard.native_annotations}, *annotations]}}
    if dashboard.description:
        found["description"] = dashboard.description
    found |= {
        "editable": dashboard.editable,
        "fiscalYearStartMonth": dashboard.fiscal_year_start_month - 1,
        "graphTooltip": 2 if dashboard.shared_crosshair == "tooltip" else int(dashboard.shared_crosshair),
        "links": [_link(each) for each in dashboard.links],
    }
    if dashboard.live_now:
        found["liveNow"] = True
    refresh = _refresh(analysis, dashboard)
    found |= {
        "panels": _panels(analysis, dashboard, source),
        "preload": dashboard.preload,
        "refresh": refresh,
        "schemaVersion": SCHEMA_VERSION,
        "tags": list(dict.fromkeys((*dashboard.tags, "mac"))),
        "templating": {"list": variables(analysis, dashboard, source)},
        "time": {"from": dashboard.time_from, "to": dashboard.time_to},
        "timepicker": _time_picker(dashboard, refresh),
        "timezone": dashboard.timezone,
        "title": dashboard.name,
        "uid": dashboard.uid,
        "weekStart": dashboard.week_start or "",
    }
    return found


def _refresh(analysis: Analysis, dashboard: Dashboard) -> str:
    if dashboard.refresh is not None:
        return "" if dashboard.refresh == "off" else dashboard.refresh
    return (analysis.stack.dashboard_refresh if analysis.stack is not None else None) or ""


def _time_picker(dashboard: Dashboard, refresh: str) -> Json:
    found: Json = {}
    if dashboard.hide_time_picker:
        found["hidden"] = True
    if dashboard.now_delay is not None:
        found["nowDelay"] = dashboard.now_delay
    offered = dashboard.refresh_intervals or _REFRESHES
    missing = () if refresh in ("", "auto") or refresh in offered else (refresh,)
    if dashboard.refresh_intervals or missing:
        found["refresh_intervals"] = sorted((*offered, *missing), key=milliseconds)
    return found


def _panels(analysis: Analysis, dashboard: Dashboard, source: Json) -> list[Json]:
    found: list[Json] = []
    ids = (number for number, _, _ in numbered(dashboard))
    alerts = watching(analysis).alerts
    y = 0
    for row in dashboard.rows:
        heading = _row(row, next(ids), y)
        y += bool(row.title)
        places, below = positions(row.panels, y)
        panels = [
            panel_json(analysis, Placed(dashboard, panel, number, place, source, alerts.get(id(panel), ())))
            for panel, number, place in zip(row.panels, ids, places, strict=False)
        ]
        if row.title:  # panels without a heading stand on their own
            found.append(heading)
        if row.title and row.collapsed:
            heading["panels"] = panels
        else:
            found += panels
            y = below
    return found


def _row(row: Row, number: int, y: int) -> Json:
    found: Json = {
        "collapsed": row.collapsed,
        "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": y},
        "id": number,
        "panels": [],
    }
    if row.repeat is not None:
        found["repeat"] = row.repeat
    found["title"] = row.title
    found["type"] = "row"
    return found


def _link(link: Link | DashboardLink) -> Json:
    if isinstance(link, Link):
        return page_link(link)
    found: Json = {
        "asDropdown": link.dropdown,
        "icon": link.icon,
        "includeVars": link.keep_variables,
        "keepTime": link.keep_time,
    }
    if link.in_menu:
        found["placement"] = "inControlsMenu"
    found |= {
        "tags": list(link.tags),
        "targetBlank": link.new_tab,
        "title": link.title,
        "tooltip": link.tooltip,
        "type": "dashboards",
        "url": "",
    }
    return found


def _annotation(analysis: Analysis, dashboard: Dashboard, annotation: Annotation, source: Json) -> Json:
    found: Json = {"datasource": source, "enable": annotation.enabled}
    listed = annotation.panels or annotation.except_panels
    if listed:
        ids = panel_ids(dashboard)
        found["filter"] = {"exclude": bool(annotation.except_panels), "ids": sorted({ids[id(panel)] for panel in listed})}
    found |= {"hide": annotation.hide, "iconColor": annotation.color, "name": annotation.name}
    if annotation.in_menu:
        found["placement"] = "inControlsMenu"
    if annotation.tags:
        found["tagKeys"] = ",".join(annotation.tags)
    target: Json = {"expr": analysis.use(annotation).text}
    if annotation.step is not None:
        target["interval"] = annotation.step
    found["target"] = {**target, "refId": "Anno"}
    if annotation.text:
        found["textFormat"] = annotation.text
    if annotation.title:
        found["titleFormat"] = annotation.title
    if annotation.value_is_time:
        found["useValueForTime"] = True
    return found


# Annotations that people make in Grafana itself.
_BUILT_IN: Json = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
