"""What the stand-in exposes: every metric that AutoWeave's definitions declare as the application's own, from its start on."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from definitions import (
    analytics,
    authentication,
    business,
    databases,
    integrations,
    memory,
    pipelines,
    realtime,
    requests,
    runtime,
    services,
)
from monitoring_as_code import instrument

DECLARED = (analytics, authentication, business, databases, integrations, memory, pipelines, realtime, requests, runtime, services)


def registry() -> CollectorRegistry:
    """A registry of its own: the client's has the metrics of Python's process under the names that Node.js's have."""
    made = CollectorRegistry()
    with instrument.use(made):
        instrument.register(*DECLARED)
    return made
