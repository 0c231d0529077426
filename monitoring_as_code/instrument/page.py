"""The page that Prometheus reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.instrument.registry import current, is_multiprocess

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


def exposition(accept: str = "") -> tuple[bytes, str]:
    """The metrics in the format that an Accept header asks for, and the content type of that: OpenMetrics, or Prometheus's text.

    Only OpenMetrics has exemplars. With PROMETHEUS_MULTIPROC_DIR it has the samples of all processes.
    """
    from prometheus_client.exposition import choose_encoder

    encode, content_type = choose_encoder(accept)
    return encode(_source()), content_type


def _source() -> CollectorRegistry:
    if not is_multiprocess():
        return current().registry
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
