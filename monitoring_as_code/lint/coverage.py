"""Which metrics are to be seen on panels, and which alerts watch what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.analysis import once
from monitoring_as_code.model.alert import RecordingRule
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import Alert


def metrics_of(reading: Reading, use: Use) -> frozenset[str] | None:
    """The metrics that an expression reads, recorded ones with what they are made of; None if it chooses them in a way nobody can tell."""
    return _closed(reading.analysis, use)


def on_panels(reading: Reading) -> frozenset[str] | None:
    """All metrics on panels and annotations; None if that cannot be told, or there is no panel."""
    return _on_panels(reading.analysis) if reading.rest else None


def unseen_alerts(reading: Reading, seen: frozenset[str]) -> list[tuple[Alert, frozenset[str]]]:
    """The alerts of which nothing is on a panel, each with its metrics."""
    found = []
    for alert in reading.alerts:
        metrics = metrics_of(reading, reading.analysis.use(alert))
        if metrics and metrics.isdisjoint(seen) and id(alert) not in _named(reading.analysis):
            found.append((alert, frozenset(name for name in metrics if name not in _recordings(reading.analysis)) or metrics))
    return found


@once
def _on_panels(analysis: Analysis) -> frozenset[str] | None:
    found: set[str] = set()
    uses = [use for use in analysis.uses if isinstance(use.declaration, Dashboard)]
    for use in uses:
        metrics = _closed(analysis, use)
        if metrics is None:
            return None
        found |= metrics
    return frozenset(found) if uses else None


@once
def _named(analysis: Analysis) -> frozenset[int]:
    found: set[int] = set()
    for dashboard in analysis.project.of(Dashboard):
        for row in dashboard.rows:
            for panel in row.panels:
                if isinstance(panel, QueryPanel) and panel.alert is not None:
                    found.update(id(each) for each in (panel.alert if isinstance(panel.alert, tuple) else (panel.alert,)))
    return frozenset(found)


@once
def _recordings(analysis: Analysis) -> Mapping[str, list[Use]]:
    found: dict[str, list[Use]] = {}
    for rule in analysis.project.of(RecordingRule):
        found.setdefault(rule.name, []).append(analysis.use(rule))
    return found


def _closed(analysis: Analysis, use: Use) -> frozenset[str] | None:
    found: set[str] = set()
    waiting = [use]
    while waiting:
        each = waiting.pop()
        if each.error is not None:
            return None
        for selector in analysis.selectors(each):
            name = metric_name(selector)
            if not name:
                return None
            entry = analysis.catalogue.lookup(name)
            if entry is None and analysis.catalogue.complete:
                return None  # a slip, which is told elsewhere
            known = name if entry is None else entry.metric.name
            if known not in found:
                found.add(known)
                waiting += _recordings(analysis).get(known, ())
    return frozenset(found)
