"""The services of the platform: are they up, and do they say that they are healthy?"""

from typing import Literal

from monitoring_as_code import Alert, Counter, Gauge, Label, Labels, RuleGroup, Runbook, label, seconds, unit

from .requests import InService


class ServiceStates(Labels):
    """The life of a service. `error` is what its documentation calls `failed`; nothing sends it today."""

    status: Label[Literal["initializing", "starting", "running", "failed", "stopping", "stopped", "error"]] = label(
        emitted=("initializing", "starting", "running", "failed", "stopping", "stopped")
    )


class HealthChecks(Labels):
    """Which service was checked, and how it went."""

    service: Label[str] = label(at_most=50)
    status: Label[Literal["success", "failure"]]


services = Gauge(name="services_total", help="Services by the state they are in.", unit=unit("services"), labels=ServiceStates, least=0)

health_checks = Counter(name="service_health_checks_total", help="Health checks made.", unit=unit("checks"), labels=HealthChecks)

uptime = Gauge(name="service_uptime_seconds", help="Time since the service was started.", unit=seconds, labels=InService, least=0)


service_down = Alert(
    name="ServiceDown",
    expr=services.where(ServiceStates.status.one_of("failed", "error")) > 0,
    for_="2m",
    severity="critical",
    labels={"category": "service"},
    summary="{{ $value }} services are in state {{ $labels.status }}",
    description="{{ $value }} services have been in state {{ $labels.status }} for two minutes.",
    runbook=Runbook(
        meaning="At least one service gave up. What it does for users does not happen.",
        check=(
            "Which one: *Health check success rate* and *Uptime* of the Services Detail dashboard.",
            "The service's log around the time it failed.",
            "Whether what it depends on is up: databases, integrations.",
        ),
        fix=("Restart the service; if it fails again, roll its last change back.",),
    ),
)

health_check_failing = Alert(
    name="ServiceHealthCheckFailing",
    expr=health_checks.where(HealthChecks.status.eq("failure")).rate("5m").sum(by=(HealthChecks.service,)) > 0.1,
    for_="5m",
    severity="warning",
    labels={"category": "service"},
    summary="{{ $labels.service }} fails its health checks",
    description="{{ $labels.service }} fails {{ $value | humanize }} health checks a second; more than 0.1 is too many.",
    runbook=Runbook(
        meaning="A service says of itself that it is not well, several times a minute. It may still serve requests.",
        check=("What the health check reports: the service's `/health`.", "Its error rate and response time.", "Its dependencies."),
    ),
)

service_alerts = RuleGroup(name="service-health", rules=(service_down, health_check_failing))
