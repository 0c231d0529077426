"""The page that Prometheus reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.instrument.client import is_multiprocess, missing_folder
from monitoring_as_code.instrument.registry import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric
    from prometheus_client.multiprocess import MultiProcessCollector


def exposition(accept: str = "") -> tuple[bytes, str]:
    """The metrics in the format that an Accept header asks for, and the content type of that: OpenMetrics, or Prometheus's text.

    Only OpenMetrics has exemplars. With PROMETHEUS_MULTIPROC_DIR it has the samples of all processes.

    Raises:
        NotADirectoryError: there is no such folder, so nobody knows what is recorded. A page without it would look as if nothing were.
    """
    from prometheus_client.exposition import choose_encoder

    encode, content_type = choose_encoder(accept)
    return encode(_source()), content_type


def _source() -> CollectorRegistry:
    if not is_multiprocess():
        return current().registry
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    missing = missing_folder()
    if missing is not None:
        raise NotADirectoryError(missing)
    registry = CollectorRegistry()
    registry.register(_OfAllProcesses(MultiProcessCollector(None)))  # type: ignore[no-untyped-call]
    return registry


class _OfAllProcesses:
    """The samples of all processes, without those of an info that no process says any more."""

    def __init__(self, samples: MultiProcessCollector) -> None:
        self._samples = samples
        self._infos = {metric.name for metric in current().families if metric.kind == "info"}

    def collect(self) -> Iterator[Metric]:
        for family in self._samples.collect():  # type: ignore[no-untyped-call]
            if family.name in self._infos:
                family.samples = [sample for sample in family.samples if sample.value]
            yield family
