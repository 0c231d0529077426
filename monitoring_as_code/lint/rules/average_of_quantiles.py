from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.averages import aggregated
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, of_expressions=True)
def average_of_quantiles(reading: Reading) -> Iterator[Finding]:
    """Quantiles are averaged.

    The average of the 95th percentiles of two services is the 95th percentile of nothing. It hides the slow one behind the fast one, however
    few requests that has. The buckets of histograms can be added up, and the quantile taken of the sum; of the quantiles of summaries the
    largest one at least is true for somebody.

    BAD:

        class Http(Labels):
            route: Label[str]

        latency = Histogram(name="latency_seconds", help="Time to last byte.", unit=seconds, labels=Http, buckets=(0.1, 1.0))
        recorded = RecordingRule(
            name="latency_seconds:p95_rate5m",
            expr="avg(histogram_quantile(0.95, sum by (route, le) (rate(latency_seconds_bucket[5m]))))",
        )

    GOOD:

        class Http(Labels):
            route: Label[str]

        latency = Histogram(name="latency_seconds", help="Time to last byte.", unit=seconds, labels=Http, buckets=(0.1, 1.0))
        recorded = RecordingRule(
            name="latency_seconds:p95_rate5m",
            expr="histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket[5m])))",
        )
    """
    for use, node, arm in aggregated(reading, "quantile", "avg"):
        summary = arm.entry is not None and arm.entry.metric.kind == "summary"
        help_ = (
            "take `max`: it is the quantile of the worst one"
            if summary
            else "aggregate the buckets by `le`, and take the quantile then; or take `max`"
        )
        message = "the average of quantiles is a quantile of nothing"
        yield Finding(message, place(use, node), help_, declaration=use.declaration)
