"""States at each moment."""

from monitoring_as_code import Alert, Dashboard, Gauge, Row, StatusHistory, ValueMapping

open_gates = Gauge(name="gate_open", help="Whether the gate is open.")
gate_open = Alert(name="GateOpen", expr=open_gates >= 1, for_="10m", severity="critical", summary="A gate is open")

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                StatusHistory(title="Gates", expr=open_gates, alert=gate_open),
                StatusHistory(
                    title="All options",
                    expr="gate_open",
                    mappings=(ValueMapping(value=0, text="closed", color="red"), ValueMapping(value=1, text="open", color="green")),
                    show_value="never",
                    row_height=0.5,
                    column_width=0.8,
                    per_page=10,
                    fill=20,
                    line_width=0,
                    legend_placement="hidden",
                    tooltip="multi",
                    tooltip_sort="asc",
                    time_zones=("utc", "browser"),
                ),
            ),
        ),
    ),
)
