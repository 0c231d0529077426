"""All pages of a small shop: an alert in two severities on one page, one whose runbook is elsewhere, one without any."""

from typing import Literal

from monitoring_as_code import (
    AccessPoint,
    Alert,
    Counter,
    Dashboard,
    Exporter,
    Gauge,
    Histogram,
    Inhibition,
    Label,
    Labels,
    Receiver,
    RecordingRule,
    Route,
    Routing,
    Row,
    RuleGroup,
    Runbook,
    ScrapeJob,
    Slack,
    Stack,
    TimeInterval,
    TimeRange,
    TimeSeries,
    label,
    requests,
    seconds,
)


class Http(Labels):
    method: Label[Literal["GET", "POST", "BREW"]] = label(emitted=("GET", "POST"))
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)


served = Counter(name="requests_total", help="Requests served.", unit=requests, labels=Http)
latency = Histogram(name="request_duration_seconds", help="Time to last byte.", unit=seconds, labels=Http, buckets=(0.1, 1.0, 2.5))
idle = Gauge(name="idle_workers", help="Workers that wait.", unused="only looked at by hand")
load = Gauge(name="node_load1", help="Load over a minute.")
node = Exporter(name="node", metrics=(load,))

rate = RecordingRule(name="status:requests:rate5m", help="Requests a second.", expr=served.rate("5m").sum(by=(Http.status,)))

overload = Runbook(
    meaning="Too many requests for what `shop` can do.\nUsers wait <b>long</b>.",
    check=("The panel *Requests*.", "Whether `kubectl get pods` shows\nthat all are there."),
    fix=("Scale up.",),
)
overloaded = Alert(
    name="Overloaded",
    expr=rate > 100,
    for_="5m",
    severity="warning",
    summary="{{ $value }} requests a second",
    runbook=overload,
    labels={"team": "shop"},
)
overloaded_much = Alert(
    name="Overloaded",
    expr=rate > 1000,
    keep_firing_for="10m",
    severity="critical",
    summary="Far too many",
    runbook=overload,
    labels={"team": "shop"},
)
slow = Alert(
    name="Slow",
    expr=latency.quantile(0.95, "5m") > 1,
    severity="warning",
    summary="Requests are slow",
    description="The slowest take {{ $value }} s.",
    runbook="https://wiki.shop.example/slow",
)
busy = Alert(name="NodeBusy", expr='node_load1{instance=~"a|b"} > 4 or absent(node_load1)', severity="info", summary="A machine is busy")

alerts = RuleGroup(name="http", rules=(rate, overloaded, overloaded_much, slow))

board = Dashboard(
    name="Shop", uid="shop", description="Sales at a glance.", rows=(Row(title="Sales", panels=(TimeSeries(title="Requests", expr=rate),)),)
)

everybody = Receiver(name="everybody", integrations=(Slack(channel="#shop"),))
shop = Receiver(name="shop", integrations=(Slack(channel="#shop-alerts"), Slack(channel="#shop-log")))
# Nobody is on call yet.
on_call = Receiver(name="on-call")
night = TimeInterval(name="night", times=(TimeRange(start="00:00", end="06:00"),), weekdays=("monday:friday",), location="Europe/Zurich")

routing = Routing(
    receiver=everybody,
    routes=(
        Route(matchers=('severity="critical"',), receiver=on_call, continue_=True),
        Route(matchers=('team="shop"',), receiver=shop, routes=(Route(matchers=('severity="warning"',), mute_time_intervals=(night,)),)),
    ),
    inhibitions=(Inhibition(source=('severity="critical"',), target=('severity="warning"',), equal=("status",)),),
)

stack = Stack(
    name="shop",
    scrape_interval="15s",
    external_labels={"region": "eu"},
    alertmanagers=("alertmanager:9093",),
    grafana_url="https://grafana.shop.example",
    docs_url="https://docs.shop.example",
    jobs=(ScrapeJob(name="shop", targets=("shop:8080",)), ScrapeJob(name="node", targets=("node:9100",), exporter=node)),
    access_points=(
        AccessPoint(service="Grafana", url="https://grafana.shop.example", container_port=3000, credentials="single sign-on"),
        AccessPoint(service="Prometheus", url="http://localhost:9090"),
    ),
)
