"""HTTP: how many requests there are, how many fail, and how long they take."""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Counter,
    Gauge,
    Histogram,
    Label,
    Labels,
    RecordingRule,
    RuleGroup,
    Runbook,
    label,
    percent,
    ratio,
    requests,
    seconds,
)


class Http(Labels):
    """What every HTTP metric tells apart."""

    method: Label[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]]
    route: Label[str] = label(at_most=200)
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)
    service: Label[str] = label(at_most=50)


class InService(Labels):
    """Metrics that a service has one of."""

    service: Label[str] = label(at_most=50)


http_requests = Counter(name="http_requests_total", help="HTTP requests served.", unit=requests, labels=Http)

http_request_duration = Histogram(
    name="http_request_duration_seconds",
    help="Time from the first byte of a request to the last byte of its response.",
    unit=seconds,
    labels=Http,
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5),
)

http_requests_active = Gauge(name="http_requests_active", help="HTTP requests in flight.", unit=requests, labels=InService, least=0)


served = http_requests.rate("5m").sum(by=(Http.service,))
failed = http_requests.where(Http.status.matches("5..")).rate("5m").sum(by=(Http.service,))

request_rate = RecordingRule(
    name="service:http_requests:rate5m",
    help="Requests a second.",
    expr=served,
)

error_ratio = RecordingRule(
    name="service:http_errors:ratio_rate5m",
    help="Share of the requests that ended with a status of 500 or above.",
    unit=ratio,
    # A service that never failed has no series of failures: its share is 0, and not unknown. One without requests has no share.
    expr=failed.or_(served * 0) / (served > 0),
)

response_time_p95 = RecordingRule(
    name="service_route:http_request_duration_seconds:p95_rate5m",
    help="The time that 95 % of the requests stay below.",
    unit=seconds,
    expr=http_request_duration.quantile(0.95, "5m", by=(Http.service, Http.route)),
)


# Alerts fire above them, and tables turn red.
error_limit = percent(5)
response_limit = seconds(1)

high_error_rate = Alert(
    name="HighErrorRate",
    expr=error_ratio > error_limit,
    for_="5m",
    severity="critical",
    labels={"category": "http"},
    summary="{{ $labels.service }} fails a large share of its requests",
    description="{{ $value | humanizePercentage }} of the requests to {{ $labels.service }} end with a server error; 5 % is too many.",
    runbook=Runbook(
        meaning="More than one request in twenty fails with a 5xx status. Users see errors now.",
        check=(
            "Which routes fail: the panel *Errors by route* of the Services Detail dashboard.",
            "What changed: a deployment or a migration in the last hour.",
            "Whether a dependency fails as well: *Database operations* and *Integration requests*.",
        ),
        fix=("Roll the last deployment back.", "Restart the service when its dependencies are healthy and it does not recover."),
    ),
)

high_response_time = Alert(
    name="HighResponseTime",
    expr=response_time_p95 > response_limit,
    for_="5m",
    severity="warning",
    labels={"category": "http"},
    summary="{{ $labels.route }} of {{ $labels.service }} is slow",
    description="5 % of the requests take longer than {{ $value | humanizeDuration }}; they should stay below one second.",
    runbook=Runbook(
        meaning="The slowest 5 % of the requests to a route take more than a second.",
        check=(
            "Whether all routes of the service slowed down (saturation) or only this one (a query, an integration).",
            "*Query time P95* of the databases that the route uses.",
            "CPU and memory of the host.",
        ),
    ),
)

high_request_rate = Alert(
    name="HighRequestRate",
    expr=request_rate > 1000,
    for_="2m",
    severity="warning",
    labels={"category": "http"},
    summary="{{ $labels.service }} gets unusually many requests",
    description="{{ $labels.service }} gets {{ $value | humanize }} requests a second; more than 1,000 is unusual.",
    runbook=Runbook(
        meaning="A service gets more than 1,000 requests a second: a campaign, a retry storm, or an attack.",
        check=(
            "Which method and route grew: *Request rate by method* of the Overview.",
            "Whether the error rate or the response time rises, too; if not, there is time.",
            "Whether rate limiting has set in.",
        ),
    ),
)

http_alerts = RuleGroup(
    name="http",
    rules=(request_rate, error_ratio, response_time_p95, high_error_rate, high_response_time, high_request_rate),
)
