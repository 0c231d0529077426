"""Panels of grafanalib, and JSON of panels of any age: normalized, their PromQL printed like all other."""

from grafanalib import core

from monitoring_as_code import Dashboard, Row, raw

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Taken over",
            panels=(
                raw(
                    core.GaugePanel(
                        title="Filled", targets=[core.Target(expr="avg( depot_filled )")], gridPos=core.GridPos(6, 8, 3, 90), id=7
                    )
                ),
                raw(
                    {
                        "type": "graph",
                        "title": "Of the year 2017",
                        "datasource": "Prometheus in Berlin",
                        "nullPointMode": "connected",
                        "yaxes": [{"format": "s", "min": "0", "logBase": 2}, {"format": "short"}],
                        "seriesOverrides": [{"alias": "late"}],
                        "targets": [
                            {"expr": "rate(tours_total[5m])", "intervalFactor": 2, "refId": ""},
                            {"expr": "up", "refId": "A", "hide": True},
                        ],
                    },
                    width=16,
                ),
                raw(
                    {"type": "stat", "title": "One below the other", "repeat": "depot", "repeatDirection": "v", "targets": [{"expr": "up"}]}
                ),
                raw({"type": "stat", "title": "Two in a line", "repeat": "depot", "maxPerRow": 2, "targets": [{"expr": "up"}]}),
                # Of a type and a data source that mac knows nothing of: carried along as it is.
                raw(
                    {
                        "type": "logs",
                        "title": "Logs",
                        "datasource": {"type": "loki", "uid": "loki"},
                        "options": {"showTime": True, "wrapLogMessage": None},
                        "targets": [{"datasource": {"type": "loki", "uid": "loki"}, "expr": '{app="depot"} |= "late"', "refId": "A"}],
                    }
                ),
            ),
        ),
    ),
)
