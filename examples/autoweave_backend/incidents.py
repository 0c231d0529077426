"""What can go wrong on request, and which alert it is that must fire then."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple


class Incident(NamedTuple):
    """Something that goes wrong. `name` stands in its address, `alert` is the alert that it makes fire."""

    name: str
    alert: str
    says: str


INCIDENTS = (
    Incident("failing-requests", "HighErrorRate", "A quarter of the requests to the shop end with 500."),
    Incident("slow-requests", "HighResponseTime", "Requests to the shop take a second and a half."),
    Incident("many-requests", "HighRequestRate", "The shop gets 1,200 requests a second."),
    Incident("failed-service", "ServiceDown", "The service `search` has failed."),
    Incident("failing-health-checks", "ServiceHealthCheckFailing", "Every health check of the service `search` fails."),
    Incident("exhausted-pool", "DatabaseConnectionPoolExhausted", "All but one of the connections to the database `orders` are in use."),
    Incident("slow-queries", "DatabaseHighQueryTime", "Queries of the database `orders` take about a second."),
    Incident("failing-pipeline", "PipelineExecutionFailures", "Nearly every run of the pipeline `invoices` fails."),
    Incident("slow-pipeline", "PipelineProcessingTimeSlow", "Runs of the pipeline `invoices` take two minutes."),
    Incident("failing-logins", "HighAuthFailureRate", "Somebody guesses passwords."),
    Incident("rate-limiting", "RateLimitingActive", "Twenty requests a second are refused, because there are too many."),
)
_NAMES = frozenset(each.name for each in INCIDENTS)


class Incidents:
    """Those that take place at the moment."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def begin(self, name: str, seconds: float) -> None:
        """Let it go wrong for so long.

        Raises:
            KeyError: nothing is called so.
        """
        if name not in _NAMES:
            raise KeyError(name)
        self._until[name] = self._clock() + seconds

    def end(self, name: str) -> None:
        """Let it be well again."""
        self._until.pop(name, None)

    def remaining(self, name: str) -> float:
        """For how many seconds it goes on; 0 when it does not take place."""
        return max(0.0, self._until.get(name, 0.0) - self._clock())

    def __contains__(self, name: str) -> bool:
        return self.remaining(name) > 0
