"""What is given in a scenario as plain series: every label and every sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitoring_as_code.model.metric import Metric
from monitoring_as_code.model.shapes import Observations, Shape, Values
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import VectorSelector

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.catalogue import Domain
    from monitoring_as_code.model.scenario import Scenario, Series


class History(NamedTuple):
    """One series and its samples, one for each time."""

    name: str
    labels: Mapping[str, str]
    values: Values | str
    """The samples, or promtool's notation of them."""


class ImpossibleSeries(ValueError):  # noqa: N818 - what it says, not that it is an error
    """What is given cannot be made into series; `argument` of `part` is at fault, or the characters `span` of it."""

    def __init__(self, message: str, part: Series, argument: str, span: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.part = part
        self.argument = argument
        self.span = span


def histories(analysis: Analysis, scenario: Scenario, times: Sequence[int]) -> list[History]:
    """Every series of a scenario, sampled at `times`, which are milliseconds that rise evenly from 0.

    Raises:
        ImpossibleSeries: something that is given makes no series.
    """
    return [history for given in scenario.given for history in _of_one(analysis, given, times)]


def selector_of(given: Series) -> VectorSelector:
    """The selector that names a series.

    Raises:
        ImpossibleSeries: it is none, or does not name one series.
    """
    if not isinstance(given.of, str):
        found = given.of.selector
    else:
        try:
            expr = parse(given.of)
        except PromQLSyntaxError as error:
            raise ImpossibleSeries(error.message, given, "of", (error.span.start, error.span.end)) from None
        if not isinstance(expr, VectorSelector) or expr.offset is not None or expr.at is not None:
            raise ImpossibleSeries(f'`{given.of}` is no series: write a metric and its labels, `jobs{{queue="a"}}`', given, "of")
        found = expr
    for matcher in found.matchers:
        if matcher.op != "=":
            span = (matcher.span.start, matcher.span.end) if isinstance(given.of, str) else None
            message = f"a series has one value for `{matcher.name}`: say it by `=`, and not by `{matcher.op}`"
            raise ImpossibleSeries(message, given, "of", span)
    return found


def _of_one(analysis: Analysis, given: Series, times: Sequence[int]) -> Iterator[History]:
    selector = selector_of(given)
    said = {matcher.name: matcher.value for matcher in selector.matchers}
    name = said.pop("__name__", None) or selector.name
    values = given.values
    if isinstance(values, Observations):
        metric = analysis.catalogue.metric(name)
        if metric is None or metric.kind != "histogram":
            raise ImpossibleSeries(f"`{name}` is no histogram, so nothing is observed by it", given, "values")
        try:
            buckets = values.buckets(metric.buckets, times)
        except ValueError as error:
            raise ImpossibleSeries(str(error), given, "values") from None
        labels = _completed(analysis, name + "_count", said)
        for bound, counted in buckets.items():
            yield History(name + "_bucket", {**labels, "le": "+Inf" if bound == float("inf") else f"{bound:g}"}, counted)
        yield History(name + "_sum", labels, values.sums(metric.buckets, times))
        yield History(name + "_count", labels, buckets[float("inf")])
    else:
        taken = values.values(times) if isinstance(values, Shape) else values
        yield History(name, _completed(analysis, name, said), taken)


def _completed(analysis: Analysis, name: str, said: Mapping[str, str]) -> dict[str, str]:
    """The labels that are said, and for the others values that the metric may have."""
    entry = analysis.catalogue.lookup(name)
    if entry is None:
        return dict(said)
    ordered = _declared_values(analysis, entry.metric.name)
    found = {label: _example(label, domain, ordered.get(label, ())) for label, domain in entry.labels.items() if not domain.optional}
    jobs = entry.metric.jobs
    if jobs and "job" in found and "job" not in said:
        found["job"] = jobs[0].name
        if jobs[0].instances and "instance" not in said:
            found["instance"] = min(jobs[0].instances)
    return {**found, **said}


def _declared_values(analysis: Analysis, name: str) -> dict[str, tuple[str, ...]]:
    """The values of a metric's labels in the order of their declaration."""
    metric = next((each for each in analysis.project.of(Metric) if each.name == name), None)
    return {} if metric is None else {label.name: label.emitted or label.values or () for label in metric.label_declarations}


def _example(label: str, domain: Domain, ordered: Sequence[str]) -> str:
    if ordered:
        return ordered[0]
    values = domain.emitted or domain.values
    return min(values) if values else label
