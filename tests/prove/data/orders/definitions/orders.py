"""A small shop whose alerts take every kind of channel; the tests change one thing, and see it told."""

from monitoring_as_code import *


class Requests(Labels):
    shop: Label[str] = label(values=("north", "south"))
    status: Label[str] = label(pattern="[1-5][0-9]{2}")


class Queues(Labels):
    queue: Label[str]


requests = Counter(name="shop_requests_total", help="Requests.", labels=Requests)
waiting = Gauge(name="orders_waiting", help="Orders that wait.", labels=Queues)
stock = Gauge(name="stock_items", help="What is there.", labels=Queues)

failing = Alert(
    name="RequestsFail",
    expr=requests.where(Requests.status.matches("5..")).rate("5m").sum(by=(Requests.shop,)) / requests.rate("5m").sum(by=(Requests.shop,))
    > percent(5),
    for_="5m",
    severity="critical",
    summary="{{ $labels.shop }} fails {{ $value | humanizePercentage }} of its requests & more",
    runbook="https://wiki.example/requests?a=1&b=2",
)
# The same condition less urgent: while the first one fires, this one is held back.
failing_somewhat = Alert(
    name="RequestsFail",
    expr=requests.where(Requests.status.matches("5..")).rate("5m").sum(by=(Requests.shop,)) / requests.rate("5m").sum(by=(Requests.shop,))
    > percent(1),
    for_="5m",
    severity="warning",
    summary="{{ $labels.shop }} fails {{ $value | humanizePercentage }} of its requests",
    runbook="https://wiki.example/requests?a=1&b=2",
)
jam = Alert(
    name="OrdersWait",
    expr=waiting > 100,
    for_="10m",
    severity="warning",
    labels={"team": "orders"},
    summary="<{{ $labels.queue }}> is full",
    runbook="https://wiki.example/orders",
)
# No scenario is about it.
empty = Alert(
    name="StockOut",
    expr=stock < 1,
    severity="info",
    labels={"team": "stock"},
    summary="{{ $labels.queue }} has {{ $value }} items",
    runbook="https://wiki.example/stock",
)
watchdog = Alert(name="Watchdog", expr="vector(1)", severity="none", summary="Alerts get through", runbook="https://wiki.example/watchdog")

chat = Receiver(name="chat", integrations=(Slack(channel="#shop"),))
on_call = Receiver(name="on-call", integrations=(PagerDuty(), Slack(channel="#incidents")))
orders = Receiver(
    name="orders",
    integrations=(
        Email(to=("orders@shop.example", "lead@shop.example")),
        Webhook(url="https://hooks.shop.example/alerts", bearer_token_file="/run/secrets/hooks"),
    ),
)
stock_keepers = Receiver(name="stock-keepers", integrations=(Email(to="stock@shop.example"),))
heartbeat = Receiver(name="heartbeat", integrations=(Webhook(url="https://beat.shop.example/", send_resolved=False),))

always = TimeInterval(name="always", times=(TimeRange(start="00:00", end="24:00"),))

routing = Routing(
    receiver=chat,
    group_by=("alertname",),
    routes=(
        Route(matchers=('alertname="Watchdog"',), receiver=heartbeat),
        Route(matchers=('severity="critical"',), receiver=on_call),
        Route(matchers=('team="orders"',), receiver=orders),
        Route(matchers=('team="stock"',), receiver=stock_keepers),
    ),
    inhibitions=(Inhibition(source=('severity="critical"',), target=('severity="warning"',), equal=("alertname", "shop")),),
    smtp=Smtp(smarthost="smtp.shop.example:587", sender="alerts@shop.example", username="alerts"),
)

stack = Stack(
    name="shop",
    scrape_interval="15s",
    evaluation_interval="15s",
    external_labels={"site": "lab"},
    jobs=(ScrapeJob(name="shop", targets=("shop-1:8000", "shop-2:8000"), labels={"zone": "a"}),),
    alertmanagers=("alertmanager:9093",),
)

six = Scenario(
    name="six of a hundred requests fail in the north",
    alert=failing,
    given=(
        Series(of=requests.where(Requests.shop.eq("north"), Requests.status.eq("200")), values=per_second(94)),
        Series(of=requests.where(Requests.shop.eq("north"), Requests.status.eq("503")), values=per_second(6)),
    ),
    expect=(Firing(at="10m"),),
)
two = Scenario(
    name="two of a hundred requests fail in the south",
    alert=failing_somewhat,
    given=(
        Series(of=requests.where(Requests.shop.eq("south"), Requests.status.eq("200")), values=per_second(98)),
        Series(of=requests.where(Requests.shop.eq("south"), Requests.status.eq("503")), values=per_second(2)),
    ),
    expect=(Firing(at="10m"),),
)
full = Scenario(
    name="a queue is full",
    alert=jam,
    given=(Series(of='orders_waiting{queue="web"}', values=ramp(0, 200, over="5m")),),
    expect=(Firing(at="20m"),),
)
beat = Scenario(name="nothing happens", alert=watchdog, expect=(Firing(at="1m"),))
