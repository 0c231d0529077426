"""The panel that a query belongs to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from monitoring_as_code.model.dashboard import Dashboard, QueryPanel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.analysis import Analysis, Use

_OVER_TIME = frozenset({"timeseries", "graph", "heatmap"})


def panel_of(analysis: Analysis, use: Use) -> QueryPanel | None:
    """The panel of a query; None for an expression that is none."""
    return _panels(analysis).get(id(use.part)) if use.in_dashboard else None


def is_graph(panel: QueryPanel, use: Use) -> bool:
    """Whether the panel draws the query's course over time."""
    instant = getattr(use.part, "instant", None)
    if panel.instant if instant is None else instant:
        return False
    return str(_json(panel).get("type", panel.type)) in _OVER_TIME


def has_least_step(panel: QueryPanel) -> bool:
    """Whether the panel or one of its queries says how close two points may be: `$__interval` is never shorter than that."""
    data = _json(panel)
    targets = data.get("targets")
    parts = [data, *(targets if isinstance(targets, list) else ())]
    return any(isinstance(part, dict) and part.get("interval") for part in parts)


def _json(panel: QueryPanel) -> Mapping[str, object]:
    """What is known of a panel as Grafana's JSON, if it came as that."""
    data = getattr(panel, "json_data", None)
    return data if isinstance(data, dict) else {}


@lru_cache(maxsize=1)
def _panels(analysis: Analysis) -> Mapping[int, QueryPanel]:
    return {
        id(use.part): panel
        for dashboard in analysis.project.of(Dashboard)
        for row in dashboard.rows
        for panel in row.panels
        if isinstance(panel, QueryPanel)
        for use in analysis.queries(panel)
    }
