"""Moments that are marked on every panel."""

from monitoring_as_code import Alert, Annotation, Dashboard, Gauge, Row

build = Gauge(name="depot_build_info", help="The version that runs.")
late = Alert(name="Late", expr="tours_late > 3", severity="warning", summary="{{ $value }} tours are late")

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(Row(title="Nothing yet"),),
    annotations=(
        Annotation(name="Deploys", expr="changes(depot_build_info[5m]) > 0", title="Deploy", text="{{version}}", color="blue"),
        Annotation(name="Alerts", expr='ALERTS{alertstate="firing"}', color="#ff9900", enabled=False),
    ),
)
