"""What differs between the Grafanas: dashboards are made for 13, and made older here, by one table.

An older Grafana drops what it does not know, or shows a panel otherwise; a newer one migrates what is old. So nothing that came later is
left in a dashboard that is made for an older one. A profile stands for the last release of its major version: 11.6, 12.4 and 13.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from monitoring_as_code.light import NamedTuple

Json = dict[str, Any]


class Profile(NamedTuple):
    """What dashboards for one Grafana say of themselves, and the versions of the API by which it takes them as resources."""

    major: int
    schema_version: int
    plugin_version: str
    resources: MappingProxyType[str, str]


PROFILES = MappingProxyType(
    {
        "11": Profile(11, 41, "11.6.0", MappingProxyType({})),
        "12": Profile(12, 42, "12.4.0", MappingProxyType({"v1": "v1beta1", "v2": "v2beta1"})),
        "13": Profile(13, 42, "13.2.2", MappingProxyType({"v1": "v1beta1", "v2": "v2"})),
    }
)


class Drift(NamedTuple):
    """An option that came with a major version; before, it is left out.

    `panel` is the panel's type, "" if it is any. With `values` the option was there, but not with these. Where something stood for it,
    `instead` is the older value, or `moved` the older path, which then has `beside` it what was required there; or is only
    there where the `type` is one of `beside_types`.
    """

    panel: str
    path: str
    since: int
    values: tuple[Any, ...] = ()
    instead: Any = None
    moved: str = ""
    beside: tuple[tuple[str, Any], ...] = ()
    beside_types: tuple[str, ...] = ()


_CUSTOM = "fieldConfig.defaults.custom"
_FOOTER: tuple[tuple[str, Any], ...] = (("countRows", False), ("reducer", []), ("show", False))
_WRAPPED = ("auto", "color-background", "color-text")

# Of panels, from the types that Grafana publishes for 11.6, 12.4 and 13.2.
DRIFTS = (
    Drift("", "timeCompare", 12),
    Drift("", "fieldConfig.defaults.actions", 12),
    Drift(
        "",
        "fieldConfig.defaults.color.mode",
        12,
        values=("continuous-viridis", "continuous-magma", "continuous-plasma", "continuous-inferno", "continuous-cividis"),
        instead="continuous-BlYlRd",
    ),
    Drift("", "options.annotations", 12),
    Drift("", "options.annotations.clustering", 13),
    Drift("", "options.annotations.lines", 13),
    Drift("", "options.annotations.regions", 13),
    Drift("", "options.disableKeyboardEvents", 12),
    Drift("", "options.legend.limit", 13),
    Drift("", "options.legend.overflow", 13),
    Drift("", f"{_CUSTOM}.lineStyle.fill", 13, values=("accessible",), instead="solid"),
    Drift("gauge", "options.barShape", 12),
    Drift("gauge", "options.barWidthFactor", 12),
    Drift("gauge", "options.effects", 12),
    Drift("gauge", "options.endpointMarker", 12),
    Drift("gauge", "options.neutral", 12),
    Drift("gauge", "options.segmentCount", 12),
    Drift("gauge", "options.segmentSpacing", 12),
    Drift("gauge", "options.shape", 12),
    Drift("gauge", "options.sparkline", 12),
    Drift("gauge", "options.textMode", 12),
    Drift("heatmap", "options.legend.placement", 13),
    Drift("heatmap", "options.legend.width", 13),
    Drift("heatmap", "options.rowsFrame.yBucketScale", 12),
    Drift("logs", "options.allowDownload", 13),
    Drift("logs", "options.controlsStorageKey", 12),
    Drift("logs", "options.detailsMode", 12),
    Drift("logs", "options.fontSize", 12),
    Drift("logs", "options.grammar", 13),
    Drift("logs", "options.noInteractions", 12),
    Drift("logs", "options.showControls", 12),
    Drift("logs", "options.showFieldSelector", 12),
    Drift("logs", "options.showLevel", 13),
    Drift("logs", "options.showLogAttributes", 12),
    Drift("logs", "options.syntaxHighlighting", 12),
    Drift("logs", "options.timestampResolution", 12),
    Drift("logs", "options.unwrappedColumns", 12),
    Drift("piechart", "options.sort", 12),
    Drift("table", f"{_CUSTOM}.cellOptions.type", 12, values=("geo", "markdown", "pill"), instead="auto"),
    Drift("table", f"{_CUSTOM}.footer.reducers", 12, moved="options.footer.reducer", beside=(("countRows", False), ("show", True))),
    Drift("table", f"{_CUSTOM}.footer", 12),
    Drift("table", f"{_CUSTOM}.hideFrom.viz", 12, moved=f"{_CUSTOM}.hidden"),
    Drift("table", f"{_CUSTOM}.hideFrom", 12),
    Drift("table", f"{_CUSTOM}.sortable", 13),
    Drift("table", f"{_CUSTOM}.styleField", 12),
    Drift("table", f"{_CUSTOM}.tooltip", 12),
    Drift("table", f"{_CUSTOM}.wrapHeaderText", 12),
    Drift("table", f"{_CUSTOM}.wrapText", 12, moved=f"{_CUSTOM}.cellOptions.wrapText", beside_types=_WRAPPED),
    Drift("table", "options.enablePagination", 12, moved="options.footer.enablePagination", beside=_FOOTER),
    Drift("table", "options.frozenColumns", 12),
    Drift("table", "options.maxRowHeight", 12),
    Drift("table", "options.pageSize", 13),
    Drift("text", "options.renderMode", 13),
    Drift("timeseries", f"{_CUSTOM}.showValues", 12),
    Drift("timeseries", "options.legend.enableFacetedFilter", 13),
    Drift("timeseries", "options.legend.facetedFilterPinned", 13),
    Drift("timeseries", "options.timeCompare", 12),
)

# Keys of variables, of links and of annotations.
_VARIABLE_DRIFTS = (
    Drift("", "enableGroupBy", 13),
    Drift("", "hide", 12, values=(3,), instead=0),
    Drift("", "regexApplyTo", 12),
    Drift("", "staticOptions", 12),
    Drift("", "staticOptionsOrder", 12),
    Drift("", "type", 12, values=("switch",), instead="custom"),
    Drift("", "valuesFormat", 12),
)
_PLACEMENT_DRIFTS = (Drift("", "placement", 12), Drift("", "origin", 13))


def older(dashboard: Json, version: str) -> Json:
    """A dashboard made for an older Grafana, changed in place, and as it was if `version` is the newest."""
    profile = PROFILES[version]
    if profile.major >= 13:
        return dashboard
    dashboard["schemaVersion"] = profile.schema_version
    drifts = [drift for drift in DRIFTS if drift.since > profile.major]
    for panel in _panels(dashboard["panels"]):
        if "pluginVersion" in panel:
            panel["pluginVersion"] = profile.plugin_version
        for drift in drifts:
            if drift.panel in ("", panel["type"]):
                _undo(panel, drift)
                _undo_overrides(panel, drift)
        for link in panel.get("links", ()):
            _undo_all(link, _PLACEMENT_DRIFTS, profile.major)
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "switch" and profile.major < 12:
            variable["query"] = ",".join(option["value"] for option in variable["options"])
        _undo_all(variable, _VARIABLE_DRIFTS, profile.major)
        variable.update(dict(sorted(variable.items())))
    for each in (*dashboard["links"], *dashboard["annotations"]["list"]):
        _undo_all(each, _PLACEMENT_DRIFTS, profile.major)
    ordered: Json = _sorted(dashboard)
    return ordered


def _panels(panels: list[Json]) -> Iterator[Json]:
    for panel in panels:
        yield panel
        yield from panel.get("panels", ())


def _undo_all(part: Json, drifts: tuple[Drift, ...], major: int) -> None:
    for drift in drifts:
        if drift.since > major:
            _undo(part, drift)


def _undo(part: Json, drift: Drift) -> None:
    *steps, last = drift.path.split(".")
    holder = part
    for step in steps:
        holder = holder.get(step, {})
        if not isinstance(holder, dict):
            return
    if last not in holder:
        return
    if drift.values:
        if holder[last] in drift.values:
            holder[last] = drift.instead
        return
    value = holder.pop(last)
    if drift.moved:
        *steps, last = drift.moved.split(".")
        for step in steps:
            part = part.setdefault(step, {})
        if drift.beside_types and part.get("type") not in drift.beside_types:
            return
        part.update({key: default for key, default in drift.beside if key not in part})
        part[last] = value


def _undo_overrides(panel: Json, drift: Drift) -> None:
    """The same of exceptions for some fields, where the path, or the first steps of it, are the property's id."""
    within, _, path = drift.path.partition("fieldConfig.defaults.")
    if within or not path:
        return
    for override in panel.get("fieldConfig", {}).get("overrides", ()):
        override["properties"] = [made for each in override["properties"] for made in _older_property(each, path, drift)]


def _older_property(given: Json, path: str, drift: Drift) -> Iterator[Json]:
    id_, value = given["id"], given.get("value")
    moved = drift.moved.removeprefix("fieldConfig.defaults.")
    if id_ == path:
        if drift.values:
            yield {**given, "value": drift.instead} if value in drift.values else given
        elif moved.count(".") == 1 and moved.startswith("custom."):
            yield {**given, "id": moved}
    elif path.startswith(f"{id_}.") and isinstance(value, dict):
        inner = path[len(id_) + 1 :]
        if inner in value and moved.count(".") == 1 and moved.startswith("custom."):
            yield {"id": moved, "value": value[inner]}
            return
        value = {**value}
        _undo(value, drift._replace(path=inner, moved=""))
        yield {**given, "value": value}
    else:
        yield given


def _sorted(value: Any) -> Any:  # noqa: ANN401 - JSON is any of its types
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value
