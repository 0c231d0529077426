"""What one pass over an exposition sees: of each metric the series, the values of its labels, its buckets, and what is out of bounds.

What is kept of a series is a hash, a bucket's count and its line: memory grows with the number of series, and not with their text.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from monitoring_as_code.exposition import Page
from monitoring_as_code.instrument.own import dropped
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.metric import Gauge, Info
from monitoring_as_code.promql.regexes import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitoring_as_code.exposition import Family, Series
    from monitoring_as_code.model.labels import Label
    from monitoring_as_code.model.metric import Metric

# The series of these names hold a part of a histogram or summary.
_PARTS = {"_bucket": "bucket", "_sum": "sum", "_count": "count", "_gsum": "sum", "_gcount": "count", "_created": "created"}
_DISTRIBUTIONS = frozenset({"histogram", "gaugehistogram", "summary"})
# More of the same kind are counted, not kept.
_KEPT = 5
# Roles that the pass itself acts on.
_PLAIN, _BUCKET, _SUM, _COUNT, _CREATED, _QUANTILE = range(6)
_ROLES = {"bucket": _BUCKET, "sum": _SUM, "count": _COUNT, "created": _CREATED}

# What a page may say of a metric of each kind. A stateset is gauges, and only OpenMetrics knows info metrics.
_KINDS = {
    "counter": {"counter"},
    "gauge": {"gauge", "stateset"},
    "info": {"info", "gauge"},
    "histogram": {"histogram"},
    "summary": {"summary"},
}


class Spot(NamedTuple):
    """Where something was seen: a line, from 1, and the words in it that are meant."""

    line: int
    word: str = ""


class Group:
    """The buckets, sum and count of one histogram's labels; `counts` belong to the `bounds`, in the order of the lines."""

    __slots__ = ("bounds", "count", "counts", "line", "sum", "sum_line")

    def __init__(self, line: int) -> None:
        self.line = line
        self.bounds: list[str] = []
        self.counts: list[float] = []
        self.count: float | None = None
        self.sum: float | None = None
        self.sum_line = line


class Observed:
    """One metric as the page has it; `declared` is its declaration, if there is one."""

    def __init__(self, family: Family, declared: Metric[Any] | None) -> None:
        self.family = family
        self.declared = declared
        self.name = family.name if declared is None else declared.name
        self.labels: dict[str, Label[str]] = {} if declared is None else {label.name: label for label in declared.label_declarations}
        self.series = 0
        self.stored: dict[str, int] = {}
        """The names by which Prometheus stores the samples, parts of histograms and summaries aside, each with its first line."""
        self.values: dict[str, dict[str, int]] = {}
        """The values of each label, each with the line where it was seen first."""
        self.sets: dict[frozenset[str], tuple[int, int]] = {}
        """The sets of labels that series have, `le` and `quantile` aside: the first line, and how many series."""
        self.outside: dict[str, list[Spot]] = {}
        """Values that their label may not have."""
        self.out_of_range: list[tuple[float, Spot]] = []
        self.negative: list[tuple[float, Spot]] = []
        self.drops: list[tuple[tuple[str, str], float, Spot]] = []
        """What the instruments say that they dropped: of which metric and why, and how much."""
        self.duplicates: list[tuple[int, Spot]] = []
        self.unbounded: list[Spot] = []
        """Buckets without `le`."""
        self.groups: dict[int, Group] = {}
        self.members: dict[str, dict[int, tuple[int, set[str]]]] = {}
        """Of a gauge's enumerated labels, which members were seen, for each combination of the other labels."""
        self.example: tuple[dict[str, str], float] | None = None
        self.counted: dict[tuple[str, str], int] = {}
        """How many duplicates, values out of range and values that a label may not have there are in all."""
        self.allowed = {label.name: whole(label.pattern) for label in self.labels.values() if label.pattern is not None}

    @property
    def spot(self) -> Spot:
        """Where the page speaks of it first."""
        return Spot(self.family.line, self.family.name)

    @property
    def name_in_queries(self) -> str:
        """What Prometheus calls it: OpenMetrics leaves an ending out of the family's name that the series have."""
        name, kind = self.family.name, self.family.kind
        return next(iter(self.stored), name) if self.declared is None and kind in ("counter", "info") else self.name


class _Watch:
    """What the pass must know of the series of one name and one set of labels."""

    __slots__ = ("bound", "high", "idents", "last", "low", "members", "observed", "role", "seen", "series")

    def __init__(self, series: Series, observed: Observed) -> None:
        self.series = series
        self.observed = observed
        self.seen = tuple(observed.values.setdefault(label, {}) for label in series.labels)
        self.idents: dict[int, int] = {}
        self.role = _role(series)
        self.bound = series.bound
        self.low, self.high = _bounds(self.role, series.family.kind, observed.declared)
        self.members = (
            tuple(place for place, label in enumerate(series.labels) if _members(observed, label))
            if isinstance(observed.declared, Gauge)
            else ()
        )
        self.last: tuple[tuple[str, ...], Group] | None = None


class Sighting(NamedTuple):
    """All that a page has: the reading itself with its faults, and the metrics by the names of their families."""

    page: Page
    metrics: Mapping[str, Observed]
    samples: int

    def of(self, name: str) -> Observed | None:
        """A declared metric as the page has it."""
        return next(
            (each for each in (self.metrics.get(other) for other in spellings(name)) if each is not None and each.name == name), None
        )


def spellings(name: str) -> tuple[str, ...]:
    """What a page may call a declared metric: OpenMetrics puts `_total` and `_info` into the names of the series alone."""
    return (name, *(name.removesuffix(suffix) for suffix in ("_total", "_info") if name.endswith(suffix)))


def is_kind(metric: Metric[Any], said: str) -> bool:
    """Whether a page may say this of a metric."""
    return said in _KINDS.get(metric.kind, {said})


def observe(lines: Iterable[str], metrics: Mapping[str, Metric[Any]], *, openmetrics: bool) -> Sighting:
    r"""Read a page against these declarations; `lines` are those of `text.split("\n")`."""
    page = Page(openmetrics=openmetrics)
    pass_ = _Pass(page, metrics)
    samples = 0
    intern: dict[str, str] = {}
    for series, values, value, line in page.samples(lines):
        samples += 1
        watch: Any = series.state or pass_.watch(series, values, value, line)
        for seen, text in zip(watch.seen, values, strict=True):
            if text not in seen:
                pass_.new_value(watch, seen, text, line)
        ident = hash(values)
        if watch.idents.setdefault(ident, line) != line:
            pass_.duplicate(watch, ident, line)
        if not watch.low <= value <= watch.high:
            pass_.out_of_range(watch, values, value, line)
        role = watch.role
        if role == _BUCKET:
            bound = watch.bound
            if bound < 0:
                pass_.observed(series.family).unbounded.append(Spot(line, series.name))
                continue
            rest = values[:bound] + values[bound + 1 :]
            last = watch.last
            if last is not None and last[0] == rest:
                group = last[1]
            else:
                group = pass_.group(watch, rest, line)
                watch.last = rest, group
            text = values[bound]
            group.bounds.append(intern.setdefault(text, text))
            group.counts.append(value)
        elif role:
            pass_.part(watch, values, value, line)
        elif watch.members:
            pass_.member(watch, values, line)
    for family in page.families.values():  # those without samples, too
        pass_.observed(family)
    return pass_.finished(samples)


class _Pass:
    """What is seldom done for a sample: for the first of its series, or for one that is wrong."""

    def __init__(self, page: Page, declared: Mapping[str, Metric[Any]]) -> None:
        self.page = page
        self.declared = declared
        self.metrics: dict[str, Observed] = {}
        self.watches: list[_Watch] = []

    def observed(self, family: Family) -> Observed:
        found = self.metrics.get(family.name)
        if found is None:
            found = self.metrics[family.name] = Observed(family, self._declaration(family))
        return found

    def _declaration(self, family: Family) -> Metric[Any] | None:
        name = family.name
        if name in self.declared:
            return self.declared[name]
        if self.page.openmetrics and family.kind in ("counter", "unknown", "untyped"):
            return self.declared.get(name + "_total")
        return self.declared.get(name + "_info") if self.page.openmetrics and family.kind == "info" else None

    def watch(self, series: Series, values: tuple[str, ...], value: float, line: int) -> _Watch:
        """The first sample of a name and a set of labels."""
        observed = self.observed(series.family)
        made = _Watch(series, observed)
        series.state = made
        self.watches.append(made)
        if made.role == _CREATED:
            made.seen = tuple({} for _ in made.seen)
        elif observed.example is None:
            observed.example = dict(zip(series.labels, values, strict=True)), value
        if made.role == _PLAIN:
            observed.stored.setdefault(series.name, line)
        own = frozenset(series.labels) - _added(series)
        if made.role != _CREATED:
            observed.sets.setdefault(own, (line, 0))
        return made

    def new_value(self, watch: _Watch, seen: dict[str, int], text: str, line: int) -> None:
        """A value that its label did not have before."""
        seen[text] = line
        if watch.role == _CREATED:
            return
        place = next(index for index, each in enumerate(watch.seen) if each is seen)
        label = watch.series.labels[place]
        declared = watch.observed.labels.get(label)
        if declared is not None and not _allowed(watch.observed, declared, text):
            observed = watch.observed
            observed.counted["outside", label] = observed.counted.get(("outside", label), 0) + 1
            found = observed.outside.setdefault(label, [])
            if len(found) < _KEPT:
                found.append(Spot(line, f'{label}="{_escaped(text)}"'))

    def duplicate(self, watch: _Watch, ident: int, line: int) -> None:
        """A series that was there before."""
        found = watch.observed.duplicates
        watch.observed.counted["duplicates", ""] = watch.observed.counted.get(("duplicates", ""), 0) + 1
        if len(found) < _KEPT:
            found.append((watch.idents[ident], Spot(line)))

    def out_of_range(self, watch: _Watch, values: tuple[str, ...], value: float, line: int) -> None:
        """A number that is not from `low` to `high`; NaN never is, but only where bounds are declared that says something."""
        observed = watch.observed
        if observed.declared is dropped and 0 < value < math.inf:
            given = dict(zip(watch.series.labels, values, strict=True))
            observed.counted["drops", ""] = observed.counted.get(("drops", ""), 0) + 1
            if len(observed.drops) < _KEPT:
                observed.drops.append(((given.get("metric", ""), given.get("reason", "")), value, Spot(line, _last_word(self.page.line))))
            return
        family = watch.series.family
        monotonic = watch.role in (_BUCKET, _COUNT) or (watch.role == _PLAIN and family.kind == "counter")
        if monotonic and not isinstance(observed.declared, (Gauge, Info)):
            kind, found = "negative", observed.negative
        elif observed.declared is not None and watch.role == _PLAIN and isinstance(observed.declared, (Gauge, Info)):
            if math.isnan(value) and math.isinf(watch.low) and math.isinf(watch.high):
                return
            kind, found = "range", observed.out_of_range
        else:
            return
        observed.counted[kind, ""] = observed.counted.get((kind, ""), 0) + 1
        if len(found) < _KEPT:
            found.append((value, Spot(line, _last_word(self.page.line))))

    def group(self, watch: _Watch, rest: tuple[str, ...], line: int) -> Group:
        """The histogram or summary with these labels; `rest` are the values in the order of the series' names, the bound aside."""
        names = [name for place, name in enumerate(watch.series.labels) if place != watch.bound]
        ident = hash(frozenset(zip(names, rest, strict=True)))
        found = watch.observed.groups.get(ident)
        if found is None:
            found = watch.observed.groups[ident] = Group(line)
        return found

    def part(self, watch: _Watch, values: tuple[str, ...], value: float, line: int) -> None:
        """A sum, a count or a quantile."""
        if watch.role == _CREATED:
            return
        bound = watch.bound
        group = self.group(watch, values if bound < 0 else values[:bound] + values[bound + 1 :], line)
        if watch.role == _SUM:
            group.sum, group.sum_line = value, line
        elif watch.role == _COUNT:
            group.count = value

    def member(self, watch: _Watch, values: tuple[str, ...], line: int) -> None:
        """A sample of a gauge with enumerated labels."""
        for place in watch.members:
            label = watch.series.labels[place]
            rest = hash(values[:place] + values[place + 1 :])
            groups = watch.observed.members.setdefault(label, {})
            found = groups.get(rest)
            if found is None:
                found = groups[rest] = line, set()
            found[1].add(values[place])

    def finished(self, samples: int) -> Sighting:
        for watch in self.watches:
            observed = watch.observed
            if watch.role == _CREATED:
                continue
            observed.series += len(watch.idents)
            own = frozenset(watch.series.labels) - _added(watch.series)
            line, count = observed.sets[own]
            observed.sets[own] = line, count + len(watch.idents)
        return Sighting(self.page, self.metrics, samples)


def _role(series: Series) -> int:
    family = series.family
    suffix = series.name.removeprefix(family.name)
    if suffix == "_created":
        return _CREATED
    if family.kind not in _DISTRIBUTIONS:
        return _PLAIN
    return _ROLES[_PARTS[suffix]] if suffix in _PARTS else _QUANTILE


def _added(series: Series) -> frozenset[str]:
    return (
        frozenset({"le"})
        if series.family.kind.endswith("histogram")
        else frozenset({"quantile"})
        if series.family.kind == "summary"
        else frozenset()
    )


def _bounds(role: int, kind: str, declared: Metric[Any] | None) -> tuple[float, float]:
    if role in (_SUM, _CREATED):
        return -math.inf, math.inf
    if role == _PLAIN and isinstance(declared, Gauge):
        return -math.inf if declared.least is None else declared.least, math.inf if declared.most is None else declared.most
    if role == _PLAIN and isinstance(declared, Info):
        return 1.0, 1.0
    if declared is dropped:
        return 0.0, 0.0  # each one is told
    if role in (_BUCKET, _COUNT) or kind == "counter":
        return 0.0, sys.float_info.max
    return -math.inf, math.inf


def _members(observed: Observed, label: str) -> bool:
    declared = observed.labels.get(label)
    return declared is not None and (declared.values is not None or declared.emitted is not None)


def _allowed(observed: Observed, label: Label[str], text: str) -> bool:
    if label.values is not None and text not in label.values and text not in (label.emitted or ()):
        return False
    matched = observed.allowed.get(label.name)
    return matched is None or matched(text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _last_word(line: str) -> str:
    head, _, _ = line.partition(" # ")
    return next(iter(head.rpartition("}")[2].split()), "") if "}" in head else (head.split()[1:2] or [""])[0]
