"""Dashboards: rows of panels, variables, links and annotations."""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from monitoring_as_code.light import override
from monitoring_as_code.model.annotations import Annotation
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.fields import PlainName, PositiveDuration, Text, Uid
from monitoring_as_code.model.links import Link, LinkIcon
from monitoring_as_code.model.panel import Panel
from monitoring_as_code.model.variables import DashboardVariable


class DashboardLink(Part):
    """A drop-down of, or links to, all dashboards that have every one of these tags; `in_menu` puts it into the menu of controls."""

    title: Text
    tags: tuple[Text, ...]
    keep_time: bool = True
    keep_variables: bool = True
    dropdown: bool = False
    new_tab: bool = False
    icon: LinkIcon = "external link"
    tooltip: Text = ""
    in_menu: bool = False


def _apart(panels: tuple[Panel, ...]) -> tuple[Panel, ...]:
    """Panels whose places, where they were said, are inside of the row and apart from each other."""
    found: list[tuple[Panel, tuple[int, int, int, int]]] = []
    for panel in panels:
        place = panel.place if panel.x is not None or panel.y is not None else None
        if place is None:
            continue
        x, y, width, height = place
        if x + width > 24:
            message = f"{_called(panel)} has columns {x} to {x + width - 1}, but the last one is 23"
            raise ValueError(message)
        for other, (left, top, wide, high) in found:
            if x < left + wide and left < x + width and y < top + high and top < y + height:
                message = f"{_called(panel)} overlaps {_called(other)}, which has columns {left} to {left + wide - 1} and lines {top} to {top + high - 1}"
                raise ValueError(message)
        found.append((panel, place))
    return panels


def _called(panel: Panel) -> str:
    title = getattr(panel, "title", "")  # none if the panel has faults of its own
    return f"panel `{title}`" if title else f"a {panel.type} panel"


class Row(Part):
    """Panels under a heading; a collapsed row loads them when it is opened, a row with `repeat` is there for each value of a variable.

    Without a title there is no heading. The panels' ids are made from the row's title: when that changes, `key` is the old one, and links
    to the panels stay.
    """

    title: Text = ""
    panels: Annotated[tuple[Instance[Panel], ...], Check(_apart)] = ()
    collapsed: bool = False
    repeat: Text | None = Field(default=None, pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", form="a variable's name, without a `$`")
    key: Text | None = None

    @classmethod
    @override
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if not fields.get("title"):
            for name in ("collapsed", "repeat"):
                if fields.get(name):
                    message = f"`{name}` needs a heading: give the row a `title`"
                    raise ValueError(message)


def _point_in_time(text: str) -> str:
    """`now`, less or more and rounded as Grafana writes it, or a date."""
    import re

    if re.fullmatch(r"now([+-]\d{1,9}[smhdwMQy]|/f?[smhdwMQy])*", text) or re.fullmatch(r"\d{12,14}", text):
        return text
    from datetime import datetime

    try:
        datetime.fromisoformat(text)
    except ValueError:
        message = f"`{text}` is no point in time: write it like `now-6h`, `now-1d/d` or `2024-05-01T08:00:00Z`"
        raise ValueError(message) from None
    return text


PointInTime: TypeAlias = Annotated[str, Check(_point_in_time)]


def _after_from(end: str, others: dict[str, Any]) -> str:
    start = others.get("time_from", "now-1h")
    if "/" not in end and (start == end or (start == "now" and end.startswith("now-"))):  # `now/d` to `now/d` is the whole day
        message = f"`{end}` does not come after `{start}`: there would be nothing to show"
        raise ValueError(message)
    return end


def _timezone(name: str) -> str:
    import re

    if not re.fullmatch(r"browser|utc|UTC|[A-Z][A-Za-z]*(/[A-Za-z0-9_+-]+){1,2}|[A-Z]{3}", name):
        message = f"`{name}` is no time zone: write `browser`, `utc`, or a name such as `Europe/Berlin`"
        raise ValueError(message)
    return name


Timezone: TypeAlias = Annotated[str, Check(_timezone)]


def _check_variables(variables: tuple[DashboardVariable, ...]) -> None:
    """Refuses two of one name, and another kind of variable under the name of the one that every dashboard has."""
    names = [getattr(each, "name", None) for each in variables]  # a variable with faults of its own has none
    for index, (name, variable) in enumerate(zip(names, variables, strict=True)):
        if name is not None and name in names[:index]:
            message = f"two variables are called `{name}`"
            raise ValueError(message)
        if name == "datasource" and variable.variable_type != "datasource":
            message = "`datasource` is the variable that holds the data source of every panel: give this one another name"
            raise ValueError(message)


def _check_sources(fields: dict[str, Any]) -> None:
    """Refuses a data source that is named like a variable."""
    variables = fields.get("variables", ())
    for row in fields["rows"]:
        for panel in row.panels:
            source = getattr(panel, "source", None)
            if isinstance(source, str) and any(getattr(each, "name", None) == source for each in variables):
                message = f'{_called(panel)} asks the data source `{source}`, but that is a variable: write `source="${source}"`'
                raise ValueError(message)


def _folder(name: str) -> str:
    # Grafana calls a folder as it is called on disk.
    if any(each in name for each in "/\\") or not name.strip("."):
        message = f"`{name}` cannot be the name of a folder: it is one on disk, too, without slashes in it"
        raise ValueError(message)
    return name


class Dashboard(Declaration):
    """A page of Grafana. `name` is its title; `uid` never changes, since links and bookmarks hold it.

    Beside its own `tags` it gets the tag `mac`, by which Grafana finds all dashboards that are generated and that nobody should edit there.
    `refresh` is that of the stack unless it is said; `"off"` is none, and `"auto"` lets Grafana choose by the time range.
    `refresh_intervals` are those in the menu, and `now_delay` leaves out what may not be there yet. The cursor is shown on all panels,
    with `shared_crosshair="tooltip"` with the values. `native_annotations` are those that people make in Grafana itself.
    """

    kind: ClassVar[str] = "dashboard"

    name: PlainName
    uid: Uid
    description: Text = ""
    tags: tuple[Text, ...] = ()
    rows: tuple[Instance[Row], ...]
    variables: tuple[Instance[DashboardVariable], ...] = ()
    links: tuple[Instance[Link] | Instance[DashboardLink], ...] = ()
    annotations: tuple[Instance[Annotation], ...] = ()
    refresh: Literal["off", "auto"] | PositiveDuration | None = None
    refresh_intervals: tuple[PositiveDuration, ...] = ()
    time_from: PointInTime = "now-1h"
    time_to: Annotated[PointInTime, Check(_after_from, with_others=True)] = "now"
    now_delay: PositiveDuration | None = None
    timezone: Timezone = "browser"
    week_start: Literal["monday", "saturday", "sunday"] | None = None
    fiscal_year_start_month: int = Field(default=1, ge=1, le=12)
    hide_time_picker: bool = False
    folder: Annotated[PlainName, Check(_folder)] | None = None
    shared_crosshair: bool | Literal["tooltip"] = True
    native_annotations: bool = True
    live_now: bool = False
    preload: bool = False
    editable: bool = False

    @classmethod
    @override
    def _consistent(cls, fields: dict[str, Any]) -> None:
        _check_variables(fields.get("variables", ()))
        _check_sources(fields)
        if any(getattr(link, "one_click", False) for link in fields.get("links", ())):
            message = "`one_click` is for `data_links`: a link on top of a dashboard takes one click anyway"
            raise ValueError(message)
        seen: dict[int, Panel] = {}
        for row in fields["rows"]:
            for panel in row.panels:
                if panel.id is not None and seen.setdefault(panel.id, panel) is not panel:
                    message = f"{_called(panel)} has the id {panel.id}, which {_called(seen[panel.id])} has already"
                    raise ValueError(message)

        annotations = [each for each in fields.get("annotations", ()) if each.panels or each.except_panels]
        here = {id(panel) for row in fields["rows"] for panel in row.panels} if annotations else set()
        for annotation in annotations:
            for panel in (*annotation.panels, *annotation.except_panels):
                if id(panel) not in here:
                    message = f"annotation `{getattr(annotation, 'name', '')}` names {_called(panel)}, which is in none of the rows"
                    raise ValueError(message)

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """Two dashboards may share neither the uid nor the title in a folder."""
        return ((self.kind, "uid", self.uid), (self.kind, "title", self.folder or "", self.name))

    @override
    def called(self, identity: tuple[str, ...]) -> str:
        if identity[1] == "uid":
            return f"the uid `{self.uid}` of a dashboard"
        return f"dashboard `{self.name}`" + (f" of folder `{self.folder}`" if self.folder else "")
