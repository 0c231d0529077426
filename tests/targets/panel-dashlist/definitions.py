"""Links to other dashboards."""

from monitoring_as_code import Dashboard, DashboardList, Row

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="More",
            panels=(
                DashboardList(title="All"),
                DashboardList(title="By their tags", tags=("parcels", "generated")),
                DashboardList(title="One's own", starred=True, recently_viewed=True, show_headings=True),
                DashboardList(
                    title="All options",
                    query="depot",
                    folder_uid="parcels",
                    at_most=5,
                    show_folder_names=True,
                    keep_time=False,
                    keep_variables=False,
                ),
            ),
        ),
    ),
)
