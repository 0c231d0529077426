"""The Angular heatmap; one that was given Prometheus's buckets must not bucket them again."""

from typing import Any

from monitoring_as_code.model.panels.older.keys import Old

Json = dict[str, Any]

_KEYS = ("dataFormat", "cards", "yAxis", "heatmap")


def heatmap(panel: Json, old: Old) -> None:
    """Colours, cells, axes and buckets; where the form is today's, what is left of the old one says nothing."""
    if not any(key in old for key in _KEYS):
        return
    if {"color", "yAxis"} <= panel["options"].keys():
        old.forget(*_ALL)
        return
    form = old.text("dataFormat", "timeseries")
    calculate = form != "tsbuckets"
    panel["options"] |= {"calculate": calculate, "color": _color(old), "legend": {"show": old.flag("legend.show")}}
    base, split = old.number("yAxis.logBase") or 1, old.number("yAxis.splitFactor")
    panel["options"]["yAxis"] = _axis(old)
    if calculate:
        panel["options"]["calculation"] = _buckets(old, base, split)
    else:
        old.forget("xBucketNumber", "xBucketSize", "yBucketNumber", "yBucketSize")
    padding, radius = old.number("cards.cardPadding"), old.number("cards.cardRound")
    if padding is not None:
        panel["options"]["cellGap"] = padding
    if radius is not None:
        panel["options"]["cellRadius"] = radius
    layout = {"lower": "le", "middle": "unknown", "upper": "ge"}.get(old.text("yBucketBound", "auto"), "auto")
    panel["options"]["rowsFrame"] = {"layout": layout}
    shown, histogram = old.flag("tooltip.show", default=True), old.flag("tooltip.showHistogram")
    panel["options"]["tooltip"] = {"mode": "single" if shown else "none", "showColorScale": False, "yHistogram": histogram}
    if old.flag("hideZeroBuckets"):
        panel["options"]["filterValues"] = {"le": 1e-9}
    decimals = old.number("tooltipDecimals")
    if decimals is not None:
        panel["options"]["cellValues"] = {"decimals": decimals}
    if not old.flag("xAxis.show", default=True):
        panel["fieldConfig"]["overrides"].append(
            {"matcher": {"id": "byType", "options": "time"}, "properties": [{"id": "custom.axisPlacement", "value": "hidden"}]}
        )
    old.forget("heatmap", "highlightCards", "xAxis", "tooltip.msResolution", "tooltip.sort", "tooltip.shared", "tooltip.value_type")


_ALL = tuple(
    """
    cards color dataFormat heatmap hideZeroBuckets highlightCards legend reverseYBuckets tooltip tooltipDecimals xAxis xBucketNumber xBucketSize
    yAxis yBucketBound yBucketNumber yBucketSize
    """.split()  # noqa: SIM905 - a table of words
)


def _color(old: Old) -> Json:
    name = old.text("color.colorScheme", "interpolateOranges").removeprefix("interpolate")
    exponent = old.number("color.exponent")
    color: Json = {
        "exponent": 0.5 if exponent is None else exponent,
        "fill": old.text("color.cardColor", "dark-orange"),
        "mode": "opacity" if old.text("color.mode", "spectrum") == "opacity" else "scheme",
        "reverse": False,
        "scale": "linear" if old.text("color.colorScale", "sqrt") == "linear" else "exponential",
        "scheme": name,
        "steps": 128,
    }
    for key in ("min", "max"):
        value = old.number(f"color.{key}")
        if value is not None:
            color[key] = value
    return color


def _axis(old: Old) -> Json:
    shown = old.flag("yAxis.show", default=True)
    axis: Json = {"axisPlacement": "left" if shown else "hidden", "reverse": old.flag("reverseYBuckets")}
    unit, label = old.text("yAxis.format"), old.text("yAxis.label")
    if unit:
        axis["unit"] = unit
    for key, name in (("decimals", "decimals"), ("min", "min"), ("max", "max"), ("width", "axisWidth")):
        value = old.number(f"yAxis.{key}")
        if value is not None:
            axis[name] = value
    if label:
        axis["axisLabel"] = label
    return axis


def _buckets(old: Old, base: float, split: float | None) -> Json:
    found: Json = {}
    for axis in ("x", "y"):
        size, count = old.take(f"{axis}BucketSize"), old.take(f"{axis}BucketNumber")
        if size:
            found[f"{axis}Buckets"] = {"mode": "size", "value": str(size)}
        elif count:
            found[f"{axis}Buckets"] = {"mode": "count", "value": str(count)}
    if base > 1:
        scale = {"log": base, "type": "log"}
        found["yBuckets"] = {"mode": "count", "scale": scale} | ({"value": str(split)} if split else {})
    return found
