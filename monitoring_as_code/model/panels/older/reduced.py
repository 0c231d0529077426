"""Gauges, bars, stats and pies, whose calculation stood in other places."""

from typing import Any

from monitoring_as_code.model.panels.older.graph import CALCULATIONS
from monitoring_as_code.model.panels.older.keys import Old
from monitoring_as_code.model.panels.older.singlestat import mappings

Json = dict[str, Any]


def gauge(panel: Json, old: Old) -> None:
    """Calculations stood in the field's defaults, markers beside them."""
    field_options(panel, old)
    _reduced(panel, {key: old.take(f"fieldConfig.defaults.{key}") for key in ("calcs", "values", "limit")})
    for key in ("showThresholdLabels", "showThresholdMarkers"):
        value = old.take(f"fieldConfig.{key}")
        if isinstance(value, bool):
            panel["options"][key] = value
    title = old.text("fieldConfig.defaults.title")
    if title:
        panel["fieldConfig"]["defaults"]["displayName"] = title
    old.forget_if("fieldConfig.override", {})


def bargauge(panel: Json, old: Old) -> None:
    """All of it stood in `fieldOptions`."""
    field_options(panel, old)
    _reduced(panel, {})
    for key in ("showThresholdLabels", "showThresholdMarkers"):  # of gauges only
        panel["options"].pop(key, None)


def stat(panel: Json, old: Old) -> None:
    """All of it stood in `fieldOptions`, for as long as it was called single stat of React."""
    field_options(panel, old)


def field_options(panel: Json, old: Old) -> None:
    """The `fieldOptions` of Grafana 6; where today's words stand beside them, they are what holds."""
    options = panel["options"]
    if "fieldOptions" not in options:
        return
    given = Old({"options": {"fieldOptions": options.pop("fieldOptions")}})
    path = "options.fieldOptions"
    _reduced(panel, {key: given.take(f"{path}.{key}") for key in ("calcs", "values", "limit")})
    field = panel["fieldConfig"]["defaults"]
    defaults = given.take(f"{path}.defaults")
    for key, value in (defaults if isinstance(defaults, dict) else {}).items():
        name = "displayName" if key == "title" else key
        if value is not None and value not in ("", [], "none") and key != "nullValueMode":
            field.setdefault(name, mappings(value) if key == "mappings" else value)
    steps = given.take(f"{path}.thresholds")
    if isinstance(steps, list) and steps:
        field.setdefault("thresholds", {"mode": "absolute", "steps": steps})
    found = mappings(given.take(f"{path}.mappings"))
    if found:
        field.setdefault("mappings", found)
    overrides = given.take(f"{path}.overrides")
    if isinstance(overrides, list) and not panel["fieldConfig"]["overrides"]:
        panel["fieldConfig"]["overrides"] = overrides
    given.forget(f"{path}.override")  # it overrode nothing
    for name, value in given.left():
        if value not in ({}, []):
            old.put(name, value)


def piechart(panel: Json, old: Old) -> None:
    """The pie chart of the plugin that went with Angular."""
    unit = old.text("format", "none")
    field = panel["fieldConfig"]["defaults"]
    if unit not in ("", "none"):
        field.setdefault("unit", unit)
    decimals = old.number("decimals")
    if decimals is not None:
        field.setdefault("decimals", decimals)
    kind = old.text("legendType", "Right side")
    shown = old.flag("legend.show", default=True)
    values = [name for name, key in (("value", "values"), ("percent", "percentage")) if old.flag(f"legend.{key}")]
    panel["options"] = {
        "displayLabels": ["name", *values] if kind == "On graph" else [],
        "legend": {
            "calcs": [],
            "displayMode": "table" if values else "list",
            "placement": "right" if kind == "Right side" else "bottom",
            "showLegend": shown and kind != "On graph",
            "values": values,
        },
        "pieType": "donut" if old.text("pieType", "pie") == "donut" else "pie",
        "reduceOptions": {"calcs": [CALCULATIONS.get(old.text("valueName", "current"), "lastNotNull")], "fields": "", "values": False},
    }
    colors = old.take("aliasColors")
    panel["fieldConfig"]["overrides"] += [
        {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "color", "value": {"fixedColor": color, "mode": "fixed"}}]}
        for name, color in (colors if isinstance(colors, dict) else {}).items()
    ]
    # How thick its lines and how large its letters were.
    old.forget("breakPoint", "fontSize", "nullPointMode", "strokeWidth", "legend.header", "legend.sideWidth", "thresholds")
    old.forget_if("legend.percentageDecimals", 0)
    old.forget_if("combine.threshold", 0)
    if "combine.threshold" not in old:
        old.forget("combine")


def _reduced(panel: Json, old: Json) -> None:
    if "reduceOptions" not in panel["options"]:
        calcs = old.get("calcs")
        made = {"calcs": calcs if isinstance(calcs, list) and calcs else ["lastNotNull"], "fields": "", "values": bool(old.get("values"))}
        if isinstance(old.get("limit"), int):
            made["limit"] = old["limit"]
        panel["options"]["reduceOptions"] = made
