"""A page read in one pass, which goes on after what Prometheus would refuse.

Lines look alike: the series of a metric differ in their values only. So a line is cut at its quotes, and what is left beside the values, its
form, is read closely when it is seen first. What is kept grows with the forms, not with the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from monitoring_as_code.exposition.grammar import Exemplar, Refused, Written, check_blanks, is_number, read_comment, read_sample
from monitoring_as_code.light import NamedTuple

Values: TypeAlias = tuple[str, ...]

FaultKind: TypeAlias = Literal["refused", "interleaved", "time", "openmetrics"]
"""What Prometheus refuses; a metric whose lines are not together; a time in the wrong unit; what OpenMetrics forbids and Prometheus takes."""

# A page of garbage has a fault in each line; nobody reads more of them.
MOST_FAULTS = 1000
# Moments before 2000 and after 2200 are no times of samples: somebody wrote seconds for milliseconds, or the other way round.
_EARLIEST, _LATEST = 946_684_800.0, 7_258_118_400.0

# The series that a family has beside the one of its own name.
_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
_SUFFIXES_OF_OPENMETRICS = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_sum", "_count", "_created"),
    "gaugehistogram": ("_bucket", "_gsum", "_gcount"),
    "summary": ("_sum", "_count", "_created"),
    "info": ("_info",),
}
_BOUND = {"histogram": "le", "gaugehistogram": "le", "summary": "quantile"}
_WITH_EXEMPLARS = ("_total", "_bucket")
# What the names and values of an exemplar's labels may have together, by OpenMetrics.
_LONGEST_EXEMPLAR = 128


class Fault(NamedTuple):
    """Something wrong with a line, which counts from 1; characters of it from `start` up to `end`, from 0. `family` is whose, if known."""

    kind: FaultKind
    message: str
    line: int
    start: int
    end: int
    family: str = ""


class Sample(NamedTuple):
    """One sample; `name` is that of its series, with the suffix."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float
    line: int


class Family:
    """A metric: what the page says of it. `line` is where it is first mentioned; `samples` are only kept by `parse`.

    `kind_line`, `help_line` and `unit_line` are 0 for what is not said.
    """

    __slots__ = ("block", "help", "help_line", "kind", "kind_line", "line", "name", "samples", "seen", "unit", "unit_line")

    def __init__(self, name: str, line: int, block: int = 0) -> None:
        self.name = name
        self.line = line
        self.block = block
        """How many blocks of samples had begun where it is first mentioned; -1 once it has one of its own."""
        self.kind = "untyped"
        self.kind_line = 0
        self.help: str | None = None
        self.help_line = 0
        self.unit = ""
        self.unit_line = 0
        self.seen = False
        """Whether there is a sample of it."""
        self.samples: list[Sample] = []


class Series:
    """All series of one name with labels of the same names, in the order of the first line that has them; those without a value are no labels.

    `state` is the reader's own: whoever reads a page may keep here what belongs to these series.
    """

    __slots__ = ("bound", "family", "labels", "name", "state")

    def __init__(self, name: str, labels: tuple[str, ...], family: Family) -> None:
        self.name = name
        self.labels = labels
        self.family = family
        bound = _BOUND.get(family.kind)
        self.bound = labels.index(bound) if bound in labels else -1
        """Where among the labels `le` or `quantile` is, which must be a number."""
        self.state: object = None


class _Form(NamedTuple):
    """What a line is beside its values: which series, and the places of their labels' values; None where all are in order."""

    series: Series
    order: tuple[int, ...] | None


class Page:
    r"""Reads a page: `samples` gives its samples as they come; `families` and `faults` are what was found so far, `line` is being read.

    >>> page = Page()
    >>> [(series.name, series.labels, values, value, line) for series, values, value, line in page.samples(['up{job="a"} 1', ''])]
    [('up', ('job',), ('a',), 1.0, 1)]
    """

    def __init__(self, *, openmetrics: bool = False) -> None:
        self.openmetrics = openmetrics
        self.families: dict[str, Family] = {}
        self.faults: list[Fault] = []
        self.refused = 0
        """How many lines Prometheus would refuse; it takes nothing of a page that has one."""
        self.skipped = 0
        """How many lines of OpenMetrics are left out here, though Prometheus takes them."""
        self.first_refused: Fault | None = None
        self.line = ""
        self._by_series: dict[str, Family] = {}
        self._forms: dict[str | tuple[str, ...], _Form] = {}
        self._series: dict[tuple[str, frozenset[str]], Series] = {}
        self._bounds: set[str] = set()
        self._timed: set[str] = set()
        self._current: Family | None = None
        self._blocks = 0
        self._blank = 0
        self._ended = 0
        self._went_on = False
        self._returned = False

    def samples(self, lines: Iterable[str]) -> Iterator[tuple[Series, Values, float, int]]:
        r"""The samples: of which series, the values of its labels, the number, and the line. `lines` are without their breaks.

        They are what `text.split("\n")` gives: an empty one is last if the text ends in a line break. The family of a bare sample is the
        series' own, unless a line `# TYPE` has said before that it is part of a histogram or summary.
        """
        forms, bounds = self._forms, self._bounds
        current = self._current
        number, line = 0, ""
        values: Values
        for number, line in enumerate(lines, 1):
            if not line.isascii() and not self._is_unicode(line, number):
                continue
            form, values, text = None, (), ""
            if "\\" in line:
                pass
            elif '"' in line:
                parts = line.split('"')
                tail = parts.pop()
                form = forms.get(tuple(parts[::2]))
                if form is not None and tail[:2] == "} ":
                    values, text = tuple(parts[1::2]), tail[2:]
                    if form.order is not None:
                        values = tuple([values[place] for place in form.order])
            else:
                name, _, text = line.partition(" ")
                form = forms.get(name)
            if form is not None and ((text.isdigit() and text.isascii() and len(text) < 20) or is_number(text)) and "" not in values:
                series, value = form.series, float(text)
                if series.bound >= 0 and values[series.bound] not in bounds and not self._is_bound(series, values, line, number):
                    continue
            else:
                self.line = line
                found = self._read(line, number)
                if found is None:
                    continue
                series, values, value = found
            family = series.family
            if family is not current:
                current = family
                if family.block != self._blocks:
                    self._interleaved(series, line, number)
                family.block = -1
                self._blocks += 1
            self.line = line
            yield series, values, value, number
        self._current = current
        self._end(line, number)

    def _end(self, line: str, number: int) -> None:
        if self.openmetrics:
            if self._blank and self._blank != number:
                self._fault("refused", "OpenMetrics has no empty lines", self._blank, 0, 1)
            if not self._ended:
                self._fault("refused", "OpenMetrics ends in a line `# EOF`", max(number - (not line), 1), 0, 1)
        elif line.strip(" \t"):
            self._fault("refused", "the last line has no line break", number, len(line) - 1, len(line))

    def _is_unicode(self, line: str, number: int) -> bool:
        """Whether the bytes of a line are UTF-8; those that are not were read as surrogates."""
        try:
            line.encode()
        except UnicodeEncodeError as error:
            self._fault("refused", "this is no UTF-8", number, error.start, error.end)
            return False
        return True

    def _is_bound(self, series: Series, values: Values, line: str, number: int) -> bool:
        text = values[series.bound]
        if is_number(text):
            self._bounds.add(text)
            return True
        label = series.labels[series.bound]
        start = max(line.find(f'{label}="'), 0)
        self.skipped += self.openmetrics
        kind: FaultKind = "openmetrics" if self.openmetrics else "refused"
        self._fault(kind, f"`{label}` is a number, but `{text}` is none", number, start, start + len(label) + len(text) + 3)
        return False

    def _read(self, line: str, number: int) -> tuple[Series, Values, float] | None:
        """A line that looks like none before."""
        stripped = line.lstrip(" \t")
        try:
            if self._ended:
                if (line or self._ended != number - 1) and not self._went_on:
                    self._went_on = True
                    self._fault("refused", "behind `# EOF` there is nothing more", number, 0, len(line))
                return None
            if not stripped:
                self._blank = self._blank or number
                return None
            if stripped[0] == "#":
                if self.openmetrics and line == "# EOF":
                    self._ended = number
                else:
                    self._comment(line, number)
                return None
            written = read_sample(line, openmetrics=self.openmetrics)
            if self.openmetrics:
                check_blanks(line)
            return self._known(line, written, number)
        except Refused as refused:
            if line.endswith("\r"):
                self._carriage_return(line, number)
                return None
            if number == 1 and line.startswith("\ufeff"):
                self._fault("refused", "a byte order mark stands before the first line: Prometheus reads UTF-8 without one", 1, 0, 1)
                return None
            slight = refused.slight and self.openmetrics
            self.skipped += slight
            self._fault("openmetrics" if slight else "refused", refused.message, number, refused.start, refused.end)
            return None

    def _carriage_return(self, line: str, number: int) -> None:
        """Told once: whoever ends one line so ends all so."""
        if self._returned:
            self.refused += 1
            return
        self._returned = True
        self._fault("refused", "this line ends in CR LF, and Prometheus wants LF alone", number, len(line) - 1, len(line))

    def _known(self, line: str, written: Written, number: int) -> tuple[Series, Values, float] | None:
        labels = written.labels
        if any(not value for _, value in labels):
            labels = tuple(each for each in labels if each[1])
            family = self._by_series.get(written.name)
            if family is not None and (_BOUND.get(family.kind), "") in written.labels:
                raise Refused(f"`{_BOUND[family.kind]}` is a number, and not empty", 0, written.start, slight=True)
        names = tuple(name for name, _ in labels)
        key = (written.name, frozenset(names))
        series = self._series.get(key)
        if series is None:
            family = self._by_series.get(written.name) or self._new(written.name, number)
            series = self._series[key] = Series(written.name, names, family)
        ordered = series.labels == names
        values = tuple(value for _, value in labels) if ordered else tuple(dict(labels)[name] for name in series.labels)
        if len(labels) == len(written.labels) and "\\" not in line and line[written.start - 1 : written.start] == " ":
            self._keep(line[: written.start - 1], series, None if ordered else tuple(names.index(name) for name in series.labels))
        if written.time is not None and not _EARLIEST <= written.time <= _LATEST and series.family.name not in self._timed:
            self._timed.add(series.family.name)
            self._odd_time(written, series.family.name, line, number)
        if written.exemplar is not None:
            self._judge_exemplar(written.exemplar, written.name, line, number)
        if series.bound >= 0 and not self._is_bound(series, values, line, number):
            return None
        series.family.seen = True
        return series, values, written.value

    def _judge_exemplar(self, exemplar: Exemplar, name: str, line: str, number: int) -> None:
        if not name.endswith(_WITH_EXEMPLARS):
            raise Refused(f"`{name}` can have no exemplar: buckets and counters can", exemplar.start, len(line))
        if sum(len(label) + len(value) for label, value in exemplar.labels) > _LONGEST_EXEMPLAR:
            message = f"the labels of an exemplar have at most {_LONGEST_EXEMPLAR} characters: Prometheus drops this one"
            self._fault("openmetrics", message, number, exemplar.start, len(line))

    def _keep(self, head: str, series: Series, order: tuple[int, ...] | None) -> None:
        """From now on, lines of this form are known; the blank before the value is the only thing that ends them."""
        if '"' not in head:
            if head == series.name:
                self._forms[head] = _Form(series, order)
            return
        parts = head.split('"')
        # A quoted name is cut off like a value, and then the form does not say whose it is.
        if parts[-1] == "}" and len(parts) == 2 * len(series.labels) + 1:
            self._forms[tuple(parts[:-1:2])] = _Form(series, order)

    def _new(self, name: str, number: int) -> Family:
        family = self.families[name] = self._by_series[name] = Family(name, number, self._blocks)
        return family

    def _comment(self, line: str, number: int) -> None:
        found = read_comment(line, openmetrics=self.openmetrics)
        if found is None:
            return
        what, name, said, start = found
        # The library looks for the metric by the rules for samples: `x_count` is the summary `x`, if there is one.
        family = self.families.get(name) or (None if self.openmetrics else self._by_series.get(name))
        if family is not None:
            if {"TYPE": family.kind_line, "HELP": family.help_line, "UNIT": family.unit_line}[what]:
                raise Refused(f"`{name}` has a second line `# {what}`", 0, len(line), slight=True)
            if what == "TYPE" and family.seen:
                raise Refused(f"the type of `{name}` stands behind its samples", 0, len(line), slight=True)
            if family.seen and self.openmetrics:
                self._fault("openmetrics", f"`# {what}` of `{name}` stands behind its samples", number, 0, len(line), name)
        else:
            family = self._new(name, number)
        if what == "HELP":
            family.help, family.help_line = said, number
        elif what == "UNIT":
            if said and not name.endswith(f"_{said}"):
                raise Refused(f"the unit `{said}` is not the end of the name `{name}`", start, len(line))
            family.unit, family.unit_line = said, number
        else:
            family.kind, family.kind_line, family.line = said, number, number
            suffixes = _SUFFIXES_OF_OPENMETRICS if self.openmetrics else _SUFFIXES
            for suffix in suffixes.get(said, ()):
                self._by_series.setdefault(family.name + suffix, family)

    def _interleaved(self, series: Series, line: str, number: int) -> None:
        family = series.family
        message = f"the lines of `{family.name}` are not together: other metrics stand between them"
        self._fault("interleaved", message, number, 0, max(len(series.name), 1) if line.startswith(series.name) else len(line), family.name)

    def _odd_time(self, written: Written, family: str, line: str, number: int) -> None:
        if written.time is None:
            return
        if not self.openmetrics and _EARLIEST <= written.time * 1000 <= _LATEST:
            why = "it is in seconds, and this format has milliseconds"
        elif self.openmetrics and _EARLIEST <= written.time / 1000 <= _LATEST:
            why = "it is in milliseconds, and OpenMetrics has seconds"
        else:
            why = "no sample is of that time"
        self._fault("time", f"the time of this sample of `{family}` is wrong: {why}", number, written.end + 1, len(line), family)

    def _fault(self, kind: FaultKind, message: str, line: int, start: int, end: int, family: str = "") -> None:  # noqa: PLR0917 - a fault's fields
        fault = Fault(kind, message, line, start, max(end, start + 1), family)
        if kind == "refused":
            self.refused += 1
            self.first_refused = self.first_refused or fault
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
