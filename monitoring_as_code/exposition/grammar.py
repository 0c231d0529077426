"""One line of an exposition, character by character: what it says, or where Prometheus stops reading.

The text format is read as Prometheus's own library reads it, oddities included; beyond it, names may be quoted (version 1.0.0).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias

from monitoring_as_code.light import NamedTuple

Labels: TypeAlias = tuple[tuple[str, str], ...]

KINDS = frozenset({"counter", "gauge", "histogram", "summary", "untyped"})
KINDS_OF_OPENMETRICS = frozenset({"counter", "gauge", "histogram", "summary", "unknown", "info", "stateset", "gaugehistogram"})


class Refused(Exception):  # noqa: N818 - what it says
    """Prometheus stops here: characters from `start` up to `end` of the line, from 0. In OpenMetrics it goes on behind one that is `slight`."""

    def __init__(self, message: str, start: int, end: int, *, slight: bool = False) -> None:
        super().__init__(message)
        self.slight = slight
        self.message = message
        self.start = start
        self.end = max(end, start + 1)


class Exemplar(NamedTuple):
    """What OpenMetrics puts behind a sample; `start` is its first character in the line."""

    labels: Labels
    start: int


class Written(NamedTuple):
    """A line with a sample. The value's characters are those from `start` up to `end`; `time` is in seconds."""

    name: str
    labels: Labels
    value: float
    start: int
    end: int
    time: float | None = None
    exemplar: Exemplar | None = None


class Comment(NamedTuple):
    """A line that says something of a metric: its HELP, TYPE or UNIT; `start` is where that begins."""

    what: str
    name: str
    said: str
    start: int


class _Patterns(NamedTuple):
    blanks: re.Pattern[str]
    name: re.Pattern[str]
    label: re.Pattern[str]
    text: re.Pattern[str]
    word: re.Pattern[str]
    number: re.Pattern[str]
    escape: re.Pattern[str]
    strict: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    return _Patterns(
        re.compile(r"[ \t]*"),
        re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*"),
        re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*"),
        re.compile(r'"((?:[^"\\]|\\.)*)"'),
        re.compile(r"[^ \t]*"),
        re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?)|nan", re.IGNORECASE | re.ASCII),
        re.compile(r"\\(.?)"),
        # What a line of OpenMetrics is without the texts in it: single blanks, none among the labels.
        re.compile(r"[^ \t]+(?: [^ \t#]+){1,2}(?: # \{[^ \t]*\}(?: [^ \t]+){1,2})?"),
    )


def is_number(text: str) -> bool:
    """Whether Prometheus reads this as a value. Python's `float` also takes `1_000`, blanks and digits of other scripts."""
    return _patterns().number.fullmatch(text) is not None and not _overflows(text)


def _overflows(text: str) -> bool:
    return text[-1:].isdigit() and text.lstrip("+-")[:1] not in "iI" and float(text) in (float("inf"), float("-inf"))


def read_sample(line: str, *, openmetrics: bool) -> Written:
    """The sample on a line.

    Raises:
        Refused: there is none.
    """
    patterns = _patterns()
    blanks = patterns.blanks
    at = blanks.match(line).end()  # type: ignore[union-attr]  # it matches nothing, too
    found = patterns.name.match(line, at)
    name = ""
    if found is not None:
        name, at = found[0], found.end()
    elif line[at : at + 1] != "{":
        raise Refused("a sample starts with the name of its metric", at, at + 1)
    begin = at
    at = blanks.match(line, at).end()  # type: ignore[union-attr]
    labels: Labels = ()
    if line[at : at + 1] == "{":
        name, labels, at = _labels(line, at, name)
        begin = at
        at = blanks.match(line, at).end()  # type: ignore[union-attr]
    if not name:
        raise Refused("a sample starts with the name of its metric", 0, at)
    end = patterns.word.match(line, at).end()  # type: ignore[union-attr]
    text = line[at:end]
    if not text:
        raise Refused("a sample has a value behind its name and labels", max(begin - 1, 0), begin)
    if not is_number(text):
        raise Refused(f"`{text}` is no number", at, end)
    if end == len(line):
        return Written(name, labels, float(text), at, end)
    time, exemplar = _behind(line, end, openmetrics=openmetrics)
    return Written(name, labels, float(text), at, end, time, exemplar)


def check_blanks(line: str) -> None:
    """OpenMetrics leaves no choice where blanks and commas are, and Prometheus insists.

    Raises:
        Refused: there is one too many.
    """
    patterns = _patterns()
    bare = patterns.text.sub('""', line)
    if ",}" in bare or patterns.strict.fullmatch(bare) is None:
        raise Refused("OpenMetrics has one blank before each number, none among the labels, and no comma behind the last one", 0, len(line))


def _labels(line: str, at: int, name: str) -> tuple[str, Labels, int]:
    """The name, the labels, and where they end; `at` is at the opening brace. A quoted name of a metric stands first."""
    patterns = _patterns()
    blanks, opening = patterns.blanks, at
    found: list[tuple[str, str]] = []
    names: set[str] = set()
    at = blanks.match(line, at + 1).end()  # type: ignore[union-attr]
    while line[at : at + 1] != "}":
        start = at
        quoted = line[at : at + 1] == '"'
        match = patterns.text.match(line, at) if quoted else patterns.label.match(line, at)
        if match is None:
            if at >= len(line):
                raise Refused("the labels are never closed", opening, len(line))
            raise Refused("a name that is never closed" if quoted else "here should stand the name of a label", at, at + 1)
        label = unescaped(match[1], start + 1) if quoted else match[0]
        at = blanks.match(line, match.end()).end()  # type: ignore[union-attr]
        if quoted and not name and not found and line[at : at + 1] != "=":
            name = label
        else:
            value, at = _value(line, at, label, start)
            if label == "__name__":
                raise Refused("`__name__` is no label of a sample", start, match.end())
            if label in names:
                raise Refused(f"label `{label}` occurs twice", start, match.end())
            names.add(label)
            found.append((label, value))
        at = blanks.match(line, at).end()  # type: ignore[union-attr]
        if line[at : at + 1] == ",":
            at = blanks.match(line, at + 1).end()  # type: ignore[union-attr]
        elif line[at : at + 1] != "}":
            if at >= len(line):
                raise Refused("the labels are never closed", opening, len(line))
            raise Refused("behind a label stands a comma or the closing brace", at, at + 1)
    return name, tuple(found), at + 1


def _value(line: str, at: int, label: str, start: int) -> tuple[str, int]:
    patterns = _patterns()
    if line[at : at + 1] != "=":
        raise Refused(f"behind the name of label `{label}` stands `=`", start, at)
    at = patterns.blanks.match(line, at + 1).end()  # type: ignore[union-attr]
    if line[at : at + 1] != '"':
        raise Refused(f'the value of label `{label}` stands in quotes: `{label}="..."`', at, at + 1)
    match = patterns.text.match(line, at)
    if match is None:
        raise Refused(f"the value of label `{label}` is never closed", at, len(line))
    return unescaped(match[1], at + 1), match.end()


def unescaped(text: str, start: int, escapes: str = '\\"n') -> str:
    r"""The text that is meant by `\\`, `\"` and `\n`; it stands from `start` on in its line.

    Raises:
        Refused: there is another escape.
    """
    if "\\" not in text:
        return text

    def meant(found: re.Match[str]) -> str:
        if not found[1] or found[1] not in escapes:
            known = "`\\\\`, `\\n`" + (' and `\\"`' if '"' in escapes else "")
            raise Refused(f"`{found[0]}` is no escape: there are {known}", start + found.start(), start + found.end(), slight=True)
        return "\n" if found[1] == "n" else found[1]

    return _patterns().escape.sub(meant, text)


def _behind(line: str, at: int, *, openmetrics: bool) -> tuple[float | None, Exemplar | None]:
    """Time and exemplar of a sample."""
    patterns = _patterns()
    start = patterns.blanks.match(line, at).end()  # type: ignore[union-attr]
    end = patterns.word.match(line, start).end()  # type: ignore[union-attr]
    text = line[start:end]
    time = None
    if text == "#" and openmetrics:
        return None, _exemplar(line, start)
    if text.startswith("#"):
        raise Refused("an exemplar is part of OpenMetrics only, which ends in `# EOF`", start, len(line))
    if openmetrics:
        if not is_number(text):
            raise Refused(f"`{text}` is no time in seconds" if text else "there is a blank at the end of the line", start, end)
        time = float(text)
        if end < len(line):
            start = patterns.blanks.match(line, end).end()  # type: ignore[union-attr]
            if line[start : start + 2] != "# ":
                raise Refused("behind the time of a sample stands an exemplar, or nothing", start, len(line))
            return time, _exemplar(line, start)
        return time, None
    if re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII) is None or not -(2**63) <= int(text) < 2**63:
        raise Refused(f"`{text}` is no time in milliseconds" if text else "there is a blank at the end of the line", start, end)
    if end < len(line):
        raise Refused("nothing stands behind the time of a sample", end, len(line))
    return int(text) / 1000, None


def _exemplar(line: str, start: int) -> Exemplar:
    """`# {trace_id="a"} 0.5 1700000000.5`."""
    patterns = _patterns()
    at = patterns.blanks.match(line, start + 1).end()  # type: ignore[union-attr]
    if line[at : at + 1] != "{":
        raise Refused("an exemplar begins with its labels", start, len(line))
    _, labels, at = _labels(line, at, "-")
    words = line[at:].split()
    if not 1 <= len(words) <= 2 or not all(map(is_number, words)):
        raise Refused("behind the labels of an exemplar stand a value, and perhaps a time", at, len(line))
    return Exemplar(labels, start)


def read_comment(line: str, *, openmetrics: bool) -> Comment | None:
    """What a line that begins with `#` says of a metric, or None.

    Raises:
        Refused: it says something that cannot be.
    """
    if openmetrics:
        return _comment_of_openmetrics(line)
    patterns = _patterns()
    at = line.index("#") + 1
    at = patterns.blanks.match(line, at).end()  # type: ignore[union-attr]
    end = patterns.word.match(line, at).end()  # type: ignore[union-attr]
    what = line[at:end]
    if what not in ("HELP", "TYPE"):
        return None
    if end == len(line):
        return None
    at = patterns.blanks.match(line, end).end()  # type: ignore[union-attr]
    if at == len(line):
        return None
    quoted = patterns.text.match(line, at)
    found = quoted or patterns.name.match(line, at)
    stop = len(line) if found is None else found.end()
    if found is None or (stop < len(line) and line[stop] not in " \t"):
        word = patterns.word.match(line, at)
        raise Refused(f"`{line[at : word.end() if word else at]}` is no name of a metric", at, word.end() if word else at)
    start = patterns.blanks.match(line, stop).end()  # type: ignore[union-attr]
    if start == len(line):
        return None
    name = unescaped(quoted[1], at + 1) if quoted is not None else found[0]
    said = line[start:]
    if what == "TYPE":
        kind = said.replace("\\", "").lower()  # the library drops them, and any case will do
        if kind not in KINDS:
            raise Refused(f"`{said}` is no type of a metric", start, len(line))
        said = kind
    else:
        said = unescaped(said, start, "\\n")
    return Comment(what, name, said, start)


def _comment_of_openmetrics(line: str) -> Comment:
    found = re.fullmatch(r'# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*|"(?:[^"\\]|\\.)*") (.*)', line)
    if found is None:
        raise Refused(
            "OpenMetrics has no comments but `# HELP name words`, `# TYPE name kind`, `# UNIT name unit` and `# EOF`", 0, len(line)
        )
    what, name, said = found.groups()
    if what == "TYPE" and said not in KINDS_OF_OPENMETRICS:
        raise Refused(f"`{said}` is no type of a metric in OpenMetrics", found.start(3), len(line))
    if what == "HELP":
        said = unescaped(said, found.start(3))
    return Comment(what, unescaped(name[1:-1], found.start(2) + 1) if name[0] == '"' else name, said, found.start(3))
