"""Which alerts are made to fire, and by which series: one for each way through the route tree, tried on promtool's engine beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.given import recordings_for, sample_times
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.routing import Receiver
from monitoring_as_code.promql.ast import Duration, MatrixSelector, Subquery, walk
from monitoring_as_code.prove.notifications import sending, with_external_labels
from monitoring_as_code.prove.smoke.backend import Course
from monitoring_as_code.prove.timelines import firing_in, notation, quoted, tested
from monitoring_as_code.routes import alert_labels, arrivals, route_tree
from monitoring_as_code.targets.promtool_tests.histories import ImpossibleSeries, histories
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.smoke.configuration import Target
    from monitoring_as_code.prove.timelines import Instance, Played
    from monitoring_as_code.yaml_text import Plain

# By then an alert must fire; the engine is asked for what happens up to that second.
_SECONDS = 8
# Over so short a time a rate over minutes is small: counters may count faster than in their scenario.
_FACTORS = (1.0, 10.0, 100.0, 1000.0)


class Candidate(NamedTuple):
    """An alert as it fires in a scenario, and what makes it fire."""

    alert: Alert
    scenario: str
    ways: frozenset[tuple[int, ...]]
    """The branches of the route tree that it reaches, by their paths."""
    courses: Mapping[Target, tuple[Course, ...]]
    down: frozenset[Target]
    window: int
    """The longest range that its expression reads, in milliseconds."""


class Chosen(NamedTuple):
    """An alert that will fire: with which labels, whom it is sent to, and whether it will be over."""

    alert: Alert
    scenario: str
    labels: Mapping[str, str]
    receivers: tuple[str, ...]
    ends: bool

    @property
    def called(self) -> str:
        """Its name and its severity: two alerts may have one name."""
        return f"{self.alert.name} ({self.alert.severity})"


class Plan(NamedTuple):
    """What is exposed, what is expected of it, and which ways through the route tree no alert could be found for."""

    chosen: tuple[Chosen, ...]
    courses: Mapping[Target, tuple[Course, ...]]
    down: frozenset[Target]
    windows: bool
    """Whether an expression reads ranges, which hold what was for long."""
    untried: tuple[str, ...]
    """The receivers that alerts may reach, but none of those chosen does."""


def plan(analysis: Analysis, plays: Iterable[Played], rules: Mapping[str, str], targets: Sequence[Target], folder: Path) -> Plan:
    """Choose as few alerts as reach every receiver that an alert may reach. `rules` are the files as they will be run."""
    stage = _Stage(analysis, rules, targets, folder)
    found = sorted(_candidates(analysis, plays, targets), key=lambda each: each.window)
    alone = stage.firing({}, frozenset())
    picked: list[Candidate] = []
    covered: set[tuple[int, ...]] = set()
    for candidate in found:
        if candidate.ways <= covered:
            continue
        for factor in _FACTORS:
            hurried = _hurried(candidate, factor)
            trial = [*picked, hurried]
            if _clashing(trial):
                break
            firing = stage.firing(*_together(trial))
            if all(_reaching(analysis, each, firing) for each in trial):
                picked, covered = trial, covered | candidate.ways
                break
            if hurried.courses == candidate.courses and factor > 1:
                break  # nothing counts in it
    courses, down = _together(picked)
    firing = stage.firing(courses, down)
    chosen = tuple(_chosen(analysis, each, firing, alone) for each in picked)
    reached = {name for each in chosen for name in each.receivers}
    return Plan(chosen, courses, down, any(each.window for each in picked), tuple(sorted(reachable(analysis) - reached)))


def _candidates(analysis: Analysis, plays: Iterable[Played], targets: Sequence[Target]) -> Iterator[Candidate]:
    seen: set[tuple[int, frozenset[tuple[int, ...]]]] = set()
    for play in plays:
        timeline = play.timelines.get(id(play.scenario.alert))
        for instance in () if timeline is None else timeline.instances:
            if timeline is None or "firing" not in instance.states:
                continue
            alert = timeline.alert
            ways = _ways(analysis, dict(instance.labels))
            if not ways or (id(alert), ways) in seen:
                continue
            exposed = _exposed(analysis, play, instance, targets)
            if exposed is not None:
                seen.add((id(alert), ways))
                yield Candidate(alert, play.scenario.name, ways, *exposed, _window(analysis, alert))


def _ways(analysis: Analysis, labels: Mapping[str, str]) -> frozenset[tuple[int, ...]]:
    found = sending(analysis, labels, (), datetime.now(UTC).replace(tzinfo=None))
    mute = set() if found is None else {branch.path for branch, _ in found.muted}
    return frozenset() if found is None else frozenset(each.branch.path for each in found.arrivals) - mute


def _exposed(
    analysis: Analysis, play: Played, instance: Instance, targets: Sequence[Target]
) -> tuple[dict[Target, tuple[Course, ...]], frozenset[Target]] | None:
    """The scenario's series, a sample a second, from just before the alert's condition holds; None if no target can show them."""
    times = sample_times(analysis, play.scenario)
    step = times[1] if len(times) > 1 else 1
    evaluated = play.timelines[id(play.scenario.alert)].times
    begin = next(time for time, state in zip(evaluated, instance.states, strict=True) if state != "inactive")
    start = max(0, min(begin // step - 1, len(times) - 1))
    found: dict[Target, list[Course]] = {}
    down: set[Target] = set()
    try:
        given = histories(analysis, play.scenario, times)
    except ImpossibleSeries:
        return None
    for history in given:
        target = _target(history.labels, targets)
        if target is None:
            return None
        values = _samples(history.values)[start:] if isinstance(history.values, str) else list(history.values[start:])
        if history.name == "up":
            if values and values[min(1, len(values) - 1)] == 0:
                down.add(target)
        elif history.name.startswith("scrape_"):
            return None
        elif any(value is not None for value in values):
            entry = analysis.catalogue.lookup(history.name)
            counts = entry is not None and entry.metric.kind in ("counter", "histogram", "summary")
            labels = {**history.labels, **target.labels}
            found.setdefault(target, []).append(Course(history.name, labels, tuple(values), counts))
    return {target: tuple(courses) for target, courses in found.items()}, frozenset(down)


def _samples(text: str) -> list[float | None]:
    from monitoring_as_code.promql.series_values import runs

    return [value for run in runs(text) for value in run.samples()]


def _target(labels: Mapping[str, str], targets: Sequence[Target]) -> Target | None:
    """The target that the labels of a series name; the first one if they name none."""
    said = {name: value for name, value in labels.items() if name in ("job", "instance")}
    return next((target for target in targets if said.items() <= target.labels.items()), None)


def _window(analysis: Analysis, alert: Alert) -> int:
    longest = 0
    for rule in (*recordings_for(analysis, (alert,)), alert):
        expr = analysis.use(rule).expr
        for node in () if expr is None else walk(expr):
            if isinstance(node, MatrixSelector | Subquery) and isinstance(node.range, Duration):
                longest = max(longest, node.range.milliseconds)
    return longest


def _hurried(candidate: Candidate, factor: float) -> Candidate:
    """The same with counters that count as many times faster."""
    return candidate._replace(
        courses={target: tuple(_faster(course, factor) for course in courses) for target, courses in candidate.courses.items()}
    )


def _faster(course: Course, factor: float) -> Course:
    if not course.counts:
        return course
    first = next((value for value in course.values if value is not None), 0.0)
    return course._replace(values=tuple(None if value is None else first + (value - first) * factor for value in course.values))


def _key(course: Course) -> tuple[str, tuple[tuple[str, str], ...]]:
    return course.name, tuple(sorted(course.labels.items()))


def _clashing(candidates: Sequence[Candidate]) -> bool:
    """Whether two want something else of the same series, or one wants series of a target that another takes down."""
    courses, down = _together(candidates)
    known = {_key(course): course for some in courses.values() for course in some}
    return any(
        known[_key(course)] != course or target in down
        for candidate in candidates
        for target, some in candidate.courses.items()
        for course in some
    )


def _together(candidates: Sequence[Candidate]) -> tuple[dict[Target, tuple[Course, ...]], frozenset[Target]]:
    found: dict[Target, dict[tuple[str, tuple[tuple[str, str], ...]], Course]] = {}
    for candidate in candidates:
        for target, courses in candidate.courses.items():
            found.setdefault(target, {}).update((_key(course), course) for course in courses)
    down = frozenset(target for candidate in candidates for target in candidate.down)
    return {target: tuple(courses.values()) for target, courses in found.items()}, down


def _own(alert: Alert, firing: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The firing alerts that come of a rule."""
    wanted = {"alertname": alert.name, "severity": alert.severity}
    wanted |= {name: value for name, value in alert.labels.items() if "{{" not in value}
    return [labels for labels in firing if wanted.items() <= labels.items()]


def _reaching(analysis: Analysis, candidate: Candidate, firing: Sequence[Mapping[str, str]]) -> bool:
    """Whether the alert fires, and goes the candidate's ways in spite of all others that fire."""
    moment = datetime.now(UTC).replace(tzinfo=None)
    for labels in _own(candidate.alert, firing):
        sent = sending(analysis, labels, firing, moment)
        if sent is not None and sent.inhibited_by is None and candidate.ways <= {each.branch.path for each in sent.arrivals}:
            return True
    return False


def _chosen(analysis: Analysis, candidate: Candidate, firing: Sequence[Mapping[str, str]], alone: Sequence[Mapping[str, str]]) -> Chosen:
    moment = datetime.now(UTC).replace(tzinfo=None)
    labels, sent = next(
        (labels, sent)
        for labels in _own(candidate.alert, firing)
        if (sent := sending(analysis, labels, firing, moment)) is not None
        and sent.inhibited_by is None
        and candidate.ways <= {each.branch.path for each in sent.arrivals}
    )
    return Chosen(candidate.alert, candidate.scenario, with_external_labels(analysis, labels), sent.receivers, labels not in alone)


def reachable(analysis: Analysis) -> set[str]:
    """The receivers with a channel that some alert may reach."""
    if analysis.routing is None:
        return set()
    root = route_tree(analysis.routing)
    spoken = {receiver.name for receiver in analysis.project.of(Receiver) if receiver.integrations}
    found: set[str] = set()
    for alert in analysis.project.of(Alert):
        labels, others_unknown = alert_labels(analysis, alert)
        found.update(each.branch.receiver for each in arrivals(root, labels, others_unknown=others_unknown))
    return found & spoken


class _Stage:
    """Tries series on promtool's engine, second by second, with the rules as they will be run."""

    def __init__(self, analysis: Analysis, rules: Mapping[str, str], targets: Sequence[Target], folder: Path) -> None:
        self.analysis = analysis
        self.targets = targets
        self.folder = folder
        self.files = [path.replace("/", "-") for path in rules]
        for file, text in zip(self.files, rules.values(), strict=True):
            (folder / file).write_text(text, encoding="utf-8")
        self.names = list(dict.fromkeys(rule.name for rule in analysis.rules if rule.kind == "alert"))

    def firing(self, courses: Mapping[Target, Sequence[Course]], down: frozenset[Target]) -> list[Mapping[str, str]]:
        """The labels of all alerts that fire in the end, external ones not among them."""
        shown = [course for some in courses.values() for course in some]
        up = [Course("up", target.labels, (0.0 if target in down else 1.0,), counts=False) for target in self.targets]
        test: dict[str, Plain] = {
            "interval": "1s",
            "input_series": [
                {"series": _series(course), "values": notation([course.at(second) for second in range(_SECONDS + 1)])}
                for course in (*shown, *up)
            ],
            "alert_rule_test": [
                {"alertname": name, "eval_time": f"{_SECONDS}s", "exp_alerts": [{"exp_labels": {"never": "so"}}]} for name in self.names
            ],
        }
        if self.analysis.stack is not None and self.analysis.stack.external_labels:
            test["external_labels"] = self.analysis.stack.external_labels
        whole: dict[str, Plain] = {"rule_files": self.files, "evaluation_interval": "1s", "tests": [test]}
        (self.folder / "smoke.yml").write_text(to_yaml(whole), encoding="utf-8")
        [told] = tested(["smoke.yml"], self.folder)
        blocks = told.split("got:")[1:]
        return [dict(labels) for block in blocks for labels, _ in firing_in(block.partition("alertname: ")[0])]


def _series(course: Course) -> str:
    return f"{course.name}{{{','.join(f'{name}={quoted(value)}' for name, value in sorted(course.labels.items()))}}}"
