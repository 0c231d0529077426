"""The panel that a query belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.analysis import once
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.panel import QueryPanel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.analysis import Analysis, Use

_OVER_TIME = frozenset({"timeseries", "graph", "heatmap"})
_NUMBERS = frozenset({"stat", "gauge", "bargauge"})


def panel_of(analysis: Analysis, use: Use) -> QueryPanel | None:
    """The panel of a query; None for an expression that is none."""
    return _panels(analysis).get(id(use.part)) if use.in_dashboard else None


def is_hidden(use: Use) -> bool:
    """Whether it is a query that its panel does not draw."""
    return getattr(use.part, "hidden", False) is True


def is_graph(panel: QueryPanel, use: Use) -> bool:
    """Whether the panel draws the query's course over time."""
    if is_hidden(use):
        return False
    instant = getattr(use.part, "instant", None)
    if panel.instant if instant is None else instant:
        return False
    return str(_json(panel).get("type", panel.type)) in _OVER_TIME


def shows_legend(panel: QueryPanel, legend: str, *, one_series: bool) -> bool:
    """Whether a legend in Grafana's JSON is to be seen, if its query gives at most one series; one that is declared was written to be.

    An answer in the table format names its columns by the labels. What draws a number for each series hides the name of a single one.
    """
    data = _json(panel)
    found = data.get("targets")
    targets = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    with_it = [each for each in targets if each.get("legendFormat") == legend]
    if with_it and all(each.get("format") == "table" for each in with_it):
        return False
    visible = [each for each in targets if each.get("hide") is not True]
    if data.get("type") not in _NUMBERS or not one_series or len(visible) != 1:
        return True
    options = data.get("options")
    options = options if isinstance(options, dict) else {}
    reduced = options.get("reduceOptions")
    return options.get("textMode", "auto") in ("name", "value_and_name") or (isinstance(reduced, dict) and reduced.get("values") is True)


def has_least_step(panel: QueryPanel) -> bool:
    """Whether the panel or one of its queries says how close two points may be: `$__interval` is never shorter than that."""
    if panel.interval is not None or any(query.interval is not None for query in panel.queries):
        return True
    data = _json(panel)
    targets = data.get("targets")
    parts = [data, *(targets if isinstance(targets, list) else ())]
    return any(isinstance(part, dict) and part.get("interval") for part in parts)


def _json(panel: QueryPanel) -> Mapping[str, object]:
    """What is known of a panel as Grafana's JSON, if it came as that."""
    data = getattr(panel, "json_data", None)
    return data if isinstance(data, dict) else {}


@once
def _panels(analysis: Analysis) -> Mapping[int, QueryPanel]:
    return {
        id(use.part): panel
        for dashboard in analysis.project.of(Dashboard)
        for row in dashboard.rows
        for panel in row.panels
        if isinstance(panel, QueryPanel)
        for use in analysis.queries(panel)
    }
