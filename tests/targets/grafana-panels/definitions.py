"""What panels of every type can say, each once."""

from monitoring_as_code import (
    Alert,
    Dashboard,
    Gauge,
    GaugePanel,
    Label,
    Labels,
    Link,
    Query,
    QueryVariable,
    Row,
    Stack,
    Stat,
    Threshold,
    TimeSeries,
)
from monitoring_as_code.units import percent, ratio


class Depot(Labels):
    depot: Label[str]


filled = Gauge(name="shelf_filled_ratio", help="Share of the shelves that is full.", labels=Depot, unit=ratio)
nearly_full = Alert(
    name="ShelvesNearlyFull", expr=filled.max(by=(Depot.depot,)) > percent(80), severity="warning", summary="shelves are nearly full"
)
full = Alert(name="ShelvesFull", expr=filled.max() > percent(95), severity="critical", summary="shelves are full")
stack = Stack(name="parcels", docs_url="https://docs.example.org/parcels")

depots = QueryVariable(name="depot", metric=filled, values_of=Depot.depot)
details = Dashboard(
    name="One depot",
    uid="depot",
    variables=(depots,),
    links=(
        Link(title="All of them", dashboard="depots", keep_variables=False),
        Link(title="That one", dashboard="depots", variables={"x": "1"}),
    ),
    rows=(Row(title="Shelves", panels=(TimeSeries(title="Shelves", expr='shelf_filled_ratio{depot=~"$depot"}'),)),),
)

board = Dashboard(
    name="Depots",
    uid="depots",
    variables=(QueryVariable(name="region", metric=filled, values_of=Depot.depot), depots),
    links=(Link(title="One depot", dashboard=details, icon="bolt", tooltip="Where to look next"),),
    rows=(
        Row(
            title="Shelves",
            panels=(
                # Two alerts that watch other expressions: both lines are drawn, both runbooks are linked.
                TimeSeries(
                    title="Two alerts, named",
                    expr=filled,
                    alert=(nearly_full, full),
                    links=(
                        Link(title="Floor plan", url="https://depots.example/plan#${depot}", keep_time=True, keep_variables=True),
                        Link(title="One depot", dashboard=details, new_tab=True),
                    ),
                    data_links=(
                        Link(title="This depot", dashboard=details, variables={"depot": "${__field.labels.depot}"}, one_click=True),
                        Link(title="Two depots", dashboard="depot", variables={"depot": ("north & south", "east")}, keep_time=False),
                        Link(title="Elsewhere", dashboard="of-others", variables={"region": "$__all"}),
                        Link(title="Plan", url="https://depots.example/plan?depot=${__field.labels.depot}"),
                    ),
                ),
                TimeSeries(
                    title="Queries",
                    queries=(
                        Query(expr="sum(shelf_filled_ratio)", interval="$step", ref_id="A"),
                        Query(expr="max(shelf_filled_ratio)", legend="__auto"),
                        Query(expr="min(shelf_filled_ratio)", interval="1m", ref_id="least", instant=True),
                        Query(expr="sum by (depot) (shelf_filled_ratio)", format="table", hidden=True),
                    ),
                    time_from="24h",
                    time_shift="1d/d",
                    hide_time_override=True,
                    interval="30s",
                    max_data_points=500,
                    transparent=True,
                    repeat="depot",
                    repeat_direction="vertical",
                ),
                Stat(
                    title="Colours",
                    expr="shelf_filled_ratio",
                    color="blue",
                    color_scheme="shades",
                    color_by_value="min",
                    display_name="${__field.labels.depot}",
                    field_min_max=True,
                    repeat="depot",
                    max_per_row=4,
                ),
                GaugePanel(
                    title="Thresholds in percent",
                    expr="shelf_filled_ratio",
                    thresholds=(Threshold(value=80, color="red"),),
                    threshold_mode="percentage",
                ),
                TimeSeries(
                    title="Grafana's own options",
                    expr="shelf_filled_ratio",
                    options={"legend": {"isVisible": True, "limit": 5}, "timeCompare": {"timeCompare": True}},
                    custom={"lineWidth": 3, "hideFrom": {"legend": False, "tooltip": True, "viz": False}},
                ),
            ),
        ),
    ),
)
