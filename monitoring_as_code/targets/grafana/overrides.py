"""What is drawn otherwise: exceptions for some series, texts in place of values, steps before the drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code.model.panels.drawing import Override, SeriesWhere, Step, ValueMapping
from monitoring_as_code.model.panels.grafana_units import grafana_unit
from monitoring_as_code.model.panels.parts import number
from monitoring_as_code.targets.grafana.thresholds import steps_of_thresholds

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitoring_as_code.model.links import Link

Json = dict[str, Any]

_MATCHERS = {"name": "byName", "regex": "byRegexp", "query": "byFrameRefID", "type": "byType"}
_COMPARISONS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "==": "eq", "!=": "neq"}

# Arguments of an override whose value is Grafana's own, and the property that each one is.
_AS_GIVEN = (
    ("align", "custom.align"),
    ("axis_color", "custom.axisColorMode"),
    ("axis_label", "custom.axisLabel"),
    ("axis_placement", "custom.axisPlacement"),
    ("fill", "custom.fillOpacity"),
    ("fill_below_to", "custom.fillBelowTo"),
    ("filterable", "custom.filterable"),
    ("gradient", "custom.gradientMode"),
    ("line_width", "custom.lineWidth"),
    ("point_size", "custom.pointSize"),
    ("points", "custom.showPoints"),
    ("width", "custom.width"),
    ("decimals", "decimals"),
    ("name", "displayName"),
    ("no_value", "noValue"),
)


def override_json(override: Override, link_json: Callable[[Link], Json]) -> Json:
    """An exception for some series; `link_json` gives the form of a link that a series opens."""
    found: Json = {name: value for argument, name in _AS_GIVEN if (value := getattr(override, argument)) is not None}
    if override.color is not None or override.color_scheme is not None:
        found["color"] = _color(override)
    for bound in ("max", "min"):
        value = getattr(override, bound)
        if value is not None:
            found[bound] = number(value)
    if override.unit is not None:
        found["unit"] = grafana_unit(override.unit)
    if override.mappings:
        found["mappings"] = mappings_json(override.mappings)
    if override.thresholds:
        found["thresholds"] = {"mode": "absolute", "steps": steps_of_thresholds(override.thresholds, "green")}
    if override.data_links:
        found["links"] = [link_json(each) for each in override.data_links]
    if override.hidden:
        places: tuple[str, ...] = ("legend", "tooltip", "viz")
        hidden = places if isinstance(override.hidden, bool) else override.hidden
        found["custom.hideFrom"] = {place: place in hidden for place in places}
    found |= _lines(override)
    if override.cells is not None:
        found["custom.cellOptions"] = cell_json(override.cells)
    found |= override.properties
    return {"matcher": _matcher(override), "properties": [{"id": name, "value": found[name]} for name in sorted(found)]}


def _matcher(override: Override) -> Json:
    series = override.series
    if isinstance(series, SeriesWhere):
        options = {"op": _COMPARISONS[series.op], "reducer": series.calculation, "value": number(series.value)}
        return {"id": "byValue", "options": options}
    if override.by == "all_but":
        # So Grafana's own editor writes it.
        names = [series] if isinstance(series, str) else list(series)
        return {"id": "byNames", "options": {"mode": "exclude", "names": names, "prefix": "All except:", "readOnly": True}}
    if isinstance(series, str):
        return {"id": _MATCHERS[override.by], "options": series}
    return {"id": "byNames", "options": {"mode": "include", "names": list(series)}}


def _color(override: Override) -> Json:
    found: Json = {} if override.color is None else {"fixedColor": override.color}
    found["mode"] = override.color_scheme or "fixed"
    return found


def _lines(override: Override) -> Json:
    """How a graph draws the series."""
    found: Json = {}
    if override.right_axis:
        found["custom.axisPlacement"] = "right"
    if override.style is not None:
        found["custom.drawStyle"] = "line" if override.style == "lines" else override.style
    style = override.line_style
    if style is not None:
        # A pattern is the lengths of strokes and gaps in turn.
        dash = {"dash": [10, 10], "dot": [0, 10]}.get(style) if isinstance(style, str) else [number(each) for each in style]
        fill = style if isinstance(style, str) else "dash"
        found["custom.lineStyle"] = {"fill": fill} if dash is None else {"dash": dash, "fill": fill}
    if override.stacked is not None or override.stack is not None:
        mode = "percent" if override.stacked == "percent" else "none" if override.stacked is False else "normal"
        found["custom.stacking"] = {"group": override.stack or "A", "mode": mode}
    if override.threshold_style is not None:
        found["custom.thresholdsStyle"] = {"mode": override.threshold_style}
    if override.negative:
        found["custom.transform"] = "negative-Y"
    return found


def cell_json(cells: str) -> Json:
    """A table's cell of one kind, all else as usual."""
    return {"mode": "basic", "type": cells} if cells in ("gauge", "color-background") else {"type": cells}


def mappings_json(mappings: tuple[ValueMapping, ...]) -> list[Json]:
    """Grafana's mappings: those of single values as one, in front."""
    found: list[Json] = []
    values: Json = {}
    for index, mapping in enumerate(mappings):
        result: Json = {}
        if mapping.color is not None:
            result["color"] = mapping.color
        if mapping.icon is not None:
            result["icon"] = mapping.icon
        result["index"] = index
        if mapping.text is not None:
            result["text"] = mapping.text
        if mapping.value is not None:
            values[_written(mapping.value)] = result
        elif mapping.pattern is not None:
            found.append({"options": {"pattern": mapping.pattern, "result": result}, "type": "regex"})
        elif mapping.special is not None:
            found.append({"options": {"match": mapping.special, "result": result}, "type": "special"})
        else:
            low, high = mapping.low, mapping.high
            # The schema wants both ends; an open one is null.
            ends = {"from": low if low is None else number(low), "result": result, "to": high if high is None else number(high)}
            found.append({"options": ends, "type": "range"})
    if values:
        found.insert(0, {"options": dict(sorted(values.items())), "type": "value"})
    return found


def _written(value: str | float) -> str:
    """A value as JavaScript writes it: Grafana compares texts."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else str(number(value))


def step_json(step: Step) -> Json:
    """A step before the drawing."""
    found: Json = {"disabled": True} if step.disabled else {}
    if step.query is not None:
        found["filter"] = {"id": "byRefId", "options": step.query}
    return {**found, "id": step.grafana_id, "options": step.grafana_options()}
