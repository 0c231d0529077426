"""Places that were said, shares of the width, ids and keys that outlive a change of titles."""

from monitoring_as_code import Dashboard, Row, Stat, TextPanel, TimeSeries

placed = Dashboard(
    name="Placed",
    uid="placed",
    rows=(
        Row(panels=(Stat(title="No heading", expr="depot_1"),)),
        Row(
            title="Shares of the width",
            panels=(
                TimeSeries(title="A third", expr="depot_1", width="1/3"),
                TimeSeries(title="The rest", expr="depot_2"),
                TextPanel(content="all of it", width="full", height=2),
            ),
        ),
        Row(
            title="Places",
            panels=(
                Stat(title="Flows below", expr="depot_1"),
                TimeSeries(title="Tall, at the right", expr="depot_2", x=16, height=12),
                Stat(title="Beside it", expr="depot_3", width=16, height=4, y=0),
                TimeSeries(title="Floats up to it", expr="depot_4", x=4, y=7, width="1/2", height=6),
            ),
        ),
        Row(
            title="New title, repeated",
            key="Old title",
            repeat="region",
            collapsed=True,
            panels=(
                Stat(title="New name", expr="depot_1", id=4711),
                TimeSeries(title="Kept by the key", expr="depot_2", repeat="depot"),
            ),
        ),
    ),
)
