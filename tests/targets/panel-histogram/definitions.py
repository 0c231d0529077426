"""How often which values are there."""

from monitoring_as_code import Dashboard, Gauge, HistogramPanel, Label, Labels, Row, celsius


class Room(Labels):
    """Where it is measured."""

    room: Label[str]


temperature = Gauge(name="room_temperature_celsius", help="How warm it is.", unit=celsius, labels=Room)

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                HistogramPanel(title="What follows by itself", expr=temperature),
                HistogramPanel(
                    title="All options",
                    expr=temperature,
                    bucket_count=12,
                    bucket_size=2.5,
                    bucket_offset=1.5,
                    combine=True,
                    stacked=True,
                    line_width=2,
                    fill=30,
                    gradient="opacity",
                    axis_label="Points",
                    legend_values=("mean",),
                    legend_mode="table",
                    legend_placement="bottom",
                    tooltip="single",
                ),
            ),
        ),
    ),
)
