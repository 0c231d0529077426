"""Lines over time: what is said, what follows from the declarations, and the threshold of the alert that the panel names."""

from monitoring_as_code import (
    Alert,
    Counter,
    Dashboard,
    Histogram,
    Label,
    Labels,
    Override,
    Query,
    Row,
    Stack,
    Threshold,
    TimeSeries,
    rate_interval,
)
from monitoring_as_code.units import percent, seconds


class Http(Labels):
    route: Label[str]
    status: Label[str]


requests = Counter(name="parcel_requests_total", help="Requests served.", labels=Http)
latency = Histogram(name="parcel_request_seconds", help="Time to answer.", unit=seconds, labels=Http, buckets=(0.1, 1.0))

failed = requests.where(Http.status.matches("5..")).rate("5m").sum(by=(Http.route,))
served = requests.rate("5m").sum(by=(Http.route,))

failing = Alert(name="Failing", expr=failed / served > percent(5), severity="critical", summary="{{ $labels.route }} fails")
slow = Alert(name="Slow", expr=latency.quantile(0.95, "5m", by=(Http.route,)) > 1, severity="warning", summary="slow")
idle = Alert(name="Idle", expr=served < 0.5, severity="warning", summary="{{ $labels.route }} has nothing to do")

stack = Stack(name="parcels", docs_url="https://docs.example.org/parcels")

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Requests",
            panels=(
                TimeSeries(
                    title="Share of requests that fail",
                    description="Above the line somebody is called.",
                    alert=failing,
                    expr=requests.where(Http.status.matches("5..")).rate(rate_interval).sum(by=(Http.route,))
                    / requests.rate(rate_interval).sum(by=(Http.route,)),
                ),
                # Shows the alert `Slow` without naming it: the expression is the same but for the window.
                TimeSeries(title="Latency, P95", expr=latency.quantile(0.95, rate_interval, by=(Http.route,)), log_scale=10),
                TimeSeries(
                    title="Requests by status",
                    stacked=True,
                    queries=(
                        Query(expr='sum(rate(parcel_requests_total{status=~"2.."}[$__rate_interval]))', legend="fine"),
                        Query(expr='sum(rate(parcel_requests_total{status=~"5.."}[$__rate_interval]))', legend="failed", exemplars=True),
                        Query(expr="sum(rate(parcel_requests_total[$__rate_interval]))", legend="all", hidden=True),
                    ),
                    overrides=(
                        Override(series="fine", color="green"),
                        Override(series="/fail.*/", by="regex", color="red", right_axis=True, properties={"custom.lineWidth": 3}),
                        Override(series="C", by="query", hidden=True, name="All of them", unit="reqps", decimals=1),
                    ),
                ),
                TimeSeries(title="Idle", expr="sum by (route) (rate(parcel_requests_total[$__rate_interval]))", alert=idle),
                TimeSeries(
                    title="All options",
                    expr="parcel_requests_total",
                    unit="short",
                    decimals=2,
                    min=-1.5,
                    max=100,
                    no_value="nothing",
                    thresholds=(Threshold(value=80, color="red"), Threshold(value=60.5, color="orange")),
                    style="bars",
                    interpolation="steps",
                    line_width=2,
                    fill=0,
                    points="always",
                    connect_gaps=True,
                    axis_label="requests",
                    threshold_style="line+area",
                    legend_placement="right",
                    legend_values=("mean", "max"),
                    tooltip="single",
                ),
                TimeSeries(
                    title="All there is to say of lines",
                    expr="parcel_requests_total",
                    line_style="dash",
                    gradient="scheme",
                    color_scheme="continuous-GrYlRd",
                    color_by_value="max",
                    fill_below_to="low",
                    point_size=7,
                    interpolation="steps_before",
                    connect_gaps="5m",
                    disconnect="1h",
                    axis_placement="right",
                    axis_width=80,
                    axis_color="series",
                    axis_border=True,
                    axis_grid=False,
                    axis_centered_zero=True,
                    soft_min=-5,
                    soft_max=99.5,
                    log_scale=2,
                    linear_threshold=1,
                    legend_mode="list",
                    legend_sort_by="Max",
                    legend_width=300,
                    tooltip_sort="asc",
                    tooltip_hide_zeros=True,
                    tooltip_max_width=400,
                    tooltip_max_height=300,
                    time_zones=("utc", "Europe/Berlin"),
                ),
                TimeSeries(
                    title="All there is to say of bars",
                    expr="parcel_requests_total",
                    style="bars",
                    stacked="percent",
                    bar_alignment="after",
                    bar_width=0.8,
                    bar_max_width=30,
                    show_values=True,
                    line_style=(5, 2.5),
                    color="semi-dark-blue",
                    legend_ascending=True,
                ),
            ),
        ),
    ),
)
