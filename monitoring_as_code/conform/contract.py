"""What an exposition is held to: declared metrics, the jobs that scrape them, and the thresholds of alerts on their quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code.instrument.own import dropped
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.metric import Exporter, Metric
from monitoring_as_code.model.shipped import ShippedExporter
from monitoring_as_code.model.stack import ScrapeJob, Stack
from monitoring_as_code.promql.regexes import matches, problem
from monitoring_as_code.schema import metrics_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.origin import Place
    from monitoring_as_code.promql.ast import Binary, Expr, Matcher
    from monitoring_as_code.promql.infer import Facts


class Threshold(NamedTuple):
    """A number with which an alert compares a quantile of a histogram, in the histogram's own unit."""

    alert: str
    metric: str
    value: float
    text: str
    place: Place


class Contract(NamedTuple):
    """What holds. `ours` are metrics of the application itself, whose names can be changed; an exporter's are a choice of all it has.

    `jobs` are those that scrape it, out of `every_job` of the stack; none if there is no stack. What a `shipped` catalogue says holds for
    many versions of a program that nobody here writes: it is only held to what makes queries wrong. `needed` are the labels by which queries
    choose among an exporter's series, by metric; of metrics that are `untyped` nobody has said the kind.
    """

    metrics: Mapping[str, Metric[Any]]
    ours: bool = True
    jobs: tuple[ScrapeJob, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    served_by: str = "the application"
    every_job: tuple[ScrapeJob, ...] = ()
    shipped: bool = False
    needed: Mapping[str, frozenset[str]] = {}
    untyped: frozenset[str] = frozenset()

    @property
    def known(self) -> dict[str, Metric[Any]]:
        """All that the page may have: what our own instruments say of themselves is there if they are used."""
        return {dropped.name: dropped, **self.metrics} if self.ours else {**self.metrics}


class NoSuchJob(LookupError):  # noqa: N818 - what it says
    """There is no scrape job and no exporter of this name; `known` are those that there are."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = tuple(known)


def contract_of(analysis: Analysis, job: str | None = None) -> Contract:
    """What holds for the application's own metrics, or for what a scrape job or an exporter brings.

    Raises:
        NoSuchJob: there is none of this name.
    """
    jobs = _jobs(analysis)
    exporters = analysis.project.of(Exporter)
    of_exporters = {id(metric) for exporter in exporters for metric in exporter.metrics}
    own = [metric for metric in analysis.project.of(Metric) if id(metric) not in of_exporters]
    thresholds = tuple(_thresholds(analysis))
    if job is None:
        return Contract(_by_name(own), True, tuple(each for each in jobs if each.exporter is None), thresholds, every_job=jobs)
    named = next((each for each in jobs if each.name == job), None)
    exporter = named.exporter if named is not None else next((each for each in exporters if each.name == job), None)
    if named is None and exporter is None:
        raise NoSuchJob(job, sorted({*(each.name for each in jobs), *(each.name for each in exporters)}))
    scraping = (named,) if named is not None else tuple(each for each in jobs if each.exporter is exporter)
    if exporter is None:
        return Contract(_by_name(own), True, scraping, thresholds, f"the job `{job}`", jobs)
    return _of_exporter(analysis, exporter)._replace(jobs=scraping, thresholds=thresholds, every_job=jobs)


def _of_exporter(analysis: Analysis, exporter: Exporter) -> Contract:
    asked: dict[str, set[str]] = {}
    for use in analysis.uses:
        for selector in analysis.selectors(use):
            name = selector.name or next((each.value for each in selector.matchers if each.name == "__name__" and each.op == "="), "")
            asked.setdefault(name, set()).update(each.name for each in selector.matchers if _chooses(each))
    metrics = _by_name(metrics_of(analysis.project, exporter, asked))
    needed: dict[str, frozenset[str]] = {}
    for series, labels in asked.items():
        for name in (series, *(series.removesuffix(suffix) for suffix in ("_bucket", "_sum", "_count") if series.endswith(suffix))):
            if name in metrics:
                needed[name] = needed.get(name, frozenset()) | labels
    found = Contract(metrics, False, served_by=f"the exporter `{exporter.name}`", needed=needed)
    if not isinstance(exporter, ShippedExporter):
        return found
    rows = ((name, exporter.row(name)) for name in metrics)
    return found._replace(shipped=True, untyped=frozenset(name for name, row in rows if row is not None and row.kind == "unknown"))


def _chooses(matcher: Matcher) -> bool:
    """Whether no series without the label passes; what a variable stands for nobody knows."""
    if matcher.variables:
        return False
    if matcher.op in ("=", "!="):
        return (matcher.value == "") is (matcher.op == "!=")
    return problem(matcher.value) is None and matches(matcher.value, "") is (matcher.op == "!~")


def contract_from(metrics: Iterable[Metric[Any]]) -> Contract:
    """What metrics say by themselves."""
    return Contract(_by_name(metrics))


def _by_name(metrics: Iterable[Metric[Any]]) -> dict[str, Metric[Any]]:
    return {metric.name: metric for metric in metrics}


def _jobs(analysis: Analysis) -> tuple[ScrapeJob, ...]:
    stacks = analysis.project.of(Stack)
    return stacks[0].jobs if len(stacks) == 1 else ()


def _thresholds(analysis: Analysis) -> Iterator[Threshold]:
    """Where alerts compare `histogram_quantile(...)` of a classic histogram, as it is or recorded, with a constant."""
    from monitoring_as_code.model.alert import Alert

    for alert in analysis.project.of(Alert):
        use = analysis.use(alert)
        if use.expr is None:
            continue
        facts = analysis.facts(use)
        for comparison in facts.comparisons:
            found = _compared(analysis, use, facts, comparison.node)
            if found is not None:
                yield found


def _compared(analysis: Analysis, use: Use, facts: Facts, node: Binary) -> Threshold | None:
    from monitoring_as_code.lint.limits import inside, sides
    from monitoring_as_code.lint.places import place
    from monitoring_as_code.promql.printer import to_text

    found = sides(facts, node)
    if found is None:
        return None
    measured, threshold, _ = found
    bounds = facts[threshold].arm.range
    if bounds.low != bounds.high:
        return None
    metric = _histogram(analysis, facts, inside(measured))
    return None if metric is None else Threshold(use.declaration.name, metric, bounds.low, to_text(threshold), place(use, threshold))


def _histogram(analysis: Analysis, facts: Facts, node: Expr) -> str | None:
    """The one histogram whose quantile this is, in its own unit."""
    from monitoring_as_code.model.alert import RecordingRule
    from monitoring_as_code.promql.ast import Call, VectorSelector

    if isinstance(node, VectorSelector):
        rules = [rule for rule in analysis.project.of(RecordingRule) if rule.name == node.name]
        expr = analysis.use(rules[0]).expr if len(rules) == 1 else None
        return None if expr is None else _histogram(analysis, analysis.facts(analysis.use(rules[0])), expr)
    if not isinstance(node, Call) or node.function != "histogram_quantile" or len(node.args) != 2:
        return None
    names = {
        selector.entry.metric.observed.metric.name if selector.entry.metric.observed is not None else selector.entry.metric.name
        for selector in facts.selectors
        if selector.entry is not None and selector.entry.part == "bucket"
    }
    return names.pop() if len(names) == 1 and len(facts.selectors) == 1 else None
