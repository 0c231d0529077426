"""The words of Grafana that panels use: ids of units, calculations, transformations, matchers, and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from monitoring_as_code.analysis import once
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.model.panels.drawing import Transformation
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Part
    from monitoring_as_code.origin import Anchor, Origin

Kind: TypeAlias = Literal["unit", "reducer", "matcher", "property", "transformation", "color", "color mode", "scheme"]
_Path: TypeAlias = "tuple[str | int, ...]"


class Word(NamedTuple):
    """A word where it stands, on a panel of this type; `part` is what it belongs to."""

    text: str
    place: Place
    panel_type: str
    part: Part


def words(reading: Reading, kind: Kind) -> tuple[Word, ...]:
    """All words of a kind; none in the reading of a part of the expressions."""
    return tuple(_words(reading.analysis).get(kind, ())) if reading.rest else ()


@once
def _words(analysis: Analysis) -> Mapping[Kind, list[Word]]:
    found: dict[Kind, list[Word]] = {}
    for dashboard in analysis.project.of(Dashboard):
        for kind, word in _of_dashboard(dashboard):
            found.setdefault(kind, []).append(word)
    return found


def _of_dashboard(dashboard: Dashboard) -> Iterator[tuple[Kind, Word]]:
    data = dashboard.__dict__.get("json_data")
    if data is not None:
        for path, panel_data in panels_of_json(data):
            yield from _of_json(panel_data, dashboard, dashboard.origin, path)
        return
    for row in dashboard.rows:
        for panel in row.panels:
            if isinstance(panel, QueryPanel):
                yield from _of_panel(panel)


def panels_of_json(holder: Mapping[str, Any], path: _Path = ()) -> Iterator[tuple[_Path, dict[str, Any]]]:
    """Every panel of a dashboard in Grafana's JSON, those inside of rows included, with where it stands."""
    for key in ("rows", "panels"):
        for index, panel in enumerate(listed(holder.get(key))):
            if isinstance(panel, dict):
                where = (*path, key, index)
                if key == "panels" and panel.get("type") != "row":
                    yield where, panel
                yield from panels_of_json(panel, where)


def _of_panel(panel: QueryPanel) -> Iterator[tuple[Kind, Word]]:
    """Of a declared panel: what types and fields do not check by themselves."""
    data = getattr(panel, "json_data", None)
    if isinstance(data, dict):  # `raw({...})` was given it
        yield from _of_json(data, panel, panel.origin, (0,))
        return
    kind = panel.type
    if isinstance(panel.unit, str):
        yield "unit", Word(panel.unit, Place(panel.origin, ("unit",)), kind, panel)
    scheme = getattr(panel, "scheme", None)
    if isinstance(scheme, str) and kind == "heatmap":
        yield "scheme", Word(scheme, Place(panel.origin, ("scheme",)), kind, panel)
    for override in panel.overrides:
        unit = getattr(override, "unit", None)
        if isinstance(unit, str):
            yield "unit", Word(unit, Place(override.origin, ("unit",)), kind, panel)
        for argument, name in _ARGUMENTS.items():
            if argument in override.__dict__ and override.__dict__[argument] not in (None, False):
                yield "property", Word(name, Place(override.origin, (argument,)), kind, panel)
        for name, value in dictionary(getattr(override, "properties", None)).items():
            yield "property", Word(name, Place(override.origin, ("properties", name, "[key]")), kind, panel)
            if name == "unit" and isinstance(value, str):
                yield "unit", Word(value, Place(override.origin, ("properties", name)), kind, panel)
    for step in panel.transformations:
        if isinstance(step, Transformation):
            yield "transformation", Word(step.id, Place(step.origin, ("id",)), kind, panel)
            for path, reducer in _reducers_of_step(step.id, step.options):
                if isinstance(reducer, str):
                    yield "reducer", Word(reducer, Place(step.origin, ("options", *path)), kind, panel)


# Arguments of an override that only some types of panels have, and the property that each one sets.
_ARGUMENTS = {
    "align": "custom.align",
    "axis_label": "custom.axisLabel",
    "cells": "custom.cellOptions",
    "fill": "custom.fillOpacity",
    "fill_below_to": "custom.fillBelowTo",
    "filterable": "custom.filterable",
    "line_style": "custom.lineStyle",
    "line_width": "custom.lineWidth",
    "negative": "custom.transform",
    "points": "custom.showPoints",
    "right_axis": "custom.axisPlacement",
    "stacked": "custom.stacking",
    "style": "custom.drawStyle",
    "width": "custom.width",
}


def _of_json(data: dict[str, Any], part: Part, origin: Origin | Anchor, where: _Path) -> Iterator[tuple[Kind, Word]]:
    kind = data["type"] if isinstance(data.get("type"), str) else ""
    for name, path, text in _found(data, kind):
        if isinstance(text, str) and text and "$" not in text:
            yield name, Word(text, Place(origin, (*where, *path)), kind, part)


def _found(data: dict[str, Any], kind: str) -> Iterator[tuple[Kind, _Path, object]]:
    config = dictionary(data.get("fieldConfig"))
    defaults = dictionary(config.get("defaults"))
    yield from _of_fields(defaults, ("fieldConfig", "defaults"))
    for index, override in enumerate(listed(config.get("overrides"))):
        where = ("fieldConfig", "overrides", index)
        yield "matcher", (*where, "matcher", "id"), dictionary(dictionary(override).get("matcher")).get("id")
        for number, each in enumerate(listed(dictionary(override).get("properties"))):
            name = dictionary(each).get("id")
            yield "property", (*where, "properties", number, "id"), name
            if isinstance(name, str) and "value" in each:
                # The words of a value are found as if it were a default, and told of where the value begins.
                for inner, path, text in _of_fields({name: each["value"]}, ()):
                    yield inner, (*where, "properties", number, "value", *path[1:]), text
    options = dictionary(data.get("options"))
    for path, name in _reducers(options, ("reduceOptions", "calcs"), ("legend", "calcs"), ("footer", "reducer")):
        yield "reducer", ("options", *path), name
    if kind == "heatmap":
        yield "scheme", ("options", "color", "scheme"), dictionary(options.get("color")).get("scheme")
    for index, step in enumerate(listed(data.get("transformations"))):
        step_id, given = dictionary(step).get("id"), dictionary(dictionary(step).get("options"))
        yield "transformation", ("transformations", index, "id"), step_id
        for path, reducer in _reducers_of_step(step_id, given):
            yield "reducer", ("transformations", index, "options", *path), reducer


def _of_fields(fields: Mapping[str, Any], where: _Path) -> Iterator[tuple[Kind, _Path, object]]:
    yield "unit", (*where, "unit"), fields.get("unit")
    color = dictionary(fields.get("color"))
    yield "color mode", (*where, "color", "mode"), color.get("mode")
    if color.get("mode") in ("fixed", "shades"):
        yield "color", (*where, "color", "fixedColor"), color.get("fixedColor")
    for index, step in enumerate(listed(dictionary(fields.get("thresholds")).get("steps"))):
        yield "color", (*where, "thresholds", "steps", index, "color"), dictionary(step).get("color")


def _reducers_of_step(name: object, options: dict[str, Any]) -> Iterator[tuple[_Path, object]]:
    """The calculations that a transformation does."""
    match name:
        case "reduce":
            yield from _reducers(options, ("reducers",))
        case "calculateField":
            yield ("reduce", "reducer"), dictionary(options.get("reduce")).get("reducer")
        case "groupBy":
            for field in dictionary(options.get("fields")):
                yield from _reducers(options, ("fields", field, "aggregations"))
        case _:
            pass


def _reducers(options: dict[str, Any], *paths: tuple[str, ...]) -> Iterator[tuple[_Path, object]]:
    for path in paths:
        found: Any = options
        for step in path:
            found = dictionary(found).get(step)
        for index, each in enumerate(listed(found)):
            yield (*path, index), each


def dictionary(value: object) -> dict[str, Any]:
    """The value, if it is an object of JSON; else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """The value, if it is a list of JSON; else an empty one."""
    return value if isinstance(value, list) else []
