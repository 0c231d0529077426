"""The resources of Grafana's API that stand beside a classic dashboard."""

from monitoring_as_code import (
    AdHocVariable,
    ConstantVariable,
    CustomVariable,
    Dashboard,
    DashboardLink,
    GroupByVariable,
    IntervalVariable,
    LabelNamesVariable,
    Link,
    Query,
    QueryVariable,
    Row,
    Stat,
    SwitchVariable,
    Table,
    TextPanel,
    TextVariable,
    TimeSeries,
    firing_alerts,
    raw,
)

count = Stat(title="Parcels now", expr="depot_parcels")
rows = Dashboard(
    name="Rows",
    uid="rows",
    description="Are the depots well?",
    folder="Parcel Service",
    tags=("parcels",),
    refresh="30s",
    now_delay="1m",
    week_start="monday",
    live_now=True,
    variables=(
        QueryVariable(name="depot", metric="depot_parcels", values_of="depot"),
        QueryVariable(name="region", metric="depot_parcels", values_of="region", multi=False, include_all=False, label="Region"),
        LabelNamesVariable(name="label", hide="label"),
        CustomVariable(name="percentile", values={"0.5": "Median", "0.95": "95th percentile"}),
        IntervalVariable(name="window", values=("5m", "1h"), auto=True),
        ConstantVariable(name="limit", value="100"),
        TextVariable(name="search", value="a", description="A part of a name."),
        SwitchVariable(name="details", enabled=True),
        AdHocVariable(name="filters", labels=("depot",)),
        GroupByVariable(name="by", labels=("depot",)),
    ),
    links=(
        DashboardLink(title="Details", tags=("parcels",), in_menu=True),
        Link(title="Source", url="https://git.example.org/parcels", new_tab=True),
    ),
    annotations=(firing_alerts(panels=(count,)),),
    rows=(
        Row(panels=(count, TextPanel(title="", content="Before all headings."))),
        Row(
            title="Repeated $depot",
            repeat="depot",
            panels=(
                TimeSeries(
                    title="Parcels",
                    repeat="region",
                    expr='depot_parcels{depot="$depot", region="$region"}',
                    links=(Link(title="Plan", url="https://example.org/plan"),),
                ),
                Table(title="Now", queries=(Query(expr="depot_parcels"), Query(expr="depot_tours", hidden=True))),
                raw({"type": "stat", "title": "As it is", "targets": [{"refId": "A", "expr": "depot_vans"}]}),
            ),
        ),
        Row(title="Collapsed", collapsed=True, panels=(TimeSeries(title="Tours", expr="depot_tours", no_value="none"),)),
        Row(panels=(Stat(title="After a collapsed row", expr="depot_3"),)),
    ),
)
grid = Dashboard(name="One grid", uid="grid", rows=(Row(panels=(Stat(title="Parcels", expr="depot_parcels"),)),))
