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
                BarGauge(
                    title="All options",
                    expr="depot_free",
                    value_mode="text",
                    name_placement="hidden",
                    show_unfilled=False,
                    min_width=0,
                    min_height=10,
                    max_height=50,
                    legend_placement="right",
                    legend_values=("min",),
                ),
            ),
        ),
    ),
)
