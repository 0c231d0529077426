"""Metrics of a small service, and what was recorded on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from prometheus_client import CollectorRegistry

from monitoring_as_code import Counter, Gauge, Histogram, Label, Labels, instrument, label, seconds


class Http(Labels):
    method: Label[Literal["GET", "POST", "PUT", "DELETE", "HEAD", "OTHER"]] = label(other="OTHER")
    route: Label[str] = label(at_most=20)
    status: Label[str] = label(pattern="[1-5][0-9]{2}")
    service: Label[str] = label(at_most=3)


class Service(Labels):
    service: Label[str] = label(at_most=3)


class Messages(Labels):
    direction: Label[Literal["incoming", "outgoing"]]
    type: Label[Literal["text", "bytes"]]


served = Counter(name="served_total", help="Requests.", labels=Http)
took = Histogram(name="took_seconds", help="Time to last byte.", unit=seconds, labels=Http, buckets=(0.1, 1))
active = Gauge(name="active", help="Requests in flight.", labels=Service, least=0)
sockets = Gauge(name="sockets", help="Web sockets.", labels=Service, least=0)
messages = Counter(name="messages_total", help="Messages.", labels=Messages)


class Recorded:
    """What a registry has."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry

    def requests(self) -> dict[tuple[str, str, str], int]:
        """How many requests there were, by method, route and status."""
        found = {}
        for family in self.registry.collect():
            for sample in family.samples:
                if sample.name == "served_total":
                    found[sample.labels["method"], sample.labels["route"], sample.labels["status"]] = int(sample.value)
        return found

    def times(self) -> dict[tuple[str, str, str], float]:
        """How long they took altogether, by the same."""
        return {
            (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
            for family in self.registry.collect()
            for sample in family.samples
            if sample.name == "took_seconds_sum"
        }

    def value(self, name: str, **labels: str) -> float | None:
        """One series."""
        return self.registry.get_sample_value(name, labels)

    def in_flight(self) -> float | None:
        """Requests that are not over."""
        return self.value("active", service="shop")


@contextmanager
def recorded() -> Iterator[Recorded]:
    """A block that records in a registry of its own."""
    registry = CollectorRegistry()
    with instrument.use(registry):
        yield Recorded(registry)
