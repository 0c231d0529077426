"""Alerts that fire because something goes wrong in what stands in for the application, and not because of series that somebody wrote.

A stand-in says at /demo what can go wrong there, `[{"name": "failing-pipeline", "alert": "PipelineExecutionFailures"}]`, and lets it, for so many
seconds, when it is asked to: `POST /demo/failing-pipeline?for=60`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from monitoring_as_code.model.alert import Alert
from monitoring_as_code.prove.notifications import sending, with_external_labels
from monitoring_as_code.prove.smoke.plan import Chosen, Plan, reachable

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.engines import Server

# Alerts about rates over minutes that count events, and not their share, take longer than that.
_PATIENCE_SECONDS = 25.0
# Rules are evaluated every second.
_POLL_SECONDS = 1.2


class Troubles:
    """What can go wrong in a stand-in that runs."""

    def __init__(self, stand_in: Server) -> None:
        """Asks it.

        Raises:
            OSError: it does not say.
            ValueError: what it says is something else.
        """
        self._stand_in = stand_in
        said = json.loads(stand_in.get("/demo"))
        try:
            self.alerts: Mapping[str, str] = {each["alert"]: each["name"] for each in said}
        except (TypeError, KeyError):
            raise ValueError("/demo is not a list of what can go wrong, each with its `name` and its `alert`") from None

    def begin(self) -> None:
        """Let all of it go wrong."""
        self._last(_PATIENCE_SECONDS * 4)

    def end(self) -> None:
        """Let it be well again."""
        self._last(0.01)

    def _last(self, seconds: float) -> None:
        for name in self.alerts.values():
            self._stand_in.post(f"/demo/{quote(name)}?for={seconds:g}")


def plan_of(analysis: Analysis, troubles: Troubles, prometheus: Server) -> Plan:
    """As few alerts as reach every receiver that an alert may reach, of those that fire: the troubles' own, and where those do not get, others."""
    wanted = reachable(analysis)
    until = time.monotonic() + _PATIENCE_SECONDS
    before: tuple[Chosen, ...] = ()
    while True:
        chosen = _choose(analysis, troubles.alerts, _firing(prometheus))
        missing = wanted - {name for each in chosen for name in each.receivers}
        # One that has just begun may hold back another that is chosen already.
        settled = not missing and chosen == before
        if settled or time.monotonic() > until:
            return Plan(chosen, {}, frozenset(), windows=True, untried=tuple(sorted(missing)))
        before = chosen
        time.sleep(_POLL_SECONDS)


def _firing(prometheus: Server) -> list[dict[str, str]]:
    found: list[dict[str, Any]] = json.loads(prometheus.get("/api/v1/alerts"))["data"]["alerts"]
    return [each["labels"] for each in found if each["state"] == "firing"]


def _choose(analysis: Analysis, troubles: Mapping[str, str], firing: Sequence[Mapping[str, str]]) -> tuple[Chosen, ...]:
    declared = {alert.name: alert for alert in analysis.project.of(Alert)}
    moment = datetime.now(UTC).replace(tzinfo=None)
    chosen: list[Chosen] = []
    reached: set[str] = set()
    for labels in _best_first(troubles, firing):
        alert = declared.get(labels["alertname"])
        sent = sending(analysis, labels, firing, moment)
        if alert is None or sent is None or sent.inhibited_by is not None or sent.muted or set(sent.receivers) <= reached:
            continue
        reached |= set(sent.receivers)
        cause = troubles.get(alert.name, "")
        chosen.append(Chosen(alert, cause, with_external_labels(analysis, labels), sent.receivers, ends=bool(cause)))
    return tuple(chosen)


def _best_first(troubles: Mapping[str, str], firing: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    return sorted(firing, key=lambda labels: (labels["alertname"] not in troubles, sorted(labels.items())))
