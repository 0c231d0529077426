"""A candidate as a scenario: as an object that is proved like any other, and as the code that a person would have written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from monitoring_as_code.lint.given import ImpossibleSeries, label_sets, read, recordings_for
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.scenario import USUAL_START, Fires, Pending, Quiet, Scenario, Series
from monitoring_as_code.model.shapes import Observations, Shape, constant, observed, per_second, ramp, step
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.prove.staging import PROMTOOL_START
from monitoring_as_code.prove.timelines import notation, quoted
from monitoring_as_code.prove.witnesses.courses import Course, Key, Observed
from monitoring_as_code.targets.promtool_tests.inputs import reads_clock, reads_slower_groups

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Expectation
    from monitoring_as_code.prove.witnesses.search import Answer, Candidate

BEYOND, SHORT, BRIEF, BARE = "just beyond the limit", "just short of the limit", "not for long enough", "what makes it fire"


class Line(NamedTuple):
    """One series of a scenario: whose it is, the labels that must be said, and its course as an object and as code."""

    name: str
    labels: Mapping[str, str]
    values: Shape | Observations | str
    code: str

    @property
    def text(self) -> str:
        """The series as PromQL writes it."""
        labels = ",".join(f"{label}={quoted(value)}" for label, value in self.labels.items())
        return f"{self.name}{{{labels}}}" if labels else self.name


def firing(analysis: Analysis, candidate: Candidate, answer: Answer, *, bare: bool) -> Scenario:
    """The scenario in which the alert fires; `bare` if there is nothing that is just short of it."""
    assert answer.fires is not None  # noqa: S101 - it is a witness
    # Two evaluations late is no failure, and a whole minute reads better.
    within = -(-(answer.fires + 2 * candidate.evaluated) // 60_000) * 60_000
    return _scenario(analysis, candidate, BARE if bare else BEYOND, (Fires(within=to_text(within)),))


def quiet(analysis: Analysis, candidate: Candidate) -> Scenario:
    """The scenario in which the alert stays silent."""
    return _scenario(analysis, candidate, SHORT, (Quiet(until=to_text(candidate.lasts)),))


def brief(analysis: Analysis, fires: Candidate, answer: Answer, near: Candidate | None) -> Scenario | None:
    """The scenario in which the condition holds for one evaluation less than it must; None where that is not so simple.

    It is where all is of the moment, and the same series in both: what looks back goes on to hold when the series are fine again.
    """
    held = milliseconds(fires.alert.for_)
    if near is None or answer.pending is None or held < 2 * fires.evaluated or fires.state.keys() != near.state.keys():
        return None
    if reads_slower_groups(analysis, fires.alert, (fires.alert,)):
        return None  # what was recorded stays for longer than what it was made of
    switch = answer.pending + held
    if switch % fires.sampled or fires.looks_back or any(not _flat(each) for each in (*fires.state.values(), *near.state.values())):
        return None
    lines: list[Line] = []
    for key, course in fires.state.items():
        before, after = _base(course), _base(near.state[key])
        values = constant(before) if before == after else step(before, after, at=to_text(switch))
        lines.append(_line(analysis, fires, key, values, _constant(before) if before == after else _step(before, after, to_text(switch))))
    expect = (Pending(at=to_text(switch - fires.evaluated)), Quiet(at=to_text(switch), until=to_text(switch + held)))
    return _made(analysis, fires, BRIEF, tuple(lines), expect)


def lines_of(analysis: Analysis, candidate: Candidate) -> tuple[Line, ...]:
    """The series of a candidate."""
    return tuple(_line(analysis, candidate, key, *_course(analysis, candidate, key)) for key in sorted(candidate.state))


def _scenario(analysis: Analysis, candidate: Candidate, name: str, expect: tuple[Expectation, ...]) -> Scenario:
    return _made(analysis, candidate, name, lines_of(analysis, candidate), expect)


def _made(analysis: Analysis, candidate: Candidate, name: str, lines: tuple[Line, ...], expect: tuple[Expectation, ...]) -> Scenario:
    usual = milliseconds(analysis.stack.scrape_interval) if analysis.stack is not None else 60_000
    rules: tuple[Alert | RecordingRule, ...] = (candidate.alert, *recordings_for(analysis, (candidate.alert,)))
    clocked = any((expr := analysis.use(rule).expr) is not None and reads_clock(expr) for rule in rules)
    scenario = Scenario(
        name=name,
        alert=candidate.alert,
        given=tuple(Series(of=line.text, values=line.values).made_at(candidate.alert.origin) for line in lines),
        expect=tuple(each.made_at(candidate.alert.origin) for each in expect),
        interval=None if candidate.sampled == usual else to_text(candidate.sampled),
        starts=PROMTOOL_START if clocked else USUAL_START,
    )
    scenario.made_at(candidate.alert.origin)
    scenario.__dict__["_lines"] = lines
    return scenario


def _line(analysis: Analysis, candidate: Candidate, key: Key, values: Shape | Observations | str, code: str) -> Line:
    name, labels = key
    return Line(name, _said(analysis, candidate, name, dict(labels)), values, code)


def _said(analysis: Analysis, candidate: Candidate, name: str, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that must be said, since a scenario would take other ones by itself."""
    # What the condition asks for is said in any case: a reader looks for it.
    said = {label: value for label, value in labels.items() if (name, label) in candidate.asked}
    for _ in range(3):
        taken = _completed(analysis, candidate, name, said)
        if taken is None or any(label not in labels for label in taken):
            return dict(labels)
        missing = {label: value for label, value in labels.items() if taken.get(label) != value}
        if not missing:
            return {label: value for label, value in labels.items() if label in said}
        said |= missing
    return dict(labels)


def _completed(analysis: Analysis, candidate: Candidate, name: str, said: Mapping[str, str]) -> dict[str, str] | None:
    series = Series(of=Line(name, said, "", "").text, values="0")
    scenario = Scenario(name="labels", alert=candidate.alert, given=(series,), expect=(Quiet(),))
    try:
        return label_sets(analysis, read(analysis, scenario, series))[0]
    except ImpossibleSeries:
        return None


def _course(analysis: Analysis, candidate: Candidate, key: Key) -> tuple[Shape | Observations | str, str]:
    course = candidate.state[key]
    if isinstance(course, Observed):
        return observed(
            course.rate, {course.phi: course.value}
        ), f"observed({_number(course.rate)}, {{{course.phi:g}: {_number(course.value)}}})"
    base, slope = course.base or 0.0, course.slope or 0.0
    if course.every:
        text = notation(course.values(range(0, candidate.lasts + 1, candidate.sampled)))
        return text, f'"{text}"'
    if not slope:
        return constant(base), _constant(base)
    if slope > 0 and base >= 0 and _counts(analysis, key[0]):
        start = f", start={_number(base)}" if base else ""
        return per_second(slope, start=base), f"per_second({_number(slope)}{start})"
    end = float(f"{course.at(candidate.lasts / 1000):.10g}")
    over = to_text(candidate.lasts)
    return ramp(base, end, over=over), f'ramp({_number(base)}, {_number(end)}, over="{over}")'


def _counts(analysis: Analysis, name: str) -> bool:
    entry = analysis.catalogue.lookup(name)
    return (
        entry.kind == "counter" if entry is not None and entry.kind != "unknown" else name.endswith(("_total", "_count", "_sum", "_bucket"))
    )


def _constant(value: float) -> str:
    return f"constant({_number(value)})"


def _step(before: float, after: float, at: str) -> str:
    return f'step({_number(before)}, {_number(after)}, at="{at}")'


def _number(value: float) -> str:
    text = f"{value:.10g}"
    if "e" not in text:
        return f"{int(value):_}" if value == int(value) and abs(value) >= 10_000 else text
    return f"{int(value):_}" if value == int(value) and abs(value) < 1e18 else repr(value)


def _flat(course: Course | Observed) -> bool:
    return isinstance(course, Course) and not course.slope and not course.every


def _base(course: Course | Observed) -> float:
    return (course.base or 0.0) if isinstance(course, Course) else 0.0


__all__ = ["BARE", "BEYOND", "BRIEF", "SHORT", "Line", "brief", "firing", "lines_of", "quiet"]
