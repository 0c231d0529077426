"""A registry of its own for each test that records, and what Prometheus would read there."""

from collections.abc import Callable, Iterator

import pytest
from prometheus_client import CollectorRegistry

from monitoring_as_code.exposition import parse
from monitoring_as_code.instrument import drops, exposition, use

Read = Callable[[], dict[str, float]]
DROPPED = "mac_instrument_dropped_total"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[CollectorRegistry]:
    """The registry in use, with nothing in it, and nothing logged yet."""
    monkeypatch.setattr(drops, "_logged", set())
    made = CollectorRegistry()
    with use(made):
        yield made


@pytest.fixture
def read(registry: CollectorRegistry) -> Read:  # noqa: ARG001 - it is in use
    """The values on the page by their series, without those of what was dropped."""

    def values() -> dict[str, float]:
        return {series: value for series, value in _page().items() if not series.startswith(DROPPED)}

    return values


@pytest.fixture
def dropped(registry: CollectorRegistry) -> Callable[[], dict[str, int]]:  # noqa: ARG001 - it is in use
    """How many samples were dropped, by reason."""

    def counts() -> dict[str, int]:
        found: dict[str, int] = {}
        for series, value in _page().items():
            if series.startswith(DROPPED):
                reason = series.partition('reason="')[2].partition('"')[0]
                found[reason] = found.get(reason, 0) + int(value)
        return found

    return counts


def _page() -> dict[str, float]:
    body, _ = exposition()
    found: dict[str, float] = {}
    for family in parse(body.decode()).values():
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sample.labels)
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found
