from grafanalib import core

from monitoring_as_code import Alert, Dashboard, Gauge, QueryVariable, Row, TextPanel, TimeSeries, raw

parcels = Gauge(name="depot_parcels", help="Parcels in the depot.")
many = Alert(name="ManyParcels", expr=parcels > 100, severity="warning", summary="{{ $value }} parcels")

depots = Dashboard(
    name="Depots",
    uid="depots",
    description="Are the depots well?",
    variables=(QueryVariable(name="depot", metric=parcels, values_of="depot"),),
    rows=(
        Row(
            title="Parcels",
            panels=(
                TimeSeries(title="Parcels", expr='depot_parcels{depot=~"$depot"}'),
                # A panel that somebody made with grafanalib long ago.
                raw(core.GaugePanel(title="Filled", targets=[core.Target(expr="avg(depot_filled)")], gridPos=core.GridPos(6, 8, 0, 0))),
            ),
        ),
        Row(title="More", collapsed=True, panels=(TextPanel(content="nothing"),)),
    ),
)
