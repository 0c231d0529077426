from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.durations import milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Expectation, Scenario


@rule(ERROR)
def impossible_expectation(reading: Reading) -> Iterator[Finding]:
    """A scenario expects what cannot be, whatever the alert says.

    It speaks of a moment after the scenario's end, of an alert that is quiet and fires at the same time or fires once and twice, of one that
    fires before its `for_` has passed or is pending without having one, or of a label or an annotation that the alert has not.

    BAD:

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(
            name="a jam", alert=jam, given=(Series(of=waiting, values=constant(101)),), expect=(Firing(at="4m"),)
        )

    GOOD:

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(
            name="a jam", alert=jam, given=(Series(of=waiting, values=constant(101)),), expect=(Pending(at="4m"), Firing(at="5m"))
        )
    """
    for scenario in reading.scenarios:
        for expectation in scenario.expect:
            yield from _late(scenario, expectation)
            yield from _too_early(scenario, expectation)
            yield from _said_of_nothing(reading, scenario, expectation)
        yield from _contradictory(scenario)
        yield from _at_odds(reading, scenario)


_MOMENTS = ("at", "until", "within", "by", "after")


def _late(scenario: Scenario, expectation: Expectation) -> Iterator[Finding]:
    if scenario.lasts is None:
        return
    end = scenario.reach_milliseconds
    for argument in _MOMENTS:
        said = expectation.__dict__.get(argument)
        if isinstance(said, str) and milliseconds(said) > end:
            message = f"the scenario has ended by {said}: it lasts {scenario.lasts}"
            related = ((Place(scenario.origin, ("lasts",)), "this is how long it lasts"),)
            yield Finding(message, Place(expectation.origin, (argument,)), "let it last longer", related, declaration=scenario)
            return


def _too_early(scenario: Scenario, expectation: Expectation) -> Iterator[Finding]:
    from monitoring_as_code.model.scenario import Fires, Firing, Pending

    alert = expectation.alert or scenario.alert
    waits = milliseconds(alert.for_)
    related = ((Place(alert.origin, ("for_",) if waits else ("name",)), "this is how long it waits" if waits else "it waits for nothing"),)
    for made, argument in ((Firing, "at"), (Fires, "within")):
        said = expectation.__dict__.get(argument)
        if isinstance(expectation, made) and isinstance(said, str) and milliseconds(said) < waits:
            message = f"`{alert.name}` cannot fire by {said}: its condition must hold for {alert.for_}"
            yield Finding(message, Place(expectation.origin, (argument,)), None, related, declaration=scenario)
    if isinstance(expectation, Pending) and not waits:
        message = f"`{alert.name}` is never pending: it fires as soon as its condition holds"
        yield Finding(message, Place(expectation.origin), "expect `Firing(at=...)`", related, declaration=scenario)


def _said_of_nothing(reading: Reading, scenario: Scenario, expectation: Expectation) -> Iterator[Finding]:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    alert = expectation.alert or scenario.alert
    labels: Mapping[str, str] = expectation.__dict__.get("labels") or {}
    if labels:
        known, others_unknown = reading.alert_labels[alert]
        there = sorted(name for name, values in known.items() if values != _MISSING)
        for name, value in labels.items():
            if name not in there and not others_unknown:
                help_ = did_you_mean(name, there) or f"its labels are {listed(there, 'and')}"
                at = Place(expectation.origin, ("labels", name, "[key]"))
                yield Finding(f"`{alert.name}` has no label `{name}`", at, help_, declaration=scenario)
            elif (values := known.get(name)) is not None and value not in values and not _is_given(reading, scenario, name, value):
                from monitoring_as_code.lint.values import known_values

                at = Place(expectation.origin, ("labels", name))
                yield Finding(
                    f"`{name}` of `{alert.name}` is never `{value}`", at, known_values(values - {""}, value), declaration=scenario
                )
    annotations: Mapping[str, str] = expectation.__dict__.get("annotations") or {}
    if annotations:
        own = {"summary", "description", "runbook_url", "dashboard_url", *alert.annotations}
        for name in annotations:
            if name not in own:
                help_ = did_you_mean(name, own) or f"its annotations are {listed(sorted(own), 'and')}"
                at = Place(expectation.origin, ("annotations", name, "[key]"))
                yield Finding(f"`{alert.name}` has no annotation `{name}`", at, help_, declaration=scenario)


_MISSING = frozenset({""})


def _is_given(reading: Reading, scenario: Scenario, name: str, value: str) -> bool:
    """Whether a series of the scenario has a label, such as an instance beside those that the stack names."""
    from monitoring_as_code.lint.given import labels_given

    given = labels_given(reading.analysis)
    return any(labels.get(name) == value for series in scenario.given for labels in _sets(given[id(series)]))


def _sets(found: list[dict[str, str]] | Exception) -> list[dict[str, str]]:
    return found if isinstance(found, list) else []


class _Claim(NamedTuple):
    """That an alert with these labels is quiet, or is not, from a moment to another, in milliseconds: at all, or at some time within."""

    expectation: Expectation
    alert: Alert
    argument: str
    start: float
    end: float


def _contradictory(scenario: Scenario) -> Iterator[Finding]:
    from monitoring_as_code.model.scenario import Quiet

    quiet = [_claim(scenario, each) for each in scenario.expect if isinstance(each, Quiet)]
    loud = [_claim(scenario, each) for each in scenario.expect if not isinstance(each, Quiet)] if quiet else []
    for claim in loud:
        for silence in quiet:
            if claim.alert is not silence.alert or not _labels(silence).items() <= _labels(claim).items():
                continue
            # What is quiet at one moment may do anything at another; the whole time in which it might be loud must be quiet.
            if silence.start <= claim.start and claim.end <= silence.end:
                what = type(claim.expectation).__name__
                message = f"`{what}` and `Quiet` contradict each other: `{claim.alert.name}` is to be quiet then"
                related = ((Place(silence.expectation.origin), "is quiet"),)
                at = Place(claim.expectation.origin, (claim.argument,) if claim.argument else ())
                yield Finding(message, at, "leave one of the two out, or say other moments or labels", related, declaration=scenario)
                break


def _claim(scenario: Scenario, expectation: Expectation) -> _Claim:
    from monitoring_as_code.model.scenario import Fires, Quiet, Resolves

    said = {name: milliseconds(value) for name in _MOMENTS if isinstance(value := getattr(expectation, name, None), str)}
    alert = expectation.alert or scenario.alert
    if isinstance(expectation, Quiet):
        start = said.get("at", 0)
        return _Claim(expectation, alert, "at", start, said.get("until", start if "at" in said else float("inf")))
    if isinstance(expectation, Fires):
        return _Claim(expectation, alert, "within", said["after"], said["within"])
    if isinstance(expectation, Resolves):
        return _Claim(expectation, alert, "by", 0, said["by"])
    if "at" in said:
        return _Claim(expectation, alert, "at", said["at"], said["at"])
    return _Claim(expectation, alert, "", 0, float("inf"))


def _labels(claim: _Claim) -> Mapping[str, str]:
    found: Mapping[str, str] = claim.expectation.__dict__.get("labels") or {}
    return found


def _at_odds(reading: Reading, scenario: Scenario) -> Iterator[Finding]:
    """What two expectations of one alert, neither of which is that it is quiet, cannot both be."""
    from itertools import combinations

    for one, other in combinations(scenario.expect, 2):
        alert = one.alert or scenario.alert
        if alert is not (other.alert or scenario.alert):
            continue
        why = _both(one, other) or _both(other, one) or _in_two_states(reading, scenario, one, other)
        if why:
            message = f"these contradict each other: `{alert.name}` {why}"
            help_ = "leave one of the two out, or say other moments or labels"
            yield Finding(message, Place(other.origin), help_, ((Place(one.origin), "the other one"),), declaration=scenario)


def _both(one: Expectation, other: Expectation) -> str:
    """Why not both can be, where all that the other one is about is also what the first one is about; "" if they can."""
    from monitoring_as_code.model.scenario import Fires, Firing, Resolves

    if not isinstance(other, Firing) or not isinstance(one, Firing | Resolves | Fires) or not one.labels.items() <= other.labels.items():
        return ""
    at = milliseconds(other.at)
    match one:
        case Firing(at=said, count=int(count)) if milliseconds(said) == at and other.count is not None:
            many = count < other.count or (count != other.count and one.labels == other.labels)
            return f"fires {_times(count)} and {_times(other.count)} at {other.at}" if many else ""
        case Resolves(by=by) if milliseconds(by) == at:
            return f"has resolved and fires at {other.at}"
        case Fires(after=after) if at < milliseconds(after):
            return f"does not fire before {after}, and fires at {other.at}"
        case _:
            return ""


def _in_two_states(reading: Reading, scenario: Scenario, one: Expectation, other: Expectation) -> str:
    """Of several alerts of a rule one may fire while another one is pending; a single one is in one state."""
    from monitoring_as_code.model.scenario import Firing, Pending

    if {type(one), type(other)} != {Firing, Pending}:
        return ""
    alert, at = one.alert or scenario.alert, one.__dict__["at"]
    if not milliseconds(alert.for_):
        return ""  # it is never pending, which is told already
    if milliseconds(at) != milliseconds(other.__dict__["at"]) or not _is_single(reading, scenario, alert):
        return ""
    return f"is one alert, and cannot be pending and fire at {at}"


def _is_single(reading: Reading, scenario: Scenario, alert: Alert) -> bool:
    """Whether the rule makes one alert at most of what is given: a scenario may have other instances than the stack."""
    from monitoring_as_code.lint.given import labels_given

    use = reading.analysis.use(alert)
    if use.expr is None or frozenset() not in reading.analysis.value(use).keys:
        return False
    given = labels_given(reading.analysis)
    return len({labels.get("instance") for series in scenario.given for labels in _sets(given[id(series)])}) <= 1


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
