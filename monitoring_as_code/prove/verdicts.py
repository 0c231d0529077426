"""Whether a scenario went as expected, and if not, what happened instead and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.scenario import Expectation, Fires, Firing, Inhibited, Muted, Pending, Quiet, Reaches, Resolves
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.prove.failure import Failure
from monitoring_as_code.prove.notifications import Sending, sending, with_external_labels
from monitoring_as_code.prove.templates import ill_spoken, said
from monitoring_as_code.prove.timelines import Instance, State, Timeline
from monitoring_as_code.routes import every_branch, receiver_name, route_tree

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.timelines import Played


__all__ = ["Failure", "Verdict", "firing_at", "sent", "verdict"]


class Verdict(NamedTuple):
    """A scenario, what became of its alerts, and what was not as expected; it holds if that is nothing."""

    scenario: Scenario
    played: Played
    failures: tuple[Failure, ...]

    @property
    def holds(self) -> bool:
        """Whether all was as expected."""
        return not self.failures


def verdict(analysis: Analysis, played: Played) -> Verdict:
    """What is to be said of a scenario that was played."""
    if played.error:
        place = Place(played.scenario.origin)
        return Verdict(played.scenario, played, (Failure(None, "the rules are evaluated", f"promtool says: {played.error}", place=place),))
    failures = [failure for each in played.scenario.expect if (failure := _Judge(analysis, played, each).failure()) is not None]
    return Verdict(played.scenario, played, (*failures, *ill_spoken(played)))


def firing_at(played: Played, index: int) -> Iterator[Instance]:
    """All alerts that fire at an evaluation."""
    for timeline in played.timelines.values():
        yield from (instance for instance in timeline.instances if instance.states[index] == "firing")


def sent(analysis: Analysis, played: Played, instance: Instance, index: int) -> Sending | None:
    """What becomes of an alert that fires at an evaluation."""
    timeline = next(iter(played.timelines.values()))
    moment = datetime.fromisoformat(played.scenario.starts) + timedelta(milliseconds=timeline.times[index])
    return sending(analysis, dict(instance.labels), (dict(each.labels) for each in firing_at(played, index)), moment)


class _Judge:
    """One expectation against what happened."""

    def __init__(self, analysis: Analysis, played: Played, expectation: Expectation) -> None:
        self.analysis = analysis
        self.played = played
        self.expectation = expectation
        self.alert: Alert = expectation.alert or played.scenario.alert
        self.timeline: Timeline = played.timelines[id(self.alert)]

    def failure(self) -> Failure | None:
        match self.expectation:
            case Quiet() as quiet:
                return self._quiet(quiet)
            case Pending(at=at, labels=labels):
                return self._state("pending", at, labels)
            case Firing() as firing:
                return self._firing(firing)
            case Fires() as fires:
                return self._fires(fires)
            case Resolves() as resolves:
                return self._resolves(resolves)
            case Reaches() as reaches:
                return self._reaches(reaches)
            case Inhibited() as inhibited:
                return self._inhibited(inhibited)
            case Muted() as muted:
                return self._muted(muted)
            case _:
                message = f"no such expectation: {self.expectation!r}"
                raise TypeError(message)

    def _failed(self, at: str | tuple[str | int, ...], expected: str, happened: str, why: str = "") -> Failure:
        """`at` is the argument that does not hold, or the way to a part of it."""
        place = Place(self.expectation.origin, (at,) if isinstance(at, str) and at else tuple(at))
        return Failure(self.expectation, f"`{self.alert.name}` {expected}", happened, why, self.alert, place)

    def _index(self, text: str) -> int:
        """The last evaluation at or before a moment."""
        moment = milliseconds(text)
        return max(index for index, time in enumerate(self.timeline.times) if time <= moment)

    def _matching(self, labels: Mapping[str, str]) -> list[Instance]:
        return [
            each for each in self.timeline.instances if labels.items() <= with_external_labels(self.analysis, dict(each.labels)).items()
        ]

    def _happened(self, index: int, asked: str | None = None) -> str:
        """What the alert does at an evaluation; `asked` is the moment of which that is the last one."""
        time = self.timeline.times[index]
        at = to_text(time) + (", the evaluation before that," if asked is not None and time != milliseconds(asked) else "")
        now = [each for each in self.timeline.instances if each.states[index] != "inactive"]
        if not now:
            return f"at {at} it is inactive"
        return f"at {at} " + ", ".join(f"{_named(each, self.alert)} is {each.states[index]}" for each in now[:3])

    def _state(self, state: State, at: str, labels: Mapping[str, str]) -> Failure | None:
        index = self._index(at)
        if any(each.states[index] == state for each in self._matching(labels)):
            return None
        others = [each for each in self.timeline.instances if each.states[index] == state]
        if not others:
            return self._failed("at", f"is {state} at {at}{_with(labels)}", self._happened(index, at))
        return self._failed("labels", f"is {state} at {at}{_with(labels)}", self._happened(index, at), _lacking(others, labels))

    def _quiet(self, quiet: Quiet) -> Failure | None:
        first = 0 if quiet.at is None else self._index(quiet.at)
        last = self._index(quiet.until) if quiet.until is not None else first if quiet.at is not None else len(self.timeline.times) - 1
        for index in range(first, last + 1):
            if any(each.states[index] != "inactive" for each in self._matching(quiet.labels)):
                span = "all the time" if quiet.at is None else f"at {quiet.at}"
                if quiet.until is not None:
                    span = f"from {quiet.at or '0s'} to {quiet.until}"
                argument = "" if quiet.at is None else "at" if quiet.until is None else "until"
                return self._failed(
                    argument, f"is quiet {span}{_with(quiet.labels)}", self._happened(index, quiet.at if index == first else None)
                )
        return None

    def _firing(self, firing: Firing) -> Failure | None:
        failure = self._state("firing", firing.at, firing.labels)
        if failure is not None:
            return failure
        index = self._index(firing.at)
        found = [each for each in self._matching(firing.labels) if each.states[index] == "firing"]
        if firing.count is not None and len(found) != firing.count:
            return self._failed(
                "count", f"fires {_times(firing.count)} at {firing.at}{_with(firing.labels)}", f"it fires {_times(len(found))}"
            )
        for name, text in firing.annotations.items():
            texts = [(each.annotations[index] or {}).get(name, "") for each in found]
            if not any(text in each for each in texts):
                return self._failed(("annotations", name), f"says {text!r} in `{name}` at {firing.at}", said(texts[0]))
        return None

    def _fires(self, fires: Fires) -> Failure | None:
        expected = f"fires within {fires.within}{_with(fires.labels)}"
        starts = [each.states.index("firing") for each in self._matching(fires.labels) if "firing" in each.states]
        if not starts:
            fired = [each for each in self.timeline.instances if "firing" in each.states]
            if not fired:
                return self._failed("within", expected, "it never fires")
            return self._failed("labels", expected, "it does not fire with these labels", _lacking(fired, fires.labels))
        first = min(starts)
        at = self.timeline.times[first]
        if milliseconds(fires.after) <= at <= milliseconds(fires.within):
            return None
        late = at > milliseconds(fires.within)
        expected = expected if late else f"does not fire before {fires.after}{_with(fires.labels)}"
        return self._failed("within" if late else "after", expected, f"it begins to fire at {to_text(at)}")

    def _resolves(self, resolves: Resolves) -> Failure | None:
        expected = f"has resolved by {resolves.by}{_with(resolves.labels)}"
        index = self._index(resolves.by)
        fired = [each for each in self._matching(resolves.labels) if "firing" in each.states[: index + 1]]
        if not fired:
            return self._failed("by", expected, "it never fires")
        still = [each for each in fired if each.states[index] == "firing"]
        return self._failed("by", expected, self._happened(index, resolves.by)) if still else None

    def _sendings(self, at: str | None, labels: Mapping[str, str]) -> list[tuple[int, Instance, Sending]]:
        indexes = range(len(self.timeline.times)) if at is None else (self._index(at),)
        return [
            (index, instance, found)
            for instance in self._matching(labels)
            for index in indexes
            if instance.states[index] == "firing" and (found := sent(self.analysis, self.played, instance, index)) is not None
        ]

    def _reaches(self, reaches: Reaches) -> Failure | None:
        wanted = tuple(map(receiver_name, reaches.receivers))
        unwanted = tuple(map(receiver_name, reaches.not_to))
        expected = " and ".join([*(f"reaches `{name}`" for name in wanted), *(f"does not reach `{name}`" for name in unwanted)]) + _with(
            reaches.labels
        )
        if self.analysis.routing is None:
            return self._failed("", expected, "there is no routing")
        found = self._sendings(reaches.at, reaches.labels)
        if not found:
            return self._unsent(expected, reaches.at, reaches.labels)
        got = tuple(dict.fromkeys(name for _, _, each in found for name in each.receivers))
        missing = [name for name in wanted if name not in got]
        extra = [name for name in unwanted if name in got]
        if not missing and not extra:
            return None
        reached = ", ".join(f"`{name}`" for name in got) or "nobody"
        # A receiver to which a route has led, and which was mute there, is explained by that route alone.
        led = {arrival.branch.receiver for _, _, each in found for arrival in each.arrivals}
        why = _way_told(self.analysis, found) + _not_taken(self.analysis, [name for name in missing if name not in led], found[0][1])
        return self._failed("receivers" if missing else "not_to", expected, f"it reaches {reached}", why)

    def _inhibited(self, inhibited: Inhibited) -> Failure | None:
        expected = f"is inhibited by `{inhibited.by.name}`{_with(inhibited.labels)}"
        found = self._sendings(inhibited.at, inhibited.labels)
        if not found:
            return self._unsent(expected, inhibited.at, inhibited.labels)
        if any((each.inhibited_by or {}).get("alertname") == inhibited.by.name for _, _, each in found):
            return None
        other = next((each.inhibited_by["alertname"] for _, _, each in found if each.inhibited_by), None)
        fires = any("firing" in each.states for each in self.played.timelines[id(inhibited.by)].instances)
        why = "no inhibition holds for the two, or a label of `equal` differs" if fires else f"`{inhibited.by.name}` does not fire"
        return self._failed("by", expected, "it is sent" if other is None else f"it is inhibited by `{other}`", why)

    def _muted(self, muted: Muted) -> Failure | None:
        expected = f"is muted{_with(muted.labels)}"
        found = self._sendings(muted.at, muted.labels)
        if not found:
            return self._unsent(expected, muted.at, muted.labels)
        if any(each.muted and not each.receivers and each.inhibited_by is None for _, _, each in found):
            return None
        reached = ", ".join(f"`{name}`" for name in found[0][2].receivers) or "nobody"
        return self._failed("", expected, f"it reaches {reached}", _way_told(self.analysis, found))

    def _unsent(self, expected: str, at: str | None, labels: Mapping[str, str]) -> Failure:
        """Of an alert that does not fire, so that nothing can become of it."""
        index = None if at is None else self._index(at)
        firing = [each for each in self.timeline.instances if "firing" in (each.states if index is None else (each.states[index],))]
        if firing:
            return self._failed("labels", expected, "it does not fire with these labels", _lacking(firing, labels))
        return self._failed("" if at is None else "at", expected, "it does not fire" + (f" at {at}" if at else ""))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _named(instance: Instance, alert: Alert) -> str:
    own = {"alertname", "severity", *alert.labels}
    labels = ", ".join(f'{name}="{value}"' for name, value in instance.labels if name not in own)
    return f"{{{labels}}}" if labels else "it"


def _with(labels: Mapping[str, str]) -> str:
    return " with " + ", ".join(f'{name}="{value}"' for name, value in labels.items()) if labels else ""


def _lacking(found: list[Instance], labels: Mapping[str, str]) -> str:
    """Which of these labels no alert has, or what it is there."""
    for name, value in labels.items():
        values = dict.fromkeys(dict(each.labels).get(name) for each in found)
        if value not in values:
            known = ", ".join(f'"{each}"' for each in values if each is not None)
            return f"its label `{name}` is {known}" if known else f"it has no label `{name}`: its labels are {_names(found[0])}"
    return "no single one has all of these labels"


def _names(instance: Instance) -> str:
    return ", ".join(f"`{name}`" for name, _ in instance.labels)


def _way_told(analysis: Analysis, found: list[tuple[int, Instance, Sending]]) -> str:
    """Which routes took an alert, and what else decided whom it reaches."""
    _, instance, first = found[0]
    routes = [
        f"{'the root route' if not arrival.branch.path else '{' + ', '.join(map(str, arrival.branch.matchers)) + '}'}"
        f" -> {arrival.branch.receiver}"
        for arrival in first.arrivals
    ]
    told = f"with {_shown(with_external_labels(analysis, dict(instance.labels)))} it takes {'; '.join(routes)}"
    if first.inhibited_by is not None:
        told += f", and is inhibited by `{first.inhibited_by.get('alertname', '')}`"
    for branch, interval in first.muted:
        named = "is outside of its active intervals" if interval is None else f"is muted by `{interval.name}`"
        told += f", and `{branch.receiver}` {named}"
    return told


def _not_taken(analysis: Analysis, receivers: list[str], instance: Instance) -> str:
    """What the routes to these receivers ask for that an alert has not."""
    if analysis.routing is None:
        return ""
    labels = with_external_labels(analysis, dict(instance.labels))
    told = ""
    for branch in every_branch(route_tree(analysis.routing)):
        unmet = [matcher for matcher in branch.matchers if not matcher.accepts(labels.get(matcher.name, ""))]
        if branch.receiver in receivers and unmet:
            told += f"; the route to `{branch.receiver}` asks for {', '.join(f'`{matcher}`' for matcher in unmet)}"
    return told


def _shown(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items()) if name != "alertname") + "}"
