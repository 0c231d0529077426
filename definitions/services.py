"""The services of the platform: are they up, and do they say that they are healthy?"""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Counter,
    Fires,
    Firing,
    Gauge,
    Label,
    Labels,
    Pending,
    Quiet,
    Reaches,
    Resolves,
    RuleGroup,
    Runbook,
    Scenario,
    Series,
    constant,
    label,
    per_second,
    seconds,
    spike,
    step,
    unit,
)

from .monitoring import Target
from .requests import Http, InService, high_error_rate, http_requests
from .routing import database_team, everybody, on_call, security_team


class ServiceStates(Labels):
    """The life of a service. `error` is what its documentation calls `failed`; nothing sends it today."""

    status: Label[Literal["initializing", "starting", "running", "failed", "stopping", "stopped", "error"]] = label(
        emitted=("initializing", "starting", "running", "failed", "stopping", "stopped")
    )


class HealthChecks(Labels):
    """Which service was checked, and how it went."""

    service: Label[str] = label(at_most=50)
    status: Label[Literal["success", "failure"]]


# mac: allow[misleading-suffix] the backend calls it so, and dashboards of others read it
services = Gauge(name="services_total", help="Services by the state they are in.", unit=unit("services"), labels=ServiceStates, least=0)

health_checks = Counter(name="service_health_checks_total", help="Health checks made.", unit=unit("checks"), labels=HealthChecks)

uptime = Gauge(name="service_uptime_seconds", help="Time since the service was started.", unit=seconds, labels=InService, least=0)


service_down = Alert(
    name="ServiceDown",
    expr=services.where(ServiceStates.status.one_of("failed", "error")) > 0,
    for_="2m",
    severity="critical",
    labels={"category": "service"},
    summary="Services are in state {{ $labels.status }}: {{ $value }}",
    description="For two minutes the number of services in state {{ $labels.status }} has been {{ $value }}.",
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

service_down_scenarios = (
    Scenario(
        name="one service has failed",
        alert=service_down,
        given=(
            Series(of=services.where(ServiceStates.status.eq("running")), values=step(12, 11, at="5m")),
            Series(of=services.where(ServiceStates.status.eq("failed")), values=step(0, 1, at="5m")),
        ),
        expect=(
            Quiet(at="0s", until="4m45s"),
            Pending(at="5m"),
            Fires(after="7m", within="7m"),
            Firing(
                at="8m",
                labels={"status": "failed", "category": "service"},
                count=1,
                annotations={"summary": "Services are in state failed: 1"},
            ),
            Reaches(receivers=(on_call, everybody), not_to=(database_team, security_team)),
        ),
    ),
    Scenario(
        name="a service in the state that the documentation calls error",
        alert=service_down,
        given=(Series(of=services.where(ServiceStates.status.eq("error")), values=constant(1)),),
        expect=(Fires(after="2m", within="2m"), Firing(at="2m", labels={"status": "error"})),
    ),
    Scenario(
        name="services start, stop and run",
        alert=service_down,
        given=(
            Series(of=services.where(ServiceStates.status.eq("initializing")), values=constant(2)),
            Series(of=services.where(ServiceStates.status.eq("starting")), values=constant(3)),
            Series(of=services.where(ServiceStates.status.eq("running")), values=constant(9)),
            Series(of=services.where(ServiceStates.status.eq("stopping")), values=constant(1)),
            Series(of=services.where(ServiceStates.status.eq("stopped")), values=constant(1)),
            Series(of=services.where(ServiceStates.status.eq("failed")), values=constant(0)),
        ),
        expect=(Quiet(at="0s", until="10m"),),
    ),
    Scenario(
        name="a service fails now and then, and is up again within two minutes",
        alert=service_down,
        given=(
            Series(
                of=services.where(ServiceStates.status.eq("failed")),
                values=spike(0, 1, at="1m", lasts="2m").then(spike(0, 1, at="1m", lasts="2m"), at="4m"),
            ),
        ),
        expect=(Pending(at="2m45s"), Quiet(at="3m"), Pending(at="6m45s"), Quiet(at="7m", until="10m")),
    ),
    Scenario(
        name="the service that failed is restarted",
        alert=service_down,
        given=(Series(of=services.where(ServiceStates.status.eq("failed")), values=step(1, 0, at="5m")),),
        expect=(Firing(at="4m45s"), Resolves(by="5m")),
    ),
)

health_check_failing = Alert(
    name="ServiceHealthCheckFailing",
    expr=health_checks.where(HealthChecks.status.eq("failure")).rate("5m").sum(by=(HealthChecks.service,)) > 0.1,
    for_="5m",
    severity="warning",
    labels={"category": "service"},
    summary="{{ $labels.service }} fails its health checks",
    description='{{ $labels.service }} fails {{ printf "%.2f" $value }} health checks a second; more than 0.1 is too many.',
    runbook=Runbook(
        meaning="A service says of itself that it is not well, several times a minute. It may still serve requests.",
        check=("What the health check reports: the service's `/health`.", "Its error rate and response time.", "Its dependencies."),
    ),
)

health_check_failing_scenarios = (
    Scenario(
        name="a service fails slightly more than six health checks a minute, on two backends together",
        alert=health_check_failing,
        given=(
            Series(
                of=health_checks.where(HealthChecks.service.eq("billing"), HealthChecks.status.eq("failure")),
                values=per_second(step(0, 0.06, at="5m")),
            ),
            Series(
                of=health_checks.where(
                    HealthChecks.service.eq("billing"), HealthChecks.status.eq("failure"), Target.instance.eq("backend-2:3001")
                ),
                values=per_second(step(0, 0.046, at="5m")),
            ),
            Series(of=health_checks.where(HealthChecks.service.eq("billing"), HealthChecks.status.eq("success")), values=per_second(1)),
            Series(of=health_checks.where(HealthChecks.service.eq("search"), HealthChecks.status.eq("failure")), values=per_second(0.01)),
        ),
        expect=(
            Quiet(at="0s", until="9m"),
            Fires(after="14m", within="15m"),
            Firing(
                at="15m",
                labels={"service": "billing", "category": "service"},
                count=1,
                annotations={"summary": "billing", "description": "fails 0.11 health checks a second"},
            ),
            Reaches(receivers=(everybody,), not_to=(on_call, database_team, security_team)),
        ),
    ),
    Scenario(
        name="slightly fewer than six a minute",
        alert=health_check_failing,
        given=(
            Series(of=health_checks.where(HealthChecks.service.eq("billing"), HealthChecks.status.eq("failure")), values=per_second(0.095)),
        ),
        expect=(Quiet(at="0s", until="20m"),),
    ),
    Scenario(
        name="health checks that go well",
        alert=health_check_failing,
        given=(
            Series(of=health_checks.where(HealthChecks.service.eq("billing"), HealthChecks.status.eq("success")), values=per_second(5)),
        ),
        expect=(Quiet(at="0s", until="20m"),),
    ),
    Scenario(
        # The rate is one of five minutes: what happens within two of them is over too soon.
        name="two bad minutes while a service starts",
        alert=health_check_failing,
        given=(
            Series(
                of=health_checks.where(HealthChecks.service.eq("billing"), HealthChecks.status.eq("failure")),
                values=per_second(spike(0, 0.5, at="5m", lasts="1m")),
            ),
        ),
        expect=(Quiet(at="0s", until="20m"),),
    ),
    Scenario(
        name="the service is well again",
        alert=health_check_failing,
        given=(
            Series(
                of=health_checks.where(HealthChecks.service.eq("billing"), HealthChecks.status.eq("failure")),
                values=per_second(step(10, 0, at="10m")),
            ),
        ),
        expect=(Fires(after="5m15s", within="5m15s"), Firing(at="14m15s"), Resolves(by="15m15s")),
    ),
    Scenario(
        name="an alarm about its requests does not hide that a service is not well",
        alert=health_check_failing,
        given=(
            Series(of=health_checks.where(HealthChecks.service.eq("billing"), HealthChecks.status.eq("failure")), values=per_second(1)),
            Series(of=http_requests.where(Http.service.eq("billing"), Http.status.eq("500")), values=per_second(10)),
        ),
        expect=(Firing(at="8m", alert=high_error_rate), Reaches(receivers=(everybody,), at="8m")),
    ),
)

service_alerts = RuleGroup(name="service-health", rules=(service_down, health_check_failing))
