"""Integrations: the systems of others that AutoWeave talks to."""

from typing import Literal

from monitoring_as_code import Counter, Gauge, Label, Labels, errors, label, requests, unit


class IntegrationStates(Labels):
    """Which kind of integration, and how it is."""

    type: Label[str] = label(at_most=30)
    status: Label[Literal["initializing", "active", "failed", "unhealthy", "disabled"]]


class IntegrationRequests(Labels):
    """Which integration, what was asked, and how it ended."""

    integration: Label[str] = label(at_most=30)
    method: Label[str] = label(at_most=20)
    status: Label[Literal["success", "failure"]]


class IntegrationErrors(Labels):
    """Which integration, and what went wrong."""

    integration: Label[str] = label(at_most=30)
    error_type: Label[str] = label(at_most=20)


integrations = Gauge(
    name="integrations_active", help="Integrations by state.", unit=unit("integrations"), labels=IntegrationStates, least=0
)

integration_requests = Counter(
    name="integration_requests_total", help="Requests to integrations.", unit=requests, labels=IntegrationRequests
)

integration_errors = Counter(name="integration_errors_total", help="Errors of integrations.", unit=errors, labels=IntegrationErrors)
