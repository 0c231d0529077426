"""Scenarios are proved: played on the engine, judged, and those that fail explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from monitoring_as_code.engines import scratch
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.prove.timelines import played
from monitoring_as_code.prove.verdicts import Verdict, verdict

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.reasons import Explanation
    from monitoring_as_code.prove.witnesses import Witness


class Outcome(NamedTuple):
    """What a run found: its proofs, in how many seconds.

    `witnesses` are of alerts that no scenario is about: what was found for them is among the proofs. `without` are such alerts for which
    nothing was looked for, and `left` counts the scenarios that were not run, because one before them failed.
    """

    proofs: tuple[Proof, ...]
    seconds: float
    witnesses: tuple[Witness, ...] = ()
    without: tuple[Alert, ...] = ()
    left: int = 0

    @property
    def holds(self) -> bool:
        """Whether all was as expected, and no alert is known never to fire. That no witness was found is no failure."""
        return all(each.holds for each in self.proofs) and not any(each.impossible for each in self.witnesses)

    @property
    def found(self) -> frozenset[int]:
        """The scenarios that nobody has written, by their `id()`."""
        return frozenset(id(scenario) for each in self.witnesses for scenario in each.scenarios)


class Proof(NamedTuple):
    """A verdict, and what was seen of the conditions of its alerts, by their `id()`: of those that failed, or of all if that was asked."""

    verdict: Verdict
    explanations: Mapping[int, Explanation]

    @property
    def scenario(self) -> Scenario:
        """What was proved."""
        return self.verdict.scenario

    @property
    def holds(self) -> bool:
        """Whether all was as expected."""
        return self.verdict.holds

    def reasons(self, index: int) -> tuple[str, ...]:
        """What explains a failure, each a sentence without a full stop."""
        failure = self.verdict.failures[index]
        found = [failure.why] if failure.why else []
        explanation = self.explanations.get(id(failure.alert))
        if explanation is not None and failure.expectation is not None:
            if not failure.silence:
                found += explanation.loud
            elif _never_did(self.verdict, index):
                found += explanation.silent
            elif not failure.why and failure.place is not None and failure.place.path[:1] in _MOMENTS:
                found += explanation.loud
        return tuple(found)


# The arguments of expectations that say when; an alert that fires at other moments is explained by when its condition holds.
_MOMENTS = (("at",), ("within",), ("after",))


def verdicts(analysis: Analysis, scenarios: Iterable[Scenario], seen: Callable[[Verdict], bool] = lambda _: True) -> list[Verdict]:
    """What is to be said of each scenario, in their order; `seen` is told of each, and says whether to go on.

    Raises:
        ImpossibleSeries: something that is given makes no series.
        MissingEngine: promtool is not there.
        EngineFailed: it broke down, or did not come back.
    """
    found: list[Verdict] = []
    # What still runs is waited for before its folder goes.
    with scratch() as folder, closing(played(analysis, scenarios, folder)) as playing:
        for each in playing:
            found.append(verdict(analysis, each))
            if not seen(found[-1]):
                break
    return found


def proofs(analysis: Analysis, found: Sequence[Verdict], *, every: bool = False) -> list[Proof]:
    """Verdicts with what explains them: those that fail, or every one."""
    asked: list[tuple[int, Scenario, Alert]] = []
    for index, each in enumerate(found):
        if (every or not each.holds) and not each.played.error:
            asked += [(index, each.scenario, timeline.alert) for timeline in each.played.timelines.values()]
    explanations: list[dict[int, Explanation]] = [{} for _ in found]
    if asked:
        from monitoring_as_code.prove.reasons import explained

        with scratch() as folder:
            answers = explained(analysis, [(scenario, alert) for _, scenario, alert in asked], folder)
        for (index, _, alert), answer in zip(asked, answers, strict=True):
            explanations[index][id(alert)] = answer
    return [Proof(each, seen) for each, seen in zip(found, explanations, strict=True)]


def _never_did(found: Verdict, index: int) -> bool:
    """Whether the alert of a failure never fires, so that its condition is what explains the failure."""
    alert = found.failures[index].alert
    timeline = found.played.timelines.get(id(alert))
    return timeline is not None and not any("firing" in each.states for each in timeline.instances)
