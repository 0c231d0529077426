"""The service itself: since when it runs, and what it says of its health."""

from monitoring_as_code import BarGauge, Row, Stat, StateTimeline, TimeSeries, rate_interval, ratio

from .. import drawing, services
from ..requests import InService
from ..services import HealthChecks
from . import chosen

checks = services.health_checks.where(chosen.service, chosen.instance)
checked = checks.rate(rate_interval).sum(by=(HealthChecks.service,))
healthy = checks.where(HealthChecks.status.eq("success")).rate(rate_interval).sum(by=(HealthChecks.service,))

health = Row(
    title="Health of $service",
    panels=(
        Stat(
            title="Service uptime",
            description="Time since a service was started; of several those that were started last. A small value means that it just restarted.",
            expr=services.uptime.where(chosen.service, chosen.instance).min(by=(InService.service,)).bottomk(6),
            no_value="Not running",
            width=6,
        ),
        BarGauge(
            title="Health check success rate",
            description="Share of the health checks that succeed; of several services the worst. Good is 100 %.",
            # One that never succeeded has no series of successes: its share is 0, and it must not be missing here.
            expr=(healthy.or_(checked * 0) / (checked > 0)).bottomk(6),
            unit=ratio,
            max=1,
            no_value="No checks",
            width=6,
        ),
        TimeSeries(
            title="Failed health checks",
            description="Health checks that fail, the ten worst services. Good is none; at the line ServiceHealthCheckFailing fires.",
            expr=checks.where(HealthChecks.status.eq("failure")).rate(rate_interval).sum(by=(HealthChecks.service,)).topk(10),
            alert=services.health_check_failing,
            no_value="None",
            width=6,
        ),
        StateTimeline(
            title="Alerts of the service",
            description="What fired for the chosen services. What began first is closest to the cause.",
            expr="""
                2 * max by (alertname) (ALERTS{alertstate="firing", severity="critical", service=~"$service"})
                or max by (alertname) (ALERTS{alertstate="firing", severity="warning", service=~"$service"})
            """,
            mappings=drawing.firing,
            no_value="Nothing fired",
            width=6,
        ),
    ),
)
