"""What a /metrics page says: a strict reader of Prometheus's text format and of OpenMetrics.

A text that ends in `# EOF` is OpenMetrics; it may then have units, exemplars and times in seconds. What Prometheus would refuse is
refused here, at the same line.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias

from monitoring_as_code.light import NamedTuple

Labels: TypeAlias = tuple[tuple[str, str], ...]


class ExpositionError(ValueError):
    """The text is no exposition; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class Sample(NamedTuple):
    """One sample; `name` is that of its series, with the suffix."""

    name: str
    labels: Labels
    value: float
    line: int


class Family:
    """A metric: its samples, and what the page says of it. `line` is where it is first mentioned."""

    __slots__ = ("help", "kind", "line", "name", "samples", "unit")

    def __init__(self, name: str, line: int) -> None:
        self.name = name
        self.line = line
        self.kind = "untyped"
        self.help: str | None = None
        self.unit = ""
        self.samples: list[Sample] = []


KINDS = frozenset({"counter", "gauge", "histogram", "summary", "untyped"})
KINDS_OF_OPENMETRICS = frozenset({"counter", "gauge", "histogram", "summary", "unknown", "info", "stateset", "gaugehistogram"})
# The series that a family has beside the one of its own name.
_SUFFIXES = {
    "histogram": ("_bucket", "_sum", "_count"),
    "summary": ("_sum", "_count"),
}
_SUFFIXES_OF_OPENMETRICS = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_sum", "_count", "_created"),
    "gaugehistogram": ("_bucket", "_gsum", "_gcount"),
    "summary": ("_sum", "_count", "_created"),
    "info": ("_info",),
}

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_TEXT = r'"(?:[^"\\\n]|\\[\\"n])*"'
_PAIR = rf"[ \t]*([a-zA-Z_][a-zA-Z0-9_]*|{_TEXT})[ \t]*=[ \t]*({_TEXT})[ \t]*"


class _Patterns(NamedTuple):
    sample: re.Pattern[str]
    labels: re.Pattern[str]
    pair: re.Pattern[str]
    comment: re.Pattern[str]
    number: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    # A label's text may hold any brace, so what is between the braces ends only where no text is open.
    inside = r'((?:[^"{}]|"(?:[^"\\]|\\.)*")*)'
    return _Patterns(
        re.compile(rf"[ \t]*({_NAME})?[ \t]*(?:\{{{inside}\}})?[ \t]*([^ \t#{{]+)(?:[ \t]+([^ \t#]+))?(?:[ \t]+(#.*))?"),
        re.compile(rf"(?:{_PAIR}(?:,|$))*[ \t]*"),
        re.compile(_PAIR),
        re.compile(rf"[ \t]*#[ \t]+(HELP|TYPE|UNIT)[ \t]+({_NAME}|{_TEXT})(?:[ \t](.*))?"),
        re.compile(
            r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)",
            re.IGNORECASE,
        ),
    )


def parse(text: str) -> dict[str, Family]:
    r"""The families of a page by name, in its order.

    Raises:
        ExpositionError: Prometheus would refuse the page.

    >>> parse('# TYPE up gauge\nup{job="a"} 1\n')["up"].samples
    [Sample(name='up', labels=(('job', 'a'),), value=1.0, line=2)]
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.openmetrics = text.rstrip("\n").endswith("# EOF")
        self.families: dict[str, Family] = {}
        self.by_series: dict[str, Family] = {}
        self.told: set[tuple[str, str]] = set()
        self.patterns = _patterns()

    def read(self) -> dict[str, Family]:
        lines = self.lines
        last = len(lines)
        if not self.openmetrics and lines[-1].strip(" \t"):
            self._check(lines[:-1])
            raise ExpositionError("the last line has no line break", last)
        self._check(lines)
        return self.families

    def _check(self, lines: list[str]) -> None:
        by_series, number_of = self.by_series, float
        match = self.patterns.sample.fullmatch
        for number, line in enumerate(lines, start=1):
            if not line or line.isspace():
                continue
            if "#" in line and line.lstrip(" \t")[0] == "#":
                self._comment(line, number)
                continue
            found = match(line)
            if found is None:
                raise ExpositionError(self._why(line), number)
            name, inside, value, time, exemplar = found.groups()
            labels: Labels = () if not inside else self._labels(inside, number)
            if labels and labels[0][0] == "__name__":
                name, labels = labels[0][1], labels[1:]
            if name is None:
                raise ExpositionError("a sample starts with the name of its metric", number)
            try:
                measured = number_of(value)
                if "_" in value:
                    raise ValueError  # noqa: TRY301 - Python takes 1_000, and Prometheus does not
            except ValueError:
                measured = self._number(value, number)
            if time is not None or exemplar is not None:
                self._behind(time, exemplar, number)
            family = by_series.get(name) or self._family_of(name, number)
            family.samples.append(Sample(name, labels, measured, number))

    def _why(self, line: str) -> str:
        rest = line.strip(" \t")
        if rest.count('"') % 2:
            return "a label's value is never closed"
        if "{" in rest and "}" not in rest:
            return "the labels are never closed"
        return "a sample has a value behind its name and labels" if len(rest.split()) == 1 or rest.endswith("}") else "this is no sample"

    def _labels(self, inside: str, number: int) -> Labels:
        if self.patterns.labels.fullmatch(inside) is None:
            name = re.match(rf"[ \t]*({_TEXT})[ \t]*(?:,|$)", inside)  # the quoted name of a metric stands first
            if name is None or self.patterns.labels.fullmatch(inside, name.end()) is None:
                raise ExpositionError(
                    'these are no labels: write them as `name="value"`, with `\\\\`, `\\"` and `\\n` as the only escapes', number
                )
            return (
                (("__name__", _unescaped(name[1])), *self._labels(inside[name.end() :], number))
                if inside[name.end() :].strip()
                else (("__name__", _unescaped(name[1])),)
            )
        pairs = self.patterns.pair.findall(inside)
        if "\\" in inside or inside.lstrip()[:1] == '"':
            labels = tuple((_unescaped(name) if name[0] == '"' else name, _unescaped(value)) for name, value in pairs)
        else:
            labels = tuple((name, value[1:-1]) for name, value in pairs)
        if len(labels) > 1 and len({name for name, _ in labels}) < len(labels):
            raise ExpositionError("a label occurs twice", number)
        if any(name == "__name__" for name, _ in labels):
            raise ExpositionError("`__name__` is no label of a sample", number)
        return labels

    def _number(self, text: str, number: int) -> float:
        if self.patterns.number.fullmatch(text) is None:
            raise ExpositionError(f"`{text}` is no number", number)
        return float(text)

    def _behind(self, time: str | None, exemplar: str | None, number: int) -> None:
        if exemplar is not None and not self.openmetrics:
            raise ExpositionError("an exemplar is part of OpenMetrics only, which ends in `# EOF`", number)
        if time is not None:
            if self.openmetrics:
                self._number(time, number)
            elif not re.fullmatch(r"[+-]?[0-9]+", time):
                raise ExpositionError(f"`{time}` is no time in milliseconds", number)

    def _comment(self, line: str, number: int) -> None:
        found = self.patterns.comment.fullmatch(line)
        if found is None:
            words = line.split()  # one that says nothing is like any other comment
            if words[1:2] and words[1] in ("TYPE", "HELP") and len(words) > 2 and words[0] == "#":
                raise ExpositionError(f"`{words[2]}` is no name of a metric", number)
            return
        if found[3] is None:
            return
        what, name, said = found.groups()
        if what == "UNIT" and not self.openmetrics:
            return
        name = _unescaped(name) if name[0] == '"' else name
        family = self.families.get(name)
        if (name, what) in self.told:
            raise ExpositionError(f"`{name}` has a second line `# {what}`", number)
        self.told.add((name, what))
        kind = said.lstrip(" \t")
        if what == "TYPE":
            if kind not in (KINDS_OF_OPENMETRICS if self.openmetrics else KINDS):
                raise ExpositionError(f"`{kind}` is no type of a metric", number)
            if family is not None and family.samples:
                raise ExpositionError(f"the type of `{name}` stands behind its samples", number)
        if family is None:
            family = self.families[name] = Family(name, number)
            self.by_series[name] = family
        if what == "HELP":
            family.help = said.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
        elif what == "UNIT":
            family.unit = said.strip()
        else:
            family.kind, family.line = kind, number
            suffixes = _SUFFIXES_OF_OPENMETRICS if self.openmetrics else _SUFFIXES
            for suffix in suffixes.get(kind, ()):
                self.by_series.setdefault(name + suffix, family)

    def _family_of(self, name: str, number: int) -> Family:
        family = self.families[name] = self.by_series[name] = Family(name, number)
        return family


def _unescaped(quoted: str) -> str:
    text = quoted[1:-1]
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)
