"""A dashboard of others, or of grafanalib, taken over as a declaration: its panels as they are, the rest in our words."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from monitoring_as_code.model.annotations import Annotation
from monitoring_as_code.model.dashboard import Dashboard, DashboardLink, Row
from monitoring_as_code.model.declaration import InvalidDeclaration, Part, noting
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.links import Link
from monitoring_as_code.model.panel import Panel
from monitoring_as_code.model.panels.normal import encoded
from monitoring_as_code.model.panels.older.rows import panels_of_rows
from monitoring_as_code.model.panels.raw import raw
from monitoring_as_code.model.variables import (
    AdHocVariable,
    ConstantVariable,
    CustomVariable,
    DashboardVariable,
    DatasourceVariable,
    IntervalVariable,
    MetricNamesVariable,
    QueryResultVariable,
    QueryVariable,
    TextVariable,
)

Json = dict[str, Any]
P = TypeVar("P", bound=Part)

_SORTS = (
    "disabled",
    "alphabetical_asc",
    "alphabetical_desc",
    "numerical_asc",
    "numerical_desc",
    "alphabetical_case_insensitive_asc",
    "alphabetical_case_insensitive_desc",
    "natural_asc",
    "natural_desc",
)
_LABEL_VALUES = r"label_values\(\s*([a-zA-Z_:][\w:]*)\s*(?:\{(.*)\})?\s*,\s*([a-zA-Z_]\w*)\s*\)"


class RawDashboard(Dashboard):
    """What `raw_dashboard` makes. `dropped` says what it left out."""

    kind: ClassVar[str] = "dashboard"

    dropped: tuple[Text, ...] = ()


def raw_dashboard(given: object, *, uid: str | None = None, name: str | None = None, folder: str | None = None) -> RawDashboard:
    """A dashboard of grafanalib, or the JSON of one of any age, with the places, the ids and the order of its panels.

    What is left out, because nothing stands for it or because it is not what Grafana has there, is told by lint.

    Raises:
        ValueError: it is no dashboard.

    >>> board = raw_dashboard({"title": "Up", "uid": "up", "panels": [{"type": "stat", "title": "Up", "targets": [{"expr": "up"}]}]})
    >>> board.name, board.rows[0].panels[0].title
    ('Up', 'Up')
    """
    json = encoded(given)
    if isinstance(json, dict):  # as Grafana's API wraps it
        if isinstance(json.get("dashboard"), dict):
            json = json["dashboard"]
        elif isinstance(json.get("spec"), dict) and "apiVersion" in json:
            json = {"uid": _object(json.get("metadata")).get("name"), **json["spec"]}
    if isinstance(json, dict) and "elements" in json and "layout" in json:
        message = "this is a dashboard in the form V2, with `elements`: give its classic form, with `panels`, which Grafana exports, too"
        raise ValueError(message)
    if not (isinstance(json, dict) and ("panels" in json or "rows" in json) and "type" not in json):
        message = "a dashboard is an object with `panels`"
        raise ValueError(message)
    dropped = [*_misshapen(json)]
    time = _object(json.get("time"))
    crosshair = json.get("graphTooltip")
    settings: Json = {}
    given_settings = {
        "refresh": json.get("refresh") or "off",
        "time_from": time.get("from"),
        "time_to": time.get("to"),
        "timezone": json.get("timezone"),
    }
    for field, value in given_settings.items():
        settings |= _said(field, value, dropped)
    variables = tuple(_variables(_objects(_object(json.get("templating")).get("list")), dropped))
    annotations = tuple(_annotations(_objects(_object(json.get("annotations")).get("list")), dropped))
    return RawDashboard(
        name=name or _text(json.get("title")),
        uid=uid or _text(json.get("uid")),
        folder=folder,
        description=_text(json.get("description")),
        tags=tuple(each for each in _list(json.get("tags")) if isinstance(each, str)),
        rows=tuple(_rows([*panels_of_rows(json.get("rows")), *_objects(json.get("panels"))])),
        variables=variables,
        links=tuple(_links(_objects(json.get("links")))),
        annotations=annotations,
        shared_crosshair="tooltip" if crosshair == 2 else bool(crosshair or json.get("sharedCrosshair")),
        dropped=tuple(dropped),
        **settings,
    )


def _tried(make: Callable[[], P]) -> P | None:
    """What is made, unless something in it cannot be said."""
    with noting():  # a fault here is none of the project's
        try:
            return make()
        except InvalidDeclaration:
            return None


def _said(field: str, value: object, dropped: list[str]) -> Json:
    """A field with a value that it can have; what it cannot have is told."""
    if value in (None, ""):
        return {}
    alone: Json = {field: value}
    if _tried(lambda: RawDashboard(name="a", uid="a", rows=(), **alone)) is None:
        dropped.append(f"{field}: {value!r}")
        return {}
    return {field: value}


def _rows(panels: Iterable[Json]) -> Iterator[Row]:
    """The panels under their headings; those before the first heading have none."""
    heading: Json = {}
    under: list[Json] = []
    used: set[int] = set()
    for panel in panels:
        if panel.get("type") == "row":
            if heading or under:
                yield _row(heading, under, used)
            heading, under = panel, _objects(panel.get("panels"))
        else:
            under.append(panel)
    if heading or under:
        yield _row(heading, under, used)


def _row(heading: Json, under: list[Json], used: set[int]) -> Row:
    title, repeat = _text(heading.get("title")), _text(heading.get("repeat"))
    if heading and not title:
        title = "Row" if repeat or heading.get("collapsed") else ""
    return Row(
        title=title,
        panels=tuple(_placed(under, used)),
        collapsed=bool(title and heading.get("collapsed")),
        repeat=repeat or None,
    )


def _placed(panels: list[Json], used: set[int]) -> Iterator[Panel]:
    """The panels where they stood, counted from the row's first line; side by side where some lay over each other, or outside."""
    places = [_place(panel) for panel in panels]
    found = [place for place in places if place is not None]
    first = min((y for _, y, _, _ in found), default=0)
    apart = len(found) == len(panels) and all(
        x + width <= 24
        and not any(x < left + wide and left < x + width and y < top + high and top < y + height for left, top, wide, high in found[:index])
        for index, (x, y, width, height) in enumerate(found)
    )
    for panel, place in zip(panels, places, strict=True):
        number = panel.get("id")
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31 or number in used:
            number = None
        else:
            used.add(number)
        where = {"x": place[0], "y": place[1] - first} if apart and place is not None else {}
        yield raw(panel, **where, id=number)


def _place(panel: Json) -> tuple[int, int, int, int] | None:
    place = _object(panel.get("gridPos"))
    numbers = [place.get(key, 0 if key == "x" else None) for key in ("x", "y", "w", "h")]
    found = [each for each in numbers if isinstance(each, int) and not isinstance(each, bool) and each >= 0]
    if len(found) < len(numbers):
        return None
    return found[0], found[1], max(1, found[2]), min(100, max(1, found[3]))


def _variables(given: Iterable[Json], dropped: list[str]) -> Iterator[DashboardVariable]:
    for each in given:
        made = _tried(lambda each=each: _variable(each))  # type: ignore[misc]  # mypy has no type for a default of a lambda
        if made is None:
            dropped.append(f"variable {each.get('name')}: {each.get('type')} {_short(each.get('query'))}")
        else:
            yield made


def _variable(given: Json) -> DashboardVariable:
    """The variable in our words.

    Raises:
        InvalidDeclaration: there are none for it.
    """
    kind, query = given.get("type"), given.get("query")
    if isinstance(query, dict):
        query = query.get("query")
    query = _text(query).strip()
    common: Json = {
        "name": _text(given.get("name")),
        "label": _text(given.get("label")) or None,
        "description": _text(given.get("description")),
        "hide": {1: "label", 2: True}.get(given.get("hide", 0), False),
        "skip_url_sync": given.get("skipUrlSync") is True,
    }
    several: Json = {"multi": given.get("multi") is True, "include_all": given.get("includeAll") is True}
    all_value = _text(given.get("allValue"))
    if kind == "datasource":
        return DatasourceVariable(**common, **several, plugin=query, regex=_text(given.get("regex")))
    if kind == "constant":
        return ConstantVariable(**common | {"hide": False}, value=query)
    if kind == "textbox":
        return TextVariable(**common, value=query)
    values = [each.strip() for each in re.split(r"(?<!\\),", query) if each.strip()]
    if kind == "interval":
        return IntervalVariable(**common, values=tuple(dict.fromkeys(values)), auto=given.get("auto") is True)
    if kind == "custom":
        titles = {value.strip(): title.strip() for title, _, value in (each.rpartition(" : ") for each in values)}
        titled = any(titles.values())
        return CustomVariable(
            **common,
            **several,
            values={value: title or value for value, title in titles.items()} if titled else tuple(titles),
            all_value=all_value if several["include_all"] else "",
        )
    if kind == "adhoc":
        return AdHocVariable(**common)
    order = given.get("sort", 0)
    asked: Json = {
        **common,
        **several,
        "regex": _text(given.get("regex")),
        "sort": _SORTS[order] if isinstance(order, int) and 0 <= order < len(_SORTS) else "disabled",
        "refresh": {1: "on_dashboard_load", 2: "on_time_range_change"}.get(given.get("refresh", 2), "on_dashboard_load"),
    }
    if several["include_all"]:
        asked["all_value"] = all_value
    if kind == "query" and (values_of := re.fullmatch(_LABEL_VALUES, query, re.DOTALL)):
        return QueryVariable(**asked, metric=values_of[1], matchers=values_of[2] or "", values_of=values_of[3])
    if kind == "query" and (names := re.fullmatch(r"metrics\((.+)\)", query)):
        return MetricNamesVariable(**asked, matching=names[1])
    if kind == "query" and (result := re.fullmatch(r"query_result\((.+)\)", query, re.DOTALL)):
        return QueryResultVariable(**asked, expr=result[1])
    return DashboardVariable(name="")  # refused: there is no name for it


def _links(given: Iterable[Json]) -> Iterator[Link | DashboardLink]:
    for each in given:
        keep: Json = {
            "title": _text(each.get("title")),
            "keep_time": each.get("keepTime") is True,
            "keep_variables": each.get("includeVars") is True,
            "new_tab": each.get("targetBlank") is True,
            "tooltip": _text(each.get("tooltip")),
        }
        url = _text(each.get("url"))
        if each.get("type") == "dashboards":
            tags = tuple(tag for tag in _list(each.get("tags")) if isinstance(tag, str))
            yield DashboardLink(**keep, tags=tags, dropdown=each.get("asDropdown") is True)
        elif url:
            yield Link(**keep, url=url)


def _annotations(given: Iterable[Json], dropped: list[str]) -> Iterator[Annotation]:
    for each in given:
        if each.get("builtIn"):
            continue
        expr = _text(each.get("expr")) or _text(_object(each.get("target")).get("expr"))
        fields: Json = {
            "name": _text(each.get("name")),
            "expr": expr,
            "title": _text(each.get("titleFormat")),
            "text": _text(each.get("textFormat")),
            "color": _text(each.get("iconColor")) or "blue",
            "enabled": each.get("enable") is True,
            "hide": each.get("hide") is True,
        }
        made = _tried(lambda fields=fields: Annotation(**fields)) if expr else None  # type: ignore[misc]  # as above
        if made is None:
            dropped.append(f"annotation {each.get('name')}")
        else:
            yield made


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


# What the parts of a dashboard are: an object, or a list of objects or of texts.
_SHAPES: dict[tuple[str, ...], tuple[type, type | None]] = {
    ("annotations",): (dict, None),
    ("annotations", "list"): (list, dict),
    ("links",): (list, dict),
    ("panels",): (list, dict),
    ("rows",): (list, dict),
    ("tags",): (list, str),
    ("templating",): (dict, None),
    ("templating", "list"): (list, dict),
    ("time",): (dict, None),
}


def _misshapen(json: Json) -> Iterator[str]:
    """The parts that are something else than Grafana has there, and so are not taken."""
    for path, (kind, of) in _SHAPES.items():
        value: object = json
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        name = ".".join(path)
        if value is not None and not isinstance(value, kind):
            yield f"{name}: {_short(value)}"
        elif of is not None and isinstance(value, list):
            yield from (f"{name}[{index}]: {_short(each)}" for index, each in enumerate(value) if not isinstance(each, of))


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[Json]:
    return [each for each in _list(value) if isinstance(each, dict)]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
