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
                Table(
                    title="All options",
                    expr="depot_parcels",
                    sort_by=("depot", "Value"),
                    cells="gauge",
                    gauge_mode="lcd",
                    gauge_values="text",
                    cell_height="lg",
                    max_row_height=90,
                    align="center",
                    column_width=150,
                    min_column_width=80,
                    wrap_text=True,
                    wrap_headers=True,
                    show_header=False,
                    frozen_columns=1,
                    footer=("sum", "max"),
                    inspect=True,
                    pages=True,
                    page_size=20,
                ),
                Table(title="Coloured lines", expr="depot_parcels", cells="color-background", background="gradient", color_rows=True),
                Table(
                    title="Courses",
                    expr="depot_parcels",
                    cells="sparkline",
                    hide=(),
                    transformations=(Transformation(id="timeSeriesTable", options={}),),
                ),
            ),
        ),
    ),
)
