"""Where an alert is shown: the panel that draws it, and the link that opens it for just those things that the alert is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.variables import QueryVariable
from monitoring_as_code.naming import dashboard_url

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.dashboard import Dashboard
    from monitoring_as_code.model.panel import Panel


class View(NamedTuple):
    """A panel of a dashboard, with its id."""

    dashboard: Dashboard
    panel: Panel
    panel_id: int


class Views:
    """The panel of each alert that one shows; worked out once for all of them."""

    def __init__(self, analysis: Analysis) -> None:
        from monitoring_as_code.targets.grafana.watched import panel_ids, watching

        self._analysis = analysis
        self._panel_ids = panel_ids
        self._panels = watching(analysis).panels
        self._ids: dict[int, dict[int, int]] = {}

    def of(self, alert: Alert) -> View | None:
        """The panel that shows an alert, if there is one."""
        found = self._panels.get(id(alert))
        if found is None:
            return None
        dashboard, panel = found
        return View(dashboard, panel, self.panel_id(dashboard, panel))

    def panel_id(self, dashboard: Dashboard, panel: Panel) -> int:
        """The id of a panel of a dashboard."""
        ids = self._ids.get(id(dashboard))
        if ids is None:
            ids = self._ids[id(dashboard)] = self._panel_ids(dashboard)
        return ids[id(panel)]

    def link(self, alert: Alert) -> str | None:
        """The panel's address as a template of Prometheus, which sets the dashboard's variables from the alert's labels."""
        view = self.of(alert)
        if view is None:
            return None
        url = dashboard_url(self._analysis.stack, view.dashboard.uid, view.panel_id)
        return None if url is None else url + "".join(self._variables(alert, view.dashboard))

    def _variables(self, alert: Alert, dashboard: Dashboard) -> list[str]:
        kept = self._kept_labels(alert)
        return [
            f"&var-{variable.name}={{{{ $labels.{variable.values_of} | urlquery }}}}"
            for variable in dashboard.variables
            if isinstance(variable, QueryVariable) and variable.values_of in kept
        ]

    def _kept_labels(self, alert: Alert) -> frozenset[str]:
        """The labels that every series of the alert's condition certainly has; `$labels` knows none of those that the alert adds."""
        use = self._analysis.use(alert)
        return frozenset() if use.expr is None else self._analysis.value(use).labels.certain
