"""What the one on call looks at first: is anything wrong at all, since when, and where?"""

from monitoring_as_code import GaugePanel, Override, Query, Row, Stat, Table, Threshold, rate_interval, ratio, seconds, unit
from monitoring_as_code import requests as requests_unit
from monitoring_as_code.units import Quantity

from .. import drawing, navigation, requests, services
from ..requests import Http, InService


def red_from(limit: Quantity) -> tuple[Threshold, ...]:
    """Red where the alert fires."""
    return (Threshold(value=limit.base, color="red"),)


# None is good, one is bad.
any_is_bad = (Threshold(value=1, color="red"),)

served = requests.http_requests.rate(rate_interval).sum()
failed = requests.http_requests.where(Http.status.matches("5..")).rate(rate_interval).sum()

health = Row(
    title="Health",
    panels=(
        Stat(
            title="Firing alerts",
            description="Alerts that fire now. Good is none; *What fires* names them, and *Alert history* tells what came first.",
            expr='count(ALERTS{alertstate="firing", severity=~"warning|critical"}) or vector(0)',
            unit="none",
            thresholds=any_is_bad,
            color_by="background",
            width=4,
            height=5,
        ),
        Stat(
            title="Failed services",
            description="Services that gave up. Anything but zero means that something AutoWeave does for its users does not happen.",
            expr=services.services.where(services.ServiceStates.status.one_of("failed", "error")).sum(),
            alert=services.service_down,
            color_by="background",
            no_value="Unknown",
            width=4,
            height=5,
        ),
        GaugePanel(
            title="Error rate",
            description="Share of all requests that end with a status of 500 or above. Good is below 1 %; find the service in the table below.",
            # Without any failure there is no series of failures: that is 0, and not unknown. Without requests there is no share.
            expr=failed.or_(served * 0) / (served > 0),
            unit=ratio,
            alert=requests.high_error_rate,
            max=0.2,
            decimals=1,
            no_value="No requests",
            width=4,
            height=5,
        ),
        Stat(
            title="Response time P95",
            description="95 % of all requests are answered within this time. Good is below half a second.",
            expr=requests.http_request_duration.quantile(0.95, rate_interval),
            alert=requests.high_response_time,
            graph=True,
            decimals=0,
            no_value="No requests",
            width=4,
            height=5,
        ),
        Stat(
            title="Requests",
            description="Requests to all services. Good is what is usual at this time of the day; none at all means that nobody gets through.",
            expr=requests.http_requests.rate(rate_interval).sum(),
            graph=True,
            decimals=0,
            no_value="None",
            width=4,
            height=5,
        ),
        Stat(
            title="Silent targets",
            description="Targets that Prometheus cannot scrape. Good is none: what they would tell is missing on this page.",
            expr="count(up == 0) or vector(0)",
            unit="none",
            thresholds=any_is_bad,
            color_by="background",
            width=4,
            height=5,
        ),
        Table(
            title="Services",
            description="Every service at a glance, those that fail most on top; a click opens its details for the same time.",
            queries=(
                Query(expr=requests.error_ratio.max(by=(InService.service,)), legend="Errors"),
                Query(expr=requests.http_requests.rate(rate_interval).sum(by=(Http.service,)), legend="Requests"),
                Query(expr=requests.http_request_duration.quantile(0.95, rate_interval, by=(Http.service,)), legend="P95"),
                Query(
                    expr=services.health_checks.where(services.HealthChecks.status.eq("failure"))
                    .rate(rate_interval)
                    .sum(by=(services.HealthChecks.service,)),
                    legend="Failed checks",
                ),
                Query(expr=services.uptime.min(by=(InService.service,)), legend="Uptime"),
            ),
            rename={"service": "Service"},
            order=("service",),
            sort_by="Errors",
            no_value="–",
            overrides=(
                Override(series="Errors", unit=ratio, decimals=1, cells="color-text", thresholds=red_from(requests.error_limit)),
                Override(series="Requests", unit=requests_unit / seconds, decimals=1),
                Override(series="P95", unit=seconds, cells="color-text", thresholds=red_from(requests.response_limit)),
                Override(series="Failed checks", unit=unit("checks") / seconds, decimals=2),
                Override(series="Uptime", unit=seconds),
            ),
            data_links=(navigation.to_service_of_line,),
            width=15,
            height=7,
        ),
        Table(
            title="What fires",
            description="Alerts that fire now, the critical ones on top. Good is an empty table; each alert's message has its runbook.",
            expr='topk(40, count by (severity, alertname, service) (ALERTS{alertstate="firing", severity=~"warning|critical"}))',
            legend="Firing",
            rename={"severity": "Severity", "alertname": "Alert", "service": "Service"},
            order=("severity", "alertname", "service"),
            sort_by="Severity",
            ascending=True,
            no_value="Nothing fires",
            mappings=drawing.severities,
            overrides=(
                Override(series="Severity", cells="color-background"),
                Override(series="Service", data_links=(navigation.to_service_of_line,)),
            ),
            unit="none",
            width=9,
            height=7,
        ),
    ),
)
