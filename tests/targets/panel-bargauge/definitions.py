"""Bars: the newest value of several series."""

from monitoring_as_code import BarGauge, Dashboard, Row

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                BarGauge(title="Largest depots", expr="topk(5, depot_parcels)", legend="{{depot}}", decimals=0),
                BarGauge(title="Free", expr="depot_free", display="lcd", orientation="vertical", unit="percent", calculation="mean"),
            ),
        ),
    ),
)
