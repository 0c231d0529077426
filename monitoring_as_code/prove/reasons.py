"""Why an alert did not do what was expected of it: which selector found nothing, which labels did not meet, how near the value came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.given import sample_times
from monitoring_as_code.model.alert import RecordingRule
from monitoring_as_code.promql.ast import Binary, MatrixSelector, Name, NumberLiteral, Paren, Subquery, VectorSelector, children, walk
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.durations import to_text as duration
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.prove.measuring import Course, Question, courses
from monitoring_as_code.targets.promtool_tests.histories import histories
from monitoring_as_code.targets.promtool_tests.inputs import evaluation_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.targets.promtool_tests.histories import History

_COMPARED = frozenset({">", ">=", "<", "<=", "==", "!="})
_SETS = frozenset({"and", "or", "unless"})


class Measured(NamedTuple):
    """One comparison of a condition, with the courses of its sides; of a condition that compares nothing, its own course alone."""

    op: str
    left: Expr
    right: Expr | None
    measured: Course
    limit: Course | None


class Explanation(NamedTuple):
    """What was seen of an alert's condition in a scenario, and what that says, each a sentence without a full stop."""

    measured: tuple[Measured, ...]
    silent: tuple[str, ...]
    """Why it does not fire, as far as that can be seen."""
    loud: tuple[str, ...]
    """When its condition holds."""


def explained(analysis: Analysis, asked: Sequence[tuple[Scenario, Alert]], folder: Path) -> list[Explanation]:
    """An explanation for each alert of a scenario; `folder` is an empty one, which the caller removes."""
    studies = [_Study(analysis, scenario, alert) for scenario, alert in asked]
    questions = [Question(each.scenario, each.questions()) for each in studies]
    return [study.explanation(found) for study, found in zip(studies, courses(analysis, questions, folder), strict=True)]


class _Study:
    """One alert in one scenario: what to ask the engine, and what its answers say."""

    def __init__(self, analysis: Analysis, scenario: Scenario, alert: Alert) -> None:
        self.analysis = analysis
        self.scenario = scenario
        self.alert = alert
        self.condition = analysis.use(alert).expr
        self.recordings: dict[str, list[Expr]] = {}
        for rule in analysis.rules:
            if isinstance(rule, RecordingRule) and (expr := analysis.use(rule).expr) is not None:
                self.recordings.setdefault(rule.name, []).append(expr)

    def questions(self) -> tuple[str, ...]:
        """The condition, and what it is made of, down to the selectors."""
        if self.condition is None:
            return ()
        asked: dict[str, None] = {to_text(self.condition): None}
        for comparison in _comparisons(self.condition):
            asked.update({to_text(comparison.left): None, to_text(comparison.right): None})
        for node in self._nodes(self.condition):
            if isinstance(node, VectorSelector):
                asked[_instant(node)] = None
            else:
                asked.update({to_text(node.left): None, to_text(node.right): None})
        return tuple(asked)

    def explanation(self, found: Mapping[str, Course]) -> Explanation:
        if self.condition is None:
            return Explanation((), (), ())
        own = found[to_text(self.condition)]
        compared = [
            Measured(each.op, each.left, each.right, found[to_text(each.left)], found[to_text(each.right)])
            for each in _comparisons(self.condition)
        ]
        # A number on the left, `5 < x`: the other side is what is measured.
        turned = [
            Measured(_MIRRORED[each.op], each.right, each.left, each.limit, each.measured)
            if each.right is not None and each.limit is not None and isinstance(_bare(each.left), NumberLiteral)
            else each
            for each in compared
        ]
        shown = tuple(turned) or (Measured("", self.condition, None, own, None),)
        return Explanation(shown, tuple(dict.fromkeys(self._silence(own, turned, found))), tuple(_held(own)))

    def _nodes(self, expr: Expr) -> Iterator[VectorSelector | Binary]:
        """Selectors, and operators between two vectors, of an expression and of the recording rules that it reads; once each."""
        seen: set[str] = set()
        todo = [expr]
        while todo:
            for node in _at_the_time(todo.pop()):
                if isinstance(node, VectorSelector):
                    key = _instant(node)
                    if key not in seen:
                        seen.add(key)
                        yield node
                        todo.extend(self.recordings.get(node.name, ()))
                elif isinstance(node, Binary) and not {type(_bare(node.left)), type(_bare(node.right))} & {NumberLiteral}:
                    yield node

    def _silence(self, own: Course, compared: Iterable[Measured], found: Mapping[str, Course]) -> Iterator[str]:
        if self.condition is None:
            return
        if not own.empty:
            yield from self._too_short(own)
            return
        given = histories(self.analysis, self.scenario, sample_times(self.analysis, self.scenario))
        nothing = [
            node
            for node in self._nodes(self.condition)
            if isinstance(node, VectorSelector) and found[_instant(node)].empty and node.name not in self.recordings
        ]
        yield from (_unmatched(node, given) for node in nothing)
        if not nothing:
            yield from (
                words
                for node in self._nodes(self.condition)
                if isinstance(node, Binary) and node.op not in ("or", "unless") and (words := _unmet(node, found))
            )
        yield from (words for each in compared if (words := _not_reached(each)))

    def _too_short(self, own: Course) -> Iterator[str]:
        """How long the condition held, if that is not long enough."""
        since, until = max(_spans(own), key=lambda span: span[1] - span[0])
        if until - since < milliseconds(self.alert.for_):
            every = evaluation_interval(self.analysis, self.alert)
            seldom = every >= milliseconds(self.alert.for_)
            told = f"its condition holds {_span_told(since, until, own)}"
            must = f"it must hold for {self.alert.for_}"
            yield f"{told}, {must}, and its group is evaluated every {duration(every)} only" if seldom else f"{told}, and {must}"


def _spans(own: Course) -> list[tuple[int, int]]:
    """From when to when a condition holds for one series; sorted."""
    spans: set[tuple[int, int]] = set()
    since: dict[object, int] = {}
    before = 0
    for time, samples in zip(own.times, own.samples, strict=True):
        now = {labels for labels, _ in samples}
        spans |= {(start, before) for labels, start in since.items() if labels not in now}
        since = {labels: since.get(labels, time) for labels in now}
        before = time
    return sorted(spans | {(start, before) for start in since.values()})


def _span_told(since: int, until: int, own: Course) -> str:
    return f"from {duration(since)} " + ("on" if until == own.times[-1] else f"to {duration(until)}")


def _held(own: Course) -> Iterator[str]:
    spans = _spans(own)
    if spans:
        told = [_span_told(*span, own) for span in spans[:3]]
        yield f"its condition holds {' and '.join(told)}" + (f", and {len(spans) - 3} times more" if len(spans) > 3 else "")


_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}


def _bare(node: Expr) -> Expr:
    while isinstance(node, Paren):
        node = node.expr
    return node


def _comparisons(condition: Expr) -> list[Binary]:
    """The comparisons that a condition is, joined by `and`, `or` and `unless`."""
    node = _bare(condition)
    if isinstance(node, Binary):
        if node.op in _SETS:
            return [*_comparisons(node.left), *(_comparisons(node.right) if node.op != "unless" else [])]
        if node.op in _COMPARED and not node.bool_modifier:
            return [node]
    return []


def _at_the_time(expr: Expr) -> Iterator[Expr]:
    """The parts of an expression that are evaluated when it is: not those in a subquery."""
    todo = [expr]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, MatrixSelector):
            todo.append(node.selector)
        elif isinstance(node, Subquery):
            todo.extend(each for each in walk(node.expr) if isinstance(each, VectorSelector))
        elif not isinstance(node, VectorSelector):
            todo.extend(reversed(children(node)))


def _instant(selector: VectorSelector) -> str:
    """A selector as it is asked for: what it selects now, whatever it is shifted to."""
    return to_text(VectorSelector(selector.name, selector.matchers))


def _unmatched(selector: VectorSelector, given: Iterable[History]) -> str:
    """Why a selector finds nothing in what is given."""
    text = _instant(selector)
    own = [each for each in given if each.name == selector.name]
    if not own:
        return f"nothing is given for `{selector.name or text}`"
    for matcher in selector.matchers:
        values = sorted({each.labels.get(matcher.name, "") for each in own})
        if not any(_accepts(matcher.op, matcher.value, value) for value in values):
            have = " or ".join(f'"{value}"' for value in values[:3])
            return f"`{text}` finds nothing: in what is given, `{matcher.name}` is {have}"
    return f"`{text}` finds nothing in what is given"


def _accepts(op: str, wanted: str, value: str) -> bool:
    if op in ("=", "!="):
        return (wanted == value) == (op == "=")
    import re2

    matched = re2.fullmatch(wanted, value) is not None
    return matched == (op == "=~")


def _unmet(node: Binary, found: Mapping[str, Course]) -> str | None:
    """How the labels of two sides differ, if no sample of one meets one of the other."""
    left, right = found[to_text(node.left)], found[to_text(node.right)]
    sides = [(ours, theirs) for ours, theirs in zip(left.samples, right.samples, strict=True) if ours and theirs]
    if not sides:
        return None
    for ours, theirs in sides:
        if {_key(node, dict(labels)) for labels, _ in ours} & {_key(node, dict(labels)) for labels, _ in theirs}:
            return None
    ours, theirs = sides[-1]
    return f"the sides of `{node.op}` have no labels in common: {_shown(dict(ours[0][0]))} on the left, {_shown(dict(theirs[0][0]))} on the right"


def _key(node: Binary, labels: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """What must be the same on both sides."""
    named = {each.value for each in node.matching.labels if isinstance(each, Name)} if node.matching is not None else set()
    if node.matching is not None and node.matching.on:
        return frozenset((name, labels.get(name, "")) for name in named)
    return frozenset((name, value) for name, value in labels.items() if name != "__name__" and name not in named)


def _shown(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__") + "}"


def _not_reached(each: Measured) -> str | None:
    """How near a value came to its limit."""
    limits = [value for samples in (each.limit.samples if each.limit is not None else ()) for _, value in samples]
    values = [value for samples in each.measured.samples for _, value in samples if value == value]  # noqa: PLR0124 - NaN is not itself
    if not limits or not values or each.right is None or each.op in ("==", "!="):
        return None
    above = each.op in (">", ">=")
    near, limit = (max(values), min(limits)) if above else (min(values), max(limits))
    reached = {">": near > limit, ">=": near >= limit, "<": near < limit, "<=": near <= limit}[each.op]
    if reached:
        return None
    return (
        f"`{_short(each.left)}` is {number(near)} at {'most' if above else 'least'}, and the condition asks for {each.op} {number(limit)}"
    )


def _short(node: Expr) -> str:
    text = to_text(node)
    return text if len(text) <= 60 else f"{text[:57]}..."


def number(value: float) -> str:
    """A value as it is told to people: four digits that count."""
    return f"{value:.4g}"
