"""Lines of logs, which no Prometheus is asked for."""

from monitoring_as_code import Dashboard, DatasourceVariable, ExtractFields, Link, LogQuery, Logs, Organize, Row

loki = DatasourceVariable(name="logs", label="Logs", plugin="loki")

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    variables=(DatasourceVariable(name="datasource"), loki),
    rows=(
        Row(
            title="Depot",
            panels=(
                Logs(title="What follows by itself", expr='{app="depot"} |= "parcel" | logfmt', source=loki),
                Logs(
                    title="All options",
                    queries=(
                        LogQuery(expr='{app="depot"} | json | level="error"', max_lines=200),
                        LogQuery(expr='{app="sorter"} [5m]', hidden=True),
                    ),
                    source="a-loki-of-its-own",
                    newest_first=False,
                    show_time=False,
                    show_labels=True,
                    show_common_labels=True,
                    show_context=False,
                    show_details=False,
                    show_controls=True,
                    wrap=False,
                    prettify=True,
                    highlight=True,
                    deduplicate="signature",
                    fields_shown=("level", "message"),
                    infinite_scrolling=True,
                    font_size="small",
                    timestamps="ns",
                    transformations=(ExtractFields(source="labels", replace=True), Organize(hide=("filename",))),
                    data_links=(Link(title="Trace", url="https://traces.example.org/${__value.raw}"),),
                ),
            ),
        ),
    ),
)
