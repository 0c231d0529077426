"""A panel as Grafana stores it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code import naming
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.panel import Panel, Query, QueryPanel, Shown
from monitoring_as_code.targets.grafana.inferred import Inferred, inferred, keeps_name, shown_by
from monitoring_as_code.targets.grafana.layout import Position
from monitoring_as_code.targets.grafana.links import panel_link, runbook_links, series_link
from monitoring_as_code.targets.grafana.overrides import mappings_json, override_json, step_json
from monitoring_as_code.targets.grafana.thresholds import Limit, limit_of, point_of, steps_of_alerts, steps_of_thresholds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.dashboard import Dashboard
    from monitoring_as_code.model.links import Link

Json = dict[str, Any]

# Panels say which Grafana they were made for, or it would migrate them as if they were old.
PLUGIN_VERSION = "13.2.2"


class Placed(NamedTuple):
    """A panel on its dashboard: its id, its place, the data source and the alerts that it shows."""

    dashboard: Dashboard
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
    found["options"] = _options(panel, Shown())
    if panel.type in ("library-panel-ref", "logs"):
        from monitoring_as_code.targets.grafana.elsewhere import panel_from_elsewhere

        found = panel_from_elsewhere(panel, found, lambda link: series_link(analysis, placed.dashboard, link))
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
    links = [panel_link(analysis, placed.dashboard, link) for link in panel.links] + runbook_links(analysis, placed.alerts)
    if links:
        found["links"] = links
    if panel.repeat is not None:
        if panel.repeat_direction == "horizontal":
            found["maxPerRow"] = panel.max_per_row or max(1, 24 // (panel.columns or panel.least_width))
        found["repeat"] = panel.repeat
        found["repeatDirection"] = panel.repeat_direction[0]
    if panel.transparent:
        found["transparent"] = True
    return found


def _options(panel: Panel, shown: Shown) -> Json:
    """What follows from a panel's arguments, under what is said in Grafana's own words."""
    found = panel.grafana_options(shown)
    return merged(found, panel.options) if panel.options else found


def merged(one: Json, other: Json) -> Json:
    """Both, the second over the first, objects in them likewise."""
    found = dict(one)
    for key, value in other.items():
        before = found.get(key)
        found[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return dict(sorted(found.items()))


def _raw_panel(analysis: Analysis, placed: Placed) -> Json:
    from monitoring_as_code.model.panels.defaults import TYPED
    from monitoring_as_code.model.panels.raw import RawPanel, is_prometheus

    panel = placed.panel
    assert isinstance(panel, RawPanel)  # noqa: S101 - its type says so
    kind = panel.json_data["type"]
    frame = _frame(analysis, placed)
    found = {**panel.json_data, **frame, "type": kind}
    if "links" in frame:
        found["links"] = [*panel.json_data.get("links", ()), *frame["links"]]
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
    facts = [inferred(analysis, use) for use in uses]
    # What nobody sees says nothing of what is drawn.
    known = [fact for fact, use in zip(facts, uses, strict=True) if not getattr(use.part, "hidden", False)]
    steps = _steps(analysis, panel, placed.alerts)
    shown = shown_by(panel, known, thresholds=len(steps) > 1)
    found = _frame(analysis, placed)
    found["datasource"] = placed.source
    helps = {each.help for each in known}
    if not panel.description and len(helps) == 1 and helps != {""}:
        found["description"] = helps.pop()

    def link(each: Link) -> Json:
        return series_link(analysis, placed.dashboard, each)

    found["fieldConfig"] = {
        "defaults": _field(panel, shown, steps, [link(each) for each in panel.data_links]),
        "overrides": [override_json(each, link) for each in panel.overrides],
    }
    found["options"] = _options(panel, shown)
    _add_query_options(found, panel)
    targets = found["targets"] = []
    names: list[tuple[str, str]] = []
    for ref, use, fact in zip(_ref_ids(uses), uses, facts, strict=True):
        query = use.part
        assert isinstance(query, Query)  # noqa: S101 - as `queries` says
        legend = _legend(panel, query, fact, alone=len(known) == 1)
        targets.append(_target(panel, query, use.text, (ref, legend), placed.source))
        if not query.hidden:
            names.append((ref, query.legend or ""))
    named = any(use.expr is not None and keeps_name(use.expr) for use in uses)
    transformations = panel.grafana_transformations(tuple(names), [step_json(each) for each in panel.transformations], named=named)
    if transformations:
        found["transformations"] = transformations
    return dict(sorted(found.items()))


def _add_query_options(found: Json, panel: QueryPanel) -> None:
    """Which time the queries are about, and how many points they give."""
    if panel.hide_time_override:
        found["hideTimeOverride"] = True
    if panel.interval is not None:
        found["interval"] = panel.interval
    if panel.max_data_points is not None:
        found["maxDataPoints"] = panel.max_data_points
    if panel.time_from is not None:
        found["timeFrom"] = panel.time_from
    if panel.time_shift is not None:
        found["timeShift"] = panel.time_shift


def _ref_ids(uses: Sequence[Use]) -> Iterator[str]:
    """The name of each query: its own, or its place as a letter if no other is called so."""
    own = [getattr(use.part, "ref_id", None) for use in uses]
    if not any(own):
        yield from map(naming.ref_id, range(len(uses)))
        return
    index = 0
    for name in own:
        if name is None:
            while naming.ref_id(index) in own:
                index += 1
            yield naming.ref_id(index)
            index += 1
        else:
            yield name


def _target(panel: QueryPanel, query: Query, text: str, ref_and_legend: tuple[str, str], source: Json) -> Json:
    instant = panel.instant if query.instant is None else query.instant
    ref, legend = ref_and_legend
    found: Json = {"datasource": source, "editorMode": "code"}
    if query.exemplars:
        found["exemplar"] = True
    found["expr"] = text
    found["format"] = query.format or panel.answer
    if query.hidden:
        found["hide"] = True
    found["instant"] = instant
    if query.interval is not None:
        found["interval"] = query.interval
    found["legendFormat"] = legend
    found["range"] = not instant
    found["refId"] = ref
    return found


def _legend(panel: QueryPanel, query: Query, known: Inferred, *, alone: bool) -> str:
    """The given legend, or the labels that tell the series apart; `__auto` leaves it to Grafana."""
    if query.legend is not None:
        return query.legend
    if panel.answer == "heatmap":
        return "{{le}}"
    if known.labels:
        return " ".join(f"{{{{{label}}}}}" for label in known.labels)
    return panel.title if known.single and alone and panel.title else "__auto"


def _steps(analysis: Analysis, panel: QueryPanel, alerts: tuple[Alert, ...]) -> list[Json]:
    # A graph has lines for its thresholds and no colour for what is well.
    good = "transparent" if panel.type == "timeseries" else "green"
    if panel.thresholds:
        return steps_of_thresholds(panel.thresholds, good)
    limits: list[tuple[Limit, str]] = []
    for alert in alerts:
        condition = analysis.use(alert).expr
        limit = limit_of(condition) or point_of(condition)
        if limit is not None:
            limits.append((limit, alert.severity))
    return steps_of_alerts(limits, good)


def _field(panel: QueryPanel, shown: Shown, steps: list[Json], links: list[Json]) -> Json:
    found: Json = {"color": _color(panel)}
    custom = panel.grafana_custom(shown)
    if panel.custom:
        custom = merged(custom, panel.custom)
    if custom:
        found["custom"] = custom
    if panel.decimals is not None:
        found["decimals"] = panel.decimals
    if panel.display_name is not None:
        found["displayName"] = panel.display_name
    if panel.field_min_max:
        found["fieldMinMax"] = True
    if links:
        found["links"] = links
    if panel.mappings:
        found["mappings"] = mappings_json(panel.mappings)
    if shown.max is not None:
        found["max"] = shown.max
    if shown.min is not None:
        found["min"] = shown.min
    if panel.no_value is not None:
        found["noValue"] = panel.no_value
    found["thresholds"] = {"mode": panel.threshold_mode, "steps": steps}
    found["unit"] = shown.unit
    return found


def _color(panel: QueryPanel) -> Json:
    found: Json = {}
    if panel.color is not None:
        found["fixedColor"] = panel.color
    found["mode"] = panel.color_scheme or (panel.color_mode if panel.color is None else "fixed")
    if panel.color_by_value is not None:
        found["seriesBy"] = panel.color_by_value
    return found
