"""Witnesses: for an alert that nobody has written a scenario for, series that make it fire, and series that just do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from monitoring_as_code.engines import scratch
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.promql.durations import to_text
from monitoring_as_code.prove.witnesses import scenarios
from monitoring_as_code.prove.witnesses.search import search

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.witnesses.search import Search


class Witness(NamedTuple):
    """What was found for an alert.

    `fires` is a scenario in which it does; `quiet` are scenarios just short of that, in which it must not. `impossible` says why it can
    never fire, if that is proved. Without either, `effort` says how far the search went.
    """

    alert: Alert
    fires: Scenario | None
    quiet: tuple[Scenario, ...]
    impossible: str
    effort: str

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """All that is to be proved."""
        return (*(() if self.fires is None else (self.fires,)), *self.quiet)


def witnesses(analysis: Analysis, alerts: Iterable[Alert]) -> list[Witness]:
    """A witness for each alert, in their order; for one whose expression is no PromQL there is nothing to find.

    Raises:
        MissingEngine: promtool is not there.
        EngineFailed: it broke down, or did not come back.
    """
    wanted = list(alerts)
    reasons = {id(alert): impossible(analysis, alert) for alert in wanted}
    with scratch() as folder:
        found = search(analysis, [alert for alert in wanted if not reasons[id(alert)]], folder)
    by_alert = {id(each.alert): _witness(analysis, each) for each in found}
    return [by_alert.get(id(alert)) or Witness(alert, None, (), reasons[id(alert)], "") for alert in wanted]


def impossible(analysis: Analysis, alert: Alert) -> str:
    """Why an alert can never fire, in a sentence without a full stop; "" if that is not proved."""
    use = analysis.use(alert)
    if use.expr is None:
        return ""
    value = analysis.value(use)
    if value.empty != "always":
        return ""
    reason = next((arm.empty_reason or arm.range_reason for arm in value.arms if arm.empty_reason or arm.range_reason), None)
    return f"the condition never holds: {reason}" if reason is not None else "the condition never holds, whatever the data"


def _witness(analysis: Analysis, found: Search) -> Witness:
    effort = f"{found.tried} candidate{'' if found.tried == 1 else 's'}, up to {to_text(found.longest)} of series"
    if not found.tried:
        effort = "what its condition asks for could not be turned into series"
    if found.unread:
        effort += f"; promtool says: {found.unread.splitlines()[0]}"
    if found.found is None or found.first is None:
        return Witness(found.alert, None, (), "", effort)
    fires = scenarios.firing(analysis, found.found, found.first, bare=found.near is None)
    brief = scenarios.brief(analysis, found.found, found.first, found.near)
    near = () if found.near is None else (scenarios.quiet(analysis, found.near),)
    return Witness(found.alert, fires, (*near, *(() if brief is None else (brief,))), "", effort)


__all__ = ["Witness", "impossible", "witnesses"]
