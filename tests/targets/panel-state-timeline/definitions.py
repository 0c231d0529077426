"""States over time."""

from monitoring_as_code import Dashboard, Row, StateTimeline, ValueMapping

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                StateTimeline(
                    title="Gates",
                    expr="gate_state",
                    legend="{{gate}}",
                    mappings=(ValueMapping(value="0", text="closed", color="red"), ValueMapping(value="1", text="open", color="green")),
                ),
                StateTimeline(
                    title="All options",
                    expr="gate_state",
                    show_value="never",
                    merge_equal=False,
                    row_height=0.5,
                    fill=20,
                    legend_placement="hidden",
                ),
                StateTimeline(
                    title="The rest of them",
                    expr="gate_state",
                    align_value="center",
                    line_width=2,
                    per_page=10,
                    legend_placement="right",
                    legend_values=("changeCount",),
                    tooltip="multi",
                    tooltip_sort="desc",
                    time_zones=("utc",),
                ),
            ),
        ),
    ),
)
