"""What Grafana demands of each type of panel, taken from the typed panels, for those that lack it."""

from functools import cache
from importlib import import_module
from typing import Any

from monitoring_as_code.model.panel import Panel, QueryPanel, Shown

# Not those of logs and of dashboards, whose typed panels show more than Grafana does where nothing is said.
_WHERE = {
    "timeseries": ("timeseries", "TimeSeries"),
    "stat": ("stat", "Stat"),
    "gauge": ("gauge", "GaugePanel"),
    "bargauge": ("bargauge", "BarGauge"),
    "piechart": ("piechart", "PieChart"),
    "table": ("table", "Table"),
    "heatmap": ("heatmap", "Heatmap"),
    "state-timeline": ("state_timeline", "StateTimeline"),
    "status-history": ("status_history", "StatusHistory"),
    "barchart": ("barchart", "BarChart"),
    "histogram": ("histogram", "HistogramPanel"),
    "alertlist": ("alert_list", "AlertList"),
}
# The types whose form is the newest for certain.
TYPED = frozenset({*_WHERE, "text"})


def options_of(kind: str) -> dict[str, Any]:
    """All options that a panel of this type must have; none for a type without a typed panel."""
    panel = _plainest(kind)
    return {} if panel is None else panel.grafana_options(Shown(several=False))


def custom_of(kind: str) -> dict[str, Any]:
    """The same of `fieldConfig.defaults.custom`."""
    panel = _plainest(kind)
    return panel.grafana_custom(Shown()) if isinstance(panel, QueryPanel) else {}


@cache
def _plainest(kind: str) -> Panel | None:
    if kind not in _WHERE:
        return None
    module, name = _WHERE[kind]
    made: Panel = getattr(import_module(f"monitoring_as_code.model.panels.{module}"), name)(title="")
    return made
