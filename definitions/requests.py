"""HTTP: how many requests there are, how many fail, and how long they take."""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Counter,
    Fires,
    Firing,
    Gauge,
    Histogram,
    Inhibited,
    Label,
    Labels,
    Pending,
    Quiet,
    Reaches,
    RecordingRule,
    Resolves,
    RuleGroup,
    Runbook,
    Scenario,
    Series,
    constant,
    label,
    observed,
    per_second,
    percent,
    ratio,
    requests,
    restarted,
    seconds,
    spike,
    step,
)

from .monitoring import Target
from .routing import database_team, everybody, on_call, security_team


class Http(Labels):
    """What every HTTP metric tells apart."""

    method: Label[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]]
    route: Label[str] = label(at_most=200)
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)
    service: Label[str] = label(at_most=50)


class InService(Labels):
    """Metrics that a service has one of."""

    service: Label[str] = label(at_most=50)


# No service serves each route by each method with each status.
COMBINATIONS = 10_000

http_requests = Counter(name="http_requests_total", help="HTTP requests served.", unit=requests, labels=Http, at_most=COMBINATIONS)

http_request_duration = Histogram(
    name="http_request_duration_seconds",
    help="Time from the first byte of a request to the last byte of its response.",
    unit=seconds,
    labels=Http,
    at_most=COMBINATIONS,
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
    # mac: allow[unnoticed-mutation] set operator, side dropped: no alert tells a share of 0 from an unknown one; the dashboards show it
    # mac: allow[unnoticed-mutation] threshold, comparison, comparison dropped: 0 / 0 is no number, which is above no limit; it would be drawn
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

high_error_rate_scenarios = (
    Scenario(
        name="5.3 % of one service's requests fail",
        alert=high_error_rate,
        given=(
            Series(of=http_requests.where(Http.service.eq("billing"), Http.status.eq("200")), values=per_second(947)),
            Series(of=http_requests.where(Http.service.eq("billing"), Http.status.eq("503")), values=per_second(33)),
            Series(of=http_requests.where(Http.service.eq("billing"), Http.status.eq("500")), values=per_second(20)),
            Series(of=http_requests.where(Http.service.eq("search"), Http.status.eq("200")), values=per_second(100)),
        ),
        expect=(
            Pending(at="5m"),
            Fires(within="5m15s", after="5m15s"),
            Firing(
                at="6m",
                labels={"service": "billing", "category": "http"},
                count=1,
                annotations={"summary": "billing", "description": "5.3%"},
            ),
            Quiet(labels={"service": "search"}),
            Reaches(receivers=(on_call, everybody), not_to=(database_team, security_team)),
        ),
    ),
    Scenario(
        name="a request every two seconds, and all of them fail",
        alert=high_error_rate,
        given=(Series(of=http_requests.where(Http.status.eq("500")), values=per_second(0.5)),),
        expect=(Fires(after="5m15s", within="5m15s"), Firing(at="6m", annotations={"description": "100%"})),
    ),
    Scenario(
        name="5 % fail, which is the limit",
        alert=high_error_rate,
        given=(
            Series(of=http_requests.where(Http.status.eq("200")), values=per_second(76)),
            Series(of=http_requests.where(Http.status.eq("500")), values=per_second(4)),
        ),
        # Not earlier: a rate of less than five minutes of samples is rounded to either side of the limit.
        expect=(Quiet(at="5m15s", until="15m"),),
    ),
    Scenario(
        name="clients ask for what is not there",
        alert=high_error_rate,
        given=(
            Series(of=http_requests.where(Http.status.eq("200")), values=per_second(50)),
            Series(of=http_requests.where(Http.status.eq("404")), values=per_second(50)),
        ),
        expect=(Quiet(),),
    ),
    Scenario(
        # The share is one of five minutes: a minute in which 20 % fail makes it 4 %.
        name="one bad minute",
        alert=high_error_rate,
        given=(
            Series(of=http_requests.where(Http.status.eq("200")), values=per_second(spike(100, 80, at="6m", lasts="1m"))),
            Series(of=http_requests.where(Http.status.eq("500")), values=per_second(spike(0, 20, at="6m", lasts="1m"))),
        ),
        expect=(Quiet(at="0s", until="15m"),),
    ),
    Scenario(
        name="the failures end",
        alert=high_error_rate,
        given=(
            Series(of=http_requests.where(Http.status.eq("200")), values=per_second(step(80, 100, at="10m"))),
            Series(of=http_requests.where(Http.status.eq("500")), values=per_second(step(20, 0, at="10m"))),
        ),
        expect=(Firing(at="10m"), Resolves(by="14m")),
    ),
    Scenario(
        name="a service that fails is restarted and fails on",
        alert=high_error_rate,
        given=(
            Series(of=http_requests.where(Http.status.eq("200")), values=restarted(per_second(80), at="10m")),
            Series(of=http_requests.where(Http.status.eq("500")), values=restarted(per_second(20), at="10m")),
        ),
        expect=(Firing(at="10m"), Firing(at="10m15s"), Firing(at="16m")),
    ),
    Scenario(
        name="nobody asks for anything any more",
        alert=high_error_rate,
        given=(
            Series(of=http_requests.where(Http.status.eq("200")), values=constant(1000)),
            Series(of=http_requests.where(Http.status.eq("500")), values=constant(1000)),
        ),
        expect=(Quiet(),),
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

high_response_time_scenarios = (
    Scenario(
        name="one route takes 1.05 s",
        alert=high_response_time,
        given=(
            Series(
                of=http_request_duration.where(Http.service.eq("shop"), Http.route.eq("/orders")),
                values=observed(10, {0.95: 1.05}),
            ),
            Series(
                of=http_request_duration.where(Http.service.eq("shop"), Http.route.eq("/health")),
                values=observed(10, {0.95: 0.02}),
            ),
        ),
        expect=(
            Pending(at="5m"),
            Fires(within="5m15s", after="5m15s"),
            Firing(
                at="6m",
                labels={"service": "shop", "route": "/orders", "category": "http"},
                count=1,
                annotations={"summary": "/orders", "description": "1.05s"},
            ),
            Quiet(labels={"route": "/health"}),
            Reaches(receivers=(everybody,), not_to=(on_call, database_team, security_team)),
        ),
    ),
    Scenario(
        name="1 s, which is the limit",
        alert=high_response_time,
        given=(Series(of=http_request_duration, values=observed(20, {0.95: 1})),),
        expect=(Quiet(at="0s", until="15m"),),
    ),
    Scenario(
        # All requests to the route count, whoever answers: of these less than 5 % are slow at first.
        name="another backend is slow, and answers one in 50 requests, then one in six",
        alert=high_response_time,
        given=(
            Series(of=http_request_duration, values=observed(50, {0.99: 0.05})),
            Series(
                of=http_request_duration.where(Target.instance.eq("backend-2:3001")),
                values=observed(step(1, 10, at="5m"), {0.5: 3}),
            ),
        ),
        expect=(Quiet(at="0s", until="5m30s"), Pending(at="7m"), Firing(at="12m", count=1)),
    ),
    Scenario(
        name="a service that fails is slow, too: the failures are news enough",
        alert=high_response_time,
        given=(
            Series(of=http_request_duration.where(Http.service.eq("shop")), values=observed(10, {0.95: 3})),
            Series(of=http_requests.where(Http.service.eq("shop"), Http.status.eq("500")), values=per_second(10)),
            Series(of=http_request_duration.where(Http.service.eq("search")), values=observed(10, {0.95: 3})),
            Series(of=http_requests.where(Http.service.eq("search"), Http.status.eq("200")), values=per_second(10)),
        ),
        expect=(
            Firing(at="6m", alert=high_error_rate, labels={"service": "shop"}, count=1),
            Inhibited(by=high_error_rate, at="6m", labels={"service": "shop"}),
            Reaches(receivers=(everybody,), at="6m", labels={"service": "search"}),
        ),
    ),
    Scenario(
        # Without requests there is no time that they take: what is not known is not slow.
        name="nobody asks for the slow route any more",
        alert=high_response_time,
        given=(Series(of=http_request_duration, values=observed(step(10, 0, at="10m"), {0.95: 3})),),
        expect=(Firing(at="14m15s"), Resolves(by="15m15s")),
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

high_request_rate_scenarios = (
    Scenario(
        name="1,050 requests a second, of several methods and to two backends",
        alert=high_request_rate,
        given=(
            Series(of=http_requests.where(Http.service.eq("shop"), Http.method.eq("GET")), values=per_second(step(500, 900, at="6m"))),
            Series(
                of=http_requests.where(Http.service.eq("shop"), Http.method.eq("POST"), Target.instance.eq("backend-2:3001")),
                values=per_second(150),
            ),
            Series(of=http_requests.where(Http.service.eq("search")), values=per_second(900)),
        ),
        expect=(
            Quiet(at="0s", until="10m"),
            # The rate is one of five minutes: it takes nearly as long to get there.
            Fires(after="12m", within="13m15s"),
            Firing(
                at="15m", labels={"service": "shop", "category": "http"}, count=1, annotations={"description": "1.05k requests a second"}
            ),
            Reaches(receivers=(everybody,), not_to=(on_call, database_team, security_team)),
        ),
    ),
    Scenario(
        name="1,000 requests a second, which is the limit",
        alert=high_request_rate,
        given=(
            Series(of=http_requests.where(Http.method.eq("GET")), values=per_second(540)),
            Series(of=http_requests.where(Http.method.eq("POST")), values=per_second(460)),
        ),
        expect=(Quiet(at="0s", until="15m"),),
    ),
    Scenario(
        name="a campaign ends",
        alert=high_request_rate,
        given=(Series(of=http_requests, values=per_second(spike(100, 100_000, at="1m", lasts="10m"))),),
        expect=(Quiet(at="1m"), Pending(at="1m15s"), Fires(after="3m15s", within="3m15s"), Resolves(by="16m15s")),
    ),
    Scenario(
        name="a restart is no burst of requests",
        alert=high_request_rate,
        given=(Series(of=http_requests, values=restarted(per_second(900, start=1_000_000_000), at="8m")),),
        expect=(Quiet(at="0s", until="15m"),),
    ),
)

http_alerts = RuleGroup(
    name="http",
    rules=(request_rate, error_ratio, response_time_p95, high_error_rate, high_response_time, high_request_rate),
)
