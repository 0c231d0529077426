"""The alerts that fire."""

from monitoring_as_code import AlertList, Dashboard, Row

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                AlertList(title="Firing"),
                AlertList(
                    title="Database",
                    states=("firing", "normal", "no_data", "error"),
                    matching='{team="database"}',
                    name="Database",
                    order="newest",
                    group_by=("severity",),
                    at_most=5,
                    only_count=True,
                ),
                AlertList(
                    title="Everything here",
                    states=("firing", "pending", "recovering"),
                    this_dashboard=True,
                    expanded=False,
                    inactive=True,
                    data_source="Mimir",
                ),
            ),
        ),
    ),
)
