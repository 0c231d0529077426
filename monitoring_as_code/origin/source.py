"""A source file as its reader sees it: lines, and its syntax tree indexed by position."""

from __future__ import annotations

import os
import stat
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ast

Span = tuple[int, int, int, int]
"""First line from 1, first byte of it from 0, last line, the byte after: what `ast` and `co_positions()` count."""

Positioned: TypeAlias = "ast.expr | ast.ClassDef"


class Source:
    r"""The text of a file with `\n` at line ends, and what was found in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Not str.splitlines: a form feed or U+2028 ends no line of Python.
        self.lines = text.split("\n")

    def column(self, line: int, byte: int) -> int:
        """The character from 0 at a byte of a line; lines count from 1."""
        text = self.lines[line - 1]
        if text.isascii():
            return min(byte, len(text))
        return len(text.encode(errors="surrogatepass")[:byte].decode(errors="ignore"))

    def offset(self, line: int, byte: int) -> int:
        """The same as a character of the whole text."""
        return self._starts[line - 1] + self.column(line, byte)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a character of the whole text."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts[:-1]

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree; nothing if the text is no Python (any more)."""
        import ast
        import warnings

        try:
            # Python has warned of `"\d"` when it loaded the file; once is enough.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def nodes(self) -> dict[Span, Positioned]:
        """Every expression and class that an instruction can belong to, by its span."""
        import ast

        found: dict[Span, Positioned] = {}
        if self.tree is not None:
            for node in ast.walk(self.tree):
                if isinstance(node, ast.Call | ast.BinOp | ast.Compare | ast.UnaryOp | ast.Subscript | ast.Attribute | ast.ClassDef):
                    found[span_of(node)] = node
        return found

    @cached_property
    def calls_by_end(self) -> dict[tuple[int, int], ast.Call]:
        """Every call by where it ends. Two calls cannot end at one place, but a method's starts at its name, for Python, if that is on
        a line of its own.
        """
        import ast

        return {span[2:]: node for span, node in self.nodes.items() if isinstance(node, ast.Call)}

    @cached_property
    def bindings(self) -> dict[str, ast.expr | None]:
        """Names that are bound once in the whole file, by a plain assignment at module level, with what they stand for.

        Any other name that is bound has None.
        """
        import ast

        found: dict[str, ast.expr | None] = {}
        if self.tree is None:
            return found
        values: dict[int, ast.expr] = {}
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                values[id(statement.targets[0])] = statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                values[id(statement.target)] = statement.value
        for node in ast.walk(self.tree):
            names: list[str] = []
            value: ast.expr | None = None
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                names, value = [node.id], values.get(id(node))
            elif isinstance(node, ast.arg):
                names = [node.arg]
            elif isinstance(node, ast.alias):
                names = [(node.asname or node.name).partition(".")[0]]
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.Global):
                names = node.names
            for name in names:
                found[name] = None if name in found else value
        return found


def span_of(node: Positioned) -> Span:
    """Where a node stands."""
    end_line, end = node.end_lineno, node.end_col_offset
    return (node.lineno, node.col_offset, node.lineno if end_line is None else end_line, node.col_offset if end is None else end)


def decoded(path: str, data: bytes) -> str:
    r"""The file's text with `\n` at line ends: by its declared encoding if it is Python, and with U+FFFD for what cannot be read."""
    encoding = "utf-8-sig"
    if path.endswith(".py") and b"coding" in data:  # else there is no declaration, and `tokenize` takes a millisecond to import
        from io import BytesIO
        from tokenize import detect_encoding

        try:
            encoding, _ = detect_encoding(BytesIO(data).readline)
        except SyntaxError:
            encoding = "utf-8-sig"
    try:
        text = data.decode(encoding, errors="replace")
    except (LookupError, UnicodeError):
        text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


_read: dict[str, tuple[tuple[int, int], Source]] = {}


def read(path: str) -> Source | None:
    """A file, read once as long as it does not change; nothing if it cannot be read."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, for ever
            return None
        state = (status.st_mtime_ns, status.st_size)
        known = _read.get(path)
        if known is None or known[0] != state:
            with open(path, "rb") as file:
                known = _read[path] = (state, Source(decoded(path, file.read())))
    except (OSError, ValueError):
        return None
    return known[1]
