"""The metrics of some pages together, each as what can be declared of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code import units
from monitoring_as_code.exposition import Family
from monitoring_as_code.foreign.expositions import buckets_of, unit_of
from monitoring_as_code.foreign.learning.domains import Domain, bound, of_label
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.exposition import Labels, Sample
    from monitoring_as_code.units import Unit

# Prometheus puts these on what it scrapes; a page of a federation or a gateway has them already.
_OF_THE_TARGET = frozenset({"instance", "job"})
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
_CREATED = "_created"
_MOST_TOLD = 5
# Counts of things, and amounts that a process holds: never below zero, in every client library.
_NEVER_NEGATIVE = re.compile(
    r"process_(?:max_fds|open_fds|(?:resident|virtual|virtual_memory_max).*_bytes|start_time_seconds|threads)"
    r"|go_(?:goroutines|threads|memstats_(?:.*_bytes|heap_objects|last_gc_time_seconds)|sched_gomaxprocs_threads|gc_gogc_percent)"
    r"|python_gc_.*|nodejs_(?:active_.*|heap_.*_bytes|eventloop_lag_.*)"
)


class LearntLabel(NamedTuple):
    """A label; `optional` says that some series lack it."""

    name: str
    domain: Domain = Domain()
    optional: bool = False


class LearntMetric(NamedTuple):
    """A metric. `kind` is that of its declaration, `exposed` that on the page; where they differ without being the same, `word` says why."""

    name: str
    kind: str
    help: str = ""
    unit: Unit | None = None
    labels: tuple[LearntLabel, ...] = ()
    buckets: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()
    least: float | None = None
    most: float | None = None
    word: str = ""
    exposed: str = ""


class Page(NamedTuple):
    """What a page shows, and what it is called."""

    name: str
    families: Mapping[str, Family]


class Learnt(NamedTuple):
    """The metrics by name, in order; those that cannot be declared, with the reason; and what somebody should look at."""

    metrics: tuple[LearntMetric, ...]
    left_out: Mapping[str, str]
    notes: tuple[str, ...]


class _Seen:
    """All that is seen of one metric: its samples by page, and what the pages say."""

    __slots__ = ("families", "helps", "kinds", "name", "pages")

    def __init__(self, name: str) -> None:
        self.name = name
        self.families: list[Family] = []
        self.kinds: dict[str, str] = {}
        self.helps: dict[str, str] = {}
        self.pages: list[list[Sample]] = []

    def add(self, page: str, family: Family, samples: list[Sample], kind: str) -> None:
        self.families.append(family)
        self.kinds.setdefault(kind, page)
        self.helps.setdefault(family.help or "", page)
        self.pages.append(samples)


def learnt(pages: Iterable[Page], *, most_values: int = 12, wanted: str = "", job: str | None = None) -> Learnt:
    """What some pages show together.

    Args:
        pages: of one program, or of several of its kind.
        most_values: how many values of a label are written down at most.
        wanted: a regular expression that the names of the metrics match somewhere.
        job: only series with this label `job`, of a page on which several jobs are.
    """
    seen: dict[str, _Seen] = {}
    left_out: dict[str, str] = {}
    chosen = re.compile(wanted)
    for page in pages:
        _read(page, seen, left_out, chosen, job)
    notes: list[str] = []
    values = _values_by_label(seen.values())
    bounds = {name: bound(len(each)) for name, each in values.items()}
    metrics = [_metric(seen[name], bounds, most_values, notes) for name in sorted(seen)]
    helps = [name for name in sorted(seen) if len(seen[name].helps.keys() - {""}) > 1]
    if helps:
        notes.append(f"the pages differ in the help of {_few(helps)}: the first is taken")
    notes += [f"label `{label}` of {_few(names)} looks unbounded: {why}" for label, (why, names) in sorted(_open_ended(metrics).items())]
    return Learnt(tuple(metrics), dict(sorted(left_out.items())), tuple(notes))


def _few(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_TOLD])
    return f"{shown} and {len(names) - _MOST_TOLD} more" if len(names) > _MOST_TOLD else shown


def _read(page: Page, seen: dict[str, _Seen], left_out: dict[str, str], chosen: re.Pattern[str], job: str | None) -> None:
    ending = _ending_of_counters(page.families)
    for family in _with_parts(page.families):
        samples = [each for each in family.samples if job is None or ("job", job) in each.labels]
        if not chosen.search(family.name) and not any(chosen.search(sample.name) for sample in samples):
            continue
        for name, kind, theirs in _series(family, samples):
            if not _METRIC.fullmatch(name):
                left_out[name] = "its name needs Prometheus 3 with names in UTF-8"
            elif name.endswith(_CREATED) and _times_of(name.removesuffix(_CREATED), page.families):
                left_out[name] = "it says since when another metric is counted"
            elif theirs:
                left_out.pop(name, None)
                seen.setdefault(name, _Seen(name)).add(page.name, family, theirs, kind)
            elif job is None:
                stored = name + ending if kind == "counter" else name
                if stored not in seen:
                    left_out[stored] = "no series of it is on the page, so nobody knows its labels"


def _with_parts(families: Mapping[str, Family]) -> Iterator[Family]:
    """The families of a page; the parts of a histogram or summary that nobody has said to be one are together, as with its type."""
    whole: dict[str, Family] = {}
    parts: set[str] = set()
    for name, family in families.items():
        for kind, ending, label in (("histogram", "_bucket", "le"), ("summary", "", "quantile")):
            base = name.removesuffix(ending)
            others = [base + each for each in ("_sum", "_count") if _is_untyped(families.get(base + each))]
            if (
                name.endswith(ending)
                and _is_untyped(family)
                and all(any(key == label for key, _ in sample.labels) for sample in family.samples)
                and base + "_count" in others
                and (base == name or base not in families)
            ):
                joined = whole[name] = Family(base, family.line)
                joined.kind, joined.help, joined.unit = kind, family.help, family.unit
                joined.samples = [sample for each in (name, *others) for sample in families[each].samples]
                parts.update((name, *others))
    for name, family in families.items():
        if name in whole:
            yield whole[name]
        elif name not in parts:
            yield family


def _ending_of_counters(families: Mapping[str, Family]) -> str:
    """What the names of a counter's series have beyond their family's: OpenMetrics has it so, by which nobody can query."""
    counters = [family for family in families.values() if family.kind == "counter" and family.samples]
    return "_total" if counters and all(family.samples[0].name == family.name + "_total" for family in counters) else ""


def _is_untyped(family: Family | None) -> bool:
    return family is not None and family.kind in ("untyped", "unknown") and bool(family.samples)


def _times_of(name: str, families: Mapping[str, Family]) -> bool:
    kinds = {families[each].kind for each in (name, name + "_total") if each in families}
    return bool(kinds & {"counter", "histogram", "summary"})


def _series(family: Family, samples: list[Sample]) -> Iterable[tuple[str, str, list[Sample]]]:
    """A family as metrics: name, kind and samples. In OpenMetrics a counter's series are called otherwise than their family."""
    kind = family.kind
    if kind in ("histogram", "summary"):
        parts = {family.name, *(family.name + part for part in ("_bucket", "_sum", "_count"))}
        own = [each for each in samples if each.name in parts]
        yield family.name, kind, own
        samples = [each for each in samples if each.name not in parts]
        kind = "unknown"
    elif kind == "gaugehistogram" or not samples:
        kind = "unknown" if samples else kind
    by_name: dict[str, list[Sample]] = {}
    for each in samples:
        by_name.setdefault(each.name, []).append(each)
    for name, theirs in by_name.items():
        yield name, "unknown" if name.endswith(_CREATED) and name != family.name else kind, theirs
    if not family.samples and kind != "unknown":
        yield family.name, kind, []


def _values_by_label(seen: Iterable[_Seen]) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for metric in seen:
        for samples in metric.pages:
            for sample in samples:
                for name, value in sample.labels:
                    values.setdefault(name, set()).add(value)
    return values


def _metric(seen: _Seen, bounds: Mapping[str, int], most_values: int, notes: list[str]) -> LearntMetric:
    name = seen.name
    samples = [sample for page in seen.pages for sample in page]
    said = _said(seen, notes)
    kind, word = _declared_kind(name, said, samples, typed=any(family.kind_line for family in seen.families))
    buckets = _buckets(seen, notes) if kind == "histogram" else ()
    if kind == "histogram" and not buckets:
        kind, word = "summary", "A histogram without buckets on the page: a native one, perhaps."
    unit = unit_of(name, seen.families, kind) if kind != "info" else None
    least, most = (0.0, 1.0) if said == "stateset" else (0.0 if kind == "gauge" and _NEVER_NEGATIVE.fullmatch(name) else None, None)
    return LearntMetric(
        name,
        kind,
        next((each for each in seen.helps if each), ""),
        unit or (_counted(name) if kind == "counter" else None),
        _labels(seen, said, bounds, most_values, notes),
        buckets,
        _quantiles(samples) if kind == "summary" else (),
        least,
        most,
        word,
        said,
    )


def _said(seen: _Seen, notes: list[str]) -> str:
    """The kind that the pages give, the first one's if they do not agree."""
    known = {kind: page for kind, page in seen.kinds.items() if kind not in ("untyped", "unknown")} or seen.kinds
    if len(known) > 1:
        notes.append(f"`{seen.name}` is " + " and ".join(f"a {kind} in `{page}`" for kind, page in known.items()) + ": the first is taken")
    return next(iter(known))


def _declared_kind(name: str, said: str, samples: list[Sample], *, typed: bool) -> tuple[str, str]:
    if said == "gauge" and name.endswith("_info") and all(sample.value == 1 and sample.labels for sample in samples):
        return "info", ""
    if said in ("counter", "gauge", "histogram", "summary", "info"):
        return said, "" if typed else f"The page says no kind; a {said}, by its names."
    if said == "stateset":
        return "gauge", ""
    if name.endswith(("_total", "_bucket", "_count")):
        return "counter", "The page says no kind; a counter, by its name."
    return "unknown", "The page says no kind: make it a Counter or a Gauge once you know."


def _counted(name: str) -> Unit | None:
    """What a counter counts, where that is the word before `_total`."""
    noun = name.removesuffix("_total").rpartition("_")[2]
    if noun in ("attempts", "connections", "errors", "events", "jobs", "messages", "packets", "queries", "requests", "responses"):
        found: Unit = getattr(units, noun)
        return found
    return None


def _buckets(seen: _Seen, notes: list[str]) -> tuple[float, ...]:
    each = {buckets_of([family]) for family in seen.families}
    if len(each) == 1 and each != {()}:
        return each.pop()
    bounds: set[float] = set()
    for page in seen.pages:
        for sample in page:
            text = next((value for name, value in sample.labels if name == "le"), "")
            try:
                bounds.add(float(text))
            except ValueError:
                continue
    found = tuple(sorted(each for each in bounds if abs(each) != float("inf") and each == each))  # noqa: PLR0124 - no NaN
    if found:
        notes.append(f"the series of `{seen.name}` have different buckets: all of them are taken")
    return found


def _quantiles(samples: Iterable[Sample]) -> tuple[float, ...]:
    found: set[float] = set()
    for sample in samples:
        for name, value in sample.labels:
            if name == "quantile":
                try:
                    found.add(float(value))
                except ValueError:
                    continue
    return tuple(sorted(each for each in found if 0 <= each <= 1))


def _labels(seen: _Seen, kind: str, bounds: Mapping[str, int], most_values: int, notes: list[str]) -> tuple[LearntLabel, ...]:
    samples = [sample for page in seen.pages for sample in page]
    added = {"histogram": "le", "summary": "quantile"}.get(kind)
    sets = [{name for name, value in sample.labels if value} for sample in samples]
    names = sorted({name for each in sets for name in each} - _OF_THE_TARGET - {added})
    strange = [name for name in names if not _LABEL.fullmatch(name)]
    if strange:
        notes.append(f"`{seen.name}` has a label `{strange[0]}`, whose name needs Prometheus 3: it is left out")
    found: list[LearntLabel] = []
    series: list[tuple[Labels, float]] = [(sample.labels, sample.value) for sample in samples]
    for name in names:
        if name in strange:
            continue
        by_page = [frozenset(value for sample in page for key, value in sample.labels if key == name and value) for page in seen.pages]
        values = frozenset().union(*by_page)
        optional = any(name not in each for each in sets)
        agreed = len(by_page) if all(each == values for each in by_page) else 0
        if kind == "stateset" and name == seen.name and len(values) <= most_values:  # which has a series for each state
            domain = Domain(values=tuple(sorted(values)))
        else:
            domain = of_label(name, values, series, agreed, 0 if optional else most_values)
        if domain == Domain():
            domain = Domain(at_most=bounds[name])
        found.append(LearntLabel(name, domain, optional))
    return tuple(found)


def _open_ended(metrics: Iterable[LearntMetric]) -> dict[str, tuple[str, list[str]]]:
    found: dict[str, tuple[str, list[str]]] = {}
    for metric in metrics:
        for label in metric.labels:
            if label.domain.open_ended:
                found.setdefault(label.name, (label.domain.open_ended, []))[1].append(metric.name)
    return found
