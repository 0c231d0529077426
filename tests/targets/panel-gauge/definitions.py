"""A dial: a share goes from 0 to 1, colours come from the alert."""

from monitoring_as_code import Alert, Dashboard, Gauge, GaugePanel, Row
from monitoring_as_code.units import percent, ratio

filled = Gauge(name="shelf_filled_ratio", help="Share of the shelves that is full.", unit=ratio)
nearly_full = Alert(name="ShelvesNearlyFull", expr=filled > percent(80), severity="warning", summary="shelves are nearly full")
full = Alert(name="ShelvesFull", expr=filled > percent(95), severity="critical", summary="shelves are full")

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                GaugePanel(title="Shelves", expr=filled, unit=ratio),
                GaugePanel(
                    title="Pressure",
                    expr="tyre_pressure",
                    unit="pressurebar",
                    min=0.5,
                    max=8,
                    calculation="max",
                    orientation="vertical",
                    show_threshold_labels=True,
                    show_threshold_markers=False,
                ),
                GaugePanel(title="Percent", expr="shelf_filled_ratio * 100", unit=percent),
                GaugePanel(
                    title="All options",
                    expr="shelf_filled_ratio",
                    show="value",
                    min_width=100,
                    min_height=120,
                    shape="circle",
                    bar_shape="rounded",
                    bar_width=0.4,
                    segments=20,
                    segment_spacing=0.1,
                    neutral=0.5,
                    end_marker="glow",
                    sparkline=True,
                    gradient=True,
                    bar_glow=True,
                    center_glow=True,
                    title_size=10,
                    value_size=20,
                ),
            ),
        ),
    ),
)
