"""A declared metric as one of Prometheus's client library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric as Page

    from monitoring_as_code.model.metric import AnyMetric

# The units that OpenMetrics names; its `# UNIT` must be the end of the metric's name.
_UNITS = frozenset({"seconds", "bytes", "ratio", "celsius", "meters", "volts", "amperes", "joules", "grams"})


class Collector:
    """The client's metric without its `_created` series, which nobody declared, and which double how many there are.

    Raises:
        ValueError: the client does not take the metric's name or labels.
    """

    def __init__(self, metric: AnyMetric) -> None:
        import prometheus_client

        kind = {
            "counter": prometheus_client.Counter,
            "gauge": prometheus_client.Gauge,
            "info": prometheus_client.Gauge,  # the client's own Info has one series, and does not know of several processes
            "histogram": prometheus_client.Histogram,
            "summary": prometheus_client.Summary,
        }[metric.kind]
        more: dict[str, Any] = {"unit": _unit(metric), "registry": None}
        if metric.kind in ("gauge", "info"):
            more["multiprocess_mode"] = getattr(metric, "multiprocess", "livemax")
        if metric.kind == "histogram":
            more["buckets"] = metric.buckets  # type: ignore[attr-defined]  # histograms have them
        self.client: Any = kind(metric.name, metric.help, [label.name for label in metric.label_declarations], **more)

    def describe(self) -> Iterable[Page]:
        """The family without samples: which names it takes."""
        described: Iterable[Page] = self.client.describe()
        return described

    def collect(self) -> Iterator[Page]:
        """The family with its samples."""
        for page in self.client.collect():
            page.samples = [sample for sample in page.samples if sample.name != page.name + "_created"]
            yield page


def _unit(metric: AnyMetric) -> str:
    word = metric.name.removesuffix("_total").rpartition("_")[2]
    return word if metric.unit is not None and word in _UNITS else ""
