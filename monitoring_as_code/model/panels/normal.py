"""A panel's JSON as today's Grafana keeps it: of whatever age, made by grafanalib or by hand.

grafanalib writes what Grafana 4 to 6 wanted. Today's Grafana migrates some of it and misreads the rest: a base threshold of "null" never lets
another one show, a gauge loses its calculation, a heatmap buckets Prometheus's buckets once more. `normalize` mends that, and says what it
left out because nothing stands for it today. What it leaves out without a word never said anything, or says nothing in today's Grafana.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.panels.drawing import json_value
from monitoring_as_code.model.panels.older import graph, heatmap, others, reduced, singlestat, table
from monitoring_as_code.model.panels.older.keys import Old, number
from monitoring_as_code.model.panels.raw import is_prometheus

Json = dict[str, Any]


class Normal(NamedTuple):
    """The JSON, keys sorted, and the paths of what was left out, with the values that were there."""

    json: Json
    dropped: tuple[str, ...]


# All that a panel has at its top, by Grafana 13's schema.
_KEYS = frozenset(
    """
    cacheTimeout collapsed datasource description fieldConfig gridPos hideTimeOverride id interval libraryPanel links
    maxDataPoints maxPerRow options panels queryCachingTTL repeat repeatDirection targets timeCompare timeFrom
    timeShift title transformations transparent type
    """.split()  # noqa: SIM905 - a table of words
)
# What says nothing today, at any value: places and sizes of old, and how the drawing of Angular's panels was implemented.
_MEANINGLESS = frozenset(
    """
    $$hashKey aliasColors autoMigrateFrom dashLength datasourceErrors editable error errors fillGradient grid hasNewQueryOptions height
    hideZeroBuckets highlightCards isNew legend.sortDesc legend.total legend.values maxDataPoints minSpan paceLength pluginVersion
    reverseYBuckets renderer scopedVars snapshotData spaceLength span transparent xaxis xAxis yaxes.[].$$hashKey yaxis
    """.split()  # noqa: SIM905 - a table of words
)
_PROMQL_KEYS = frozenset(
    """
    adhocFilters datasource editorMode exemplar expr format groupByKeys hide instant interval legendFormat queryType range refId scopes
    """.split()  # noqa: SIM905 - a table of words
)
# What the editor keeps of its own state, and what is left of a query from the time when its panel asked another kind of data source.
_TARGET_MEANINGLESS = frozenset(
    """
    alias application calculatedInterval datasourceErrors disableTextWrap dsType errors fullMetaSearch functions group groupBy host
    includeNullMetadata item itemTag key limit measurement metric mode options orderByTime policy query rawQuery resultFormat select step
    table tags target useBackend valueType
    """.split()  # noqa: SIM905 - a table of words
)
_FIELD_KEYS = frozenset(
    """
    actions color custom decimals description displayName displayNameFromDS fieldMinMax filterable links mappings max min noValue path
    thresholds unit writeable
    """.split()  # noqa: SIM905 - a table of words
)
_BUILT_IN_SOURCES = {"-- Mixed --": "datasource", "-- Dashboard --": "datasource", "-- Grafana --": "grafana", "Mixed": "datasource"}
_TYPES: dict[str, tuple[str, Callable[[Json, Old], None]]] = {
    "graph": ("timeseries", graph.graph),
    "graph2": ("timeseries", others.nothing),  # what time series were called in Grafana 7
    "singlestat": ("stat", singlestat.singlestat),
    "grafana-singlestat-panel": ("stat", singlestat.singlestat),
    "singlestat2": ("stat", reduced.stat),  # what stats were called in Grafana 6
    "stat": ("stat", reduced.stat),
    "grafana-piechart-panel": ("piechart", reduced.piechart),
    "table-old": ("table", table.table),
    "table2": ("table", table.table),
    "table": ("table", table.table),
    "heatmap-new": ("heatmap", others.nothing),
    "heatmap": ("heatmap", heatmap.heatmap),
    "gauge": ("gauge", reduced.gauge),
    "bargauge": ("bargauge", reduced.bargauge),
    "text": ("text", others.text),
    "text2": ("text", others.text),
    "alertlist": ("alertlist", others.alertlist),
    "dashlist": ("dashlist", others.dashlist),
}
# Options of an age between the graph's and today's, which Grafana reads no more.
_STALE_OPTIONS = {"timeseries": ("alertThreshold", "dataLinks", "graph", "tooltipOptions"), "table": ("filterable", "showSearch")}
_WITHOUT_FIELDS = ("alertlist", "annolist", "dashlist", "news", "text")
_WITHOUT_CUSTOM = ("alertlist", "bargauge", "gauge", "stat", "text")


def encoded(given: object) -> Any:  # noqa: ANN401 - JSON is any of its types
    """Plain JSON of objects that know their own, such as grafanalib's, all the way down; nulls are kept.

    Raises:
        ValueError: something is no JSON.
    """
    to_json_data = getattr(given, "to_json_data", None)
    if to_json_data is not None:
        return encoded(to_json_data())
    if isinstance(given, dict):
        return {str(key): encoded(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [encoded(each) for each in given]
    if given is None or isinstance(given, str | bool | int | float):
        return given
    message = f"{type(given).__name__} is no JSON, and has no `to_json_data`"
    raise ValueError(message)


# What the parts of a panel are.
_SHAPES: dict[str, type] = {"fieldConfig": dict, "gridPos": dict, "options": dict, "targets": list, "transformations": list}


def normalize(given: object) -> Normal:
    """A panel of grafanalib, or plain JSON of one, as Grafana 13 keeps it.

    Its place and its id are kept if it has them; who puts it on a dashboard gives it others. What is normal stays as it is.

    Raises:
        ValueError: it is no panel.

    >>> normalize({"type": "stat", "span": 6, "yaxes": [1], "fieldConfig": {"defaults": {"thresholds": {"steps": ""}}}}).dropped
    ('yaxes: [1]',)
    """
    panel = encoded(given)
    is_library_panel = isinstance(panel, dict) and isinstance(panel.get("libraryPanel"), dict)
    if not isinstance(panel, dict) or not (isinstance(panel.get("type"), str) or is_library_panel):
        message = "a panel is an object with a `type`"
        raise ValueError(message)
    panel = json_value(panel)
    if is_library_panel:
        return _library_panel(panel)
    if panel["type"] == "row":
        return _row(panel)
    kind, convert = _TYPES.get(panel["type"], (panel["type"], others.nothing))
    made: Json = {key: value for key, value in panel.items() if key in _KEYS}
    made["type"] = kind
    rest: Json = {key: value for key, value in panel.items() if key not in _KEYS}
    if panel["type"] == kind and "renderer" in rest:
        # Once a graph, and then made another panel in Grafana: it kept the keys of the graph, and reads none of them.
        rest = {}
    old = Old(rest)
    for name in ("gridPos", "transformations"):
        if name in made and not isinstance(made[name], _SHAPES[name]):
            del made[name]
    options = made.get("options")
    made["options"] = dict(options) if isinstance(options, dict) else {}
    made["fieldConfig"] = _field_config(made.get("fieldConfig"), old)
    convert(made, old)
    _complete(made, old)
    if kind not in _WITHOUT_FIELDS:
        _thresholds(made["fieldConfig"]["defaults"])
    dropped = list(_misshapen(panel))
    _source(made, dropped)
    _targets(made, dropped)
    _top(made)
    return Normal(json_value(made), tuple(sorted([*dropped, *_told(old)])))


def _told(old: Old) -> Iterator[str]:
    """What is left and said something."""
    for path, value in old.left():
        names = re.sub(r"\.\d+(?=\.|$)", ".[]", path)
        parts = names.split(".")
        known = any(".".join(parts[:length]) in _MEANINGLESS for length in range(1, len(parts) + 1)) or parts[-1] == "$$hashKey"
        if not known and not _is_empty(value):
            yield f"{path}: {_short(value)}"


def _top(made: Json) -> None:
    """What stands beside the options: nothing that says nothing."""
    if made.get("maxDataPoints") == 100:
        del made["maxDataPoints"]
    points = made.get("maxDataPoints")
    if isinstance(points, str):  # Grafana 6 wrote a text
        found = number(points)
        if found is None:
            del made["maxDataPoints"]
        else:
            made["maxDataPoints"] = found
    given = made.get("links")
    made["links"] = [others.link(each) for each in given] if isinstance(given, list) else []
    for key in ("links", "transformations", "targets"):
        if not made.get(key):
            made.pop(key, None)
    for key in ("cacheTimeout", "interval", "repeat", "timeFrom", "timeShift", "description"):
        if made.get(key) == "":
            del made[key]
    for key in ("hideTimeOverride", "transparent"):
        if made.get(key) is False:
            del made[key]
    for each in made.get("transformations", ()):
        if isinstance(each, dict) and each.get("id") == "seriesToColumns":
            each |= {"id": "joinByField", "options": {"byField": "Time", "mode": "outer", **(each.get("options") or {})}}
    place = made.get("gridPos")
    if isinstance(place, dict) and "y" in place:
        place.setdefault("x", 0)
    for key in ("collapsed", "panels"):
        made.pop(key, None)


def _library_panel(given: Json) -> Normal:
    """A reference to a panel of Grafana's library, whose body, should it be here too, is not looked at."""
    library: Json = given["libraryPanel"]
    kept = {key: value for key, value in given.items() if key in ("gridPos", "id", "maxPerRow", "repeat", "repeatDirection", "title")}
    kept["libraryPanel"] = {key: library[key] for key in ("name", "uid") if key in library}
    kept["type"] = "library-panel-ref"
    rest = {
        f"libraryPanel.{key}": value for key, value in library.items() if key not in ("meta", "model", "name", "type", "uid", "version")
    }
    rest |= {key: value for key, value in given.items() if key not in kept}
    return Normal(json_value(kept), tuple(sorted(_told(Old(rest)))))


def _row(given: Json) -> Normal:
    """A heading, with the panels that it hides; its own query and data source never asked anything."""
    dropped: list[str] = []
    panels: list[Json] = []
    for index, each in enumerate(given.get("panels") or ()):
        inner = normalize(each)
        panels.append(inner.json)
        dropped += [f"panels.{index}.{path}" for path in inner.dropped]
    kept: Json = {key: given[key] for key in ("gridPos", "id", "repeat", "title") if key in given}
    kept |= {"collapsed": bool(given.get("collapsed")), "panels": panels, "type": "row"}
    rest = {key: value for key, value in given.items() if key not in {*kept, "datasource", "options", "targets", "fieldConfig"}}
    return Normal(json_value(kept), tuple(sorted([*dropped, *_told(Old(rest))])))


def _field_config(given: object, old: Old) -> Json:
    """Defaults and overrides; what does not belong into the defaults goes to the keys of old, under its path."""
    config = given if isinstance(given, dict) else {}
    defaults = config.get("defaults")
    defaults = defaults if isinstance(defaults, dict) else {}
    rest: Json = {key: value for key, value in config.items() if key not in ("defaults", "overrides")}
    rest["defaults"] = {key: value for key, value in defaults.items() if key not in _FIELD_KEYS and key != "nullValueMode"}
    old.put("fieldConfig", rest)
    kept = {key: value for key, value in defaults.items() if key in _FIELD_KEYS}
    if kept.get("unit") == "":
        del kept["unit"]
    if not kept.get("links"):
        kept.pop("links", None)
    if isinstance(kept.get("color"), dict) and not kept["color"].get("mode"):
        del kept["color"]
    if not isinstance(kept.get("custom", {}), dict):
        del kept["custom"]
    kept["mappings"] = singlestat.mappings(kept.get("mappings"))
    if not kept["mappings"]:
        del kept["mappings"]
    overrides = config.get("overrides")
    return {
        "defaults": kept,
        "overrides": [_override(each) for each in overrides if _is_override(each)] if isinstance(overrides, list) else [],
    }


def _is_override(given: object) -> bool:
    return isinstance(given, dict) and isinstance(given.get("matcher"), dict) and isinstance(given.get("properties"), list)


def _override(given: Json) -> Json:
    """An exception with its properties, whose mappings, thresholds and hiding may be of old."""
    properties: list[Json] = []
    for each in given["properties"]:
        if not isinstance(each, dict):
            continue
        made = dict(each)
        if each.get("id") == "mappings":
            made["value"] = singlestat.mappings(each.get("value"))
        elif each.get("id") == "thresholds":
            holder = {"thresholds": each.get("value")}
            _thresholds(holder)
            made["value"] = holder["thresholds"]
        elif each.get("id") == "custom.hideFrom" and isinstance(each.get("value"), dict):
            made["value"] = _hidden(each["value"])
        elif (
            each.get("id") == "custom.stacking" and isinstance(each.get("value"), dict) and not isinstance(each["value"].get("group"), str)
        ):
            made["value"] = {**each["value"], "group": "A"}
        properties.append(made)
    return {**given, "properties": properties}


def _hidden(given: Json) -> Json:
    """From what a series is hidden; what is `viz` today was `graph`."""
    return {key: bool(given.get(key, given.get("graph") if key == "viz" else False)) for key in ("legend", "tooltip", "viz")}


def _complete(made: Json, old: Old) -> None:
    """Fills in what Grafana demands and grafanalib lacks, from the typed panel of the same kind."""
    from monitoring_as_code.model.panels.defaults import custom_of, options_of

    kind: str = made["type"]
    options: Json = made["options"]
    custom: Json = made["fieldConfig"]["defaults"].pop("custom", None) or {}
    _stale(kind, options, old)
    for key, value in options_of(kind).items():
        given = options.get(key)
        # Grafana's objects are completed, not replaced: a legend without `showLegend` is one with it.
        options[key] = {**value, **given} if isinstance(value, dict) and isinstance(given, dict) else value if given is None else given
    legend = options.get("legend")
    if isinstance(legend, dict):
        if legend.get("displayMode") == "hidden":
            legend |= {"displayMode": "list", "showLegend": False}
        if legend.pop("asTable", False):
            legend.setdefault("displayMode", "table")
    for key, value in custom_of(kind).items():
        given = custom.get(key)
        if given is None or given == {}:
            custom[key] = value
    if isinstance(custom.get("hideFrom"), dict):
        custom["hideFrom"] = _hidden(custom["hideFrom"])
    distribution = custom.get("scaleDistribution")
    if isinstance(distribution, dict) and distribution.get("type") == "linear":
        distribution.pop("log", None)
    if kind in _WITHOUT_CUSTOM:
        for key in [key for key in custom if key != "hideFrom"]:
            old.put(f"fieldConfig.defaults.custom.{key}", custom.pop(key))
        custom = {}
    if custom:
        made["fieldConfig"]["defaults"]["custom"] = custom


def _stale(kind: str, options: Json, old: Old) -> None:
    tooltip = options.get("tooltipOptions")
    if kind == "timeseries" and isinstance(tooltip, dict) and "tooltip" not in options:
        options["tooltip"] = tooltip
    for key in _STALE_OPTIONS.get(kind, ()):
        if key in options:
            value = options.pop(key)
            if key not in ("alertThreshold", "graph", "tooltipOptions"):
                old.put(f"options.{key}", value)


def _thresholds(defaults: Json) -> None:
    """The base has no value; a text "null" is none."""
    given = defaults.get("thresholds")
    steps = given.get("steps") if isinstance(given, dict) else None
    mode = given.get("mode", "absolute") if isinstance(given, dict) else "absolute"
    made = [
        {"color": each.get("color", "green"), "value": number(each.get("value"))}
        for each in (steps if isinstance(steps, list) else ())
        if isinstance(each, dict)
    ]
    made.sort(key=lambda each: float("-inf") if each["value"] is None else each["value"])
    if not made or made[0]["value"] is not None:
        made.insert(0, {"color": "green", "value": None})
    defaults["thresholds"] = {"mode": mode, "steps": made}


def _misshapen(panel: Json) -> Iterator[str]:
    """The parts that are something else than Grafana has there, and so are not taken."""
    for name, kind in _SHAPES.items():
        value = panel.get(name)
        if value not in (None, [], {}, "") and not isinstance(value, kind):
            yield f"{name}: {_short(value)}"
    place = panel.get("gridPos")
    for side, value in place.items() if isinstance(place, dict) else ():
        if side in ("x", "y", "w", "h") and not isinstance(value, int | float):
            yield f"gridPos.{side}: {_short(value)}"


def _targets(made: Json, dropped: list[str]) -> None:
    """Each with an id of its own, at full resolution, without what earlier data sources read."""
    from monitoring_as_code.naming import ref_id

    given = made.get("targets")
    given = given if isinstance(given, list) else []
    targets: list[Json] = []
    used = {each.get("refId") for each in given if isinstance(each, dict) and isinstance(each.get("refId"), str)}
    free = (name for name in map(ref_id, range(10_000)) if name not in used)
    seen: set[str] = set()
    for index, each in enumerate(given):
        if not isinstance(each, dict):
            dropped.append(f"targets.{index}: {_short(each)}")
            continue
        target = dict(each)
        if "expr" in target and not isinstance(target["expr"], str):
            dropped.append(f"targets.{index}.expr: {_short(target.pop('expr'))}")
        name = target.get("refId")
        if not isinstance(name, str) or not name or name in seen:
            target["refId"] = name = next(free)
        seen.add(name)
        _source(target, dropped, f"targets.{index}.")
        if "datasource" in made and made["datasource"].get("uid") != "-- Mixed --":
            target.setdefault("datasource", made["datasource"])
        if target.get("hide") is False:
            del target["hide"]
        if is_prometheus(target):
            target = _promql(target, made["type"], dropped, index)
        targets.append(target)
    made["targets"] = targets


def _promql(given: Json, kind: str, dropped: list[str], index: int) -> Json:
    """A query of Prometheus, whole; it asks at full resolution, whatever fraction of it old dashboards asked for to be quick."""
    target = {key: value for key, value in given.items() if key in _PROMQL_KEYS}
    rest = {key: value for key, value in given.items() if key not in _PROMQL_KEYS | _TARGET_MEANINGLESS}
    if rest.get("intervalFactor") in (1, 2):  # what was there without being said
        del rest["intervalFactor"]
    if target.get("queryType") == "randomWalk":  # of the data source for trials
        del target["queryType"]
    if target.get("interval") == "":
        del target["interval"]
    target["instant"] = bool(target.get("instant"))
    target["range"] = bool(target.get("range", not target["instant"])) or not target["instant"]
    target.setdefault("editorMode", "code")
    target.setdefault("format", "heatmap" if kind == "heatmap" else "table" if kind == "table" else "time_series")
    dropped += [f"targets.{index}.{each}" for each in _told(Old(rest))]
    return target


def _source(holder: Json, dropped: list[str], path: str = "") -> None:
    """A data source is an object with a uid. One that is named otherwise is left out: then it is the dashboard's."""
    source = holder.get("datasource")
    if isinstance(source, str):
        if source.startswith("$") or source in _BUILT_IN_SOURCES:
            kind = _BUILT_IN_SOURCES.get(source, "prometheus")
            holder["datasource"] = {"type": kind, "uid": "-- Mixed --" if source == "Mixed" else source}
        elif source == "__expr__":  # Grafana computes it itself
            holder["datasource"] = {"type": "__expr__", "uid": "__expr__"}
        else:
            if source not in ("", "default"):
                dropped.append(f"{path}datasource: {_short(source)}")
            del holder["datasource"]
    elif not (isinstance(source, dict) and source.get("uid")):
        holder.pop("datasource", None)


def _is_empty(value: object) -> bool:
    """Whether nothing was said: grafanalib writes out every default."""
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    if isinstance(value, list):
        return all(map(_is_empty, value))
    return value is None or value is False or value in ("", "none")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
