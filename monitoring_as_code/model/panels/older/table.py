"""The tables of old: styles of columns, transformations, cells with fewer options."""

from collections.abc import Iterator
from typing import Any

from monitoring_as_code.model.panels.older.graph import CALCULATIONS
from monitoring_as_code.model.panels.older.keys import Old, number
from monitoring_as_code.model.panels.older.singlestat import mappings

Json = dict[str, Any]

_CELLS = {"cell": {"mode": "basic", "type": "color-background"}, "row": {"applyToRow": True, "mode": "basic", "type": "color-background"}}
_TEXT = {"type": "color-text"}


def table(panel: Json, old: Old) -> None:
    """How a cell is drawn; what stood at the top belongs to the field."""
    field = panel["fieldConfig"]["defaults"]
    custom = field.setdefault("custom", {})
    if "styles" in old or "transform" in old:
        _columns(panel, field, custom, old)
    _cells(custom)
    color = old.take("color")
    if isinstance(color, dict) and color.get("mode"):
        field.setdefault("color", color)
    found = mappings(old.take("mappings"))
    if found:
        field.setdefault("mappings", found)
    header = old.take("showHeader")
    if isinstance(header, bool):
        panel["options"].setdefault("showHeader", header)
    old.forget("scroll")
    old.forget_if("fontSize", "100%")
    _footer(panel["options"], custom, old)
    for override in panel["fieldConfig"]["overrides"]:
        override["properties"] = [_property(each) for each in override["properties"]]


def cell(display: str) -> Json:
    """The cell of a mode of Grafana 7 to 9."""
    kinds = {"gradient-gauge": ("gauge", "gradient"), "lcd-gauge": ("gauge", "lcd"), "basic": ("gauge", "basic")}
    kind, mode = kinds.get(display, (display.replace("-solid", ""), "basic" if display.endswith("-solid") else None))
    return {"type": kind} if mode is None else {"mode": mode, "type": kind}


def _cells(custom: Json) -> None:
    display = custom.pop("displayMode", None)
    if isinstance(display, str) and display and "cellOptions" not in custom:
        custom["cellOptions"] = cell(display)


def _property(given: Json) -> Json:
    if given.get("id") == "custom.displayMode" and isinstance(given.get("value"), str):
        return {"id": "custom.cellOptions", "value": cell(given["value"])}
    if given.get("id") == "custom.hidden":
        return {"id": "custom.hideFrom.viz", "value": given.get("value")}
    return given


def _footer(options: Json, custom: Json, old: Old) -> None:
    footer = options.pop("footer", None)
    if not isinstance(footer, dict):
        return
    pages = footer.get("enablePagination")
    if isinstance(pages, bool):
        options.setdefault("enablePagination", pages)
    if not footer.get("show"):  # what it would show says nothing then
        return
    reducers = footer.get("reducer")
    if footer.get("countRows"):
        custom["footer"] = {"reducers": ["countAll"]}
    elif isinstance(reducers, list) and reducers:
        custom["footer"] = {"reducers": reducers}
    if footer.get("fields"):
        old.put("options", {"footer": {"fields": footer["fields"]}})


def _columns(panel: Json, field: Json, custom: Json, old: Old) -> None:
    kind = old.text("transform", "timeseries_to_columns")
    # What each column was made of: numbers of a series, or fields.
    columns = [each.text("value") for each in old.each("columns")]
    if kind == "timeseries_aggregations":
        reducers = [CALCULATIONS[each] for each in columns if each in CALCULATIONS]
        steps = [{"id": "reduce", "options": {"includeTimeField": False, "reducers": reducers}}]
    else:
        steps = {
            "table": [{"id": "merge", "options": {}}],
            "timeseries_to_columns": [{"id": "joinByField", "options": {"byField": "Time", "mode": "outer"}}],
            "timeseries_to_rows": [{"id": "seriesToRows", "options": {}}],
        }.get(kind, [])
        if not steps:
            old.put("transform", kind)
    old.forget("columns")
    panel["transformations"] = [*steps, *(panel.get("transformations") or ())]
    for style in old.each("styles"):
        pattern = style.text("pattern")
        properties = list(_style(style))
        if pattern == "/.*/":
            _every_column(field, custom, properties)
        elif pattern and properties:
            is_regex = len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/")
            matcher = {"id": "byRegexp" if is_regex else "byName", "options": pattern}
            panel["fieldConfig"]["overrides"].append({"matcher": matcher, "properties": properties})
    if old.number("pageSize"):
        panel["options"]["enablePagination"] = True
    # A column that it was sorted by is only known by its number, which says nothing of today's columns: it is told.
    sort = old.take("sort")
    if isinstance(sort, dict) and isinstance(sort.get("col"), int):
        old.put("sort.col", sort["col"])
    old.forget("filterNull")


def _style(style: Old) -> Iterator[Json]:
    kind = style.text("type", "number")
    date = style.text("dateFormat")
    alias, unit, decimals = style.text("alias"), style.text("unit"), style.number("decimals")
    if alias:
        yield {"id": "displayName", "value": alias}
    if kind == "date":
        yield {"id": "unit", "value": f"time: {date}" if date else "dateTimeAsIso"}
    elif kind == "number" and unit:
        yield {"id": "unit", "value": unit}
    if kind == "number" and decimals is not None:
        yield {"id": "decimals", "value": decimals}
    if kind == "hidden":
        yield {"id": "custom.hideFrom.viz", "value": True}
    url, tip, tab = style.text("linkUrl"), style.text("linkTooltip"), style.flag("linkTargetBlank")
    if style.flag("link") and url:
        yield {"id": "links", "value": [{"targetBlank": tab, "title": tip, "url": url}]}
    align = style.text("align", "auto")
    if align not in ("", "auto"):
        yield {"id": "custom.align", "value": align}
    mode = style.text("colorMode")
    if mode:
        yield {"id": "custom.cellOptions", "value": _CELLS.get(mode, _TEXT)}
    yield from _style_of_values(style, colored=bool(mode))
    style.forget("$$hashKey", "sanitize")


def _style_of_values(style: Old, *, colored: bool) -> Iterator[Json]:
    """Thresholds, which only colours show, and mappings, which only texts have."""
    values, colors = [number(each) for each in style.items("thresholds")], style.items("colors")
    if colored and values and None not in values:
        steps = [{"color": color, "value": at} for color, at in zip(colors, [None, *values], strict=False)]
        yield {"id": "thresholds", "value": {"mode": "absolute", "steps": steps}}
    texts = [{**each, "type": 1} for each in style.items("valueMaps") if isinstance(each, dict)]
    ranges = [{**each, "type": 2} for each in style.items("rangeMaps") if isinstance(each, dict)]
    kind = style.number("mappingType")
    found = mappings(ranges if kind == 2 else texts)
    if found:
        yield {"id": "mappings", "value": found}


def _every_column(field: Json, custom: Json, properties: list[Json]) -> None:
    for each in properties:
        name = each["id"]
        if name.startswith("custom.") and name.count(".") == 1:
            custom.setdefault(name.removeprefix("custom."), each["value"])
        elif "." not in name:
            field.setdefault(name, each["value"])
