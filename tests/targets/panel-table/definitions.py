"""Tables: columns named after legends, several queries merged."""

from monitoring_as_code import Dashboard, Override, Query, Row, Table, Transformation

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                Table(
                    title="Depots",
                    expr="depot_parcels",
                    legend="Parcels",
                    rename={"depot": "Depot"},
                    hide=("Time", "__name__"),
                    sort_by="Parcels",
                ),
                Table(
                    title="Depots compared",
                    queries=(
                        Query(expr="sum by (depot) (depot_parcels)", legend="Parcels"),
                        Query(expr="sum by (depot) (depot_free)", legend="Free"),
                        Query(expr="sum by (depot) (depot_secret)", hidden=True),
                    ),
                    order=("depot", "Value #B", "Value #A"),
                    sort_by="depot",
                    ascending=True,
                    cells="gauge",
                    filterable=True,
                    pages=True,
                    unit="short",
                    overrides=(
                        Override(series="Free", properties={"custom.width": 120, "custom.cellOptions": {"type": "color-text", "x": None}}),
                    ),
                    transformations=(Transformation(id="limit", options={"limitField": 10}), Transformation(id="merge")),
                ),
            ),
        ),
    ),
)
