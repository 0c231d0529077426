"""Panels whose data, or all of which, come from elsewhere than Prometheus: logs, and those of Grafana's library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code import naming
from monitoring_as_code.model.panels.library import LibraryPanel
from monitoring_as_code.model.panels.logs import Logs
from monitoring_as_code.targets.grafana.overrides import step_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitoring_as_code.model.links import Link
    from monitoring_as_code.model.panel import Panel

Json = dict[str, Any]

# What a reference to a panel of the library may say.
_REFERENCE = frozenset({"gridPos", "id", "maxPerRow", "repeat", "repeatDirection", "title", "type"})


def panel_from_elsewhere(panel: Panel, found: Json, link_json: Callable[[Link], Json]) -> Json:
    """A panel's JSON, of which `found` is what all panels have and its options."""
    if isinstance(panel, LibraryPanel):
        found = {key: value for key, value in found.items() if key in _REFERENCE}
        found["libraryPanel"] = {"name": panel.name, "uid": panel.uid}
    if isinstance(panel, Logs):
        source = panel.grafana_source
        found["datasource"] = source
        defaults = {"links": [link_json(each) for each in panel.data_links]} if panel.data_links else {}
        found["fieldConfig"] = {"defaults": defaults, "overrides": []}
        found["targets"] = _log_queries(panel, source)
        if panel.transformations:
            found["transformations"] = [step_json(each) for each in panel.transformations]
    return found


def _log_queries(panel: Logs, source: Json) -> list[Json]:
    found = []
    for index, query in enumerate(panel.all_queries):
        target: Json = {"datasource": source, "editorMode": "code", "expr": query.expr}
        if query.hidden:
            target["hide"] = True
        if query.max_lines is not None:
            target["maxLines"] = query.max_lines
        target["queryType"] = "range"
        target["refId"] = naming.ref_id(index)
        found.append(target)
    return found
