"""A YAML or JSON file as plain data, and where each of its parts stands.

Places are paths of keys and indexes. YAML is composed into nodes, which know where they are; of JSON, only the data are read at first:
where something stands is found out when somebody must be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.foreign.spelling import Style, respelt, spelling
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Anchor, Location, Place, Respelling
from monitoring_as_code.origin.literal import Spelling
from monitoring_as_code.origin.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

Path: TypeAlias = tuple[str | int, ...]
_YamlNode: TypeAlias = Any  # PyYAML's nodes of three classes, told apart by their `id`
RULE = "unreadable-file"
KEY = "[key]"
"""The last step of a path to a key itself."""
_NO_NAMES: Mapping[str, Path] = {}


class Unreadable(Exception):  # noqa: N818 - it is the file that is unreadable
    """A file, or a part of one, of which nobody knows what it says; with the finding that says why."""

    def __init__(self, message: str, at: Location, help_: str | None = None, rule: str = RULE) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(rule, Severity.ERROR, message, at, help_)


class Node(NamedTuple):
    """A part of a file: its characters from `start` up to `end`; `style` and `value` are those of a text."""

    start: int
    end: int
    style: Style | None = None
    value: str = ""
    items: tuple[tuple[Node | None, Node], ...] | None = None
    """Keys and values of a mapping, as written; a list has no keys."""


class Document:
    """One document of a file, of which a YAML file may have several: this is the one of this `number`.

    As it stands it is one that could not be read: there is nothing in it, and only the file itself is a place.
    """

    def __init__(self, path: str, source: Source, number: int = 0) -> None:
        self.path = path
        self.source = source
        self.number = number

    @cached_property
    def data(self) -> Any:  # noqa: ANN401 - anything may stand in a file
        """Dicts, lists and texts; in JSON numbers, too."""
        return None

    def node(self, path: Path) -> Node | None:  # noqa: ARG002 - nothing is in it
        """What stands at a path; a last `[key]` asks for the key itself."""
        return None

    def at(self, path: Path) -> Any:  # noqa: ANN401
        """The data at a path, which must be there."""
        found = self.data
        for step in path:
            found = found[step]
        return found

    def repeated(self) -> Iterator[tuple[int, int, str | None]]:
        """Where a key stands for another time in its mapping; and, without a name, where something holds itself."""
        return iter(())

    def anchor(self, path: Path = (), names: Mapping[str, Path] = _NO_NAMES) -> FileAnchor:
        """A part of this document that stands for a declaration; `names` lead from its arguments to keys of the file."""
        return FileAnchor(self, path, names)

    def becomes(self, change: Respelling, path: Path, wanted: str) -> bool:
        """Whether a change makes just this text of what stands at a path."""
        text = self.source.text
        changed = Source(text[: change.start] + change.text + text[change.end :])
        try:
            found = next(islice(documents(self.path, changed), self.number, None), None)
        except Unreadable:
            return False
        node = None if found is None else found.node(path)
        return node is not None and node.value == wanted

    def location(self, start: int, end: int) -> Location:
        """Characters of the file as line and column."""
        return Location(self.path, *self.source.line_and_column(start), *self.source.line_and_column(max(start, end)))


class FileAnchor(Anchor):
    """A part of a document that stands for a declaration."""

    __slots__ = ("_spelt", "document", "names", "path")

    def __init__(self, document: Document, path: Path, names: Mapping[str, Path]) -> None:
        self.document = document
        self.path = path
        self.names = names
        self._spelt: dict[Path, tuple[Node, Spelling | None] | None] = {}

    def locate(self, place: Place) -> Location:
        """Line and column: the whole of what is nearest if there is nothing at the place itself."""
        document = self.document
        path = self._path(place.path)
        node = document.node(path)
        if node is None:
            # What is not there is told at the name of the thing that lacks it, and a name that is not there at what has none.
            nearest = (document.node(path[:-1]) if path[-1:] in (("title",), ("name",)) else None) or document.node(
                (*self.path, *self.names.get("name", ("name",)))
            )
            nearest = nearest or document.node(self.path) or Node(0, 0)
            found = document.location(nearest.start, nearest.end)
            return self._first_line(found) if nearest.style is None else found
        if place.span is not None:
            exact = self._characters(path, node, place)
            if exact is not None:
                return document.location(*exact)
            return document.location(node.start, node.end)._replace(exact=False, text=place.text, span=place.span)
        if node.style is None and not place.path:
            named = document.node((*self.path, *self.names.get("name", ("name",))))
            return (
                document.location(named.start, named.end)
                if named is not None
                else self._first_line(document.location(node.start, node.end))
            )
        return document.location(node.start, node.end)

    def spelt(self, place: Place, text: str) -> Respelling | None:
        """The change of the file that changes these characters, if they stand there as they are."""
        path = self._path(place.path)
        node = self.document.node(path)
        if node is None or node.style is None:
            return None
        span = place.span or (0, len(node.value))
        found = self._characters(path, node, place._replace(span=span))
        new = respelt(node.style, text)
        if found is None or new is None:
            return None
        shift = 0 if place.text is None or place.text == node.value else node.value.index(place.text)
        wanted = node.value[: span[0] + shift] + text + node.value[span[1] + shift :]
        change = Respelling(self.document.path, *found, new)
        return change if self.document.becomes(change, path, wanted) else None

    def _path(self, path: Path) -> Path:
        if path and isinstance(path[0], str) and path[0] in self.names:
            return (*self.path, *self.names[path[0]], *path[1:])
        return (*self.path, *path)

    def _characters(self, path: Path, node: Node, place: Place) -> tuple[int, int] | None:
        if node.style is None or place.span is None:
            return None
        if path not in self._spelt:
            self._spelt[path] = (node, spelling(node.style, node.value, self.document.source.text, node.start, node.end))
        known = self._spelt[path]
        spelt = None if known is None else known[1]
        shift = 0
        if place.text is not None and place.text != node.value:
            # What was checked may be a part of what stands there: the query of a variable holds matchers.
            if not place.text or node.value.count(place.text) != 1:
                return None
            shift = node.value.index(place.text)
        start, end = place.span
        if spelt is None or not 0 <= start <= end <= spelt.length - shift:
            return None
        return spelt.source_span(start + shift, end + shift)

    @staticmethod
    def _first_line(location: Location) -> Location:
        return location if location.end_line == location.line else location._replace(end_line=location.line, end_column=location.column + 1)


class YamlDocument(Document):
    """One document of a YAML file."""

    def __init__(self, path: str, source: Source, root: _YamlNode, number: int) -> None:
        super().__init__(path, source, number)
        self.root = root

    @cached_property
    def data(self) -> Any:  # noqa: ANN401
        """Dicts, lists, texts, and None; anchors and merges are resolved."""
        return _plain(self.root, {}, set())

    def node(self, path: Path) -> Node | None:
        """What stands at a path, in an anchor or a merged mapping, too."""
        node = self.root
        for depth, step in enumerate(path):
            found = _step(node, step)
            if found is None:
                return None
            if path[depth + 1 : depth + 2] == (KEY,):
                return None if found[0] is None else _placed(found[0])
            node = found[1]
        return _placed(node)

    def repeated(self) -> Iterator[tuple[int, int, str | None]]:
        """Keys that stand twice; what holds itself is told at the key whose value that is."""
        return _repeated(self.root, {}, self.root)


class JsonDocument(Document):
    """A JSON file."""

    def __init__(self, path: str, source: Source, data: Any) -> None:  # noqa: ANN401
        super().__init__(path, source)
        self.__dict__["data"] = data

    @cached_property
    def root(self) -> Node:
        """The data with their places."""
        from monitoring_as_code.foreign.json_nodes import nodes

        return nodes(self.source.text)

    def node(self, path: Path) -> Node | None:
        """What stands at a path."""
        node = self.root
        for depth, step in enumerate(path):
            items = node.items
            if items is None:
                return None
            if isinstance(step, int):
                if not 0 <= step < len(items):
                    return None
                node = items[step][1]
                continue
            found = next((item for item in reversed(items) if item[0] is not None and item[0].value == step), None)
            if found is None:
                return None
            if path[depth + 1 : depth + 2] == (KEY,):
                return found[0]
            node = found[1]
        return node

    def repeated(self) -> Iterator[tuple[int, int, str | None]]:
        """Keys that stand twice."""
        waiting = [self.root]
        while waiting:
            keys: set[str] = set()
            for key, value in waiting.pop().items or ():
                waiting.append(value)
                if key is not None and key.value in keys:
                    yield key.start, key.end, key.value
                keys.update(() if key is None else (key.value,))


def _repeated(node: _YamlNode, known: dict[int, bool], named: _YamlNode) -> Iterator[tuple[int, int, str | None]]:
    """`known` says of each node whether all of it has been seen."""
    if node.id == "scalar" or known.get(id(node)):
        return
    if id(node) in known:
        yield named.start_mark.index, named.end_mark.index, None
        return
    known[id(node)] = False
    if node.id == "sequence":
        for each in node.value:
            yield from _repeated(each, known, named)
    else:
        keys = set()
        for key, value in node.value:
            if key.id == "scalar" and key.value in keys:
                yield key.start_mark.index, key.end_mark.index, key.value
            keys.add(key.value if key.id == "scalar" else None)
            yield from _repeated(value, known, key if key.id == "scalar" else named)
    known[id(node)] = True


def _plain(node: _YamlNode, known: dict[int, Any], open_: set[int]) -> Any:  # noqa: ANN401
    """A node as data. One that holds itself is nothing inside of itself."""
    if node.id == "scalar":
        return None if node.tag == "tag:yaml.org,2002:null" else node.value
    if id(node) in known:
        return known[id(node)]
    if id(node) in open_:
        return None
    open_.add(id(node))
    made: Any
    if node.id == "sequence":
        made = [_plain(each, known, open_) for each in node.value]
    else:
        made = {}
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                for merged in value.value if value.id == "sequence" else (value,):
                    inner = _plain(merged, known, open_)
                    made.update({name: each for name, each in inner.items() if name not in made} if isinstance(inner, dict) else {})
        made.update({key.value: _plain(value, known, open_) for key, value in node.value if key.id == "scalar" and key.tag != _MERGE})
    open_.discard(id(node))
    known[id(node)] = made
    return made


_MERGE = "tag:yaml.org,2002:merge"
_STYLES: Mapping[str | None, Style] = {"|": "literal", ">": "folded", "'": "single", '"': "double"}


def _step(node: _YamlNode, step: str | int, depth: int = 0) -> tuple[_YamlNode | None, _YamlNode] | None:
    if node.id == "sequence":
        return (None, node.value[step]) if isinstance(step, int) and 0 <= step < len(node.value) else None
    if node.id != "mapping" or depth > 20:  # a mapping may be merged into itself
        return None
    found = next(((key, value) for key, value in reversed(node.value) if key.id == "scalar" and key.value == step), None)
    if found is not None:
        return found
    for key, value in node.value:
        if key.tag == _MERGE:
            for merged in value.value if value.id == "sequence" else (value,):
                inner = _step(merged, step, depth + 1)
                if inner is not None:
                    return inner
    return None


def _placed(node: _YamlNode) -> Node:
    start, end = node.start_mark.index, node.end_mark.index
    if node.id == "scalar":
        return Node(start, end, _STYLES.get(node.style, "plain"), node.value)
    return Node(start, end)


def documents(path: str, source: Source) -> Iterator[Document]:
    """The documents of a file.

    Raises:
        Unreadable: it is no YAML, or no JSON.
    """
    text = source.text
    if path.endswith(".json") or (text.lstrip("\ufeff \t\r\n").startswith("{") and not path.endswith((".yml", ".yaml"))):
        yield _json(path, source)
    else:
        yield from _yaml(path, source)


def is_template(text: str) -> bool:
    """Whether YAML is made of this by Helm or Jinja. That there is `{{` says nothing: annotations of alerts have it, too."""
    import re

    return (
        re.search(
            r"^[ \t]*(?:\{\{|\{%)|\{\{-?[ \t]*(?:\.(?:Values|Release|Chart|Files)\b|(?:include|template|toYaml)\b)", text, re.MULTILINE
        )
        is not None
    )


def _json(path: str, source: Source) -> JsonDocument:
    import json

    document = Document(path, source)
    try:
        data = json.loads(source.text)
    except json.JSONDecodeError as error:
        message = f"this is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise Unreadable(message, document.location(error.pos, error.pos + 1)) from None
    except RecursionError:
        raise Unreadable("this JSON is nested too deeply", document.location(0, 1)) from None
    return JsonDocument(path, source, data)


def _yaml(path: str, source: Source) -> Iterator[YamlDocument]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    place = Document(path, source)
    try:
        for number, root in enumerate(yaml.compose_all(source.text, Loader=loader)):
            yield YamlDocument(path, source, root, number)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = len(source.text) if mark is None else min(mark.index, len(source.text))
        if is_template(source.text):
            raise Unreadable(
                "this is a template of YAML, not YAML", place.location(at, at + 1), "render it first, such as by `helm template`"
            ) from None
        words = " ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable(f"this is no YAML: {words}", place.location(at, at + 1)) from None
    except yaml.reader.ReaderError as error:
        raise Unreadable(f"this is no YAML: {error.reason}", place.location(error.position, error.position + 1)) from None
    except RecursionError:
        raise Unreadable("this YAML is nested too deeply", place.location(0, 1)) from None
