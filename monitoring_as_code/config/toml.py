"""Where keys and values of a TOML file stand; Python's own parser does not say. Read only when something is wrong."""

from __future__ import annotations

import re
from bisect import bisect_right

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Location


class Entry(NamedTuple):
    """Characters from and up to, of the key and of the value."""

    key: tuple[int, int]
    value: tuple[int, int]


Path = tuple[str | int, ...]
Spans = dict[Path, Entry]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]*")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def spans(text: str) -> Spans:
    """Every key and element of a document that has been found to be TOML."""
    return _Scanner(text).document()


def location(text: str, path: str, found: Spans, at: Path, *, key: bool = False) -> Location:
    """The value, or the key, at a path; what holds it, if it is not found."""
    while at and at not in found:
        at, key = at[:-1], False
    if not at:
        return _range(text, path, 0, 0)
    return _range(text, path, *(found[at].key if key else found[at].value))


def broken(data: bytes, error: Exception, path: str) -> tuple[str, Location]:
    """What is wrong with a file that is no TOML, and where."""
    text = data.decode("utf-8-sig", errors="replace")
    if isinstance(error, UnicodeDecodeError):
        start = len(data[: error.start].decode("utf-8-sig", errors="replace"))
        return f"this file must be UTF-8, but it has a byte 0x{error.object[error.start]:02x} here", _range(text, path, start, start + 1)
    if isinstance(error, RecursionError):
        return "this file is nested too deeply", _range(text, path, 0, 0)
    message = str(error)
    position = _POSITION.search(message)
    if position is None:
        return f"this is no TOML: {message}", _range(text, path, 0, 0)
    message = message[: position.start()]
    message = f"this is no TOML: {message[:1].lower()}{message[1:]}"
    if position[1] is None:
        end = len(text.rstrip())
        return message, _range(text, path, end, end)
    line, column = int(position[1]), int(position[2])
    return message, Location(path, line, column, line, column + 1)


def _range(text: str, path: str, start: int, end: int) -> Location:
    # Line ends stay as they are in the file: a carriage return is the last character of its line.
    starts = [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]
    line, end_line = bisect_right(starts, start), bisect_right(starts, end)
    return Location(path, line, start - starts[line - 1] + 1, end_line, end - starts[end_line - 1] + 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: Spans = {}

    def document(self) -> Spans:
        table: Path = ()
        tables: dict[Path, int] = {}
        while self._blank() < len(self.text):
            start = self.at
            if self.text[start] != "[":
                if not self._pair(table):
                    break
                continue
            many = self.text.startswith("[[", start)
            self.at += 1 + many
            self._blank()
            table, key = self._key(())
            end = self.text.find("]", self.at) + 1 + many
            if many:
                tables[table] = tables.get(table, -1) + 1
                table = (*table, tables[table])
            self.found.setdefault(table, Entry(key, (start, end)))
            self.at = end
        return self.found

    def _pair(self, table: Path) -> bool:
        path, key = self._key(table)
        equals = self.text.find("=", self.at)
        if path == table or equals < 0:
            return False
        self.at = equals + 1
        self._blank()
        start = self.at
        self._value(path)
        for length in range(len(table) + 1, len(path)):
            self.found.setdefault(path[:length], Entry(key, (key[0], self.at)))
        self.found[path] = Entry(key, (start, self.at))
        return True

    def _key(self, table: Path) -> tuple[Path, tuple[int, int]]:
        """A dotted key, with the span of its last part."""
        parts: list[str] = []
        span = (self.at, self.at)
        while part := _KEY.match(self.text, self.at):
            parts.append(_unquoted(part[0]))
            span = part.span()
            self.at = part.end()
            dot = _DOT.match(self.text, self.at)
            if dot is None:
                break
            self.at = dot.end()
        return (*table, *parts), span

    def _value(self, path: Path) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening in ("[", "{"):
            self.at += 1
            index = 0
            while self._blank() < len(self.text) and self.text[self.at] not in "]}":
                start = self.at
                if self.text[start] == ",":
                    self.at += 1
                elif opening == "[":
                    self._value((*path, index))
                    self.found[(*path, index)] = Entry((start, self.at), (start, self.at))
                    index += 1
                elif not self._pair(path):
                    return
            self.at += 1
        elif string := _STRING.match(self.text, self.at):
            self.at = string.end()
        elif scalar := _SCALAR.match(self.text, self.at):
            self.at += len(scalar[0].rstrip()) or 1

    def _blank(self) -> int:
        blank = _BLANK.match(self.text, self.at)
        self.at = self.at if blank is None else blank.end()
        return self.at


def _unquoted(part: str) -> str:
    if part[0] == "'":
        return part[1:-1]
    if part[0] == '"':
        import tomllib

        value: str = tomllib.loads(f"key = {part}")["key"]
        return value
    return part
