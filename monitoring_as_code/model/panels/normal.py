"""A panel's JSON as today's Grafana keeps it: of whatever age, made by grafanalib or by hand.

grafanalib writes what Grafana 4 to 6 wanted. Today's Grafana migrates some of it and misreads the rest: a base threshold of "null" never lets
another one show, a gauge loses its calculation, a heatmap buckets Prometheus's buckets once more. `normalize` mends that, and says what it
left out because nothing stands for it today.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from monitoring_as_code.model.panels import older
from monitoring_as_code.model.panels.drawing import json_value

Json = dict[str, Any]


class Normal(NamedTuple):
    """The JSON, keys sorted, and the paths of what was left out, with the values that were there."""

    json: Json
    dropped: tuple[str, ...]


# All that a panel has at its top, by Grafana 13's schema.
_KEYS = frozenset(
    """
    cacheTimeout collapsed datasource description fieldConfig gridPos hideTimeOverride id interval libraryPanel links
    maxDataPoints maxPerRow options panels pluginVersion queryCachingTTL repeat repeatDirection targets timeCompare timeFrom
    timeShift title transformations transparent type
    """.split()  # noqa: SIM905 - a table of words
)
# What says nothing today, so leaving it out is no loss: grafanalib writes it into every panel.
_MEANINGLESS = frozenset(
    """
    aliasColors dashLength editable error fillGradient grid hasNewQueryOptions height hideZeroBuckets highlightCards isNew minSpan paceLength
    pluginVersion renderer spaceLength span xaxis xAxis yaxis
    """.split()  # noqa: SIM905 - a table of words
)
_TARGET_MEANINGLESS = frozenset({"calculatedInterval", "datasourceErrors", "errors", "intervalFactor", "metric", "query", "step", "target"})
_FIELD_KEYS = frozenset(
    """
    actions color custom decimals description displayName displayNameFromDS filterable links mappings max min noValue path
    thresholds unit writeable
    """.split()  # noqa: SIM905 - a table of words
)
_BUILT_IN_SOURCES = {"-- Mixed --": "datasource", "-- Dashboard --": "datasource", "-- Grafana --": "grafana", "Mixed": "datasource"}
_TYPES: dict[str, tuple[str, Callable[[Json, Json], None]]] = {
    "graph": ("timeseries", older.graph),
    "singlestat": ("stat", older.singlestat),
    "grafana-piechart-panel": ("piechart", older.piechart),
    "table-old": ("table", older.nothing),
    "heatmap-new": ("heatmap", older.nothing),
    "gauge": ("gauge", older.gauge),
    "bargauge": ("bargauge", older.bargauge),
    "heatmap": ("heatmap", older.heatmap),
    "text": ("text", older.text),
    "alertlist": ("alertlist", older.alertlist),
    "table": ("table", older.table),
}


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


def normalize(given: object) -> Normal:
    """A panel of grafanalib, or plain JSON of one, as Grafana 13 keeps it.

    Its place and its id are kept if it has them; who puts it on a dashboard gives it others.

    Raises:
        ValueError: it is no panel.

    >>> normalize({"type": "stat", "span": 6, "yaxes": [1], "fieldConfig": {"defaults": {"thresholds": {"steps": ""}}}}).dropped
    ('yaxes: [1]',)
    """
    panel = encoded(given)
    if isinstance(panel, dict) and isinstance(panel.get("libraryPanel"), dict):
        return _library_panel(json_value(panel))
    if not isinstance(panel, dict) or not isinstance(panel.get("type"), str):
        message = "a panel is an object with a `type`"
        raise ValueError(message)  # noqa: TRY004 - the same for JSON that is none
    panel = json_value(panel)
    kind, convert = _TYPES.get(panel["type"], (panel["type"], older.nothing))
    dropped: list[str] = []
    made: Json = {key: value for key, value in panel.items() if key in _KEYS}
    rest: Json = {key: value for key, value in panel.items() if key not in _KEYS}
    made["type"] = kind
    if kind == "row":
        return _row(made, rest)
    options = made.get("options")
    made["options"] = dict(options) if isinstance(options, dict) else {}
    made["fieldConfig"] = _field_config(made.get("fieldConfig"), rest)
    convert(made, rest)
    _complete(made)
    _thresholds(made["fieldConfig"]["defaults"])
    _source(made, dropped)
    _targets(made, dropped)
    if made.get("maxDataPoints") == 100:  # of every panel of grafanalib: coarse lines
        del made["maxDataPoints"]
    made.pop("pluginVersion", None)
    made["links"] = [older.link(each) for each in made.get("links", ())]
    for key in ("links", "transformations", "targets"):
        if not made.get(key):
            made.pop(key, None)
    for key in ("cacheTimeout", "interval", "repeat", "timeFrom", "timeShift", "description"):
        if made.get(key) == "":
            del made[key]
    for key in ("hideTimeOverride", "transparent"):
        if made.get(key) is False:
            del made[key]
    said = [f"{key}: {_short(value)}" for key, value in rest.items() if key not in _MEANINGLESS and not _is_empty(value)]
    return Normal(json_value(made), tuple(sorted(dropped + said)))


def _library_panel(given: Json) -> Normal:
    """A reference to a panel of Grafana's library, whose body, should it be here too, is not looked at."""
    library: Json = given["libraryPanel"]
    kept = {key: value for key, value in given.items() if key in ("gridPos", "id", "maxPerRow", "repeat", "repeatDirection", "title")}
    kept["libraryPanel"] = {key: library[key] for key in ("name", "uid") if key in library}
    kept["type"] = "library-panel-ref"
    rest = {f"libraryPanel.{key}": value for key, value in library.items() if key not in ("meta", "model", "name", "type", "uid", "version")}
    rest |= {key: value for key, value in given.items() if key not in kept}
    said = [f"{key}: {_short(value)}" for key, value in rest.items() if key not in _MEANINGLESS and not _is_empty(value)]
    return Normal(json_value(kept), tuple(sorted(said)))


def _row(made: Json, rest: Json) -> Normal:
    dropped: list[str] = []
    panels: list[Json] = []
    for each in made.get("panels", ()):
        inner = normalize(each)
        panels.append(inner.json)
        dropped += [f"panels.{path}" for path in inner.dropped]
    kept: Json = {key: made[key] for key in ("collapsed", "gridPos", "id", "repeat", "title", "type") if key in made}
    kept |= {"collapsed": bool(made.get("collapsed")), "panels": panels}
    said = [f"{key}: {_short(value)}" for key, value in rest.items() if key not in _MEANINGLESS and not _is_empty(value)]
    return Normal(json_value(kept), tuple(sorted(dropped + said)))


def _field_config(given: object, rest: Json) -> Json:
    """Defaults and overrides; what does not belong into the defaults goes to `rest`, under its path."""
    config = given if isinstance(given, dict) else {}
    defaults = config.get("defaults")
    defaults = defaults if isinstance(defaults, dict) else {}
    for key, value in defaults.items():
        if key not in _FIELD_KEYS:
            rest[f"fieldConfig.defaults.{key}"] = value
    for key, value in config.items():
        if key not in ("defaults", "overrides"):
            rest[f"fieldConfig.{key}"] = value
    kept = {key: value for key, value in defaults.items() if key in _FIELD_KEYS}
    if kept.get("unit") == "":
        del kept["unit"]
    if not kept.get("links"):
        kept.pop("links", None)
    kept["mappings"] = older.mappings(kept.get("mappings"))
    if not kept["mappings"]:
        del kept["mappings"]
    overrides = config.get("overrides")
    return {"defaults": kept, "overrides": list(overrides) if isinstance(overrides, list) else []}


def _complete(made: Json) -> None:
    """Fills in what Grafana demands and grafanalib lacks, from the typed panel of the same kind."""
    from monitoring_as_code.model.panels.defaults import custom_of, options_of

    options: Json = made["options"]
    custom = made["fieldConfig"]["defaults"].pop("custom", None) or {}
    for key, value in options_of(made["type"]).items():
        given = options.get(key)
        # Grafana's objects are completed, not replaced: a legend without `showLegend` is one with it.
        options[key] = {**value, **given} if isinstance(value, dict) and isinstance(given, dict) else value if given is None else given
    legend = options.get("legend")
    if isinstance(legend, dict) and legend.get("displayMode") == "hidden":
        legend |= {"displayMode": "list", "showLegend": False}
    for key, value in custom_of(made["type"]).items():
        given = custom.get(key)
        if given is None or given == {}:
            custom[key] = value
    hidden = custom.get("hideFrom")
    if isinstance(hidden, dict):
        hidden.setdefault("viz", hidden.pop("graph", False))
        hidden.pop("graph", None)
        hidden |= {key: hidden.get(key, False) for key in ("legend", "tooltip")}
    distribution = custom.get("scaleDistribution")
    if isinstance(distribution, dict) and distribution.get("type") != "log":
        distribution.pop("log", None)
    if custom:
        made["fieldConfig"]["defaults"]["custom"] = custom


def _thresholds(defaults: Json) -> None:
    """The base has no value; a text "null" is none."""
    given = defaults.get("thresholds")
    steps = given.get("steps") if isinstance(given, dict) else None
    mode = given.get("mode", "absolute") if isinstance(given, dict) else "absolute"
    made = [
        {"color": each.get("color", "green"), "value": older.number(each.get("value"))}
        for each in (steps if isinstance(steps, list) else ())
        if isinstance(each, dict)
    ]
    made.sort(key=lambda each: float("-inf") if each["value"] is None else each["value"])
    if not made or made[0]["value"] is not None:
        made.insert(0, {"color": "green", "value": None})
    defaults["thresholds"] = {"mode": mode, "steps": made}


def _targets(made: Json, dropped: list[str]) -> None:
    """Each with an id of its own, at full resolution, without what earlier data sources read."""
    from monitoring_as_code.naming import ref_id

    targets: list[Json] = []
    used = {each.get("refId") for each in made.get("targets", ()) if isinstance(each, dict)}
    free = (name for name in map(ref_id, range(10_000)) if name not in used)
    seen: set[str] = set()
    for index, each in enumerate(made.get("targets", ())):
        if not isinstance(each, dict):
            dropped.append(f"targets.{index}: {_short(each)}")
            continue
        is_prometheus = isinstance(each.get("expr"), str)
        target = {key: value for key, value in each.items() if not (is_prometheus and key in _TARGET_MEANINGLESS)}
        name = target.get("refId")
        if not isinstance(name, str) or not name or name in seen:
            target["refId"] = name = next(free)
        seen.add(name)
        if target.get("interval") == "":
            del target["interval"]
        if target.get("hide") is False:
            del target["hide"]
        if is_prometheus:
            target["instant"] = bool(target.get("instant"))
            target["range"] = bool(target.get("range", not target["instant"])) or not target["instant"]
            target.setdefault("editorMode", "code")
            target.setdefault("format", "heatmap" if made["type"] == "heatmap" else "table" if made["type"] == "table" else "time_series")
        _source(target, dropped, f"targets.{index}.")
        if "datasource" in made and made["datasource"]["uid"] != "-- Mixed --":
            target.setdefault("datasource", made["datasource"])
        targets.append(target)
    made["targets"] = targets


def _source(holder: Json, dropped: list[str], path: str = "") -> None:
    """A data source is an object with a uid. One that is named otherwise is left out: then it is the dashboard's."""
    source = holder.get("datasource")
    if isinstance(source, str):
        if source.startswith("$") or source in _BUILT_IN_SOURCES:
            kind = _BUILT_IN_SOURCES.get(source, "prometheus")
            holder["datasource"] = {"type": kind, "uid": "-- Mixed --" if source == "Mixed" else source}
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
