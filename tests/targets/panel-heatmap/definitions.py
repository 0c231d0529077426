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
            ),
        ),
    ),
)
