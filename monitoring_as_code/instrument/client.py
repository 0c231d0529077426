"""A declared metric as one of Prometheus's client library."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from monitoring_as_code.model.metric import LOCK

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
        # No page has neither the old series of an info nor the new one, or both.
        self._replaced = metric.kind == "info"
        self.client: Any = kind(metric.name, metric.help, [label.name for label in metric.label_declarations], **more)

    def describe(self) -> Iterable[Page]:
        """The family without samples: which names it takes."""
        described: Iterable[Page] = self.client.describe()
        return described

    def collect(self) -> Iterator[Page]:
        """The family with its samples."""
        with LOCK if self._replaced else nullcontext():
            pages = list(self.client.collect())
        for page in pages:
            page.samples = [sample for sample in page.samples if sample.name != page.name + "_created"]
            yield page


def is_multiprocess() -> bool:
    """Whether this is one of several processes whose samples are in files of a common folder."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ or "prometheus_multiproc_dir" in os.environ


def missing_folder() -> str | None:
    """What is wrong with the folder of several processes, if it is not there."""
    name = "PROMETHEUS_MULTIPROC_DIR" if "PROMETHEUS_MULTIPROC_DIR" in os.environ else "prometheus_multiproc_dir"
    folder = os.environ.get(name)
    if folder is None or os.path.isdir(folder):
        return None
    return f"`{name}` is `{folder}`, which is no folder: make it before the application starts"


def _unit(metric: AnyMetric) -> str:
    word = metric.name.removesuffix("_total").rpartition("_")[2]
    return word if metric.unit is not None and word in _UNITS else ""
