"""How older forms of panels are said today. Each function moves what it understands from `rest`, the keys of old, into the panel."""

from typing import Any

Json = dict[str, Any]

_CALCULATIONS = {
    "avg": "mean",
    "current": "lastNotNull",
    "delta": "delta",
    "diff": "diff",
    "first": "firstNotNull",
    "max": "max",
    "min": "min",
    "range": "range",
    "total": "sum",
}
_LINK_KEYS = {"asDropdown": False, "icon": "external link", "includeVars": False, "keepTime": False, "tags": [], "targetBlank": False}
_ALERT_STATES = {
    "alerting": "firing",
    "firing": "firing",
    "pending": "pending",
    "ok": "normal",
    "no_data": "noData",
    "execution_error": "error",
}


def nothing(panel: Json, rest: Json) -> None:
    """The form has not changed."""


def graph(panel: Json, rest: Json) -> None:
    """The Angular graph: lines, axes, legend, thresholds and stacking of a time series panel."""
    field = panel["fieldConfig"]["defaults"]
    custom = field.setdefault("custom", {})
    custom["drawStyle"] = "bars" if rest.pop("bars", False) else "line" if rest.pop("lines", True) else "points"
    rest.pop("lines", None)
    custom["showPoints"] = "always" if rest.pop("points", False) else "never"
    if "pointradius" in rest:
        custom["pointSize"] = max(1, rest.pop("pointradius"))
    custom["lineWidth"] = rest.pop("linewidth", 1)
    custom["fillOpacity"] = rest.pop("fill", 1) * 10
    custom["spanNulls"] = rest.pop("nullPointMode", "null") == "connected"
    if rest.pop("steppedLine", False):
        custom["lineInterpolation"] = "stepAfter"
    stack, percentage = rest.pop("stack", False), rest.pop("percentage", False)
    custom["stacking"] = {"group": "A", "mode": "percent" if stack and percentage else "normal" if stack else "none"}
    _left_axis(field, custom, rest)
    legend = _dict(rest.pop("legend", None))
    values = [_CALCULATIONS[key] for key in ("current", "max", "min", "avg", "total") if legend.get(key) and legend.get("values", True)]
    panel["options"] = {
        "legend": {
            "calcs": values,
            "displayMode": "table" if legend.get("alignAsTable") else "list",
            "placement": "right" if legend.get("rightSide") else "bottom",
            "showLegend": legend.get("show", True),
        },
        "tooltip": _tooltip(_dict(rest.pop("tooltip", None))),
    }
    colors = _dict(rest.pop("aliasColors", None))
    panel["fieldConfig"]["overrides"] += [
        {
            "matcher": {"id": "byName", "options": name},
            "properties": [{"id": "color", "value": {"fixedColor": color, "mode": "fixed"}}],
        }
        for name, color in colors.items()
    ]
    _lines_of_graph(field, custom, rest)
    field.setdefault("color", {"mode": "palette-classic"})


def _left_axis(field: Json, custom: Json, rest: Json) -> None:
    axes = rest.pop("yaxes", None)
    axis = _dict(axes[0]) if isinstance(axes, list) and axes else {}
    if axis.get("format") and "unit" not in field:
        field["unit"] = axis["format"]
    axis.setdefault("decimals", rest.pop("decimals", None))
    for key in ("decimals", "min", "max"):
        value = number(axis.get(key))
        if value is not None:
            field.setdefault(key, value)
    if axis.get("label"):
        custom["axisLabel"] = axis["label"]
    if axis.get("logBase", 1) in (2, 10):
        custom["scaleDistribution"] = {"log": axis["logBase"], "type": "log"}
    if axis.get("show") is False:
        custom["axisPlacement"] = "hidden"


def _lines_of_graph(field: Json, custom: Json, rest: Json) -> None:
    """Only thresholds from a value on can be said today; the others stay in `rest`."""
    lines = rest.get("thresholds")
    if not isinstance(lines, list) or not all(isinstance(each, dict) and each.get("op", "gt") == "gt" for each in lines):
        return
    rest.pop("thresholds")
    colors = {"critical": "red", "warning": "orange", "ok": "green"}
    steps = [{"color": colors.get(each.get("colorMode", ""), "red"), "value": number(each.get("value"))} for each in lines]
    if steps:
        field["thresholds"] = {"mode": "absolute", "steps": [{"color": "transparent", "value": None}, *steps]}
        custom["thresholdsStyle"] = {"mode": "line"}


def singlestat(panel: Json, rest: Json) -> None:
    """The Angular single stat: one number, of the colours between its thresholds."""
    field = panel["fieldConfig"]["defaults"]
    unit = rest.pop("format", "")
    if unit and unit != "none":
        field.setdefault("unit", unit)
    if "decimals" in rest:
        field["decimals"] = rest.pop("decimals")
    if rest.get("nullText"):
        field["noValue"] = rest.pop("nullText")
    calculation = _CALCULATIONS.get(rest.pop("valueName", "avg"), "lastNotNull")
    graph_shown = _dict(rest.pop("sparkline", None)).get("show", False)
    background, value = rest.pop("colorBackground", False), rest.pop("colorValue", False)
    gauge_shown = _dict(rest.get("gauge"))
    if gauge_shown.get("show"):
        panel["type"] = "gauge"
        rest.pop("gauge")
        field |= {"max": gauge_shown.get("maxValue", 100), "min": gauge_shown.get("minValue", 0)}
        panel["options"] = {"reduceOptions": {"calcs": [calculation], "fields": "", "values": False}}
    else:
        rest.pop("gauge", None)
        panel["options"] = {
            "colorMode": "background" if background else "value" if value else "none",
            "graphMode": "area" if graph_shown else "none",
            "reduceOptions": {"calcs": [calculation], "fields": "", "values": False},
        }
    colors = rest.pop("colors", ["green", "orange", "red"])
    thresholds = rest.pop("thresholds", "")
    values = [number(each.strip()) for each in thresholds.split(",")] if isinstance(thresholds, str) and thresholds else []
    if values and None not in values:
        steps = [{"color": color, "value": at} for color, at in zip(colors, [None, *values], strict=False)]
        field["thresholds"] = {"mode": "absolute", "steps": steps}
    maps = [{**each, "type": 1} for each in rest.pop("valueMaps", ()) if isinstance(each, dict)]
    maps += [{**each, "type": 2} for each in rest.pop("rangeMaps", ()) if isinstance(each, dict)]
    found = mappings(maps)
    if found:
        field["mappings"] = found
    for key in ("mappingType", "mappingTypes", "nullPointMode", "postfixFontSize", "prefixFontSize", "valueFontSize"):
        rest.pop(key, None)


def piechart(panel: Json, rest: Json) -> None:
    """The pie chart of the plugin that went with Angular."""
    unit = rest.pop("format", "none")
    if unit != "none":
        panel["fieldConfig"]["defaults"].setdefault("unit", unit)
    legend = _dict(rest.pop("legend", None))
    kind = rest.pop("legendType", "Right side")
    values = [name for name, key in (("value", "values"), ("percent", "percentage")) if legend.get(key)]
    panel["options"] = {
        "legend": {
            "displayMode": "table" if values else "list",
            "placement": "right" if kind == "Right side" else "bottom",
            "showLegend": legend.get("show", True),
            "values": values,
        },
        "pieType": "donut" if rest.pop("pieType", "pie") == "donut" else "pie",
    }


def gauge(panel: Json, rest: Json) -> None:
    """Calculations stood in the field's defaults, markers beside them."""
    _reduced(panel, {key: rest.pop(f"fieldConfig.defaults.{key}", None) for key in ("calcs", "values", "limit")})
    for key in ("showThresholdLabels", "showThresholdMarkers"):
        value = rest.pop(f"fieldConfig.{key}", None)
        if value is not None:
            panel["options"][key] = value
    title = rest.pop("fieldConfig.defaults.title", None)
    if title:
        panel["fieldConfig"]["defaults"]["displayName"] = title


def bargauge(panel: Json, rest: Json) -> None:
    """All of it stood in `fieldOptions`."""
    options = panel["options"]
    old = _dict(options.pop("fieldOptions", None))
    _reduced(panel, old)
    for key in ("showThresholdLabels", "showThresholdMarkers"):  # of gauges only
        options.pop(key, None)
    field = panel["fieldConfig"]["defaults"]
    for key, value in _dict(old.get("defaults")).items():
        if key == "title":
            if value:
                field.setdefault("displayName", value)
        elif value is not None and value not in ([], "none"):
            field.setdefault(key, value)
    if "thresholds" not in field and isinstance(old.get("thresholds"), list):
        field["thresholds"] = {"mode": "absolute", "steps": old["thresholds"]}
    found = mappings(old.get("mappings"))
    if found:
        field.setdefault("mappings", found)
    if _dict(old.get("override")):
        rest["options.fieldOptions.override"] = old["override"]


def heatmap(panel: Json, rest: Json) -> None:
    """The Angular heatmap; one that was given Prometheus's buckets must not bucket them again."""
    if not rest.keys() & {"dataFormat", "cards", "yAxis", "heatmap"}:
        return
    scheme = _dict(rest.pop("color", None))
    axis = _dict(rest.pop("yAxis", None))
    y: Json = {"axisPlacement": "left" if axis.get("show", True) else "hidden", "reverse": bool(rest.pop("reverseYBuckets", False))}
    if axis.get("format"):
        y["unit"] = axis["format"]
    for key in ("decimals", "min", "max"):
        value = number(axis.get(key))
        if value is not None:
            y[key] = value
    if axis.get("label"):
        y["axisLabel"] = axis["label"]
    name = str(scheme.get("colorScheme", "interpolateOranges")).removeprefix("interpolate")
    color: Json = {
        "exponent": scheme.get("exponent", 0.5),
        "fill": scheme.get("cardColor", "dark-orange"),
        "mode": "opacity" if scheme.get("mode") == "opacity" else "scheme",
        "reverse": False,
        "scale": "linear" if scheme.get("colorScale") == "linear" else "exponential",
        "scheme": name,
        "steps": 64,
    }
    color |= {key: scheme[key] for key in ("min", "max") if scheme.get(key) is not None}
    panel["options"] |= {
        "calculate": rest.pop("dataFormat", "timeseries") != "tsbuckets",
        "color": color,
        "legend": {"show": bool(_dict(rest.pop("legend", None)).get("show"))},
        "yAxis": y,
    }
    for key in ("cards", "heatmap", "tooltip", "yBucketBound"):
        rest.pop(key, None)


def text(panel: Json, rest: Json) -> None:
    """Content and mode stood at the top."""
    for key in ("content", "mode"):
        value = rest.pop(key, None)
        if value is not None:
            panel["options"].setdefault(key, value)
    panel["options"].setdefault("content", "")
    if panel["options"].get("mode") not in ("html", "markdown", "code"):  # plain text is Markdown today
        panel["options"]["mode"] = "markdown"


def alertlist(panel: Json, rest: Json) -> None:
    """The list of the alerts of Grafana 7."""
    if not rest.keys() & {"show", "limit", "onlyAlertsOnDashboard", "nameFilter"}:
        return
    options = panel["options"]
    states = {_ALERT_STATES[state] for state in rest.pop("stateFilter", ()) if state in _ALERT_STATES}
    options |= {
        "alertName": options.get("alertName") or rest.get("nameFilter", ""),
        "dashboardAlerts": bool(rest.pop("onlyAlertsOnDashboard", False)),
        "datasource": "",
        "maxItems": rest.pop("limit", 20),
        "sortOrder": rest.pop("sortOrder", 3),
    }
    if states:
        options["stateFilter"] = {name: name in states for name in ("error", "firing", "noData", "normal", "pending")}
    for key in ("nameFilter", "show"):
        rest.pop(key, None)


def table(panel: Json, rest: Json) -> None:
    """How a cell is drawn had fewer options; what stood at the top belongs to the field."""
    field = panel["fieldConfig"]["defaults"]
    custom = field.setdefault("custom", {})
    display = custom.pop("displayMode", None)
    if display and "cellOptions" not in custom:
        kinds = {"gradient-gauge": ("gauge", "gradient"), "lcd-gauge": ("gauge", "lcd"), "basic": ("gauge", "basic")}
        kind, mode = kinds.get(display, (display.replace("-solid", ""), "basic" if display.endswith("-solid") else None))
        custom["cellOptions"] = {"type": kind} if mode is None else {"mode": mode, "type": kind}
    color = rest.pop("color", None)
    if isinstance(color, dict) and color.get("mode"):
        field.setdefault("color", color)
    found = mappings(rest.pop("mappings", None))
    if found:
        field.setdefault("mappings", found)
    for key in ("fontSize", "showHeader", "transform"):
        rest.pop(key, None)
    footer = panel["options"].pop("footer", None)
    if isinstance(footer, dict) and footer.get("show") and isinstance(footer.get("reducer"), list):
        custom["footer"] = {"reducers": footer["reducer"]}


def mappings(given: object) -> list[Json]:
    """Mappings of values, the older form of numbered types included."""
    found: list[Json] = []
    for index, each in enumerate(given if isinstance(given, list) else ()):
        if not isinstance(each, dict):
            continue
        kind = each.get("type")
        result = {"index": index, "text": str(each.get("text", ""))}
        if kind in (1, "1") or (kind is None and "value" in each):
            if str(each.get("value")) == "null":
                found.append({"options": {"match": "null", "result": result}, "type": "special"})
            else:
                found.append({"options": {str(each.get("value", "")): result}, "type": "value"})
        elif kind in (2, "2") or (kind is None and "from" in each):
            ends = {"from": number(each.get("from")), "result": result, "to": number(each.get("to"))}
            found.append({"options": ends, "type": "range"})
        else:
            found.append(each)
    return found


def link(given: object) -> Json:
    """A link in a panel's corner, with all that the schema wants."""
    given = _dict(given)
    kept = {key: given.get(key, default) for key, default in _LINK_KEYS.items()}
    url = given.get("url") or given.get("dashUri") or given.get("uri") or ""
    return {**kept, "title": given.get("title", ""), "tooltip": given.get("tooltip", ""), "type": "link", "url": url}


def number(value: object) -> float | None:
    """A number, also one that was written as text; None for anything else, "null" and "auto" among it."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return int(found) if found == int(found) and abs(found) < 1e15 else found


def _reduced(panel: Json, old: Json) -> None:
    if "reduceOptions" not in panel["options"]:
        made = {"calcs": old.get("calcs") or ["lastNotNull"], "fields": "", "values": bool(old.get("values"))}
        if isinstance(old.get("limit"), int):
            made["limit"] = old["limit"]
        panel["options"]["reduceOptions"] = made


def _tooltip(old: Json) -> Json:
    shared = old.get("shared", True)
    return {"mode": "multi" if shared else "single", "sort": {1: "asc", 2: "desc"}.get(old.get("sort", 0), "none")}


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}
