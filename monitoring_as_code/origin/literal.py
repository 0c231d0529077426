"""From a character of a string's value to the characters of the source that spell it."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin.source import Source, span_of

_OPENING = re.compile(r"(?P<prefix>[rRuU]?)(?P<quote>\"\"\"|'''|\"|')")
_BETWEEN = re.compile(r"(?:[ \t\f\n]|\\\n|#[^\n]*)*")
_PLAIN = {'"': re.compile(r'[^\\"]*'), "'": re.compile(r"[^\\']*")}
_ESCAPE = re.compile(r"\\(?:\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\})")


class Run(NamedTuple):
    """Characters of a value from `value` on, spelt from `source` on: one each if `width` is 1, else a single one spelt by so many."""

    value: int
    source: int
    width: int = 1


class Spelling(NamedTuple):
    """How a whole value is spelt; `length` is the value's."""

    runs: list[Run]
    length: int
    end: int

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the source that spell the characters from `start` up to `end` of the value."""
        first = self._spelt(start)[0]
        if end <= start:
            # Between two characters. Behind the last one of a part, the place is before the next one: what ends there ends the value.
            return first, first
        return first, self._spelt(end - 1)[1]

    def _spelt(self, index: int) -> tuple[int, int]:
        if index >= self.length:
            return self.end, self.end
        run = self.runs[bisect_right(self.runs, index, key=lambda each: each.value) - 1]
        source = run.source + (index - run.value if run.width == 1 else 0)
        return source, source + run.width


def spelling(node: ast.expr, source: Source) -> Spelling | None:
    """How a literal, or a sum of literals, is spelt; nothing if it is anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = spelling(node.left, source), spelling(node.right, source)
        if left is None or right is None:
            return None
        return Spelling(
            left.runs + [run._replace(value=run.value + left.length) for run in right.runs], left.length + right.length, right.end
        )
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return None
    line, column, end_line, end_column = span_of(node)
    found = _scan(source.text, source.offset(line, column), source.offset(end_line, end_column))
    # A file that was edited since may have another literal at this place.
    return found if found is not None and found.length == len(node.value) else None


def value_of(node: ast.expr) -> str | None:
    """The text that a literal, or a sum of literals, stands for."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = value_of(node.left), value_of(node.right)
        return None if left is None or right is None else left + right
    return None


def respelt(node: ast.expr, start: int, end: int, text: str, source: Source) -> str | None:
    """How a text is written in place of the characters from `start` up to `end` of a literal; None if these are of two parts of it."""
    first, last = (source.offset(*at) for at in (span_of(node)[:2], span_of(node)[2:]))
    position = first
    while position < last:
        opening = _OPENING.match(source.text, position, last)
        if opening is None:  # an operator, a bracket or a blank between two parts
            position += 1
            continue
        quote, raw = opening["quote"], opening["prefix"] in ("r", "R")
        close = _closing(source.text, opening.end(), last, quote)
        if opening.end() <= start and end <= close:
            if raw:
                return None if quote[0] in text or "\\" in text[-1:] or not text.isprintable() else text
            escaped = text.replace("\\", "\\\\").replace(quote[0], "\\" + quote[0]).replace("\n", "\\n")
            return escaped if escaped.isprintable() else None
        position = close + len(quote)
    return None


def _closing(text: str, position: int, last: int, quote: str) -> int:
    """Where the quotes that end a literal stand, which begins at `position`."""
    while position < last and not text.startswith(quote, position):
        position += 2 if text[position] == "\\" else 1
    return position


def _scan(text: str, start: int, end: int) -> Spelling | None:
    runs: list[Run] = []
    value = 0
    position = start
    behind = start
    while position < end:
        opening = _OPENING.match(text, position, end)
        if opening is None:
            return None
        quote = opening["quote"]
        raw = opening["prefix"] in ("r", "R")
        position = opening.end()
        while not text.startswith(quote, position):
            if position >= end:
                return None
            if text[position] != "\\":
                plain = _PLAIN[quote[0]].match(text, position + 1, end)  # the first may be a quote that does not close
                stop = position + 1 if plain is None else plain.end()
                runs.append(Run(value, position))
            elif raw:
                stop = position + 2
                runs.append(Run(value, position))
            elif escape := _ESCAPE.match(text, position):
                stop = escape.end()
                if text[position + 1] != "\n":
                    runs.append(Run(value, position, stop - position))
                    value += 1
                position = stop
                continue
            else:
                stop = position + 1
                runs.append(Run(value, position))
            value += stop - position
            position = stop
        behind = position
        between = _BETWEEN.match(text, position + len(quote), end)
        position = end if between is None else between.end()
    return Spelling(runs, value, behind)
