"""Words."""

from monitoring_as_code import Dashboard, Row, TextPanel

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                TextPanel(content="# Parcels\n\nWho to call: **Ada**."),
                TextPanel(title="As HTML", content="<b>${service}</b>", mode="html", width=6, height=5, description="of $service"),
                TextPanel(
                    title="As code", content='{"a": 1}', mode="code", language="json", line_numbers=True, mini_map=True, transparent=True
                ),
            ),
        ),
    ),
)
