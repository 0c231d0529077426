from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.averages import aggregated
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, of_expressions=True)
def sum_of_quantiles(reading: Reading) -> Iterator[Finding]:
    """Quantiles are added up.

    The sum of the 95th percentiles of two services is no time that anybody waits. It grows with the number of series, so that a threshold
    on it means something else with every instance that comes. The buckets of histograms can be added up, and the quantile taken of the
    sum; of the quantiles of summaries the largest one at least is true for somebody.

    BAD:

        class Http(Labels):
            route: Label[str]

        latency = Summary(name="latency_seconds", help="Time to last byte.", unit=seconds, labels=Http)
        recorded = RecordingRule(name="latency_seconds:p99", expr='sum(latency_seconds{quantile="0.99"})')

    GOOD:

        class Http(Labels):
            route: Label[str]

        latency = Summary(name="latency_seconds", help="Time to last byte.", unit=seconds, labels=Http)
        recorded = RecordingRule(name="latency_seconds:p99", expr='max(latency_seconds{quantile="0.99"})')
    """
    for use, node, arm in aggregated(reading, "quantile", "sum"):
        summary = arm.entry is not None and arm.entry.metric.kind == "summary"
        help_ = (
            "take `max`: it is the quantile of the worst one"
            if summary
            else "aggregate the buckets by `le`, and take the quantile then; or take `max`"
        )
        yield Finding("quantiles do not add up", place(use, node), help_, declaration=use.declaration)
