"""What is given in a scenario as plain series: every label and every sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.catalogue import bound_texts
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.given import Given, ImpossibleSeries, label_sets, read
from monitoring_as_code.model.shapes import Observations, Shape, Values

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
    return [history for series in scenario.given for history in _of_one(analysis, read(analysis, scenario, series), times)]


def _of_one(analysis: Analysis, found: Given, times: Sequence[int]) -> Iterator[History]:
    values = found.series.values
    sets = label_sets(analysis, found)
    try:
        if isinstance(values, Observations):
            for name, labels, counted in _counted(found, values, times):
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


def _counted(found: Given, observed: Observations, times: Sequence[int]) -> Iterator[tuple[str, dict[str, str], Values]]:
    """The series of a histogram: their names, the labels that tell them apart, and their samples."""
    if found.entry is None or not found.is_histogram:
        message = f"`{found.name}` is no histogram, so nothing is observed by it"
        raise ImpossibleSeries(message, found.series, "values")
    metric = found.entry.metric
    buckets = observed.buckets(metric.buckets, times, metric.unit)
    for bound, counted in buckets.items():
        yield metric.name + "_bucket", {"le": bound_texts(bound)[0]}, counted
    yield metric.name + "_sum", {}, observed.sums(metric.buckets, times, metric.unit)
    yield metric.name + "_count", {}, buckets[float("inf")]
