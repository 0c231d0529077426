"""Whom each alert reaches, for the pages that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.routes import alert_labels, arrivals, route_tree, sure_receivers

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert


class Audience:
    """The receivers of each alert, worked out once."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._root = None if analysis.routing is None else route_tree(analysis.routing)
        self._found: dict[int, dict[str, bool]] = {}

    def of(self, alert: Alert) -> dict[str, bool]:
        """The names of the receivers in the order of the routes, and whether they are reached whatever the alert's labels are."""
        found = self._found.get(id(alert))
        if found is None:
            found = self._found[id(alert)] = {}
            if self._root is not None:
                labels, others_unknown = alert_labels(self._analysis, alert)
                sure = sure_receivers(self._root, labels, others_unknown=others_unknown)
                for arrival in arrivals(self._root, labels, others_unknown=others_unknown):
                    found[arrival.branch.receiver] = arrival.branch.receiver in sure
        return found
