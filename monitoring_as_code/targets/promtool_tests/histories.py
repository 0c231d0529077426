"""What is given in a scenario as plain series: every label and every sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.catalogue import bound_texts
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.given import Given, ImpossibleSeries, label_sets_again, read_again, read_by
from monitoring_as_code.model.shapes import Observations, Shape, Values
from monitoring_as_code.promql.infer.patterns import tester
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Scenario

__all__ = ["History", "ImpossibleSeries", "histories"]


class History(NamedTuple):
    """One series and its samples, one for each time."""

    name: str
    labels: Mapping[str, str]
    values: Values | str
    """The samples, or promtool's notation of them."""


def histories(analysis: Analysis, scenario: Scenario, times: Sequence[int]) -> list[History]:
    """Every series of a scenario, sampled at `times`, which are milliseconds that rise evenly from 0.

    Raises:
        ImpossibleSeries: something that is given makes no series.
    """
    return [history for series in scenario.given for history in _of_one(analysis, read_again(analysis, scenario, series), times)]


def _of_one(analysis: Analysis, found: Given, times: Sequence[int]) -> Iterator[History]:
    values = found.series.values
    sets = label_sets_again(analysis, found)
    try:
        if isinstance(values, Observations):
            for name, labels, counted in _counted(analysis, found, values, times):
                for own in sets:
                    yield History(name, {**own, **labels}, counted)
        else:
            unit = None if found.entry is None else found.entry.unit
            taken = values.values(times, unit) if isinstance(values, Shape) else values
            for own in sets:
                yield History(found.name, own, taken)
    except ImpossibleSeries:
        raise
    except ValueError as error:  # of a shape
        raise ImpossibleSeries(str(error), found.series, "values") from None


def _counted(
    analysis: Analysis, found: Given, observed: Observations, times: Sequence[int]
) -> Iterator[tuple[str, dict[str, str], Values]]:
    """The series of a histogram: their names, the labels that tell them apart, and their samples."""
    if found.entry is None or not found.is_histogram:
        message = f"`{found.name}` is no histogram, so nothing is observed by it"
        raise ImpossibleSeries(message, found.series, "values")
    metric = found.entry.metric
    buckets = observed.buckets(metric.buckets, times, metric.unit)
    asked = _bounds_asked(analysis, found.scenario, metric.name + "_bucket")
    for bound, counted in buckets.items():
        yield metric.name + "_bucket", {"le": _spelt(bound, asked)}, counted
    yield metric.name + "_sum", {}, observed.sums(metric.buckets, times, metric.unit)
    yield metric.name + "_count", {}, buckets[float("inf")]


def _bounds_asked(analysis: Analysis, scenario: Scenario, bucket: str) -> list[Callable[[str], bool]]:
    """What the alerts of a scenario, and the recording rules that they read, ask of the bounds of a histogram's buckets."""
    alerts = {id(each): each for each in (scenario.alert, *(each.alert for each in scenario.expect)) if each is not None}
    matchers = [
        matcher
        for selector in read_by(analysis, alerts.values())
        if metric_name(selector) == bucket
        for matcher in selector.matchers
        if matcher.name == "le"
    ]
    tests = [matcher.value.__eq__ if matcher.op == "=" else tester(matcher.value) for matcher in matchers if matcher.op in ("=", "=~")]
    return [test for test in tests if test is not None]


def _spelt(bound: float, asked: Iterable[Callable[[str], bool]]) -> str:
    """A bucket's bound as it is asked for: client libraries write "1" or "1.0", and a scenario is about those that the rules are made for."""
    texts = bound_texts(bound)
    return next((text for test in asked for text in texts if test(text)), texts[0])
