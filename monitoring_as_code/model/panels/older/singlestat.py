"""The Angular single stat: a stat today, or a gauge where it had a dial; and the mappings of values that it shared with other panels."""

from typing import Any

from monitoring_as_code.model.panels.older.graph import CALCULATIONS
from monitoring_as_code.model.panels.older.keys import Old, number

Json = dict[str, Any]

# Of a graph that was made a single stat in Grafana, which kept its keys.
OF_A_GRAPH = ("fill", "legend", "lines", "linewidth", "pointradius", "seriesOverrides", "steppedLine", "tooltip", "yaxes")


def singlestat(panel: Json, old: Old) -> None:
    """Calculation, unit, colours, thresholds and mappings."""
    field = panel["fieldConfig"]["defaults"]
    unit = _unit(old)
    if unit not in ("", "none"):
        field.setdefault("unit", unit)
    decimals = old.number("decimals")
    if decimals is not None:
        field.setdefault("decimals", decimals)
    nothing = old.text("nullText")
    if nothing:
        field.setdefault("noValue", nothing)
    if old.text("nullPointMode") == "null as zero":
        field.setdefault("noValue", "0")
    name = old.text("valueName", "avg")
    column = old.text("tableColumn")
    reduced = {
        "calcs": [CALCULATIONS.get(name, "lastNotNull")],
        # The expression is Grafana's own way to name one field.
        "fields": f"/^{column}$/" if column and column != "Value" else "",
        "values": False,
    }
    colored = old.flag("colorBackground"), old.flag("colorValue")
    line_shown, line_color = old.flag("sparkline.show"), old.text("sparkline.lineColor")
    if old.flag("gauge.show"):
        panel["type"] = "gauge"
        low, high = old.number("gauge.minValue"), old.number("gauge.maxValue")
        field |= {"max": 100 if high is None else high, "min": 0 if low is None else low}
        panel["options"] = {
            "reduceOptions": reduced,
            "showThresholdLabels": old.flag("gauge.thresholdLabels"),
            "showThresholdMarkers": old.flag("gauge.thresholdMarkers", default=True),
        }
    else:
        mode = "background" if colored[0] else "value" if colored[1] else "none"
        panel["options"] = {"colorMode": mode, "graphMode": "area" if line_shown else "none", "reduceOptions": reduced}
        if name == "name":
            panel["options"]["textMode"] = "name"
        if mode == "none" and line_shown and line_color:
            field.setdefault("color", {"fixedColor": line_color, "mode": "fixed"})
    _thresholds(field, old)
    _mappings(field, old)
    old.forget("gauge", "colorPostfix", "colorPrefix", "postfixFontSize", "prefixFontSize", "xaxis")
    old.forget_if("valueFontSize", "80%")
    # The line behind the number is drawn from its least to its greatest value, in the number's colour.
    old.forget("sparkline.full", "sparkline.fillColor", "sparkline.ymax", "sparkline.ymin")
    old.forget(*OF_A_GRAPH)


def _unit(old: Old) -> str:
    """The unit; without one, what stood before or behind the number is one of Grafana's units that are made."""
    unit, prefix, postfix = old.text("format", "none"), old.text("prefix"), old.text("postfix")
    plain = unit in ("", "none")
    if plain and postfix.strip() and not prefix.strip():
        return "percent" if postfix.strip() == "%" else f"suffix:{postfix}"
    if plain and prefix.strip() and not postfix.strip():
        return f"prefix:{prefix}"
    for key, value in (("prefix", prefix), ("postfix", postfix)):
        if value.strip():
            old.put(key, value)
    return unit


def _thresholds(field: Json, old: Old) -> None:
    colors = [each for each in old.items("colors") if isinstance(each, str)] or ["green", "orange", "red"]
    thresholds = old.text("thresholds")
    values = [number(each.strip()) for each in thresholds.split(",")] if thresholds.strip() else []
    if None in values:
        old.put("thresholds", thresholds)
        return
    steps = [{"color": color, "value": at} for color, at in zip(colors, [None, *values], strict=False)]
    field["thresholds"] = {"mode": "absolute", "steps": steps}


def _mappings(field: Json, old: Old) -> None:
    """Of texts or of ranges, whichever was switched on."""
    values = [{**each, "type": 1} for each in old.items("valueMaps") if isinstance(each, dict)]
    ranges = [{**each, "type": 2} for each in old.items("rangeMaps") if isinstance(each, dict)]
    kind = old.number("mappingType")
    old.forget("mappingTypes")
    found = mappings(ranges if kind == 2 else values if kind == 1 else [*values, *ranges])
    if found:
        field.setdefault("mappings", found)


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
            low, high = each.get("from"), each.get("to")
            if low == high == "null":
                found.append({"options": {"match": "null", "result": result}, "type": "special"})
            else:
                found.append({"options": {"from": number(low), "result": result, "to": number(high)}, "type": "range"})
        else:
            found.append(each)
    return found
