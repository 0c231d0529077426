"""Panels of Grafana's library: a place and a name, and nothing else."""

from monitoring_as_code import CustomVariable, Dashboard, LibraryPanel, Row

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    variables=(CustomVariable(name="depot", values=("north", "south"), multi=True),),
    rows=(
        Row(
            title="Shared",
            panels=(
                LibraryPanel(title="Parcels on time", uid="parcels-on-time", name="Parcels: on time", width=6, height=5),
                LibraryPanel(title="Depot $depot", uid="a-depot", name="A depot", repeat="depot"),
            ),
        ),
    ),
)
