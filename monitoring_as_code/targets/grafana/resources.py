"""Dashboards as resources of Grafana's API, which `gcx` and Git Sync take: V1 is the classic form in an envelope, V2 has a form of its own.

Both are made from the classic form, so that all three always say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from monitoring_as_code import naming
from monitoring_as_code.pydantic_engine import from_json, to_json
from monitoring_as_code.targets.grafana.profiles import PROFILES

if TYPE_CHECKING:
    from monitoring_as_code.config import Config
    from monitoring_as_code.model.dashboard import Dashboard

Json = dict[str, Any]

_HIDES = ("dontHide", "hideLabel", "hideVariable", "inControlsMenu")
_REFRESHES = ("never", "onDashboardLoad", "onTimeRangeChanged")
_SORTS = (
    "disabled",
    "alphabeticalAsc",
    "alphabeticalDesc",
    "numericalAsc",
    "numericalDesc",
    "alphabeticalCaseInsensitiveAsc",
    "alphabeticalCaseInsensitiveDesc",
    "naturalAsc",
    "naturalDesc",
)
# Grafana's own menu, which V2 writes out.
_INTERVALS = ("5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d")
_QUERY_OPTIONS = (
    "cacheTimeout",
    "hideTimeOverride",
    "interval",
    "maxDataPoints",
    "queryCachingTTL",
    "timeCompare",
    "timeFrom",
    "timeShift",
)


def resources(config: Config, dashboard: Dashboard, classic: bytes) -> Iterator[tuple[str, bytes]]:
    """A dashboard in the forms that the project wants, by path; `classic` is its classic form."""
    made = from_json(classic)
    folder = None if dashboard.folder is None else naming.slug(dashboard.folder)
    metadata: Json = {"annotations": {"grafana.app/folder": folder}} if folder is not None else {}
    metadata["name"] = dashboard.uid
    versions = PROFILES[config.grafana_version].resources
    for form in config.grafana_resources:
        version = versions[form]
        spec = _v2(made, version) if form == "v2" else {key: value for key, value in made.items() if key != "uid"}
        resource = {"apiVersion": f"dashboard.grafana.app/{version}", "kind": "Dashboard", "metadata": metadata, "spec": spec}
        where = "" if folder is None else f"{naming.folder(dashboard.folder or '')}/"
        yield f"grafana/resources/{form}/{where}{dashboard.uid}.json", to_json(resource, indent=2) + b"\n"


def _v2(classic: Json, version: str) -> Json:
    elements: Json = {}
    found: Json = {
        "annotations": [_annotation(each) for each in classic["annotations"]["list"]],
        "cursorSync": ("Off", "Crosshair", "Tooltip")[classic["graphTooltip"]],
    }
    if "description" in classic:
        found["description"] = classic["description"]
    layout = _layout(classic["panels"], elements, version)
    found |= {
        "editable": classic["editable"],
        "elements": dict(sorted(elements.items())),
        "layout": layout,
        "links": [{key: value for key, value in each.items() if key != "url" or value} for each in classic["links"]],
    }
    if "liveNow" in classic:
        found["liveNow"] = classic["liveNow"]
    return found | {
        "preload": classic["preload"],
        "tags": classic["tags"],
        "timeSettings": _time_settings(classic),
        "title": classic["title"],
        "variables": [_variable(each) for each in classic["templating"]["list"]],
    }


def _annotation(classic: Json) -> Json:
    known = ("builtIn", "datasource", "enable", "filter", "hide", "iconColor", "name", "placement", "target")
    spec: Json = {"builtIn": True} if classic.get("builtIn") else {}
    spec["enable"] = classic["enable"]
    if "filter" in classic:
        spec["filter"] = classic["filter"]
    spec |= {"hide": classic.get("hide", False), "iconColor": classic["iconColor"]}
    # What no field stands for, Grafana keeps there, and gives it to the data source as before.
    legacy = {key: value for key, value in classic.items() if key not in known}
    if legacy:
        spec["legacyOptions"] = legacy
    spec["name"] = classic["name"]
    if "placement" in classic:
        spec["placement"] = classic["placement"]
    spec["query"] = _data_query(classic["datasource"], classic.get("target", {}))
    return {"kind": "AnnotationQuery", "spec": spec}


def _data_query(source: Json, spec: Json) -> Json:
    found: Json = {"datasource": {"name": source["uid"]}} if "uid" in source else {}
    found |= {"group": source.get("type", ""), "kind": "DataQuery", "spec": spec, "version": "v0"}
    return found


def _layout(panels: list[Json], elements: Json, version: str) -> Json:
    """Rows of grids; a dashboard without headings is one grid."""
    rows: list[tuple[Json | None, list[Json]]] = []
    for panel in panels:
        if panel["type"] == "row":
            rows.append((panel, list(panel["panels"])))
            continue
        if not rows or (rows[-1][0] is not None and rows[-1][0]["collapsed"]):  # a collapsed row holds its own, and what follows is apart
            rows.append((None, []))
        rows[-1][1].append(panel)
    if all(heading is None for heading, _ in rows):
        return _grid([panel for _, inner in rows for panel in inner], elements, version)
    return {"kind": "RowsLayout", "spec": {"rows": [_row(heading, inner, elements, version) for heading, inner in rows]}}


def _row(heading: Json | None, panels: list[Json], elements: Json, version: str) -> Json:
    spec: Json = {"collapse": bool(heading and heading["collapsed"])}
    if heading is None:
        spec["hideHeader"] = True
    spec["layout"] = _grid(panels, elements, version)
    if heading is not None and "repeat" in heading:
        spec["repeat"] = {"mode": "variable", "value": heading["repeat"]}
    spec["title"] = "" if heading is None else heading["title"]
    return {"kind": "RowsLayoutRow", "spec": spec}


def _grid(panels: list[Json], elements: Json, version: str) -> Json:
    top = min((panel["gridPos"]["y"] for panel in panels), default=0)
    items = []
    for panel in panels:
        name = f"panel-{panel['id']}"
        elements[name] = _element(panel, version)
        place = panel["gridPos"]
        spec: Json = {"element": {"kind": "ElementReference", "name": name}, "height": place["h"]}
        if "repeat" in panel:
            repeat: Json = {"direction": panel.get("repeatDirection", "h")}
            if "maxPerRow" in panel:
                repeat["maxPerRow"] = panel["maxPerRow"]
            spec["repeat"] = {**repeat, "mode": "variable", "value": panel["repeat"]}
        spec |= {"width": place["w"], "x": place["x"], "y": place["y"] - top}
        items.append({"kind": "GridLayoutItem", "spec": spec})
    return {"kind": "GridLayout", "spec": {"items": items}}


def _element(panel: Json, version: str) -> Json:
    if "libraryPanel" in panel:
        spec: Json = {"id": panel["id"], "libraryPanel": panel["libraryPanel"], "title": panel.get("title", "")}
        return {"kind": "LibraryPanel", "spec": spec}
    queries = [_query(target, panel.get("datasource", {})) for target in panel.get("targets", ())]
    options = {key: panel[key] for key in _QUERY_OPTIONS if key in panel}
    steps = [_transformation(step, version) for step in panel.get("transformations", ())]
    links = [{key: link[key] for key in ("targetBlank", "title", "url") if key in link} for link in panel.get("links", ())]
    spec = {
        "data": {"kind": "QueryGroup", "spec": {"queries": queries, "queryOptions": options, "transformations": steps}},
        "description": panel.get("description", ""),
        "id": panel["id"],
        "links": links,
        "title": panel.get("title", ""),
    }
    if "transparent" in panel:
        spec["transparent"] = panel["transparent"]
    drawn = {"fieldConfig": panel.get("fieldConfig", {"defaults": {}, "overrides": []}), "options": panel.get("options", {})}
    spec["vizConfig"] = {"group": panel["type"], "kind": "VizConfig", "spec": drawn, "version": panel.get("pluginVersion", "")}
    return {"kind": "Panel", "spec": spec}


def _query(target: Json, source: Json) -> Json:
    spec: Json = {key: value for key, value in target.items() if key not in ("datasource", "hide", "refId")}
    query = _data_query(target.get("datasource") or source, spec)
    return {"kind": "PanelQuery", "spec": {"hidden": target.get("hide", False), "query": query, "refId": target["refId"]}}


def _transformation(step: Json, version: str) -> Json:
    spec: Json = {key: step[key] for key in ("disabled", "filter", "options", "topic") if key in step}
    if version == "v2beta1":
        spec["id"] = step["id"]
        return {"kind": step["id"], "spec": dict(sorted(spec.items()))}
    return {"group": step["id"], "kind": "Transformation", "spec": spec}


def _time_settings(classic: Json) -> Json:
    picker = classic["timepicker"]
    found: Json = {
        "autoRefresh": classic["refresh"],
        "autoRefreshIntervals": picker.get("refresh_intervals", list(_INTERVALS)),
        "fiscalYearStartMonth": classic["fiscalYearStartMonth"],
        "from": classic["time"]["from"],
        "hideTimepicker": picker.get("hidden", False),
    }
    if "nowDelay" in picker:
        found["nowDelay"] = picker["nowDelay"]
    found |= {"timezone": classic["timezone"], "to": classic["time"]["to"]}
    if classic["weekStart"]:
        found["weekStart"] = classic["weekStart"]
    return found


def _variable(classic: Json) -> Json:
    kind = classic["type"]
    name, make = _VARIABLES[kind]
    spec: Json = {
        "hide": _HIDES[classic["hide"]],
        "name": classic["name"],
        "skipUrlSync": classic["skipUrlSync"],
        **make(classic),
        **{key: classic[key] for key in ("description", "label") if key in classic},
    }
    found: Json = {"kind": name, "spec": dict(sorted(spec.items()))}
    if kind in ("adhoc", "groupby"):
        source = classic["datasource"]
        found = {"datasource": {"name": source["uid"]}, "group": source["type"], **found}
    return found


def _chosen(classic: Json) -> Json:
    current: Json = classic.get("current") or {"text": "", "value": ""}
    return {"current": current}


def _many(classic: Json) -> Json:
    """What variables with a list of values have."""
    found: Json = {"allValue": classic["allValue"]} if "allValue" in classic else {}
    return {
        **found,
        **_chosen(classic),
        "allowCustomValue": classic.get("allowCustomValue", True),
        "includeAll": classic["includeAll"],
        "multi": classic["multi"],
        "options": classic["options"],
    }


def _datasource(classic: Json) -> Json:
    return {**_many(classic), "pluginId": classic["query"], "refresh": _REFRESHES[classic["refresh"]], "regex": classic["regex"]}


def _queried(classic: Json) -> Json:
    query = classic["query"]
    return {
        **_many(classic),
        "definition": query["query"],
        "query": _data_query(classic["datasource"], dict(sorted(query.items()))),
        "refresh": _REFRESHES[classic["refresh"]],
        "regex": classic["regex"],
        "sort": _SORTS[classic["sort"]],
    }


def _custom(classic: Json) -> Json:
    return {**_many(classic), "query": classic["query"]}


def _interval(classic: Json) -> Json:
    return {
        **_chosen(classic),
        "auto": classic.get("auto", False),
        "auto_count": classic.get("auto_count", 30),
        "auto_min": classic.get("auto_min", "10s"),
        "options": classic["options"],
        "query": classic["query"],
        "refresh": "onTimeRangeChanged",
    }


def _written(classic: Json) -> Json:
    return {**_chosen(classic), "query": classic["query"]}


def _switch(classic: Json) -> Json:
    enabled, disabled = (option["value"] for option in classic["options"])
    return {"current": classic["current"]["value"], "disabledValue": disabled, "enabledValue": enabled}


def _ad_hoc(classic: Json) -> Json:
    return {
        "allowCustomValue": classic.get("allowCustomValue", True),
        "baseFilters": [],
        "defaultKeys": classic.get("defaultKeys", []),
        "filters": classic["filters"],
    }


def _group_by(classic: Json) -> Json:
    return {**_chosen(classic), "multi": classic["multi"], "options": classic["options"]}


_VARIABLES: MappingProxyType[str, tuple[str, Callable[[Json], Json]]] = MappingProxyType(
    {
        "adhoc": ("AdhocVariable", _ad_hoc),
        "constant": ("ConstantVariable", _written),
        "custom": ("CustomVariable", _custom),
        "datasource": ("DatasourceVariable", _datasource),
        "groupby": ("GroupByVariable", _group_by),
        "interval": ("IntervalVariable", _interval),
        "query": ("QueryVariable", _queried),
        "switch": ("SwitchVariable", _switch),
        "textbox": ("TextVariable", _written),
    }
)
