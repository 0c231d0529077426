"""Every mutant is tried on the scenarios that could notice it; what survives is held to the lint, and to the arguments for being equivalent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from monitoring_as_code.engines import scratch
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.given import recordings_for
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.routing import Receiver
from monitoring_as_code.model.scenario import Firing, Inhibited, Muted, Reaches, Scenario
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.prove.mutations import equivalence, linting
from monitoring_as_code.prove.mutations import excuses as excusing
from monitoring_as_code.prove.mutations.mutant import Mutant, changed
from monitoring_as_code.prove.mutations.operators import alerts as alert_operators
from monitoring_as_code.prove.mutations.operators import expression as expression_operators
from monitoring_as_code.prove.mutations.operators import routes as route_operators
from monitoring_as_code.prove.mutations.playing import Heat, Result, played
from monitoring_as_code.prove.timelines import alerts_of
from monitoring_as_code.prove.verdicts import verdict

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.prove.timelines import Played


class Outcome(NamedTuple):
    """What became of a mutant: the scenario that notices it, else the lint rules that do, else why it is equivalent, else it survives.

    `ran` are the scenarios that were tried on it. `excuse` is why a person says that nothing can notice it.
    """

    mutant: Mutant
    ran: tuple[Scenario, ...]
    noticed_by: Scenario | None = None
    lint: tuple[str, ...] = ()
    equivalent: str = ""
    excuse: str = ""

    @property
    def survives(self) -> bool:
        """Whether nothing notices it, and nothing and nobody says that there is nothing to notice."""
        return self.noticed_by is None and not self.lint and not self.equivalent and not self.excuse


class Study(NamedTuple):
    """What became of every mutant; the scenarios that fail as it is, which can notice nothing; and comments that excuse nothing.

    The last are found where all mutants of a project are tried.
    """

    outcomes: tuple[Outcome, ...]
    failing: tuple[Scenario, ...]
    useless: tuple[Diagnostic, ...] = ()

    @property
    def survivors(self) -> tuple[Outcome, ...]:
        """Those that nobody notices."""
        return tuple(each for each in self.outcomes if each.survives)

    @property
    def score(self) -> float:
        """The share that is noticed, of those that are neither equivalent nor excused."""
        counted = [each for each in self.outcomes if not each.equivalent and not each.excuse]
        return sum(not each.survives for each in counted) / len(counted) if counted else 1.0


def mutants(analysis: Analysis, alerts: Sequence[Alert] | None = None) -> tuple[Mutant, ...]:
    """Every small change of the alerts, and of the recording rules that they read; without `alerts` of all, and of the routing as well."""
    wanted = analysis.project.of(Alert) if alerts is None else alerts
    found: list[Mutant] = []
    rules: tuple[Alert | RecordingRule, ...] = (*recordings_for(analysis, wanted), *wanted)
    for rule in rules:
        found += expression_operators.mutants_of(analysis, rule)
        if isinstance(rule, Alert):
            found += alert_operators.mutants_of(rule)
    if alerts is None and analysis.routing is not None:
        found += route_operators.mutants_of(analysis.routing, analysis.project.of(Receiver))
    return tuple(found)


def study(
    analysis: Analysis,
    scenarios: Sequence[Scenario],
    tried: Iterable[Mutant],
    seen: Callable[[], object] = lambda: None,
    *,
    whole: bool = False,
) -> Study:
    """What becomes of the mutants; `seen` is called for each that is decided. `whole` says that there are no others.

    Raises:
        ImpossibleSeries: something that is given makes no series.
        MissingEngine: promtool is not there.
        EngineFailed: it broke down, or did not come back.
    """
    return _excused(analysis, _Trial(analysis, scenarios, tuple(tried), seen).study(), whole=whole)


def _excused(analysis: Analysis, found: Study, *, whole: bool) -> Study:
    """Survivors may have an excuse, which is asked for last: what is noticed needs none."""
    excuses = excusing.excuses(analysis.project)
    if not excuses:
        return found
    used = set()
    outcomes = []
    for outcome in found.outcomes:
        excuse = next((each for each in excuses if each.covers(outcome.mutant)), None) if outcome.survives else None
        if excuse is not None:
            used.add((excuse, outcome.mutant.operator.name))
        outcomes.append(outcome if excuse is None else outcome._replace(excuse=excuse.reason))
    return Study(tuple(outcomes), found.failing, tuple(excusing.useless(excuses, used)) if whole else ())


class _Trial:
    """All mutants against all scenarios, those of two alerts at a time: whoever is noticed is tried on no further one."""

    def __init__(self, analysis: Analysis, scenarios: Sequence[Scenario], tried: tuple[Mutant, ...], seen: Callable[[], object]) -> None:
        self.analysis = analysis
        self.scenarios = tuple(scenarios)
        self.tried = tried
        self.seen = seen
        self.noticed: dict[int, Scenario] = {}
        self.failing: dict[int, Scenario] = {}
        self.ran: dict[int, dict[int, Scenario]] = {id(each): {} for each in tried}
        self.bases: dict[int, Played] = {}

    def study(self) -> Study:
        self._of_rules([each for each in self.tried if each.routing is None])
        self._of_routing([each for each in self.tried if each.routing is not None])
        lint = linting.Lint(self.analysis)
        outcomes = []
        for each in self.tried:
            ran = tuple(self.ran[id(each)].values())
            if id(each) in self.noticed:
                outcomes.append(Outcome(each, ran, self.noticed[id(each)]))
                continue
            found = lint.found(each)
            outcomes.append(Outcome(each, ran, None, found, "" if found else equivalence.argument(self.analysis, each)))
            self.seen()
        return Study(tuple(outcomes), tuple(self.failing.values()))

    def _of_rules(self, some: list[Mutant]) -> None:
        """First whether the states and labels differ, which takes little; then, of those left, whether what is said does."""
        routed = any(each.routing is not None for each in self.tried)
        states = [each for each in some if not each.is_speech]
        speaking = [each for each in some if each.is_speech or each.expr is not None]

        def silent(scenario: Scenario) -> Heat | None:
            left = self._left(states, scenario)
            # The routing is tried on what the alerts do as they are, and what is said is asked when they fire.
            wanted = left or self._left(some, scenario) or (routed and _routing_expected(scenario))
            return Heat(_without_texts(scenario), left) if wanted else None

        def spoken(scenario: Scenario) -> Heat | None:
            left, times = self._left(speaking, scenario), self._spoken(scenario)
            return Heat(scenario, left, times) if left and times else None

        by_alert: dict[int, list[Scenario]] = {}
        for each in self.scenarios:
            by_alert.setdefault(id(each.alert), []).append(each)
        # What takes longest comes first, so that neither of the two waits for the other at the end.
        chains = sorted(by_alert.values(), key=lambda chain: -sum(each.reach_milliseconds for each in chain))
        for heat in (silent, spoken):
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda chain, heat=heat: self._chain(chain, heat), chains))

    def _chain(self, scenarios: Iterable[Scenario], heat: Callable[[Scenario], Heat | None]) -> None:
        """One scenario of an alert after the other: what one notices is not tried on the next."""
        for scenario in scenarios:
            found = heat(scenario)
            if found is not None:
                self._play(found)

    def _left(self, some: Iterable[Mutant], scenario: Scenario) -> tuple[Mutant, ...]:
        """Those that this scenario may notice, and nobody has."""
        alerts = alerts_of(self.analysis, scenario)
        concerned = {id(each) for each in (*alerts, *recordings_for(self.analysis, alerts))}
        return tuple(each for each in some if id(each.subject) in concerned and id(each) not in self.noticed)

    def _spoken(self, scenario: Scenario) -> tuple[int, ...]:
        """When is asked what the alerts say: as they begin to fire, at last, and where the scenario expects something of it."""
        base = self.bases.get(id(scenario))
        found: set[int] = set()
        for timeline in () if base is None else base.timelines.values():
            expected = [milliseconds(each.at) for each in scenario.expect if isinstance(each, Firing) and each.annotations]
            for instance in timeline.instances:
                firing = [time for time, state in zip(timeline.times, instance.states, strict=True) if state == "firing"]
                if firing:
                    found |= {firing[0], firing[-1]} | {max(time for time in timeline.times if time <= moment) for moment in expected}
        return tuple(sorted(found))

    def _play(self, heat: Heat) -> None:
        with scratch() as folder:
            for result in played(self.analysis, [heat], folder):
                self._judge(heat, result)

    def _judge(self, heat: Heat, result: Result) -> None:
        scenario = _whole(heat.scenario, self.scenarios)
        if not verdict(self.analysis, result.unchanged).holds:
            self.failing[id(scenario)] = scenario
            return
        self.bases.setdefault(id(scenario), result.unchanged)
        for mutant, other in zip(heat.mutants, result.changed, strict=True):
            self.ran[id(mutant)][id(scenario)] = scenario
            if other.timelines != result.unchanged.timelines and not verdict(self.analysis, other).holds:
                self._notice(mutant, scenario)

    def _of_routing(self, some: Iterable[Mutant]) -> None:
        asking = [scenario for scenario in self.scenarios if id(scenario) in self.bases and _routing_expected(scenario)]
        for mutant in some:
            other = self.analysis.with_routing(mutant.routing) if mutant.routing is not None else self.analysis
            for scenario in asking:
                expected = tuple(each for each in scenario.expect if isinstance(each, Reaches | Inhibited | Muted))
                base = self.bases[id(scenario)]
                self.ran[id(mutant)][id(scenario)] = scenario
                if not verdict(other, base._replace(scenario=changed(scenario, expect=expected))).holds:
                    self._notice(mutant, scenario)
                    break

    def _notice(self, mutant: Mutant, scenario: Scenario) -> None:
        self.noticed[id(mutant)] = scenario
        self.seen()


def _routing_expected(scenario: Scenario) -> bool:
    return any(isinstance(each, Reaches | Inhibited | Muted) for each in scenario.expect)


def _without_texts(scenario: Scenario) -> Scenario:
    """The scenario without what it expects of annotations."""
    expected = tuple(changed(each, annotations={}) if isinstance(each, Firing) and each.annotations else each for each in scenario.expect)
    return changed(scenario, expect=expected)


def _whole(judged: Scenario, scenarios: Iterable[Scenario]) -> Scenario:
    return next(each for each in scenarios if each.name == judged.name and each.alert is judged.alert)
