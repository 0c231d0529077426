"""Buckets over time: the axis has the unit of what was observed."""

from monitoring_as_code import Dashboard, Heatmap, Histogram, Row, rate_interval
from monitoring_as_code.units import seconds

waiting = Histogram(name="parcel_waiting_seconds", help="Time in the depot.", unit=seconds, buckets=(60.0, 600.0, 3600.0))

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                Heatmap(title="Waiting", expr=waiting.bucket.rate(rate_interval).sum(by=("le",))),
                Heatmap(
                    title="Weights",
                    expr="parcel_weight",
                    calculate=True,
                    scheme="Blues",
                    unit="massg",
                    decimals=1,
                    min=0,
                    max=5000,
                    legend_hidden=True,
                ),
                Heatmap(
                    title="All options",
                    expr="parcel_weight",
                    calculate=True,
                    x_bucket_size="5m",
                    y_bucket_count=20,
                    y_bucket_scale=2,
                    bucket_bounds="ge",
                    color="dark-blue",
                    color_reverse=True,
                    color_steps=16,
                    color_exponent=None,
                    color_min=0,
                    color_max=100,
                    cell_gap=0,
                    cell_radius=5,
                    cell_unit="short",
                    cell_decimals=1,
                    show_values="auto",
                    hide_below=0.5,
                    hide_above=1000,
                    axis_label="weight",
                    axis_placement="right",
                    axis_width=90,
                    axis_reverse=True,
                    exemplar_color="red",
                    tooltip="multi",
                    tooltip_histogram=True,
                    tooltip_color_scale=False,
                    tooltip_max_width=300,
                    tooltip_max_height=200,
                ),
                Heatmap(title="Other buckets", expr="parcel_weight", calculate=True, x_bucket_count=30, y_bucket_size=2.5, hide_below=None),
            ),
        ),
    ),
)
