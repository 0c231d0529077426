"""Declared groups, rules in no group, everything that a rule can have; the alert's link to its page and to its panel."""

from monitoring_as_code import Alert, Counter, Dashboard, Gauge, Label, Labels, RecordingRule, Row, RuleGroup, Runbook, Stack, TimeSeries


class Orders(Labels):
    shop: Label[str]


orders = Counter(name="orders_total", help="Orders.", labels=Orders)
queue = Gauge(name="queue_length", help="Orders that wait.")

order_rate = RecordingRule(name="shop:orders:rate5m", expr=orders.rate("5m").sum(by=(Orders.shop,)), labels={"team": "shop"})

no_orders = Alert(
    name="NoOrders",
    expr=order_rate <= 0,
    for_="10m",
    keep_firing_for="1h",
    severity="critical",
    labels={"team": "shop", "shop_name": "{{ $labels.shop }}"},
    summary="{{ $labels.shop }} sells nothing",
    description="No order at {{ $labels.shop }}\nfor ten minutes.",
    annotations={"grafana": "https://grafana.shop.example/"},
    runbook=Runbook(meaning="Nobody can buy.", check=("The shop itself.",)),
)
few_orders = Alert(
    name="FewOrders",
    expr="shop:orders:rate5m < 1 and on () hour() > 8",
    severity="warning",
    summary="Few orders",
    runbook="https://wiki.shop.example/few-orders",
)

sales = RuleGroup(name="sales", rules=(order_rate, no_orders, few_orders), interval="30s", limit=100)

queue_long = Alert(name="QueueLong", expr=queue > 100, severity="info", summary="The queue is long")

board = Dashboard(name="Shop", uid="shop", rows=(Row(title="Sales", panels=(TimeSeries(title="Waiting", expr=queue),)),))

stack = Stack(name="shop", grafana_url="https://grafana.shop.example/", docs_url="https://docs.shop.example/")
