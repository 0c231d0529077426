"""Links on dashboards, panels and series; the runbook of the alert that a panel shows."""

from monitoring_as_code import Alert, Dashboard, DashboardLink, Gauge, Link, Row, Stack, TextPanel, TimeSeries

stack = Stack(name="parcels", docs_url="https://docs.example.org/", grafana_url="https://grafana.example.org", dashboard_refresh="5s")

parcels = Gauge(name="depot_parcels", help="Parcels in the depot.")
many = Alert(
    name="ManyParcels",
    expr=parcels > 100,
    severity="warning",
    summary="{{ $value }} parcels",
    runbook="https://wiki.example.org/many",
)
too_many = Alert(name="ManyParcels", expr=parcels > 500, severity="critical", summary="{{ $value }} parcels")

overview = Dashboard(
    name="Overview",
    uid="overview",
    description="Are the depots well?",
    tags=("parcels", "mac", "parcels"),
    folder="Parcel Service",
    time_from="now-6h",
    links=(
        DashboardLink(title="Details", tags=("parcels",), dropdown=True),
        Link(title="Source", url="https://git.example.org/parcels", keep_time=False, keep_variables=False, new_tab=True),
    ),
    rows=(
        Row(
            title="Depots",
            panels=(
                TimeSeries(
                    title="Parcels",
                    expr=parcels,
                    links=(Link(title="Depot plan", url="/d/plan"),),
                    data_links=(
                        Link(title="This depot", url="/d/detail?var-depot=${__field.labels.depot}&${__url_time_range}", new_tab=True),
                    ),
                ),
                TextPanel(content="see there", links=(Link(title="There", url="https://example.org"),)),
            ),
        ),
    ),
)
detail = Dashboard(name="Detail", uid="detail", folder="Parcel Service", refresh="45s", shared_crosshair=False, editable=True, rows=())
