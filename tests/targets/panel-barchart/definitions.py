"""Bars side by side."""

from monitoring_as_code import Alert, BarChart, Dashboard, Gauge, Label, Labels, Query, Row, requests


class Depot(Labels):
    """Where parcels wait."""

    depot: Label[str]


waiting = Gauge(name="parcels_waiting", help="Parcels that wait.", unit=requests, labels=Depot)
returned = Gauge(name="parcels_returned", help="Parcels that came back.", unit=requests, labels=Depot)

too_many_wait = Alert(name="TooManyWait", expr=waiting > 500, for_="10m", severity="warning", summary="{{ $value }} parcels wait")

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depots",
            panels=(
                BarChart(title="What follows by itself", expr=waiting, alert=too_many_wait),
                BarChart(
                    title="Two bars for each depot",
                    queries=(Query(expr=waiting, legend="waiting"), Query(expr=returned, legend="returned")),
                    x_field="depot",
                    stacked=True,
                    legend_placement="right",
                    legend_values=("max",),
                ),
                BarChart(title="Over time", queries=(Query(expr=waiting, instant=False, format="time_series"),), x_field="Time"),
                BarChart(
                    title="All options",
                    expr="parcels_waiting",
                    legend="waiting",
                    x_field="depot",
                    orientation="horizontal",
                    stacked="percent",
                    show_value="never",
                    value_size=14,
                    color_by_field="Value",
                    bar_width=0.7,
                    bar_radius=0.2,
                    group_width=0.9,
                    full_highlight=True,
                    label_rotation=-45,
                    label_spacing=200,
                    label_length=12,
                    line_width=0,
                    fill=50,
                    gradient="hue",
                    threshold_style="line",
                    axis_label="Parcels",
                    axis_width=80,
                    soft_max=1000,
                    legend_placement="hidden",
                    tooltip="single",
                    tooltip_max_height=600,
                    color_scheme="continuous-GrYlRd",
                ),
            ),
        ),
    ),
)
