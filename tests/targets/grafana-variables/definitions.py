"""Every kind of variable; the data source comes first if none is declared."""

from monitoring_as_code import (
    ConstantVariable,
    CustomVariable,
    Dashboard,
    DatasourceVariable,
    Gauge,
    Histogram,
    IntervalVariable,
    Label,
    Labels,
    QueryVariable,
    Row,
    TextVariable,
    TimeSeries,
)


class Depot(Labels):
    region: Label[str]
    depot: Label[str]


class Route(Labels):
    depot: Label[str]
    driver: Label[str]


parcels = Gauge(name="depot_parcels", help="Parcels in the depot.", labels=Depot)
tours = Histogram(name="tour_seconds", help="Length of a tour.", labels=Route, buckets=(600.0, 3600.0))

implied = Dashboard(
    name="The data source is implied",
    uid="implied",
    variables=(
        QueryVariable(name="region", label="Region", metric=parcels, values_of=Depot.region),
        QueryVariable(
            name="depot", metric=parcels, values_of="depot", matchers='region=~"$region"', multi=False, include_all=False, regex="/^a/"
        ),
        QueryVariable(name="driver", metric=tours, values_of=Route.driver, matchers='{depot="$depot"}', hide=True),
        QueryVariable(name="van", metric="van_kilometres_total", values_of="van", multi=False),
        CustomVariable(name="percentile", values=("0.5", "0.95", "a,b"), label="Percentile"),
        CustomVariable(name="size", values=("S", "M"), multi=True, include_all=True),
        IntervalVariable(name="window", values=("5m", "1h")),
        ConstantVariable(name="limit", value="100"),
        TextVariable(name="search", value=""),
    ),
    rows=(
        Row(
            title="Depot $depot",
            repeat="depot",
            panels=(
                TimeSeries(
                    title="Parcels",
                    repeat="driver",
                    width=8,
                    expr='depot_parcels{region=~"$region", depot="$depot", van=~"$van", size=~"$size", driver=~"$driver"} > $limit',
                ),
                TimeSeries(title="Tours", expr='rate(tour_seconds_count{driver=~".*$search.*"}[$window]) * $percentile'),
            ),
        ),
    ),
)

declared = Dashboard(
    name="The data source is declared",
    uid="declared",
    variables=(
        TextVariable(name="first"),
        DatasourceVariable(name="prometheus", label="Prometheus", regex="/prod/", hide=True),
        QueryVariable(name="depot", metric=parcels, values_of=Depot.depot),
    ),
    rows=(Row(title="", panels=(TimeSeries(title="Parcels", expr='depot_parcels{depot=~"$depot", driver="$first"}'),)),),
)
