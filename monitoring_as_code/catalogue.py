"""What is known of the metrics there are: plain data, and the only thing that inference knows.

Declarations, rule files of others and learnt expositions all become a `Catalogue`: entries by metric name, with kind, labels and their
domains, unit, buckets and the jobs that scrape them. It knows nothing of where they came from but an opaque `origin`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias

from monitoring_as_code import units
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.units import Unit, one, ratio, seconds

MetricKind: TypeAlias = Literal["counter", "gauge", "histogram", "native_histogram", "summary", "info", "recorded", "unknown"]

Kind: TypeAlias = Literal[
    "counter",  # only grows, but for resets
    "agg_counter",  # an aggregate of counters: resets of one are no resets of the whole
    "gauge",
    "info",  # always 1; what it says is in its labels
    "timestamp",
    "rate",
    "increase",
    "ratio",
    "quantile",  # of a summary, or an estimate of one: neither averages nor adds up
    "count",  # a number of series or samples
    "bool",  # 0 or 1
    "unknown",
]
"""What the values of a vector are."""

Part: TypeAlias = Literal["", "bucket", "sum", "count", "native"]
"""Which part of a histogram or summary a value is, itself or as a rate: `rate(x_bucket[5m])` is of kind rate and part bucket."""


class Range(NamedTuple):
    """Bounds of a number, both included, up to rounding. An infinite bound means unbounded.

    `nan` says whether it may be not a number, of which the bounds say nothing; `inf` whether it may be infinite, overflow aside.
    """

    low: float = float("-inf")
    high: float = float("inf")
    nan: bool = True
    inf: bool = True


ANY_NUMBER: Final = Range()
AT_LEAST_ZERO: Final = Range(0.0, float("inf"), nan=False, inf=False)


class Domain(NamedTuple):
    """The values that a label may have. What is not said is open: no values and no pattern means any value.

    `emitted` are the values that are sent today; a query may ask for the others. `optional` says that some series lack the label.
    `pattern` is RE2, and matches whole values.
    """

    values: frozenset[str] | None = None
    pattern: str | None = None
    at_most: int | None = None
    emitted: frozenset[str] | None = None
    optional: bool = False


ANY_VALUE: Final = Domain()
_PERHAPS: Final = Domain(optional=True)
_NO_LABELS: Final[Mapping[str, Domain]] = MappingProxyType({})


class Job(NamedTuple):
    """A scrape job: every series that it scrapes has `job`, `instance` and the labels of its targets."""

    name: str
    labels: Mapping[str, Domain] = _NO_LABELS
    interval_seconds: float | None = None
    honor_labels: bool = False
    instances: frozenset[str] | None = None


class Metric(NamedTuple):
    """One metric as it is declared, learnt or recorded. A classic histogram is one metric, with three names of series.

    `closed` says that there are no labels but `labels` and those of the scrape. `jobs` scrape it; None says that nobody knows which, so that
    there may be labels of targets; none at all says that the series come as they are. `range` bounds a gauge or a recorded value, `at_most`
    how many combinations of values its own labels have.
    The rest is for recorded metrics: the kind of the values, which part of a histogram they are, whether no value is a native histogram, the
    metric that was observed, which sets of labels identify a series, and why labels are missing.
    """

    name: str
    kind: MetricKind = "unknown"
    labels: Mapping[str, Domain] = _NO_LABELS
    closed: bool = True
    unit: Unit | None = None
    buckets: tuple[float, ...] = ()
    help: str = ""
    jobs: tuple[Job, ...] | None = None
    range: Range | None = None
    recorded: Kind = "unknown"
    part: Part = ""
    floats: bool = True
    observed: Entry | None = None
    keys: tuple[frozenset[str], ...] = ()
    removed: Mapping[str, str] = MappingProxyType({})
    origin: object = None
    at_most: int | None = None


class Entry(NamedTuple):
    """What the series of one name are: `http_request_duration_seconds_bucket` is the bucket part of its histogram.

    `labels` are all of them, those of the scrape included; `__name__` is not among them. `unit` is of the samples, so it is `one` for
    buckets and counts; `metric.unit` is the unit of what was observed. `shadowed` are the metric's own labels that a target's label of the
    same name hides; they are called `exported_...` then.
    """

    name: str
    metric: Metric
    kind: Kind
    part: Part
    labels: Mapping[str, Domain]
    closed: bool
    unit: Unit | None
    range: Range
    shadowed: frozenset[str] = frozenset()


_SUFFIXES: Final[Mapping[str, Mapping[str, Part]]] = {
    "histogram": {"_bucket": "bucket", "_sum": "sum", "_count": "count"},
    "summary": {"_sum": "sum", "_count": "count", "": ""},
    "native_histogram": {"": "native"},
}
_KINDS: Final[Mapping[str, Kind]] = {
    "counter": "counter",
    "gauge": "gauge",
    "info": "info",
    "native_histogram": "counter",
    "summary": "quantile",
}


class Source(Protocol):
    """Metrics that are known, but not read before somebody asks for one of them by its name."""

    def metric(self, name: str) -> Metric | None:
        """The metric of this name; None if it has none."""
        ...

    def names(self) -> Iterable[str]:
        """The names of all its metrics."""
        ...

    def may_have(self, name: str) -> bool:
        """Whether there may be a metric of this name all the same."""
        ...


class Catalogue:
    """Entries by name of series. When it is `complete`, a name that is not in it is a mistake; otherwise it is merely unknown.

    With `records_elsewhere` rules that nobody has read may record metrics, whose names have colons. One that was `learnt` has what was
    seen, which is not all there is: only a name that looks like a slip of a seen one is a mistake.

    >>> catalogue = Catalogue([Metric("latency_seconds", "histogram", {"route": Domain()}, buckets=(0.1, 1))])
    >>> sorted(catalogue.lookup("latency_seconds_bucket").labels["le"].values)
    ['+Inf', '0.1', '1', '1.0']
    """

    def __init__(
        self,
        metrics: Iterable[Metric] = (),
        *,
        complete: bool = True,
        jobs: Iterable[Job] = (),
        learnt: bool = False,
        records_elsewhere: bool = False,
    ) -> None:
        self.complete = complete
        self.learnt = learnt
        self.records_elsewhere = records_elsewhere
        self.jobs = tuple(jobs)
        self._metrics: dict[str, Metric] = {}
        self._by_series: dict[str, tuple[Metric, Part]] = {}
        self._entries: dict[str, Entry | None] = {}
        self._labels: dict[tuple[int, int], tuple[Metric, Mapping[str, Domain], frozenset[str]]] = {}
        self._by_job: dict[tuple[int, str], tuple[Entry, Entry]] = {}
        self._sources: list[Source] = []
        self._drawn: set[str] = set()
        for metric in metrics:
            self.add(metric)

    def add(self, metric: Metric) -> None:
        """Take in one more metric; of two of one name the later one holds."""
        self._metrics[metric.name] = metric
        for suffix, part in _SUFFIXES.get(metric.kind, {"": ""}).items():
            self._by_series[metric.name + suffix] = (metric, metric.part if metric.kind == "recorded" else part)
            self._entries.pop(metric.name + suffix, None)

    def draw_from(self, source: Source) -> None:
        """Know what a source knows. What several know of one name, or what was added by that name, holds together: any of them may expose it."""
        self._sources.append(source)
        self._drawn.clear()
        self._entries.clear()

    def _draw(self, name: str) -> None:
        if name in self._drawn:
            return
        self._drawn.add(name)
        known = self._metrics.get(name)
        if known is None or known.kind != "recorded":
            found = [metric for source in self._sources if (metric := source.metric(name)) is not None]
            if found:
                self.add(together([known, *found] if known is not None else found))

    def _draw_all(self) -> None:
        for source in self._sources:
            for name in source.names():
                self._draw(name)

    def __iter__(self) -> Iterator[Metric]:
        self._draw_all()
        return iter(self._metrics.values())

    def __len__(self) -> int:
        self._draw_all()
        return len(self._metrics)

    def metric(self, name: str) -> Metric | None:
        """The metric that was added by this name: for a histogram the name without suffix."""
        self._draw(name)
        return self._metrics.get(name)

    def series_names(self) -> Iterator[str]:
        """Every name that a selector may use, Prometheus's own not among them."""
        self._draw_all()
        return iter(self._by_series)

    def lookup(self, name: str) -> Entry | None:
        """What the series of this name are, or None when no metric has it."""
        try:
            return self._entries[name]
        except KeyError:
            if self._sources:
                for base in _bases(name):
                    self._draw(base)
            found = self._by_series.get(name)
            if found is not None:
                metric, part = found
                entry = _entry(name, metric, part, *self._series_labels(metric, part))
            elif name in _SYNTHETIC:
                entry = _synthetic(name, self.jobs)
            else:
                entry = None
            self._entries[name] = entry
            return entry

    def of_job(self, entry: Entry, name: str) -> Entry:
        """Of an entry what one of its jobs scrapes, whose targets have labels of their own; all of it if no job is called so."""
        jobs = entry.metric.jobs
        if not jobs or len(jobs) == 1 or all(job.name != name for job in jobs):
            return entry
        found = self._by_job.get((id(entry), name))
        if found is None:  # with the entry, so that the id stays what it is
            metric = entry.metric._replace(jobs=tuple(job for job in jobs if job.name == name))
            found = self._by_job[id(entry), name] = entry, _entry(entry.name, metric, entry.part, *self._series_labels(metric, entry.part))
        return found[1]

    def lacks(self, name: str) -> bool:
        """Whether no series can have this name."""
        if not self.complete or self.lookup(name) is not None or (":" in name and (self.learnt or self.records_elsewhere)):
            return False
        return not (self.learnt or any(source.may_have(name) for source in self._sources)) or self._is_slip(name)

    def _is_slip(self, name: str) -> bool:
        """Whether a name is one of a seen metric with the wrong or no suffix, or with one slip of the pen."""
        self._draw_all()
        if name in self._metrics or any(name.removesuffix(suffix) in self._metrics for suffix in ("_bucket", "_count", "_sum", "_total")):
            return True
        return any(series.removeprefix(name) in _ENDINGS or is_slip(name, series) for series in self._by_series if series[:3] == name[:3])

    def copy(self, *, records_elsewhere: bool = False) -> Catalogue:
        """The same metrics, to which others may be added."""
        records_elsewhere = records_elsewhere or self.records_elsewhere
        metrics = self._metrics.values()
        made = Catalogue(metrics, complete=self.complete, jobs=self.jobs, learnt=self.learnt, records_elsewhere=records_elsewhere)
        made._sources = list(self._sources)
        return made

    def _series_labels(self, metric: Metric, part: Part) -> tuple[Mapping[str, Domain], frozenset[str]]:
        """The labels of series after the scrape, and the hidden ones. Metrics that share their labels share what comes of them, too."""
        if metric.kind == "recorded":
            return metric.labels, frozenset()
        if part == "bucket" and metric.kind == "histogram":
            bounds = frozenset(text for bound in (*metric.buckets, float("inf")) for text in bound_texts(bound)) if metric.buckets else None
            return _scraped({**metric.labels, "le": Domain(bounds)}, metric.jobs)
        if metric.kind == "summary" and not part:
            return _scraped({**metric.labels, "quantile": metric.labels.get("quantile", ANY_VALUE)}, metric.jobs)
        key = id(metric.labels), id(metric.jobs)
        found = self._labels.get(key)
        if found is None:  # with the metric, so that the ids stay what they are
            found = self._labels[key] = metric, *_scraped(dict(metric.labels), metric.jobs)
        return found[1:]

    def nearest(self, name: str, at_most: int = 3) -> list[str]:
        """The known names that look most like this one, the best first."""
        from difflib import get_close_matches

        self._draw_all()
        known = [*self._by_series, *_SYNTHETIC]
        suffixed = [other for other in known if other.startswith(name + "_")]  # a histogram without its suffix
        close = [other for other in get_close_matches(name, known, n=at_most, cutoff=0.75) if other not in suffixed]
        return (suffixed + close)[:at_most]


# What people leave out at a name's end.
_ENDINGS: Final = frozenset({"_total", "_bytes", "_seconds", "_seconds_total", "_bytes_total", "_ratio", "_info"})


def is_slip(written: str, meant: str) -> bool:
    """Whether a name is another one but for one letter too many, too few, or wrong, or two that changed places. Digits are no slips.

    >>> is_slip("http_requets_total", "http_requests_total"), is_slip("read_bytes", "write_bytes"), is_slip("load1", "load5")
    (True, False, False)
    """
    short, long = sorted((written, meant), key=len)
    if written == meant or len(long) - len(short) > 1 or len(short) < 4:
        return False
    start = next((index for index, (one, other) in enumerate(zip(short, long, strict=False)) if one != other), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :] and not long[start].isdigit()
    if short[start + 1 :] == long[start + 1 :]:
        return not (short[start].isdigit() or long[start].isdigit())
    return short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]


def _bases(name: str) -> tuple[str, ...]:
    """The metrics that a series of this name may belong to."""
    base, _, suffix = name.rpartition("_")
    return (base, name) if suffix in ("bucket", "sum", "count") else (name,)


def together(metrics: list[Metric]) -> Metric:
    """What holds of a metric that several programs expose, each with its own idea of it; the first one's words are taken."""
    first, *others = metrics
    for other in others:
        both = first.labels.keys() | other.labels.keys()
        jobs = None if first.jobs is None or other.jobs is None else (*first.jobs, *(job for job in other.jobs if job not in first.jobs))
        same_labels = first.labels == other.labels
        first = first._replace(
            kind=first.kind if first.kind == other.kind else "unknown",
            labels=first.labels if same_labels else {name: united(first.labels.get(name), other.labels.get(name)) for name in sorted(both)},
            closed=first.closed and other.closed,
            unit=first.unit if first.unit == other.unit else None,
            buckets=first.buckets if first.buckets == other.buckets else (),
            jobs=jobs,
            range=_both(first.range, other.range),
            at_most=None if first.at_most is None or other.at_most is None else first.at_most + other.at_most,
        )
    return first


def _both(one: Range | None, other: Range | None) -> Range | None:
    if one is None or other is None:
        return None
    return Range(min(one.low, other.low), max(one.high, other.high), one.nan or other.nan, one.inf or other.inf)


def _entry(name: str, metric: Metric, part: Part, labels: Mapping[str, Domain], shadowed: frozenset[str]) -> Entry:
    kind: Kind
    unit = metric.unit
    bounds = metric.range
    if metric.kind == "recorded":
        kind = metric.recorded
    elif part in {"bucket", "count"}:
        kind, unit, bounds = "counter", one, AT_LEAST_ZERO
    elif part == "sum":  # shrinks when negative values are observed, which the unit cannot exclude; a duration cannot be negative
        kind = "counter"
        bounds = AT_LEAST_ZERO if unit is not None and unit.same_dimension(seconds) and not unit.affine else Range()
    else:
        kind = _KINDS.get(metric.kind, "unknown")
        if kind == "counter" and part != "native":
            bounds = AT_LEAST_ZERO
        elif kind == "info":
            bounds, unit = Range(1.0, 1.0, nan=False, inf=False), unit or ratio
        elif kind == "gauge" and unit is not None and unit.affine and unit.same_dimension(seconds):
            kind = "timestamp"
        elif kind == "gauge" and unit is not None and str(unit) in {"ratio", "%"}:
            kind = "ratio"
    closed = metric.closed and (metric.jobs is not None or metric.kind == "recorded")
    return Entry(name, metric, kind, part, labels, closed, unit, bounds or ANY_NUMBER, shadowed)


def _scraped(labels: dict[str, Domain], jobs: tuple[Job, ...] | None) -> tuple[dict[str, Domain], frozenset[str]]:
    """The labels of series after the scrape by these jobs, and which of the metric's own were hidden."""
    if not jobs:
        if jobs is None:
            labels.setdefault("job", _PERHAPS)
            labels.setdefault("instance", _PERHAPS)
        return labels, frozenset()
    targets: dict[str, Domain] = {"job": Domain(frozenset(job.name for job in jobs))}
    instances = [job.instances for job in jobs if job.instances is not None]
    targets["instance"] = Domain(frozenset().union(*instances)) if len(instances) == len(jobs) else ANY_VALUE
    for job in jobs:
        for name, domain in job.labels.items():
            others = [other.labels.get(name) for other in jobs if other is not job]
            targets[name] = united(domain, *others) if others else domain
    shadowed = frozenset(labels.keys() & targets.keys())
    result = {**labels, **targets}
    for name in shadowed:
        if all(job.honor_labels for job in jobs):
            result[name] = labels[name]
        elif any(job.honor_labels for job in jobs):
            result[name] = united(labels[name], targets[name])
            result["exported_" + name] = labels[name]._replace(optional=True)
        else:
            result["exported_" + name] = labels[name]
    return result, shadowed


def united(first: Domain | None, *others: Domain | None) -> Domain:
    """The domain of a label that has one of these domains; None stands for series that lack it."""
    domains = [domain for domain in (first, *others) if domain is not None]
    optional = len(domains) <= len(others) or any(domain.optional for domain in domains)
    values = [domain.values for domain in domains if domain.values is not None]
    patterns = {domain.pattern for domain in domains}
    return Domain(
        values=frozenset().union(*values) if values and len(values) == len(domains) else None,
        pattern=patterns.pop() if len(patterns) == 1 else None,
        optional=optional,
    )


def bound_texts(bound: float) -> tuple[str, ...]:
    """How a bucket's bound is spelt in `le`: "1" by most client libraries, "1.0" by others and by Prometheus since 3.0, "1e+06" by Go."""
    if bound == float("inf"):
        return ("+Inf",)
    text = repr(float(bound))
    short = text.removesuffix(".0")
    if abs(bound) < 1_000_000:
        return (text,) if short == text else (short, text)
    mantissa, _, exponent = f"{bound:.16e}".partition("e")
    digits = repr(float(bound) / 10.0 ** int(exponent)).removesuffix(".0") if abs(bound) < 1e21 else mantissa
    return (short, text, f"{digits}e{exponent}")


_TARGET: Final[tuple[tuple[str, Kind, Unit, Range], ...]] = (
    ("up", "bool", one, Range(0.0, 1.0, nan=False, inf=False)),
    ("scrape_duration_seconds", "gauge", seconds, AT_LEAST_ZERO),
    ("scrape_samples_scraped", "gauge", one, AT_LEAST_ZERO),
    ("scrape_samples_post_metric_relabeling", "gauge", one, AT_LEAST_ZERO),
    ("scrape_series_added", "gauge", one, AT_LEAST_ZERO),
    ("scrape_timeout_seconds", "gauge", seconds, AT_LEAST_ZERO),
    ("scrape_sample_limit", "gauge", one, AT_LEAST_ZERO),
    ("scrape_body_size_bytes", "gauge", units.bytes_, Range(-1.0, float("inf"), nan=False, inf=False)),
)
_ALERTS: Final = {"ALERTS": one, "ALERTS_FOR_STATE": None}
_SYNTHETIC: Final = frozenset({*(row[0] for row in _TARGET), *_ALERTS})
_ALERT_STATES: Final = frozenset({"pending", "firing"})


def _synthetic(name: str, jobs: tuple[Job, ...]) -> Entry:
    """A series that Prometheus itself makes: one per target, or one per alert. Their labels are closed when the jobs are known."""
    if name in _ALERTS:
        labels = {"alertname": ANY_VALUE}
        if name == "ALERTS":
            labels["alertstate"] = Domain(_ALERT_STATES)
        bounds = Range(1.0, 1.0, nan=False, inf=False) if name == "ALERTS" else Range()
        metric = Metric(name, "gauge", labels, closed=False, unit=_ALERTS[name], range=bounds)
        return Entry(name, metric, "info" if name == "ALERTS" else "timestamp", "", labels, closed=False, unit=metric.unit, range=bounds)
    _, kind, unit, bounds = next(row for row in _TARGET if row[0] == name)
    labels, _ = _scraped({}, jobs) if jobs else ({"job": ANY_VALUE, "instance": ANY_VALUE}, frozenset())
    metric = Metric(name, "gauge", {}, closed=bool(jobs), unit=unit, jobs=jobs, range=bounds)
    return Entry(name, metric, kind, "", labels, closed=bool(jobs), unit=unit, range=bounds)
