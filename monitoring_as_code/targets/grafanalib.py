"""To and from grafanalib's objects, for whoever has scripts or panels of it. It is imported only when one of these is called.

grafanalib's own classes write JSON of the year 2016. What leaves here for grafanalib carries our JSON, so its encoder and its command
`generate-dashboard` write what `mac build` writes; what comes from there is normalized.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from monitoring_as_code.model.panels.normal import Normal, encoded, normalize
from monitoring_as_code.model.panels.older.others import link
from monitoring_as_code.model.panels.older.rows import panels_of_rows
from monitoring_as_code.targets.grafana import SCHEMA_VERSION, dashboard_json

if TYPE_CHECKING:
    from grafanalib.core import Dashboard as GrafanalibDashboard

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.dashboard import Dashboard

Json = dict[str, Any]

# What grafanalib's Dashboard calls its fields, and what they are in JSON.
_FIELDS = {
    "description": "description",
    "editable": "editable",
    "graphTooltip": "graphTooltip",
    "links": "links",
    "refresh": "refresh",
    "tags": "tags",
    "timezone": "timezone",
    "title": "title",
    "uid": "uid",
}
_DASHBOARD_KEYS = frozenset(
    """
    annotations description editable fiscalYearStartMonth graphTooltip links liveNow panels preload refresh revision schemaVersion snapshot tags
    templating time timepicker timezone title uid weekStart
    """.split()  # noqa: SIM905 - a table of words
)
# What every dashboard of grafanalib has, and says nothing today.
_DASHBOARD_MEANINGLESS = frozenset({"__inputs", "gnetId", "hideControls", "id", "rows", "sharedCrosshair", "style", "version"})
_VARIABLE_MEANINGLESS = frozenset({"auto", "auto_count", "auto_min", "definition", "tagValuesQuery", "tagsQuery", "useTags"})


class JsonPanel:
    """A panel for grafanalib's lists of panels, whose JSON it is; `id` and `gridPos` may be set, as grafanalib does."""

    def __init__(self, json: Json) -> None:
        self.json = json
        self.id = json.get("id")
        self.gridPos = json.get("gridPos")
        self.panels = [JsonPanel(each) for each in json.get("panels", ())]

    def to_json_data(self) -> Json:
        """What grafanalib's encoder asks for."""
        json = {**self.json, "gridPos": encoded(self.gridPos), "id": self.id}
        if "panels" in self.json:
            json["panels"] = [each.to_json_data() for each in self.panels]
        return {key: value for key, value in json.items() if value is not None}


def to_grafanalib(analysis: Analysis, dashboard: Dashboard) -> GrafanalibDashboard:
    """Grafanalib's object of a dashboard: its encoder writes what `mac build` writes.

    Title, tags, links and the other fields of grafanalib's class can be changed, and panels of grafanalib added to `panels`; those are
    normalized when it is written.
    """
    json = dashboard_json(analysis, dashboard)
    made: GrafanalibDashboard = _dashboard_class()(
        title=json["title"],
        description=json.get("description", ""),
        editable=json["editable"],
        graphTooltip=json["graphTooltip"],
        links=json["links"],
        panels=[JsonPanel(each) for each in json["panels"]],
        refresh=json["refresh"],
        schemaVersion=SCHEMA_VERSION,
        tags=json["tags"],
        timezone=json["timezone"],
        uid=json["uid"],
    )
    made.mac_json = json
    return made


@cache
def _dashboard_class() -> type:
    from grafanalib import core

    class MacDashboard(core.Dashboard):  # type: ignore[misc]  # grafanalib has no types
        """A dashboard of grafanalib that is written as Grafana 13 keeps it."""

        mac_json: Json

        def to_json_data(self) -> Json:
            """The JSON that mac made, with what has been changed on this object since."""
            json = {**self.mac_json, **{key: encoded(getattr(self, field)) for field, key in _FIELDS.items()}}
            if not json["description"]:
                del json["description"]
            json["panels"] = [each.to_json_data() if isinstance(each, JsonPanel) else normalize(each).json for each in self.panels]
            return json

    return MacDashboard


def from_grafanalib(given: object) -> Normal:
    """A panel or a dashboard of grafanalib, or the plain JSON of one, as Grafana 13 keeps it, with what was left out.

    A panel may then stand in a row by `raw(panel)`. A dashboard keeps its uid; panels without a place get one.

    Raises:
        ValueError: it is neither.
    """
    json = encoded(given)
    if isinstance(json, dict) and "type" not in json and ("panels" in json or "rows" in json):
        return _dashboard(json)
    return normalize(json)


def _dashboard(given: Json) -> Normal:
    from monitoring_as_code.model.panels.drawing import json_value

    dropped = [
        f"{key}: {value!r}"
        for key, value in given.items()
        if key not in _DASHBOARD_KEYS | _DASHBOARD_MEANINGLESS and value not in (None, "", [], {})
    ]
    made: Json = {key: value for key, value in given.items() if key in _DASHBOARD_KEYS and value is not None}
    panels: list[Json] = []
    for index, each in enumerate([*panels_of_rows(given.get("rows")), *(given.get("panels") or ())]):
        normal = normalize(each)
        dropped += [f"panels.{index}.{path}" for path in normal.dropped]
        panels.append(normal.json)
    _place(panels)
    made["panels"] = panels
    made["schemaVersion"] = SCHEMA_VERSION
    if given.get("sharedCrosshair") and not made.get("graphTooltip"):
        made["graphTooltip"] = 1
    made["links"] = [
        {**link(each), "type": each.get("type", "link"), "tags": each.get("tags") or []}
        for each in made.get("links", ())
        if isinstance(each, dict)
    ]
    picker = made.get("timepicker")
    if isinstance(picker, dict):
        made["timepicker"] = {key: picker[key] for key in ("hidden", "nowDelay", "quick_ranges", "refresh_intervals") if key in picker}
    if made.get("refresh") is False:
        made["refresh"] = ""
    templating = made.get("templating")
    variables = templating.get("list") if isinstance(templating, dict) else None
    made["templating"] = {"list": [_variable(each) for each in variables or () if isinstance(each, dict)]}
    return Normal(json_value(made), tuple(sorted(dropped)))


def _place(panels: list[Json]) -> None:
    """A place and an id for each panel that lacks one: left to right, line by line, below those that have one."""
    y = max((each["gridPos"]["y"] + each["gridPos"]["h"] for each in panels if "y" in each.get("gridPos", {})), default=0)
    x = tallest = 0
    used = {each.get("id") for each in panels}
    free = (number for number in range(1, len(panels) * 2 + 2) if number not in used)
    seen: set[int] = set()
    for panel in panels:
        place = panel.get("gridPos", {})
        if "y" not in place:
            width = 24 if panel["type"] == "row" else place.get("w", 12)
            height = 1 if panel["type"] == "row" else place.get("h", 8)
            if x + width > 24 or panel["type"] == "row":
                x, y, tallest = 0, y + tallest, 0
            panel["gridPos"] = {"h": height, "w": width, "x": x, "y": y}
            x, tallest = x + width, max(tallest, height)
        number = panel.get("id")
        if number is None or number in seen:
            number = panel["id"] = next(free)
        seen.add(number)


def _variable(given: Json) -> Json:
    """A variable with an object for its data source; a text "default" was none."""
    made = {
        key: value
        for key, value in given.items()
        if key not in _VARIABLE_MEANINGLESS or (key != "definition" and given.get("type") == "interval")
    }
    source = made.get("datasource")
    if isinstance(source, str):
        if source.startswith("$"):
            made["datasource"] = {"type": "prometheus", "uid": source}
        else:
            del made["datasource"]
    current = made.get("current")
    if isinstance(current, dict):
        if current.get("value") is None:
            del made["current"]
        else:
            made["current"] = {key: current[key] for key in ("selected", "text", "value") if key in current}
    return made
