"""Whom an alert is sent to at a moment: routing, inhibition and time intervals, as Alertmanager decides them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.matchers import parse_matcher
from monitoring_as_code.routes import Arrival, arrivals, route_tree

if TYPE_CHECKING:
    from datetime import datetime

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.routing import Inhibition
    from monitoring_as_code.model.time_interval import TimeInterval
    from monitoring_as_code.routes import Branch


class Sending(NamedTuple):
    """What becomes of one alert that fires: where the route tree leads it, what keeps it from being sent there."""

    arrivals: tuple[Arrival, ...]
    inhibited_by: Mapping[str, str] | None
    """The labels of an alert that inhibits it."""
    muted: tuple[tuple[Branch, TimeInterval | None], ...]
    """The branches that are mute, each with the interval that mutes it; None stands for being outside of all active ones."""

    @property
    def receivers(self) -> tuple[str, ...]:
        """The names of the receivers that it is sent to."""
        if self.inhibited_by is not None:
            return ()
        mute = {id(branch) for branch, _ in self.muted}
        return tuple(dict.fromkeys(arrival.branch.receiver for arrival in self.arrivals if id(arrival.branch) not in mute))


def with_external_labels(analysis: Analysis, labels: Mapping[str, str]) -> dict[str, str]:
    """An alert's labels as Alertmanager gets them: those of the server go where there is none of that name."""
    external = {} if analysis.stack is None else analysis.stack.external_labels
    return {**external, **{name: value for name, value in labels.items() if value or name not in external}}


def sending(analysis: Analysis, labels: Mapping[str, str], firing: Iterable[Mapping[str, str]], moment: datetime) -> Sending | None:
    """What becomes of an alert of these labels while these others fire too; external labels are not among them yet. None without routing."""
    if analysis.routing is None:
        return None
    own = with_external_labels(analysis, labels)
    others = [with_external_labels(analysis, other) for other in firing]
    reached = tuple(arrivals(route_tree(analysis.routing), {name: frozenset((value,)) for name, value in own.items()}))
    inhibitor = next((found for each in analysis.routing.inhibitions if (found := inhibitor_of(each, own, others)) is not None), None)
    muted = tuple((arrival.branch, interval) for arrival in reached for mute, interval in (muting(arrival.branch, moment),) if mute)
    return Sending(reached, inhibitor, muted)


def inhibitor_of(inhibition: Inhibition, labels: Mapping[str, str], firing: Iterable[Mapping[str, str]]) -> Mapping[str, str] | None:
    """The labels of an alert, of those that fire, by which this one is held back."""
    if not _fulfils(inhibition.target, labels) or _fulfils(inhibition.source, labels):
        return None
    return next(
        (
            other
            for other in firing
            if _fulfils(inhibition.source, other) and all(labels.get(name, "") == other.get(name, "") for name in inhibition.equal)
        ),
        None,
    )


def _fulfils(matchers: Iterable[str], labels: Mapping[str, str]) -> bool:
    parsed = map(parse_matcher, matchers)
    return all(matcher.accepts(labels.get(matcher.name, "")) for matcher in parsed)


def muting(branch: Branch, moment: datetime) -> tuple[bool, TimeInterval | None]:
    """Whether a route is mute, and by which interval; None if it is outside of all intervals in which it is active."""
    for interval in branch.mute_time_intervals:
        if interval.contains(moment):
            return True, interval
    active = branch.active_time_intervals
    return bool(active) and not any(interval.contains(moment) for interval in active), None
