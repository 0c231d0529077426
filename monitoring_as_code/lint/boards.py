"""Dashboards as rules about their structure read them: declared ones and those of others, in Grafana's JSON, in one form."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.analysis import once
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.expression import Expression
from monitoring_as_code.model.panel import Query, QueryPanel
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.promql.variables import find_variables, may_hold_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.lint.board_json import JsonPanel
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.variables import DashboardVariable
    from monitoring_as_code.promql.ast import Variable

Role: TypeAlias = str
"""What a text is for: "query", "words" (titles, legends), "link", "annotation", "variable", "source" (of data), or "other"."""

# Grafana fills in variables here; what else a part says may hold a `$` of its own.
_ROLES: Mapping[str, Role] = {
    "title": "words",
    "description": "words",
    "legend": "words",
    "url": "link",
    "source": "source",
    "text": "words",
    "display_name": "words",
    "interval": "query",
    "count": "query",
    "variables": "link",
}
# What a variable says that its values do not depend on.
_NO_QUERIES = ("name", "label", "description", "values", "value", "default")


class Said(NamedTuple):
    """A text of a dashboard with variables in it. `single` are variables that have one value there, since what holds it is repeated."""

    text: str
    place: Place
    role: Role
    single: frozenset[str] = frozenset()

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in it, in their order."""
        return find_variables(self.text)

    def at(self, variable: Variable) -> Place:
        """Where one of them stands."""
        return self.place if self.place.text is None else self.place._replace(span=variable.span)


class Repeat(NamedTuple):
    """A panel or a row that is shown once for each value of a variable."""

    name: str
    place: Place


class Choice(NamedTuple):
    """A variable of a dashboard. `several` says whether it may hold more than one value at a time; `texts` are those that its values depend on."""

    name: str
    kind: str
    several: bool
    place: Place
    texts: tuple[Said, ...] = ()
    declared: DashboardVariable | None = None
    data: Mapping[str, object] = MappingProxyType({})
    """The JSON of one that is not declared."""

    @property
    def depends_on(self) -> frozenset[str]:
        """The variables that its own values depend on."""
        return frozenset(variable.name for said in self.texts for variable in said.variables)


class Linked(NamedTuple):
    """A link: its address, the uid of the dashboard that it leads to, or nothing of both if it leads to all dashboards with some tags.

    `carries` says that it takes the variables' values along, and `passed` which variables it gives a value itself, beside those that
    stand in the URL.
    """

    url: str
    uid: str | None
    place: Place
    carries: bool
    passed: tuple[str, ...] = ()
    part: Part | None = None


class Board(NamedTuple):
    """A dashboard. `inputs` are names that Grafana asks for when the file is imported. `scopes` are the variables that have one value in
    a query, by the part that the query is.
    """

    dashboard: Dashboard
    choices: tuple[Choice, ...]
    texts: tuple[Said, ...]
    repeats: tuple[Repeat, ...]
    links: tuple[Linked, ...]
    scopes: Mapping[int, frozenset[str]]
    inputs: frozenset[str] = frozenset()

    @property
    def is_json(self) -> bool:
        """Whether it is one of others."""
        return "json_data" in self.dashboard.__dict__

    @property
    def panels(self) -> tuple[JsonPanel, ...]:
        """The panels of a dashboard of others, as they stand in its JSON; those of a declared one are in its rows."""
        if not self.is_json:
            return ()
        from monitoring_as_code.lint.board_json import json_panels

        return tuple(json_panels(self))

    @property
    def known(self) -> frozenset[str]:
        """The names of all variables."""
        return self.inputs.union(choice.name for choice in self.choices)

    def choice(self, name: str) -> Choice | None:
        """The variable of this name."""
        return next((choice for choice in self.choices if choice.name == name), None)


def boards(reading: Reading) -> tuple[Board, ...]:
    """Every dashboard; none in the reading of a part of the expressions."""
    return tuple(_boards(reading.analysis).values()) if reading.rest else ()


def board_of(reading: Reading, use: Use) -> Board | None:
    """The dashboard that an expression is a part of."""
    return _boards(reading.analysis).get(id(use.declaration)) if use.in_dashboard else None


@once
def _boards(analysis: Analysis) -> Mapping[int, Board]:
    return {id(dashboard): _board(analysis, dashboard) for dashboard in analysis.project.of(Dashboard)}


def _board(analysis: Analysis, dashboard: Dashboard) -> Board:
    if "json_data" in dashboard.__dict__:
        from monitoring_as_code.lint.board_json import board_of_json

        return board_of_json(dashboard, dashboard.__dict__["json_data"])
    texts: list[Said] = []
    repeats: list[Repeat] = []
    links: list[Linked] = list(_links(dashboard.links, on_top=True))
    scopes: dict[int, frozenset[str]] = {}
    for row in dashboard.rows:
        texts += _of_fields(row, skip=("panels",))
        of_row = frozenset((row.repeat,)) if row.repeat is not None else frozenset()
        repeats += _repeats(row)
        for panel in row.panels:
            single = of_row | {panel.repeat} if panel.repeat is not None else of_row
            repeats += _repeats(panel)
            texts += _of_fields(panel, single, skip=("expr",) if isinstance(panel, QueryPanel) else ())
            links += _links((*panel.links, *getattr(panel, "data_links", ())))
            for override in getattr(panel, "overrides", ()):
                links += _links(getattr(override, "data_links", ()))
            if isinstance(panel, QueryPanel):
                uses = analysis.queries(panel)
                texts += _of_uses(uses, single)
                if single:
                    scopes.update((id(use.part), single) for use in uses)
    for annotation in dashboard.annotations:
        texts += _of_fields(annotation, skip=("expr",))
    texts += _of_uses(analysis.use(each) for each in dashboard.annotations)
    for link in dashboard.links:
        texts += _of_fields(link)
    choices = tuple(_choice(variable) for variable in dashboard.variables)
    if not any(choice.kind == "datasource" for choice in choices):
        choices = (Choice("datasource", "datasource", several=False, place=Place(dashboard.origin)), *choices)
    return Board(dashboard, choices, tuple(texts), tuple(repeats), tuple(links), scopes)


def _choice(variable: DashboardVariable) -> Choice:
    texts = tuple(each._replace(role="variable") for each in _of_fields(variable, skip=_NO_QUERIES))
    several = bool(getattr(variable, "multi", False) or getattr(variable, "include_all", False))
    return Choice(variable.name, variable.variable_type, several, Place(variable.origin, ("name",)), texts, variable)


def _repeats(part: Part) -> Iterator[Repeat]:
    name = getattr(part, "repeat", None)
    if isinstance(name, str):
        yield Repeat(name, Place(part.origin, ("repeat",)))


def _links(links: Iterable[Part], *, on_top: bool = False) -> Iterator[Linked]:
    for link in links:
        url, uid, keeps = getattr(link, "url", None), getattr(link, "uid", None), getattr(link, "keep_variables", None)
        argument = "url" if url else "dashboard" if uid else "tags"
        passed = tuple(getattr(link, "variables", ()))
        carries = uid is not None or on_top if keeps is None else keeps
        yield Linked(url or "", uid or uid_in(url or ""), Place(link.origin, (argument,)), carries, passed, link)


def uid_in(url: str) -> str | None:
    """The uid of the dashboard that a URL leads to, if it is one of this Grafana."""
    if not url.startswith(("/d/", "d/")):
        return None
    uid = url.split("/d/" if url[0] == "/" else "d/", 1)[1]
    for end in "/?#":
        uid = uid.split(end, 1)[0]
    return None if not uid or may_hold_variables(uid) else uid


def _of_uses(uses: Iterable[Use], single: frozenset[str] = frozenset()) -> Iterator[Said]:
    for use in uses:
        text = use.written if use.written is not None else use.text
        if may_hold_variables(text):
            shown = use.written if use.written is not None else None
            yield Said(text, Place(use.part.origin, (use.argument,), None, shown), "query", single)


def _of_fields(part: Part, single: frozenset[str] = frozenset(), skip: tuple[str, ...] = ()) -> Iterator[Said]:
    """The texts of a part, and of the parts in it, that are no expressions."""
    for name, value in part.__dict__.items():
        if name not in skip and name[0] != "_":
            yield from _of_value(part, (name,), value, single)


def _of_value(part: Part, path: tuple[str | int, ...], value: object, single: frozenset[str]) -> Iterator[Said]:
    if isinstance(value, str):
        if may_hold_variables(value):
            role = _ROLES.get(str(path[0]), "other") if len(path) == 1 or path[0] == "variables" else "other"
            yield Said(value, Place(part.origin, path, None, value), role, single)
    elif isinstance(value, tuple | list):
        for index, each in enumerate(value):
            yield from _of_value(part, (*path, index), each, single)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _of_value(part, (*path, str(key)), each, single)
    elif isinstance(value, Expression):
        yield Said(to_text(value.node), Place(part.origin, path), "query", single)
    elif isinstance(value, Part) and not isinstance(value, Declaration):
        # What is no PromQL, such as a query of logs, is a text like any other.
        yield from _of_fields(value, single, skip=("expr",) if isinstance(value, Query) else ())
