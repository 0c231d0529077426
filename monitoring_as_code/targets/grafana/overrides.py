"""What is drawn otherwise: exceptions for some series, and texts in place of values."""

from __future__ import annotations

from typing import Any

from monitoring_as_code.model.panels.drawing import Override, ValueMapping
from monitoring_as_code.model.panels.grafana_units import grafana_unit
from monitoring_as_code.targets.grafana.thresholds import number

Json = dict[str, Any]


def override_json(override: Override) -> Json:
    """An exception for some series."""
    matcher = {"name": "byName", "regex": "byRegexp", "query": "byFrameRefID"}[override.by]
    properties: list[Json] = []
    if override.color is not None:
        properties.append({"id": "color", "value": {"fixedColor": override.color, "mode": "fixed"}})
    if override.right_axis:
        properties.append({"id": "custom.axisPlacement", "value": "right"})
    if override.hidden:
        properties.append({"id": "custom.hideFrom", "value": {"legend": True, "tooltip": True, "viz": True}})
    if override.decimals is not None:
        properties.append({"id": "decimals", "value": override.decimals})
    if override.name is not None:
        properties.append({"id": "displayName", "value": override.name})
    if override.unit is not None:
        properties.append({"id": "unit", "value": grafana_unit(override.unit)})
    properties += [{"id": name, "value": value} for name, value in override.properties.items()]
    return {"matcher": {"id": matcher, "options": override.series}, "properties": properties}


def mappings_json(mappings: tuple[ValueMapping, ...]) -> list[Json]:
    """Grafana's mappings: those of single values as one, in front."""
    found: list[Json] = []
    values: Json = {}
    for index, mapping in enumerate(mappings):
        result: Json = {}
        if mapping.color is not None:
            result["color"] = mapping.color
        result["index"] = index
        if mapping.text is not None:
            result["text"] = mapping.text
        if mapping.value is not None:
            values[mapping.value] = result
        elif mapping.pattern is not None:
            found.append({"options": {"pattern": mapping.pattern, "result": result}, "type": "regex"})
        elif mapping.special is not None:
            found.append({"options": {"match": mapping.special, "result": result}, "type": "special"})
        else:
            low, high = mapping.low, mapping.high
            # The schema wants both ends; an open one is null.
            ends = {"from": low if low is None else number(low), "result": result, "to": high if high is None else number(high)}
            found.append({"options": ends, "type": "range"})
    if values:
        found.insert(0, {"options": dict(sorted(values.items())), "type": "value"})
    return found
