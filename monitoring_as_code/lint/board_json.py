"""A dashboard of others, in Grafana's JSON of any age, as rules about structure read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.boards import Board, Choice, Linked, Repeat, Role, Said, uid_in
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.variables import may_hold_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.model.dashboard import Dashboard
    from monitoring_as_code.model.declaration import Part

Path: TypeAlias = tuple[str | int, ...]
Json: TypeAlias = dict[str, Any]

# What Grafana remembers of a variable, and what it found; neither is what anybody wrote.
_REMEMBERED = frozenset({"current", "options", "definition"})
_PROMETHEUS_WORDS = frozenset({"legendFormat", "expr"})


def board_of_json(dashboard: Dashboard, data: Json) -> Board:
    """The dashboard that was read from this JSON."""
    queries = {_path_of(query): query for row in dashboard.rows for panel in row.panels for query in getattr(panel, "queries", ())}
    reader = _Reader(dashboard, frozenset(queries))
    listed = _list(_dict(data.get("templating")).get("list"))
    choices = tuple(
        reader.choice(("templating", "list", index), each)
        for index, each in enumerate(listed)
        if isinstance(each, dict) and isinstance(each.get("name"), str)
    )
    for key, value in data.items():
        if key in ("panels", "rows"):
            reader.panels((), data, key)
        elif key not in ("templating", "__inputs", "__elements", "__requires"):
            reader.value((key,), value, frozenset())
    inputs = frozenset(str(each.get("name")) for each in _list(data.get("__inputs")) if isinstance(each, dict))
    scopes = {id(query): reader.single[path] for path, query in queries.items() if reader.single.get(path)}
    return Board(dashboard, choices, tuple(reader.texts), tuple(reader.repeats), tuple(reader.links), scopes, inputs)


class JsonPanel(NamedTuple):
    """A panel in Grafana's JSON: the path to it from its dashboard, and whether it is the heading of a row."""

    path: Path
    data: Json
    is_row: bool
    place: Place
    """Its title, or what stands there instead."""

    def at(self, *path: str | int) -> Place:
        """Something in it."""
        return Place(self.place.origin, (*self.path, *path))

    @property
    def kind(self) -> str:
        """Grafana's name of its type."""
        return str(self.data.get("type"))

    @property
    def targets(self) -> list[Json]:
        """Its queries, whatever data source they ask."""
        return [each for each in _list(self.data.get("targets")) if isinstance(each, dict)]


def json_panels(board: Board) -> Iterator[JsonPanel]:
    """Every panel of a dashboard of others, those in rows behind the rows' headings."""
    yield from _json_panels(board, (), board.dashboard.__dict__.get("json_data", {}))


def _json_panels(board: Board, path: Path, holder: Json) -> Iterator[JsonPanel]:
    for key in ("rows", "panels"):
        for index, data in enumerate(_list(holder.get(key))):
            if isinstance(data, dict):
                where = (*path, key, index)
                yield JsonPanel(where, data, key == "rows" or data.get("type") == "row", Place(board.dashboard.origin, (*where, "title")))
                yield from _json_panels(board, where, data)


class _Reader:
    """Collects the texts, with the variables that have one value where they stand."""

    def __init__(self, dashboard: Dashboard, queries: frozenset[Path]) -> None:
        self.origin = dashboard.origin
        self.before = len(_path_of(dashboard))
        self.queries = {path[self.before :] for path in queries}
        self.single: dict[Path, frozenset[str]] = {}
        self.full = _path_of(dashboard)
        self.texts: list[Said] = []
        self.repeats: list[Repeat] = []
        self.links: list[Linked] = []

    def choice(self, path: Path, data: Json) -> Choice:
        """A variable."""
        before, self.texts = self.texts, []
        for key, value in data.items():
            if key not in _REMEMBERED and not (key == "query" and data.get("type") in ("custom", "interval", "datasource")):
                self.value((*path, key), value, frozenset())
        texts, self.texts = tuple(each._replace(role="source" if each.role == "source" else "variable") for each in self.texts), before
        several = data.get("multi") is True or data.get("includeAll") is True
        return Choice(data["name"], str(data.get("type")), several, Place(self.origin, (*path, "name")), texts, data=data)

    def panels(self, path: Path, holder: Json, key: str, inherited: frozenset[str] = frozenset()) -> None:
        """The panels in a dashboard or a row; those behind the heading of a row belong to it."""
        of_row = inherited
        for index, panel in enumerate(_list(holder.get(key))):
            if not isinstance(panel, dict):
                continue
            where = (*path, key, index)
            repeat = panel.get("repeat")
            own = frozenset((repeat,)) if isinstance(repeat, str) and repeat else frozenset()
            if own:
                self.repeats.append(Repeat(str(repeat), Place(self.origin, (*where, "repeat"))))
            is_row = panel.get("type") == "row" or key == "rows"
            if is_row:
                of_row = inherited | own
            single = of_row | own
            for name, value in panel.items():
                if name == "panels":
                    self.panels(where, panel, "panels", single)
                else:
                    self.value((*where, name), value, single)

    def value(self, path: Path, value: object, single: frozenset[str]) -> None:
        """Whatever stands somewhere."""
        if isinstance(value, str):
            if may_hold_variables(value):
                self.texts.append(Said(value, Place(self.origin, path, None, value), self._role(path), single))
        elif isinstance(value, list):
            for index, each in enumerate(value):
                self.value((*path, index), each, single)
        elif isinstance(value, dict):
            if path in self.queries and single:
                self.single[(*self.full, *path)] = single
            if len(path) > 1 and path[-2] in ("links", "dataLinks") and isinstance(path[-1], int):
                self._link(path, value)
            for key, each in value.items():
                self.value((*path, key), each, single)

    def _link(self, path: Path, data: Json) -> None:
        url = data.get("url")
        address = url if isinstance(url, str) else ""
        carries = data.get("includeVars") is True or "__all_variables" in address
        place = Place(self.origin, (*path, "url") if address else path)
        self.links.append(Linked(address, uid_in(address), place, carries))

    def _role(self, path: Path) -> Role:
        last = path[-1]
        if last in _PROMETHEUS_WORDS and path[:-1] in self.queries:
            return "query" if last == "expr" else "words"
        if last == "datasource" or (last == "uid" and path[-2] == "datasource"):
            return "source"
        if last == "url" and len(path) > 2 and path[-3] in ("links", "dataLinks"):
            return "link"
        if last == "title" and (len(path) == 3 or path[-3] in ("panels", "rows")):
            return "words"
        return "other"


def _path_of(part: Part) -> Path:
    path: Path = getattr(part.origin, "path", ())
    return path


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
