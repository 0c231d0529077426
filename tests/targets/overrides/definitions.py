"""Series and columns that are drawn otherwise: each way to find them, and all that can differ."""

from monitoring_as_code import Dashboard, Link, Override, Row, SeriesWhere, Table, Threshold, TimeSeries, ValueMapping, seconds

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                TimeSeries(
                    title="How series are found",
                    expr="parcels_sorted_total",
                    overrides=(
                        Override(series="north", color="semi-dark-green"),
                        Override(series=("south", "east"), color="#1f60c4"),
                        Override(series=("total", "limit"), by="all_but", line_width=1),
                        Override(series="limit", by="all_but", fill=0),
                        Override(series="/fail.*/i", by="regex", color="dark-red"),
                        Override(series="B", by="query", right_axis=True),
                        Override(series="number", by="type", decimals=1),
                        Override(series=SeriesWhere(calculation="allIsZero"), hidden=("legend", "tooltip")),
                        Override(series=SeriesWhere(calculation="max", op="<", value=0.5), hidden=True),
                    ),
                ),
                TimeSeries(
                    title="Lines",
                    expr="parcels_sorted_total",
                    overrides=(
                        Override(
                            series="sent",
                            name="Sent",
                            color="rgba(31, 96, 196, 0.5)",
                            unit=seconds,
                            decimals=0,
                            min=0,
                            max=100.5,
                            no_value="none",
                            thresholds=(Threshold(value=80, color="orange"),),
                            mappings=(ValueMapping(special="nan", text="nothing"),),
                            data_links=(Link(title="Depot", url="https://depot.example.org/${__field.name}", one_click=True),),
                            right_axis=True,
                            axis_label="Sent",
                            style="lines",
                            line_width=3,
                            line_style="dash",
                            fill=20,
                            fill_below_to="received",
                            stacked=True,
                            negative=True,
                            points="always",
                        ),
                        Override(series="goal", color_scheme="shades", color="blue", line_style="dot", stacked=False),
                        Override(series="limit", color_scheme="thresholds", line_style=(20, 5), style="bars", stack="limits"),
                        Override(series="share", line_style="solid", stacked="percent"),
                        Override(
                            series="points",
                            style="points",
                            point_size=9,
                            gradient="hue",
                            axis_placement="hidden",
                            axis_color="series",
                            threshold_style="dashed+area",
                        ),
                        Override(series="own", properties={"custom.lineWidth": 7, "custom.axisColorMode": "text"}, line_width=1),
                    ),
                ),
                Table(
                    title="Columns",
                    expr="parcels_waiting",
                    overrides=(
                        Override(series="Value", name="Waiting", width=120, align="right", cells="color-background", filterable=False),
                        Override(series="depot", cells="data-links", data_links=(Link(title="Depot", dashboard="parcels"),)),
                        Override(series="Time", hidden=True),
                        Override(series="string", by="type", align="left"),
                    ),
                ),
            ),
        ),
    ),
)
