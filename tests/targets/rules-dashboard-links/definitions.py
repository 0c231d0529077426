"""An alert's link opens its panel for what it is about: variables that its own labels can fill, and no other."""

from monitoring_as_code import (
    Alert,
    Counter,
    CustomVariable,
    Dashboard,
    Gauge,
    Label,
    Labels,
    QueryVariable,
    Row,
    ScrapeJob,
    Stack,
    TimeSeries,
)


class Orders(Labels):
    shop: Label[str]
    till: Label[str]


orders = Counter(name="orders_total", help="Orders.", labels=Orders)
queue = Gauge(name="queue_length", help="Orders that wait.", labels=Orders)

few = Alert(name="FewOrders", expr=orders.rate("5m").sum(by=(Orders.shop,)) < 1, severity="warning", summary="Few orders")
long = Alert(name="LongQueue", expr=queue > 100, severity="warning", summary="Long queue", labels={"region": "eu"})
unseen = Alert(
    name="Unseen", expr=queue > 1000, severity="warning", summary="No panel shows it", annotations={"dashboard_url": "https://x.example/"}
)

board = Dashboard(
    name="Shop",
    uid="shop",
    variables=(
        QueryVariable(name="shop", metric=orders, values_of=Orders.shop),
        QueryVariable(name="counter", metric=orders, values_of=Orders.till),
        # The condition of FewOrders has lost it; templates do not see what an alert adds itself.
        QueryVariable(name="region", metric=orders, values_of="region"),
        CustomVariable(name="size", values=("1", "2")),
    ),
    rows=(
        Row(
            title="Sales",
            panels=(
                TimeSeries(title="Orders", expr=orders.rate("5m").sum(by=(Orders.shop,)), alert=few),
                TimeSeries(title="Waiting", expr=queue, alert=long),
            ),
        ),
    ),
)

stack = Stack(name="shop", grafana_url="https://grafana.shop.example", jobs=(ScrapeJob(name="shop", targets=("shop:8080",)),))
