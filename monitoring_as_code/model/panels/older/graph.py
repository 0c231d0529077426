"""The Angular graph: a time series panel today, bars where its x axis was of series, a histogram where it was of values."""

from collections.abc import Iterator
from typing import Any

from monitoring_as_code.model.panels.older.keys import Old

Json = dict[str, Any]

CALCULATIONS = {
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
_COLORS = {"critical": "red", "warning": "orange", "ok": "green"}
_SORTS = {1: "asc", 2: "desc"}
# Where the numbers of a legend stood in a line, whatever was chosen first.
_LEGEND_VALUES = ("min", "max", "avg", "current", "total")


def graph(panel: Json, old: Old) -> None:
    """Lines, axes, legend, thresholds, stacking and exceptions of series."""
    field = panel["fieldConfig"]["defaults"]
    overrides = panel["fieldConfig"]["overrides"]
    custom = field.setdefault("custom", {})
    if not _by_another_axis(panel, field, old):
        panel["options"] = {"legend": _legend(old), "tooltip": _tooltip(old)}
        _style(custom, old)
        _nulls(field, custom, old)
        _stack(custom, old)
    axes = old.each("yaxes")
    left = _axis(axes[0]) if axes else {}
    right = _axis(axes[1]) if len(axes) > 1 else {}
    decimals = old.number("decimals")
    if decimals is not None:
        left.setdefault("decimals", decimals)
    left_custom = left.pop("custom", {})
    for key, value in left.items():
        field.setdefault(key, value)
    custom |= left_custom
    overrides += _colors(old)
    overrides += _exceptions(old, {**left, "custom": left_custom}, right)
    overrides += _of_all_series(old)
    _thresholds(field, custom, old)
    field.setdefault("color", {"mode": "palette-classic"})
    _forget(old)


def _style(custom: Json, old: Old) -> None:
    bars, lines, points = old.flag("bars"), old.flag("lines", default=True), old.flag("points")
    custom["drawStyle"] = "bars" if bars else "line" if lines else "points"
    custom["showPoints"] = "always" if points else "never"
    radius = old.number("pointradius")
    if points and radius is not None:
        custom["pointSize"] = max(1, 2 + radius * 2)
    width, fill, gradient = old.number("linewidth"), old.number("fill"), old.number("fillGradient")
    custom["lineWidth"] = 1 if width is None else width
    custom["fillOpacity"] = 100 if bars else (1 if fill is None else fill) * 10
    if gradient:
        custom["gradientMode"] = "opacity"
        custom["fillOpacity"] = gradient * 10
    if old.flag("steppedLine"):
        custom["lineInterpolation"] = "stepAfter"
    dash = [old.number("dashLength") or 10, old.number("spaceLength") or old.number("paceLength") or 10]
    if old.flag("dashes"):
        custom["lineStyle"] = {"dash": dash, "fill": "dash"}


def _nulls(field: Json, custom: Json, old: Old) -> None:
    mode = old.text("nullPointMode", "null")
    custom["spanNulls"] = mode == "connected"
    if mode == "null as zero":
        field.setdefault("noValue", "0")  # a number that stands where there is none


def _stack(custom: Json, old: Old) -> None:
    stack, percentage = old.flag("stack"), old.flag("percentage")
    custom["stacking"] = {"group": "A", "mode": "percent" if stack and percentage else "normal" if stack else "none"}


def _by_another_axis(panel: Json, field: Json, old: Old) -> bool:
    """Bars of one number each, or of how often values came: other types of panels today."""
    mode = old.text("xaxis.mode", "time")
    if mode == "series":
        values = [CALCULATIONS[each] for each in old.items("xaxis.values") if each in CALCULATIONS]
        panel["type"] = "bargauge"
        panel["options"] = {
            "orientation": "vertical",
            "reduceOptions": {"calcs": values[:1] or ["mean"], "fields": "", "values": False},
        }
        field.pop("custom")
    elif mode == "histogram":
        panel["type"] = "histogram"
        panel["options"] = {"legend": _legend(old), "tooltip": _tooltip(old)}
        buckets = old.number("xaxis.buckets")
        if buckets is not None:
            panel["options"]["bucketCount"] = buckets
        _stack(field["custom"], old)
    else:
        old.forget("xaxis.buckets", "xaxis.values")
        return False
    old.forget(
        "bars", "lines", "points", "pointradius", "linewidth", "fill", "steppedLine", "nullPointMode", "dashes", "stack", "percentage"
    )
    return True


def _legend(old: Old) -> Json:
    show = old.flag("legend.show", default=True)
    shown = old.flag("legend.values", default=False)
    # Without `values` nothing is shown of them.
    values = [CALCULATIONS[key] for key in _LEGEND_VALUES if old.flag(f"legend.{key}") and shown]
    table = old.flag("legend.alignAsTable")
    made: Json = {
        "calcs": values,
        "displayMode": "table" if table else "list",
        "placement": "right" if old.flag("legend.rightSide") else "bottom",
        "showLegend": show,
    }
    width = old.number("legend.sideWidth")
    if width is not None and made["placement"] == "right":
        made["width"] = width
    by, descending = old.text("legend.sort"), old.flag("legend.sortDesc")
    if table and by in CALCULATIONS and CALCULATIONS[by] in values:
        made |= {"sortBy": _HEADINGS[by], "sortDesc": descending}
    return made


_HEADINGS = {"avg": "Mean", "current": "Last *", "max": "Max", "min": "Min", "total": "Total"}


def _tooltip(old: Old) -> Json:
    shared = old.flag("tooltip.shared", default=True)
    sort = old.number("tooltip.sort")
    old.forget_if("tooltip.value_type", "individual", "cumulative")  # which of a stack's two numbers is shown is no question any more
    return {"mode": "multi" if shared else "single", "sort": _SORTS.get(int(sort or 0), "none") if shared else "none"}


def _axis(old: Old) -> Json:
    found: Json = {}
    custom: Json = {}
    unit, label, base = old.text("format"), old.text("label"), old.number("logBase")
    if unit:
        found["unit"] = unit
    for key in ("decimals", "min", "max"):
        value = old.number(key)
        if value is not None:
            found[key] = value
    if label:
        custom["axisLabel"] = label
    if base in (2, 10):
        custom["scaleDistribution"] = {"log": base, "type": "log"}
    elif base == 32:
        custom["scaleDistribution"] = {"log": 2, "type": "log"}
    elif base == 1024:
        custom["scaleDistribution"] = {"log": 10, "type": "log"}
    if not old.flag("show", default=True):
        custom["axisPlacement"] = "hidden"
    old.forget("$$hashKey")
    return {**found, "custom": custom} if custom else found


def _matcher(alias: str) -> Json:
    is_regex = len(alias) > 1 and alias.startswith("/") and alias.rstrip("gimsuy").endswith("/")
    return {"id": "byRegexp" if is_regex else "byName", "options": alias}


def _colors(old: Old) -> Iterator[Json]:
    colors = old.take("aliasColors")
    for name, color in (colors if isinstance(colors, dict) else {}).items():
        if isinstance(color, str) and color:
            yield {"matcher": _matcher(name) | {"id": "byName"}, "properties": [_fixed(color)]}


def _fixed(color: str) -> Json:
    return {"id": "color", "value": {"fixedColor": color, "mode": "fixed"}}


def _exceptions(old: Old, left: Json, right: Json) -> Iterator[Json]:
    """An override for each series that was drawn otherwise."""
    for series in old.each("seriesOverrides"):
        alias = series.text("alias")
        series.forget("$$hashKey", "zindex")  # series are drawn in their order
        properties = [*_exception(series), *(_right_axis(left, right) if series.number("yaxis") == 2 else ())]
        if alias and properties:
            # A property said twice: the later one holds.
            yield {"matcher": _matcher(alias), "properties": list({each["id"]: each for each in properties}.values())}


def _exception(series: Old) -> Iterator[Json]:
    bars = False
    if "bars" in series:
        bars = series.flag("bars")
        yield {"id": "custom.drawStyle", "value": "bars" if bars else "line"}
        if bars:
            yield {"id": "custom.fillOpacity", "value": 100}
    if "lines" in series:
        lines = series.flag("lines")
        if not lines:
            yield {"id": "custom.lineWidth", "value": 0}
        elif not bars:
            yield {"id": "custom.drawStyle", "value": "line"}
    for key, name, factor in (("fill", "custom.fillOpacity", 10), ("linewidth", "custom.lineWidth", 1)):
        value = series.number(key)
        if value is not None:
            yield {"id": name, "value": value * factor}
    gradient = series.number("fillGradient")
    if gradient:
        yield {"id": "custom.gradientMode", "value": "opacity"}
        yield {"id": "custom.fillOpacity", "value": gradient * 10}
    if "points" in series:
        yield {"id": "custom.showPoints", "value": "always" if series.flag("points") else "never"}
    radius = series.number("pointradius")
    if radius is not None:
        yield {"id": "custom.pointSize", "value": max(1, 2 + radius * 2)}
    below = series.text("fillBelowTo")
    if below:
        yield {"id": "custom.fillBelowTo", "value": below}
        yield {"id": "custom.fillOpacity", "value": 35}  # of bands, always
    if series.flag("steppedLine"):
        yield {"id": "custom.lineInterpolation", "value": "stepAfter"}
    color = series.text("color")
    if color:
        yield _fixed(color)
    if series.text("transform") == "negative-Y":
        yield {"id": "custom.transform", "value": "negative-Y"}
    yield from _exception_of_shape(series)


def _exception_of_shape(series: Old) -> Iterator[Json]:
    dashes, length, space = series.flag("dashes"), series.number("dashLength"), series.number("spaceLength")
    if dashes:
        yield {"id": "custom.lineStyle", "value": {"dash": [length or 10, space or 10], "fill": "dash"}}
    if "stack" in series:
        stack = series.take("stack")  # a text is the name of a group
        group = stack if isinstance(stack, str) else "A"
        yield {"id": "custom.stacking", "value": {"group": group, "mode": "normal" if stack else "none"}}
    nulls = series.text("nullPointMode")
    if nulls:
        yield {"id": "custom.spanNulls", "value": nulls == "connected"}
        if nulls == "null as zero":
            yield {"id": "noValue", "value": "0"}
    in_legend, in_tooltip = series.flag("legend", default=True), not series.flag("hideTooltip")
    if not (in_legend and in_tooltip):
        yield {"id": "custom.hideFrom", "value": {"legend": not in_legend, "tooltip": not in_tooltip, "viz": False}}


def _right_axis(left: Json, right: Json) -> Iterator[Json]:
    """What the second axis has and the first has not."""
    of_left, of_right = left.get("custom", {}), right.get("custom", {})
    yield {"id": "custom.axisPlacement", "value": of_right.get("axisPlacement", "right")}
    for key in ("decimals", "max", "min", "unit"):
        if key in right and right[key] != left.get(key):
            yield {"id": key, "value": right[key]}
    for key, plain in (("axisLabel", ""), ("scaleDistribution", {"type": "linear"})):
        if of_right.get(key) != of_left.get(key):
            yield {"id": f"custom.{key}", "value": of_right.get(key, plain)}


def _of_all_series(old: Old) -> Iterator[Json]:
    """Series that are left out of the legend, and an x axis that is not shown."""
    for key, reducer in (("hideEmpty", "allIsNull"), ("hideZero", "allIsZero")):
        if old.flag(f"legend.{key}"):
            yield {
                "matcher": {"id": "byValue", "options": {"op": "gte", "reducer": reducer, "value": 0}},
                "properties": [{"id": "custom.hideFrom", "value": {"legend": True, "tooltip": True, "viz": False}}],
            }
    if not old.flag("xaxis.show", default=True):
        yield {"matcher": {"id": "byType", "options": "time"}, "properties": [{"id": "custom.axisPlacement", "value": "hidden"}]}


def _thresholds(field: Json, custom: Json, old: Old) -> None:
    lines = sorted([*_lines(old), *_lines_of_grid(old)], key=lambda each: each[0])
    if not lines:
        return
    steps: list[Json] = []
    for index, (value, below, color, _, _) in enumerate(lines):
        if not below:
            steps.append({"color": color, "value": value})
            continue
        if not steps:
            steps.append({"color": color, "value": None})
        following = lines[index + 1] if index + 1 < len(lines) else None
        steps.append({"color": following[2] if following is not None and following[1] else "transparent", "value": value})
    if steps[0]["value"] is not None:
        steps.insert(0, {"color": "transparent", "value": None})
    area, line = any(each[3] for each in lines), any(each[4] for each in lines)
    field["thresholds"] = {"mode": "absolute", "steps": steps}
    custom["thresholdsStyle"] = {"mode": "line+area" if area and line else "area" if area else "line" if line else "off"}


def _lines(old: Old) -> Iterator[tuple[float, bool, str, bool, bool]]:
    """Each threshold: its value, whether it is about what is below, its colour, whether there is an area, and a line.

    One of the right axis is left, and told: today's thresholds are the left one's, which has another scale.
    """
    for each in old.each("thresholds"):
        if each.text("yaxis", "left") == "right":
            each.forget("$$hashKey")
            continue
        value = each.number("value")
        mode = each.text("colorMode", "critical")
        fill_color, line_color = each.text("fillColor"), each.text("lineColor")
        color = (fill_color or line_color) if mode == "custom" else _COLORS.get(mode)
        operation = each.text("op", "gt")
        fill, line = each.flag("fill", default=True), each.flag("line", default=True)
        each.forget("$$hashKey", "visible")
        if value is not None and operation in ("gt", "lt"):
            yield value, operation == "lt", color or "red", fill, line


def _lines_of_grid(old: Old) -> Iterator[tuple[float, bool, str, bool, bool]]:
    """The two thresholds of Grafana 3 and before."""
    first, second = old.number("grid.threshold1"), old.number("grid.threshold2")
    colors = old.text("grid.threshold1Color"), old.text("grid.threshold2Color")
    line = old.flag("grid.thresholdLine")
    below = first is not None and second is not None and second < first
    for value, color in zip((first, second), colors, strict=True):
        if value is not None:
            yield value, below, color or "red", not line, line


def _forget(old: Old) -> None:
    """What says nothing any more, or says what was plain."""
    old.forget("hiddenSeries", "renderer", "options.alertThreshold", "options.dataLinks", "yaxis.alignLevel", "tooltip.msResolution")
    old.forget("xaxis.name", "xaxis.format", "xaxis.logBase")
    old.forget_if("yaxis.align", False)
    old.forget_if("timeRegions", [])
