"""Candidates for witnesses, asked of the engine all together: a round is one promtool process for all alerts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.promql.ast import Duration, Expr, MatrixSelector, VectorSelector, walk
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.promql.infer.selectors import metric_name
from monitoring_as_code.prove.staging import PROMTOOL_START, staged
from monitoring_as_code.prove.timelines import evaluation_interval, notation, quoted, tested
from monitoring_as_code.prove.witnesses import evaluation
from monitoring_as_code.prove.witnesses.courses import Observed, bound_text
from monitoring_as_code.prove.witnesses.evaluation import Recorded, World
from monitoring_as_code.prove.witnesses.functions import Unsure
from monitoring_as_code.prove.witnesses.goals import FLIP
from monitoring_as_code.prove.witnesses.labelling import Demand, Values
from monitoring_as_code.prove.witnesses.reach import largest_number, longest_range
from monitoring_as_code.prove.witnesses.selecting import Exhausted
from monitoring_as_code.prove.witnesses.solving import Solver
from monitoring_as_code.targets.promtool_tests.inputs import CLOCK
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.witnesses.courses import State
    from monitoring_as_code.yaml_text import Plain

_ROUNDS = (1, 5, 24)
_MOST_LOOKED_AT = 400
_MOST_SAMPLES = 700
_LONG_MILLISECONDS = 5 * 86_400_000
_LONGEST_SECONDS = 40 * 86400


class Candidate(NamedTuple):
    """Series that may make an alert fire, or must not. All times are milliseconds from the start.

    `settled` is when every range is filled; `lasts` is long enough to fire afterwards. `sampled` and `evaluated` are how often.
    `looks_back` is how far the condition does.
    """

    alert: Alert
    state: State
    settled: int
    lasts: int
    sampled: int
    evaluated: int
    looks_back: int = 0
    asked: frozenset[tuple[str, str]] = frozenset()
    """The names of series, and of their labels, that the condition asks for."""


class Answer(NamedTuple):
    """What the engine says of a candidate: when the alert began to be pending, and to fire; None stands for never."""

    pending: int | None
    fires: int | None
    error: str = ""


class Search(NamedTuple):
    """How far the search for an alert's witness went, and what it found.

    `found` makes the alert fire, and `first` says when. `near` are series just short of that, during which it stays inactive. `tried` is
    how many candidates the engine was asked of.
    """

    alert: Alert
    found: Candidate | None
    first: Answer | None
    near: Candidate | None
    tried: int
    longest: int
    unread: str = ""


def world_of(analysis: Analysis, sampled_seconds: float) -> World:
    """The recording rules, as the search reads them."""
    recorded: dict[str, list[Recorded]] = {}
    for rule in analysis.rules:
        if isinstance(rule, RecordingRule):
            expr = analysis.use(rule).expr
            if expr is not None:
                recorded.setdefault(rule.name, []).append(Recorded(expr, rule.labels))
    return World({name: tuple(rules) for name, rules in recorded.items()}, sampled_seconds)


def search(analysis: Analysis, alerts: Iterable[Alert], folder: Path) -> list[Search]:
    """A witness for each of the alerts, if one is found. `folder` is an empty one, which the caller removes.

    Raises:
        MissingEngine: promtool is not there.
        EngineFailed: it broke down, or did not come back.
    """
    wanted = list(alerts)
    sources = {id(alert): _Candidates(analysis, alert) for alert in wanted}
    found: dict[int, tuple[Candidate, Answer]] = {}
    tried = dict.fromkeys(sources, 0)
    longest = dict.fromkeys(sources, 0)
    errors: dict[int, str] = {}
    for number, count in enumerate(_ROUNDS):
        asked = [each for alert in wanted if id(alert) not in found for each in _few(sources[id(alert)].firing, count)]
        for candidate, answer in zip(asked, ask(analysis, asked, folder / f"round-{number}"), strict=True):
            key = id(candidate.alert)
            tried[key] += 1
            longest[key] = max(longest[key], candidate.lasts)
            if answer.error:
                errors[key] = answer.error
            if answer.fires is not None and key not in found:
                found[key] = candidate, answer
    near = _near(analysis, wanted, sources, found, folder)
    searched: list[Search] = []
    for alert in wanted:
        key = id(alert)
        candidate_found, first = found.get(key, (None, None))
        searched.append(Search(alert, candidate_found, first, near.get(key), tried[key], longest[key], errors.get(key, "")))
    return searched


def _near(
    analysis: Analysis,
    alerts: Sequence[Alert],
    sources: dict[int, _Candidates],
    found: dict[int, tuple[Candidate, Answer]],
    folder: Path,
) -> dict[int, Candidate]:
    near: dict[int, Candidate] = {}
    for number, count in enumerate((1, 6)):
        asked = [
            each for alert in alerts if id(alert) in found and id(alert) not in near for each in _few(sources[id(alert)].silent, count)
        ]
        for candidate, answer in zip(asked, ask(analysis, asked, folder / f"near-{number}"), strict=True):
            if answer.pending is None and not answer.error:
                near.setdefault(id(candidate.alert), candidate)
    return near


def _few(candidates: Iterator[Candidate], count: int) -> Iterator[Candidate]:
    """So many of them, or fewer if they run for long: a round is to take seconds."""
    total = 0
    for candidate in islice(candidates, count):
        yield candidate
        total += candidate.lasts
        if total > _LONG_MILLISECONDS:
            return


class _Candidates:
    """The candidates for one alert, the most promising first."""

    def __init__(self, analysis: Analysis, alert: Alert) -> None:
        self.analysis = analysis
        self.alert = alert
        self.expr = analysis.use(alert).expr
        self.firing = self._make(flip=False)
        self.silent = self._make(flip=True)

    def _make(self, *, flip: bool) -> Iterator[Candidate]:
        if self.expr is None:
            return
        seen: set[str] = set()
        unsure: list[Candidate] = []
        for settled in self._moments():
            for candidate, likely in self._at(settled, flip=flip):
                key = (*sorted(candidate.state.items(), key=repr), candidate.settled if self._reads_clock else 0)
                text = repr(key)
                if text in seen:
                    continue
                seen.add(text)
                if likely:
                    yield candidate
                elif len(unsure) < 24:
                    unsure.append(candidate)
        yield from unsure

    @property
    def _reads_clock(self) -> bool:
        assert self.expr is not None  # noqa: S101 - there are no candidates without
        return any(getattr(node, "function", "") in _CLOCKS for node in walk(self.expr))

    def _moments(self) -> Iterator[float]:
        """When all ranges are filled; later ones where the clock matters."""
        assert self.expr is not None  # noqa: S101 - there are no candidates without
        world = world_of(self.analysis, 60.0)
        length = longest_range(self.expr, world)
        first = max(length * 1.05, 600.0)
        yield first
        if self._reads_clock:
            later = min(first + 1.1 * largest_number(self.expr), float(_LONGEST_SECONDS))
            yield later
            for hours in (9, 15, 21, 33, 57, 81):
                yield first + hours * 3600

    def _at(self, settled: float, *, flip: bool) -> Iterator[tuple[Candidate, bool]]:
        assert self.expr is not None  # noqa: S101 - there are no candidates without
        timed = timing(self.analysis, self.alert, self.expr, settled)
        world = world_of(self.analysis, timed.sampled / 1000)
        named = tuple(_selectors(self.expr, world))
        solver = Solver(self.analysis, world, Values(self.analysis, named), timed.settled / 1000)
        asked = frozenset((metric_name(node), matcher.name) for node in named for matcher in node.matchers)
        solver.offset = max((getattr(node.offset, "milliseconds", 0) / 1000 for node in named), default=0.0)
        wanted = Demand(wanted=labels_in_templates(self.alert))
        found = solver.solve(self.expr, FLIP if flip else None, wanted, {})
        likely_only: set[str] = set()
        try:
            for state in islice(found, _MOST_LOOKED_AT):
                text = repr(sorted(state.items(), key=repr))
                if text in likely_only:
                    continue
                likely_only.add(text)
                rounded = {key: course.rounded for key, course in state.items()}
                yield timed._replace(state=rounded, asked=asked), self._likely(world, rounded, timed, flip=flip)
        except (Exhausted, RecursionError):
            return

    def _likely(self, world: World, state: State, timed: Candidate, *, flip: bool) -> bool:
        assert self.expr is not None  # noqa: S101 - there are no candidates without
        end = timed.lasts / 1000
        middle = timed.settled / 1000
        moments = (0.0, middle / 2, middle, (middle + end) / 2, end) if flip else (middle, end)
        try:
            results = [bool(evaluation.vector(world, self.expr, state, at)) for at in moments]
        except (Unsure, RecursionError):
            return False
        return not any(results) if flip else all(results)


_CLOCKS = CLOCK | {"time", "timestamp"}


def timing(analysis: Analysis, alert: Alert, expr: Expr, settled_seconds: float) -> Candidate:
    """How long a candidate must run, and how finely: as the stack says, or as finely as a run of that length allows."""
    held = milliseconds(alert.for_)
    interval = evaluation_interval(analysis, alert)
    settled = int(settled_seconds * 1000)
    span = settled + held
    scrape = milliseconds(analysis.stack.scrape_interval) if analysis.stack is not None else 60_000
    shortest = min(
        (node.range.milliseconds for node in walk(expr) if isinstance(node, MatrixSelector) and isinstance(node.range, Duration)),
        default=300_000,
    )
    # Samples must be as close as the shortest range needs, and closer than the five minutes for which Prometheus looks back.
    sampled = max(scrape, min(span // _MOST_SAMPLES, 240_000, max(shortest // 4, 1)) // 15_000 * 15_000)
    if shortest < 2 * sampled:
        sampled = max(1000, shortest // 4 // 1000 * 1000)
    evaluated = max(interval, span // _MOST_SAMPLES // interval * interval)
    settled = -(-settled // evaluated) * evaluated
    whole = 60_000 if 60_000 % evaluated == 0 else evaluated  # minutes read better
    lasts = -(-(settled + held + 3 * evaluated) // whole) * whole
    return Candidate(alert, {}, settled, lasts, sampled, evaluated, int(longest_range(expr, world_of(analysis, sampled / 1000)) * 1000))


def _selectors(expr: Expr, world: World, seen: frozenset[str] = frozenset()) -> Iterator[VectorSelector]:
    for node in walk(expr):
        if isinstance(node, VectorSelector):
            yield node
            name = metric_name(node)
            if name not in seen:
                for rule in world.recorded.get(name, ()):
                    yield from _selectors(rule.expr, world, seen | {name})


def labels_in_templates(alert: Alert) -> frozenset[str]:
    """The labels that an alert's texts speak of."""
    texts = (alert.summary or "", alert.description or "", *alert.annotations.values(), *alert.labels.values())
    return frozenset(name for text in texts for name in re.findall(r"\$labels\.([a-zA-Z_]\w*)", text))


# What the engine says.


def ask(analysis: Analysis, candidates: Sequence[Candidate], folder: Path) -> list[Answer]:
    """When the alert of each candidate becomes pending and fires."""
    if not candidates:
        return []
    folder.mkdir()
    files: list[str] = []
    for index, candidate in enumerate(candidates):
        groups: list[Plain] = []
        for group in staged(analysis, candidate.alert, PROMTOOL_START, (candidate.alert,)):
            for rule in group["rules"]:  # type: ignore[union-attr]
                rule.pop("annotations", None)  # type: ignore[union-attr]  # what it says is proved of the witness, not while one is looked for
            groups.append(group)
        (folder / f"{index}.rules.yml").write_text(to_yaml({"groups": groups}), encoding="utf-8")
        order: list[Plain] = [group["name"] for group in groups]  # type: ignore[index,call-overload]
        (folder / f"{index}.yml").write_text(to_yaml({**_test(candidate, index), "group_eval_order": order}), encoding="utf-8")
        files.append(f"{index}.yml")
    return [_answer(told) for told in tested(files, folder)]


def _test(candidate: Candidate, index: int) -> dict[str, Plain]:
    name = quoted(candidate.alert.name)
    step = to_text(candidate.evaluated)
    whole = to_text(candidate.lasts + candidate.evaluated)
    wrong: list[Plain] = [{"labels": "never", "value": 1}]
    questions: list[Plain] = [
        {
            "expr": f"min(min_over_time(timestamp(ALERTS{{{matchers}}})[{whole}:{step}]))",
            "eval_time": to_text(candidate.lasts),
            "exp_samples": wrong,
        }
        for matchers in (f"alertname={name}", f'alertname={name},alertstate="firing"')
    ]
    test: dict[str, Plain] = {
        "interval": to_text(candidate.sampled),
        "input_series": [{"series": series, "values": values} for series, values in given(candidate)],
        "promql_expr_test": questions,
    }
    return {"rule_files": [f"{index}.rules.yml"], "evaluation_interval": step, "tests": [test]}


def given(candidate: Candidate) -> Iterator[tuple[str, str]]:
    """The series of a candidate in promtool's words."""
    times = range(0, candidate.lasts + 1, candidate.sampled)
    for (name, labels), course in candidate.state.items():
        if not isinstance(course, Observed):
            yield (
                _series(name, labels),
                _line(course.base or 0.0, course.slope or 0.0, candidate) if not course.every else notation(course.values(times)),
            )
            continue
        for bound, share in course.shares.items():
            yield _series(f"{name}_bucket", (*labels, ("le", bound_text(bound)))), _line(0.0, course.rate * share, candidate)
        yield _series(f"{name}_count", labels), _line(0.0, course.rate, candidate)
        yield _series(f"{name}_sum", labels), _line(0.0, course.rate * course.mean, candidate)


def _line(base: float, slope: float, candidate: Candidate) -> str:
    steps = candidate.lasts // candidate.sampled
    rise = f"{slope * candidate.sampled / 1000:+.15g}"
    if "e" in rise:  # the notation knows no exponents
        rise = f"{slope * candidate.sampled / 1000:+.20f}"
    start = f"{base:.15g}" if "e" not in f"{base:.15g}" else f"{base:.20f}"
    return f"{start}{rise}x{steps}"


def _series(name: str, labels: Iterable[tuple[str, str]]) -> str:
    return f"{name}{{{','.join(f'{label}={quoted(value)}' for label, value in sorted(labels))}}}"


def _answer(told: str) -> Answer:
    parts = [each for each in told.split("expr: ")[1:] if "got:" in each]
    if len(parts) != 2:
        return Answer(None, None, told.replace("FAILED:", "").strip() or "promtool said nothing")
    times = []
    for part in parts:
        found = re.search(r"\{\} ([-+0-9.eE]+)", part.partition("got:")[2])
        times.append(None if found is None else int(float(found[1]) * 1000))
    return Answer(times[0], times[1])


__all__ = ["Answer", "Candidate", "Search", "ask", "search"]
