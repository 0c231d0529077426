"""What each kind of variable can say."""

from monitoring_as_code import (
    AdHocVariable,
    ConstantVariable,
    CustomVariable,
    Dashboard,
    DatasourceVariable,
    Filter,
    Gauge,
    GroupByVariable,
    Histogram,
    IntervalVariable,
    Label,
    LabelNamesVariable,
    Labels,
    MetricNamesVariable,
    QueryResultVariable,
    QueryVariable,
    Row,
    Stat,
    SwitchVariable,
    TextVariable,
    expression,
)


class Depot(Labels):
    region: Label[str]
    depot: Label[str]


parcels = Gauge(name="depot_parcels", help="Parcels in the depot.", labels=Depot)
tours = Histogram(name="tour_seconds", help="Length of a tour.", labels=Depot, buckets=(600.0, 3600.0))

board = Dashboard(
    name="Variables",
    uid="variables",
    variables=(
        DatasourceVariable(name="metrics", default="Prometheus EU", regex="/^Prometheus/", multi=True, description="Which region."),
        DatasourceVariable(name="all_metrics", include_all=True, multi=True, hide="label"),
        DatasourceVariable(name="logs", plugin="loki", label="Logs"),
        QueryVariable(
            name="region",
            metric=parcels,
            values_of=Depot.region,
            sort="natural_desc",
            refresh="on_dashboard_load",
            default="north",
            multi=False,
            allow_custom_value=False,
            skip_url_sync=True,
        ),
        QueryVariable(name="depot", metric=parcels, values_of=Depot.depot, default=("a", "b"), all_value=""),
        QueryVariable(
            name="depot_there",
            metric=parcels,
            values_of=Depot.depot,
            matchers=(Depot.region.matches("$region"), Depot.depot.ne("")),
        ),
        LabelNamesVariable(name="label_of_any"),
        LabelNamesVariable(name="label_of_tour", metric=tours, multi=False, include_all=False),
        MetricNamesVariable(name="metric", matching="^depot_"),
        QueryResultVariable(
            name="largest", expr=expression("topk(5, depot_parcels)"), regex='/depot="(?<text>[^"]+)/', sort="disabled", refresh="never"
        ),
        QueryResultVariable(name="largest_here", expr='topk(5,depot_parcels{region="$region"})'),
        CustomVariable(name="percentile", values={"0.5": "Median", "0.95": "95th, usually", "0.99": "0.99"}, default="0.95"),
        CustomVariable(name="size", values=("S", "M", "L"), multi=True, default=("S", "L")),
        CustomVariable(name="anything", values=("a", "b"), multi=True, include_all=True, all_value=".*", allow_custom_value=False),
        IntervalVariable(name="window", values=("1m", "10m", "1h"), default="10m"),
        IntervalVariable(name="step", values=("1m", "1h"), auto=True, auto_count=50, auto_min="30s"),
        IntervalVariable(name="fixed_step", values=("1m", "1h"), auto=True, default="1h"),
        ConstantVariable(name="limit", value="100"),
        TextVariable(name="search", value=".*", description="A part of a driver's name."),
        SwitchVariable(name="details", enabled_value="1", disabled_value="0", enabled=True),
        AdHocVariable(name="filters", filters=(Filter(label=Depot.region, op="=~", value="n.*"),), labels=(Depot.depot, "region")),
        AdHocVariable(name="more_filters", allow_custom_value=False),
        GroupByVariable(name="by", labels=(Depot.region, Depot.depot), default=(Depot.region,)),
    ),
    rows=(Row(panels=(Stat(title="Parcels", expr='depot_parcels{region="$region", depot=~"$depot"}'),)),),
)
