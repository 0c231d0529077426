"""A panel as Grafana stores it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from monitoring_as_code import naming
from monitoring_as_code.model.panel import Link, Panel, Query, QueryPanel, Shown
from monitoring_as_code.model.panels.grafana_units import grafana_unit
from monitoring_as_code.targets.grafana.inferred import Inferred, inferred
from monitoring_as_code.targets.grafana.layout import Position
from monitoring_as_code.targets.grafana.overrides import mappings_json, override_json, step_json
from monitoring_as_code.targets.grafana.thresholds import Limit, limit_of, number, steps_of_alerts, steps_of_thresholds

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert

Json = dict[str, Any]

# Panels say which Grafana they were made for, or it would migrate them as if they were old.
PLUGIN_VERSION = "13.2.2"


class Placed(NamedTuple):
    """A panel on its dashboard: its id, its place, the data source and the alerts that it shows."""

    panel: Panel
    id: int
    position: Position
    source: Json
    alerts: tuple[Alert, ...]


def panel_json(analysis: Analysis, placed: Placed) -> Json:
    """Grafana's JSON of a panel, keys sorted, nothing null."""
    panel = placed.panel
    if panel.type == "raw":
        return _raw_panel(analysis, placed)
    if isinstance(panel, QueryPanel):
        return _query_panel(analysis, panel, placed)
    found = _frame(analysis, placed)
    found["options"] = panel.grafana_options(Shown())
    return dict(sorted(found.items()))


def _frame(analysis: Analysis, placed: Placed) -> Json:
    """What all panels have."""
    panel = placed.panel
    found: Json = {
        "gridPos": placed.position._asdict(),
        "id": placed.id,
        "pluginVersion": PLUGIN_VERSION,
        "title": panel.title,
        "type": panel.type,
    }
    if panel.description:
        found["description"] = panel.description
    links = [dashboard_link(link) for link in panel.links] + runbook_links(analysis, placed.alerts)
    if links:
        found["links"] = links
    if panel.repeat is not None:
        found["maxPerRow"] = max(1, 24 // placed.position.w)
        found["repeat"] = panel.repeat
        found["repeatDirection"] = "h"
    return found


def _raw_panel(analysis: Analysis, placed: Placed) -> Json:
    from monitoring_as_code.model.panels.defaults import TYPED
    from monitoring_as_code.model.panels.raw import RawPanel, is_prometheus

    panel = placed.panel
    assert isinstance(panel, RawPanel)  # noqa: S101 - its type says so
    kind = panel.json_data["type"]
    found = {**panel.json_data, **_frame(analysis, placed), "type": kind}
    if kind not in TYPED:
        del found["pluginVersion"]  # its form is of an unknown age, and Grafana shall migrate it
    uses = iter(analysis.queries(panel))
    targets = []
    for each in panel.json_data.get("targets", ()):
        target = {"datasource": placed.source, **each}
        if is_prometheus(each):
            target["expr"] = next(uses).text
        targets.append(dict(sorted(target.items())))
    if targets:
        found.setdefault("datasource", placed.source)
        found["targets"] = targets
    return dict(sorted(found.items()))


def _query_panel(analysis: Analysis, panel: QueryPanel, placed: Placed) -> Json:
    uses = analysis.queries(panel)
    known = [inferred(analysis, use) for use in uses]
    unit = _unit(panel, known)
    steps = _steps(analysis, panel, placed.alerts)
    several = len(uses) > 1 or not (known and known[0].single)
    low, high = _bounds(panel, unit, known)
    shown = Shown(several=several, thresholds=len(steps) > 1, unit=unit, decimals=panel.decimals, min=low, max=high)
    found = _frame(analysis, placed)
    found["datasource"] = placed.source
    helps = {each.help for each in known}
    if not panel.description and len(helps) == 1 and helps != {""}:
        found["description"] = helps.pop()
    found["fieldConfig"] = {
        "defaults": _field(panel, shown, steps),
        "overrides": [override_json(each, data_link) for each in panel.overrides],
    }
    found["options"] = panel.grafana_options(shown)
    targets = found["targets"] = []
    names: list[tuple[str, str]] = []
    for index, use in enumerate(uses):
        query = use.part
        assert isinstance(query, Query)  # noqa: S101 - as `queries` says
        ref = naming.ref_id(index)
        legend = _legend(panel, query.legend, known[index], len(uses))
        targets.append(_target(panel, query, use.text, (ref, legend), placed.source))
        if not query.hidden:
            names.append((ref, query.legend or ""))
    steps_before = panel.grafana_transformations(tuple(names))
    transformations = [*steps_before, *(step_json(each) for each in panel.transformations)]
    if transformations:
        found["transformations"] = transformations
    return dict(sorted(found.items()))


def _target(panel: QueryPanel, query: Query, text: str, ref_and_legend: tuple[str, str], source: Json) -> Json:
    instant = panel.instant if query.instant is None else query.instant
    ref, legend = ref_and_legend
    found: Json = {"datasource": source, "editorMode": "code"}
    if query.exemplars:
        found["exemplar"] = True
    found["expr"] = text
    found["format"] = panel.result
    if query.hidden:
        found["hide"] = True
    found["instant"] = instant
    found["legendFormat"] = legend
    found["range"] = not instant
    found["refId"] = ref
    return found


def _legend(panel: QueryPanel, given: str | None, known: Inferred, queries: int) -> str:
    """The given legend, or the labels that tell the series apart; `__auto` leaves it to Grafana."""
    if given is not None:
        return given
    if panel.result == "heatmap":
        return "{{le}}"
    if known.labels:
        return " ".join(f"{{{{{label}}}}}" for label in known.labels)
    return panel.title if known.single and queries == 1 and panel.title else "__auto"


def _unit(panel: QueryPanel, known: list[Inferred]) -> str:
    if panel.unit is not None:
        return grafana_unit(panel.unit)
    if panel.result == "heatmap":
        return _observed(known)
    units = {grafana_unit(each.unit) if each.unit is not None else "short" for each in known}
    return units.pop() if len(units) == 1 else "short"


def _observed(known: list[Inferred]) -> str:
    """The unit of a heatmap's axis: of what was observed, not of the rate of observations."""
    units = {each.observed for each in known}
    unit = units.pop() if len(units) == 1 else None
    return "short" if unit is None else grafana_unit(unit)


def _bounds(panel: QueryPanel, unit: str, known: list[Inferred]) -> tuple[float | None, float | None]:
    """The given bounds; else 0 where nothing can be below it, and the whole of a share on a dial or a bar."""
    low, high = panel.min, panel.max
    least = min((each.low for each in known), default=float("-inf"))
    share = {"percentunit": 1, "percent": 100}.get(unit) if panel.bounded else None
    if low is None and (share is not None or least >= 0) and panel.from_zero:
        low = 0
    if high is None and share is not None:
        high = share
    return low if low is None else number(low), high if high is None else number(high)


def _steps(analysis: Analysis, panel: QueryPanel, alerts: tuple[Alert, ...]) -> list[Json]:
    # A graph has lines for its thresholds and no colour for what is well.
    good = "transparent" if panel.type == "timeseries" else "green"
    if panel.thresholds:
        return steps_of_thresholds(panel.thresholds, good)
    limits: list[tuple[Limit, str]] = []
    for alert in alerts:
        limit = limit_of(analysis.use(alert).expr)
        if limit is not None:
            limits.append((limit, alert.severity))
    return steps_of_alerts(limits, good)


def _field(panel: QueryPanel, shown: Shown, steps: list[Json]) -> Json:
    found: Json = {"color": {"mode": panel.color_mode}}
    custom = panel.grafana_custom(shown)
    if custom:
        found["custom"] = custom
    if panel.decimals is not None:
        found["decimals"] = panel.decimals
    if panel.data_links:
        found["links"] = [data_link(link) for link in panel.data_links]
    if panel.mappings:
        found["mappings"] = mappings_json(panel.mappings)
    if shown.max is not None:
        found["max"] = shown.max
    if shown.min is not None:
        found["min"] = shown.min
    if panel.no_value is not None:
        found["noValue"] = panel.no_value
    found["thresholds"] = {"mode": "absolute", "steps": steps}
    found["unit"] = shown.unit
    return found


def data_link(link: Link) -> Json:
    """A link that a series opens."""
    return {"targetBlank": link.new_tab, "title": link.title, "url": link.url}


def dashboard_link(link: Link) -> Json:
    """A link in the corner of a panel, or on top of a dashboard."""
    return {
        "asDropdown": False,
        "icon": "external link",
        "includeVars": link.keep_variables,
        "keepTime": link.keep_time,
        "tags": [],
        "targetBlank": link.new_tab,
        "title": link.title,
        "tooltip": "",
        "type": "link",
        "url": link.url,
    }


def runbook_links(analysis: Analysis, alerts: tuple[Alert, ...]) -> list[Json]:
    """A link to the runbook of each alert, each page once."""
    found: dict[str, Json] = {}
    for alert in alerts:
        url = naming.runbook_url(analysis.stack, alert)
        if url is not None and url not in found:
            link = Link(title=f"Runbook: {alert.name}", url=url, keep_time=False, keep_variables=False, new_tab=True)
            found[url] = dashboard_link(link)
    return list(found.values())
