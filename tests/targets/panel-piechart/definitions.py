"""Parts of a whole."""

from monitoring_as_code import Dashboard, PieChart, Row

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                PieChart(title="Parcels by size", expr="sum by (size) (depot_parcels)", legend="{{size}}"),
                PieChart(
                    title="Parcels by colour",
                    expr="sum by (color) (depot_parcels)",
                    shape="pie",
                    labels=("name", "percent"),
                    legend_placement="hidden",
                    legend_values=(),
                ),
                PieChart(
                    title="All options",
                    expr="sum by (size) (depot_parcels)",
                    sort="asc",
                    legend_placement="bottom",
                    legend_mode="list",
                    legend_values=("percent",),
                    legend_width=120,
                    tooltip="multi",
                    tooltip_sort="none",
                    orientation="vertical",
                ),
            ),
        ),
    ),
)
