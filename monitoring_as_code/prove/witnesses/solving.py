"""From a condition to series that meet it: what is asked of the whole is asked of its parts, down to the series.

Every step has several answers; they are tried in turn, the plainest first, and lazily, so that whoever asks takes as many as it needs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Expr,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    StringLiteral,
    Subquery,
    Unary,
    VectorMatching,
    VectorSelector,
    children,
    walk,
)
from monitoring_as_code.promql.infer.patterns import grouped
from monitoring_as_code.promql.infer.selectors import metric_name
from monitoring_as_code.promql.shortest import shortest
from monitoring_as_code.prove.witnesses import evaluation
from monitoring_as_code.prove.witnesses.courses import Course, Observed, State, key_of
from monitoring_as_code.prove.witnesses.evaluation import OVER_RANGES, Element, Unsure, Vector, World, arithmetic, holds, names, signature
from monitoring_as_code.prove.witnesses.labelling import Demand

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.witnesses.labelling import Values


class Level(NamedTuple):
    """The value is this."""

    value: float


class Slope(NamedTuple):
    """The value rises by this in a second."""

    per_second: float


class Jumps(NamedTuple):
    """The value changes, and back again, each time after so many seconds."""

    every: float
    jump: float


class Quantile(NamedTuple):
    """The buckets are those of observations of which a quantile is this."""

    phi: float
    value: float | None


class Flip(NamedTuple):
    """The first comparison just does not hold; all else is as if it did."""


Goal: TypeAlias = Level | Slope | Jumps | Quantile | Flip | None
"""What is asked of a value; None asks that there is one."""

FLIP: Final = Flip()
_MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_MOST_SERIES: Final = 60
_MOST_STEPS: Final = 6000


class Exhausted(Exception):  # noqa: N818 - it says what became of the search
    """The search has taken as many steps as it may."""


class Solver:
    """Finds series for expressions at a moment, in seconds from the start, by which every range is filled."""

    def __init__(self, analysis: Analysis, world: World, values: Values, at: float) -> None:
        self.analysis = analysis
        self.world = world
        self.values = values
        self.at = at
        self.steps = 0
        self._depth = 0

    def solve(self, node: Expr, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        """States, each with the given one inside, in which the expression has an element as demanded that reaches the goal."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise Exhausted
        if not demand.fresh and not isinstance(goal, Flip | Quantile) and self._reached(node, goal, demand, state):
            yield state
            if goal is None:
                return
        match node:
            case Paren(expr=inner):
                yield from self.solve(inner, goal, demand, state)
            case Unary(op=op, expr=inner):
                yield from self.solve(inner, _negated(goal) if op == "-" else goal, demand, state)
            case VectorSelector():
                yield from self._selector(node, goal, demand, state)
            case Aggregate():
                yield from self._aggregate(node, goal, demand, state)
            case Call():
                yield from self._call(node, goal, demand, state)
            case Binary():
                yield from self._binary(node, goal, demand, state)
            case _:
                return

    # What an expression gives in a state.

    def elements(self, node: Expr, demand: Demand, state: State) -> Vector:
        """The elements that are as demanded; none where nobody knows."""
        try:
            return [each for each in evaluation.vector(self.world, node, state, self.at) if demand.fits(each.labels)]
        except (Unsure, RecursionError):
            return []

    def constant(self, node: Expr) -> float | None:
        """The value of an expression that is a number, whatever the series."""
        if any(isinstance(each, VectorSelector) for each in walk(node)):
            return None
        try:
            return evaluation.scalar(self.world, node, {}, self.at)
        except (Unsure, RecursionError):
            return None

    def _reached(self, node: Expr, goal: Goal, demand: Demand, state: State) -> bool:
        if isinstance(node, VectorSelector) and not state:
            return False
        for each in self.elements(node, demand, state):
            if math.isnan(each.value):
                continue
            if goal is None or (isinstance(goal, Level) and _close(each.value, goal.value)):
                return True
            if isinstance(goal, Slope) and _close(each.slope, goal.per_second):
                return True
        return False

    # Series.

    def _selector(self, node: VectorSelector, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        name = metric_name(node) or self.values.name_of(node)
        if not name or goal == FLIP:
            return
        rules = self.world.recorded.get(name)
        if rules:
            yield from self._recorded(node, name, goal, demand, state)
            return
        offset = getattr(node.offset, "milliseconds", 0) / 1000
        for labels in islice(self.values.choices(node, name, demand), 3 if not demand.fresh else 400):
            key = key_of(name, labels)
            existing = state.get(key)
            if existing is not None and demand.fresh:
                continue
            made = self._histogram(name, labels, goal, state)
            if made is not None:
                if not demand.fresh or made.keys() - state.keys():
                    yield made
                continue
            for course in self._courses(name, goal, existing if isinstance(existing, Course) else None, offset):
                yield {**state, key: course}

    def _histogram(self, name: str, labels: Mapping[str, str], goal: Goal, state: State) -> dict[object, object] | None:  # type: ignore[misc]
        """The state with observations, if a goal asks for a spread of them."""
        if not isinstance(goal, Quantile) or not name.endswith("_bucket"):
            return None
        base = name.removesuffix("_bucket")
        own = {label: value for label, value in labels.items() if label != "le"}
        entry = self.analysis.catalogue.lookup(name)
        bounds = () if entry is None else entry.metric.buckets
        value = goal.value
        if not bounds:
            middle = value if value is not None and value > 0 else 1.0
            bounds = (middle / 2, middle, middle * 2, middle * 10)
        if value is None:
            value = bounds[len(bounds) // 2]
        observed = Observed(1.0, goal.phi, value, bounds)
        if value <= 0:
            return None
        try:
            _ = observed.shares
        except ValueError:
            return None
        return {**state, key_of(base, own): observed}

    def _courses(self, name: str, goal: Goal, existing: Course | None, offset: float) -> Iterator[Course]:
        old = existing or Course()
        entry = self.analysis.catalogue.lookup(name)
        low, high = (-math.inf, math.inf) if entry is None else (entry.range.low, entry.range.high)
        if isinstance(goal, Slope):
            if old.slope is None or _close(old.slope, goal.per_second):
                base = old.base
                if base is None and goal.per_second < 0:
                    base = -goal.per_second * (self.at + 2 * 86400)
                if entry is None or entry.kind != "counter" or goal.per_second >= 0:
                    yield old._replace(slope=goal.per_second, base=base)
        elif isinstance(goal, Jumps):
            if not old.every:
                yield old._replace(
                    base=old.base if old.base is not None else max(low, 0.0) if low > -math.inf else 0.0, every=goal.every, jump=goal.jump
                )
        elif isinstance(goal, Level):
            if not low - 1e-9 <= goal.value <= high + 1e-9:
                return
            if old.base is None:
                yield old._replace(base=goal.value - (old.slope or 0.0) * (self.at - offset))
            elif offset and old.slope is None:  # the same series at another time: it must have moved
                slope = (goal.value - old.base) / -offset
                yield old._replace(slope=slope, base=old.base - slope * self.at)
        elif goal is None:
            if existing is not None:
                yield old
            else:
                for example in self.examples(name):
                    if low <= example <= high:
                        yield Course(base=example)

    def examples(self, name: str) -> tuple[float, ...]:
        """Values that a series may well have."""
        entry = self.analysis.catalogue.lookup(name)
        unit = "" if entry is None or entry.unit is None else str(entry.unit)
        if "byte" in unit.lower() or name.endswith("_bytes") or unit == "B":
            return (1e10, 1e6, 1.0)
        if entry is not None and entry.kind in ("bool", "info"):
            return (1.0, 0.0)
        if entry is not None and entry.kind == "ratio":
            return (0.5, 1.0, 0.1)
        return (1.0, 100.0, 10.0, 0.0)

    def _recorded(self, node: VectorSelector, name: str, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        if self._depth > 8:
            return
        for rule in self.world.recorded[name]:
            labels = dict(demand.labels)
            wanted = set(demand.wanted)
            possible = True
            for matcher in node.matchers:
                if matcher.name == "__name__":
                    continue
                test = evaluation.matcher_test(matcher.op, matcher.value)
                fixed = rule.labels.get(matcher.name, labels.get(matcher.name))
                if fixed is not None:
                    possible = possible and test(fixed)
                elif not test(""):
                    example = next((each for each in self.values._candidates(matcher.name, [matcher], None, None, demand)), None)  # noqa: SLF001
                    possible = possible and example is not None
                    labels[matcher.name] = example or ""
                elif matcher.op == "=":
                    labels[matcher.name] = ""
            for label, value in rule.labels.items():
                possible = possible and labels.pop(label, value) == value
                wanted.discard(label)
            if possible:
                self._depth += 1
                try:
                    yield from self.solve(rule.expr, goal, demand._replace(labels=labels, wanted=frozenset(wanted)), state)
                finally:
                    self._depth -= 1

    # Aggregations.

    def _aggregate(self, node: Aggregate, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        inner = _inner_demand(node, demand)
        op = node.op
        if goal is None or isinstance(goal, Flip | Quantile | Jumps):
            yield from self.solve(node.expr, goal, inner, state)
            if op in ("stddev", "stdvar"):
                return
            return
        if op == "count" and isinstance(goal, Level):
            yield from self._counted(node, goal.value, inner, state)
            return
        if op in ("sum", "avg") and isinstance(goal, Level | Slope):
            yield from self._summed(node, goal, inner, state)
            return
        if op in ("stddev", "stdvar") and isinstance(goal, Level):
            apart = goal.value if op == "stddev" else math.sqrt(max(goal.value, 0))
            for first in self.solve(node.expr, Level(0.0), inner, state):
                yield from self.solve(node.expr, Level(2 * apart), inner._replace(fresh=True), first)
            return
        if op == "group":
            if isinstance(goal, Level) and goal.value == 1:
                yield from self.solve(node.expr, None, inner, state)
            return
        if op == "count_values":
            yield from self.solve(node.expr, None, inner, state)
            return
        yield from self.solve(node.expr, goal, inner, state)

    def _counted(self, node: Aggregate, count: float, inner: Demand, state: State) -> Iterator[State]:
        elements = self.elements(node.expr, inner, state)
        if elements:
            inner = _of_group(node, inner, elements[0])
        there = len(self.elements(node.expr, inner, state))
        for number in dict.fromkeys((math.floor(count), math.ceil(count))):
            missing = number - there
            if not 0 <= missing <= _MOST_SERIES:
                continue
            found: State | None = state
            asked = inner
            for _ in range(missing):
                if found is None:
                    break
                group = self.elements(node.expr, asked, found)
                if group and asked is inner:
                    asked = _of_group(node, inner, group[0])
                before = len(self.elements(node.expr, asked, found))
                found = next(
                    (
                        each
                        for each in islice(self.solve(node.expr, None, asked._replace(fresh=True), found), 20)
                        if len(self.elements(node.expr, asked, each)) > before
                    ),
                    None,
                )
            if found is not None:
                yield found

    def _summed(self, node: Aggregate, goal: Level | Slope, inner: Demand, state: State) -> Iterator[State]:
        elements = self.elements(node.expr, inner, state)
        if not elements:
            yield from self.solve(node.expr, goal, inner, state)
            return
        inner = _of_group(node, inner, elements[0])
        elements = self.elements(node.expr, inner, state)
        wanted = goal.value if isinstance(goal, Level) else goal.per_second
        total = sum(each.value if isinstance(goal, Level) else each.slope for each in elements)
        rest = wanted - total if node.op == "sum" else wanted * (len(elements) + 1) - total
        rest = float(f"{rest:.9g}")
        yield from self.solve(node.expr, Level(rest) if isinstance(goal, Level) else Slope(rest), inner._replace(fresh=True), state)

    # Functions.

    def _call(self, node: Call, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        name = node.function
        if name in ("absent", "absent_over_time"):
            if goal == FLIP:
                yield from self.solve(_unranged(node.args[0]), None, Demand(), state)
            return
        if name == "histogram_quantile":
            yield from self._quantile(node, goal, demand, state)
        elif name in OVER_RANGES:
            yield from self._over_range(node, goal, demand, state)
        elif name == "label_replace":
            yield from self._label_replace(node, goal, demand, state)
        elif name == "label_join":
            target = node.args[1].value if isinstance(node.args[1], StringLiteral) else ""
            sources = {each.value for each in node.args[3:] if isinstance(each, StringLiteral)}
            labels = {label: value for label, value in demand.labels.items() if label != target}
            if len(sources) == 1 and demand.labels.get(target):
                labels[next(iter(sources))] = demand.labels[target]
            inner = demand._replace(labels=labels, wanted=(demand.wanted - {target}) | sources, allowed=demand.allowed | sources)
            yield from self.solve(node.args[0], goal, inner, state)
        elif node.args and name in _INVERSES:
            if isinstance(goal, Level):
                try:
                    goal = Level(_INVERSES[name](goal.value))
                except (ValueError, OverflowError):
                    return
            yield from self.solve(node.args[0], goal, demand, state)
        elif name in _UNCHANGED:
            yield from self.solve(node.args[0], goal, demand, state)
        elif name == "timestamp" and goal is None:
            yield from self.solve(node.args[0], None, demand, state)

    def _quantile(self, node: Call, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        phi = self.constant(node.args[0])
        if phi is None or not 0 < phi < 1 or isinstance(goal, Flip | Slope | Jumps):
            return
        wanted = goal.value if isinstance(goal, Level) else None
        inner = demand._replace(wanted=demand.wanted | {"le"}, allowed=demand.allowed | {"le"})
        yield from self.solve(node.args[1], Quantile(phi, wanted), inner, state)

    def _over_range(self, node: Call, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        name = node.function
        ranged = next((each for each in node.args if isinstance(_plain(each), MatrixSelector | Subquery)), None)
        if ranged is None:
            return
        inner = _plain(ranged)
        length = getattr(inner.range, "milliseconds", 0) / 1000  # type: ignore[union-attr]
        step = self.world.sampled_seconds if isinstance(inner, MatrixSelector) else (getattr(inner.step, "milliseconds", 0) / 1000 or 60.0)  # type: ignore[union-attr]
        below = inner.selector if isinstance(inner, MatrixSelector) else inner.expr  # type: ignore[union-attr]
        if not length:
            return
        wanted: list[Goal] = [goal]
        if name in ("rate", "irate", "increase", "deriv", "delta", "idelta"):
            if isinstance(goal, Level):
                span = length if name in ("increase", "delta") else step if name == "idelta" else 1.0
                wanted = [Slope(float(f"{goal.value / span:.12g}"))]
            elif goal is None:
                wanted = [Slope(1.0), Slope(0.0)]
        elif name == "predict_linear":
            if isinstance(goal, Level):
                yield from self._predicted(node, goal.value, below, demand, state)
                return
        elif name in ("changes", "resets"):
            if isinstance(goal, Level):
                share = goal.value if name == "changes" else 2 * goal.value
                wanted = [None] if share <= 0 else [Jumps(max(step, math.floor(length / share / step) * step), 1.0), Jumps(step, 1.0)]
                if name == "changes" and share > 0:
                    wanted.append(Slope(1.0))
        elif name == "sum_over_time":
            if isinstance(goal, Level):
                wanted = [Level(float(f"{goal.value / max(1.0, length / step):.12g}"))]
        elif name in ("stddev_over_time", "stdvar_over_time"):
            if isinstance(goal, Level):
                apart = goal.value if name == "stddev_over_time" else math.sqrt(max(goal.value, 0.0))
                wanted = [Jumps(step, 2 * apart)] if apart > 0 else [None]
        elif name in ("count_over_time", "present_over_time"):
            if isinstance(goal, Level):
                wanted = [None]
        for each in wanted:
            yield from self.solve(below, each, demand, state)

    def _predicted(self, node: Call, wanted: float, below: Expr, demand: Demand, state: State) -> Iterator[State]:
        ahead = self.constant(node.args[1])
        if not ahead:
            return
        there = self.elements(below, demand, state)
        levels = [each.value for each in there] or [*(_nice(wanted * factor) for factor in (2.0, 1.0, 0.5)), 1e10, 1e6, 100.0, 1.0]
        for level in levels:
            margin = 0.01 * abs(level)
            slope = (wanted if abs(wanted) >= margin else math.copysign(margin, wanted)) - level
            slope /= ahead
            for leveled in self.solve(below, Level(level), demand, state):
                key = next((key for key, course in leveled.items() if course != state.get(key)), None)
                candidates = (
                    [key]
                    if key is not None
                    else [each for each in leveled if each[0] == (metric_name(below) if isinstance(below, VectorSelector) else "")]
                )
                for each in candidates:
                    course = leveled[each]
                    if isinstance(course, Course) and course.slope is None:
                        base = level - slope * self.at
                        yield {**leveled, each: course._replace(base=base, slope=slope)}

    def _label_replace(self, node: Call, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        texts = [each.value if isinstance(each, StringLiteral) else "" for each in node.args[1:5]]
        target, replacement, source, pattern = texts
        match = grouped(pattern)
        wanted = demand.labels.get(target)
        labels = {label: value for label, value in demand.labels.items() if label != target}
        asked = (demand.wanted - {target}) | ({source} if source else frozenset())
        inner = demand._replace(labels=labels, wanted=asked, allowed=demand.allowed | {source, target})
        if wanted is None and source == target:
            wanted = None
        tried: list[dict[str, str]] = []
        if match is not None and wanted:
            for example in (wanted, _filled(pattern, replacement, wanted)):
                if example and (matched := match(example)) and evaluation.expanded(replacement, matched) == wanted:
                    tried.append({source: example})
            if not (replacement.startswith("$") or tried):
                example = shortest(pattern) or ""
                if evaluation.expanded(replacement, match(example)) == wanted:
                    tried.append({source: example} if example else {})
            tried.append({target: wanted})  # when the pattern does not match, the label stays what it was
        elif match is not None and source and not match("a") and not demand.fresh:
            example = shortest(pattern)
            tried.append({source: example} if example and source not in labels else {})
        for extra in tried or [{}]:
            if all(labels.get(label, value) == value for label, value in extra.items()):
                yield from self.solve(node.args[0], goal, inner._replace(labels={**labels, **extra}), state)

    # Operators.

    def _binary(self, node: Binary, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        if node.op in SET_OPERATORS:
            yield from self._set_operation(node, goal, demand, state)
        elif node.op in COMPARISONS:
            yield from self._comparison(node, goal, demand, state)
        else:
            yield from self._arithmetic(node, goal, demand, state)

    def _set_operation(self, node: Binary, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        matching = node.matching or VectorMatching()
        if node.op == "or":
            if goal == FLIP:
                for first in self.solve(node.left, FLIP, demand, state):
                    if self.elements(node.right, Demand(), first):  # it fires where nothing is said, as `absent` does
                        yield from self.solve(node.right, FLIP, demand, first)
                    else:
                        yield first
                return
            yield from self.solve(node.left, goal, demand, state)
            yield from self.solve(node.right, goal, demand, state)
            return
        left_demand = _side(matching, demand, many=True)
        if node.op == "unless":
            if goal == FLIP and not _compares(node.left):
                for first in self.solve(node.left, None, left_demand, state):
                    for element in self.elements(node.left, left_demand, first)[:3]:
                        yield from self.solve(node.right, None, _agreeing(matching, element, Demand()), first)
                return
            yield from self.solve(node.left, goal, left_demand, state)
            return
        right_demand = _side(matching, demand, many=False)
        if goal == FLIP:
            for flipped, kept in ((node.left, node.right), (node.right, node.left)):
                if not _compares(flipped):
                    continue
                for first in islice(self.solve(kept, None, left_demand if kept is node.left else right_demand, state), 6):
                    for element in self.elements(kept, Demand(), first)[:3]:
                        agreed = _agreeing(matching, element, demand if flipped is node.left else Demand())
                        yield from islice(self.solve(flipped, FLIP, agreed, first), 20)
            # Where both are about the same series, neither holds without the other.
            if _compares(node.left):
                yield from self.solve(node.left, FLIP, left_demand, state)
            return
        for first in self.solve(node.left, goal, left_demand, state):
            for element in self.elements(node.left, left_demand, first)[:3]:
                yield from self.solve(node.right, None, _agreeing(matching, element, Demand()), first)
        for first in islice(self.solve(node.right, None, right_demand, state), 20):
            for element in self.elements(node.right, right_demand, first)[:3]:
                yield from self.solve(node.left, goal, _agreeing(matching, element, demand), first)

    def _comparison(self, node: Binary, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        flip = goal == FLIP
        if node.bool_modifier and isinstance(goal, Level):
            if goal.value not in (0.0, 1.0):
                return
            flip, goal = goal.value == 0, None
        left, right, op = node.left, node.right, node.op
        limit = self.constant(right)
        if limit is None:
            mirrored = self.constant(left)
            if mirrored is not None:
                left, right, op, limit = right, left, _MIRRORED[op], mirrored
        if limit is not None:
            if _compares(left) and flip:
                yield from self.solve(left, FLIP, demand, state)
            for wanted in self._wanted(op, limit, goal, flip=flip):
                yield from self.solve(left, wanted, demand, state)
            return
        matching = node.matching or VectorMatching()
        left_demand, right_demand = _sides(matching, demand)
        scalar = matching if node.matching is not None else None
        for example in (None, 10.0, 100.0, 1.0, 0.5):
            for first in islice(self.solve(right, None if example is None else Level(example), right_demand, state), 6):
                for element in self.elements(right, right_demand, first)[:2]:
                    agreed = _agreeing(matching, element, left_demand) if scalar is not None else left_demand
                    for wanted in self._wanted(op, element.value, goal, flip=flip):
                        yield from self.solve(left, wanted, agreed, first)
        for first in islice(self.solve(left, goal if isinstance(goal, Level) else None, left_demand, state), 6):
            for element in self.elements(left, left_demand, first)[:2]:
                agreed = _agreeing(matching, element, right_demand) if scalar is not None else right_demand
                for wanted in self._wanted(_MIRRORED[op], element.value, None, flip=flip):
                    yield from self.solve(right, wanted, agreed, first)

    def _wanted(self, op: str, limit: float, goal: Goal, *, flip: bool) -> Iterator[Goal]:
        if isinstance(goal, Level):
            if holds(op, goal.value, limit) != flip:
                yield goal
            return
        if isinstance(goal, Slope | Jumps | Quantile):
            yield goal
            return
        for value in beyond(op, limit) if not flip else short_of(op, limit):
            yield Level(value)

    def _arithmetic(self, node: Binary, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        left, right, op = node.left, node.right, node.op
        number = self.constant(right)
        if number is not None:
            yield from self._inverted(left, lambda value: _left_of(op, value, number), goal, number if op in "*/" else 1.0, demand, state)
            return
        number = self.constant(left)
        if number is not None:
            yield from self._inverted(right, lambda value: _right_of(op, number, value), goal, number if op == "*" else 1.0, demand, state)
            return
        matching = node.matching or VectorMatching()
        left_demand, right_demand = _sides(matching, demand)
        joined = node.matching is not None
        if goal == FLIP:
            flipped, kept = (left, right) if _compares(left) else (right, left)
            for first in self.solve(kept, None, right_demand if kept is right else left_demand, state):
                for element in self.elements(kept, Demand(), first)[:2]:
                    agreed = _agreeing(matching, element, left_demand if flipped is left else right_demand) if joined else demand
                    yield from self.solve(flipped, FLIP, agreed, first)
            return
        if isinstance(goal, Quantile):
            for first in self.solve(left, goal, left_demand, state):
                for element in self.elements(left, left_demand, first)[:1]:
                    yield from islice(self.solve(right, Level(1.0), _agreeing(matching, element, right_demand), first), 3)
            return
        level = goal if isinstance(goal, Level) else None
        if level is not None and op == "/" and level.value > 0:
            # A share reads best of a round whole: 6 of 100.
            whole = 1e10 if any(self.examples(metric_name(each))[0] > 1e6 for each in walk(right) if isinstance(each, VectorSelector)) else 100.0
            for first in islice(self.solve(left, Level(_nice(level.value * whole)), left_demand, state), 3):
                for element in self.elements(left, left_demand, first)[:2]:
                    agreed = _agreeing(matching, element, right_demand) if joined else right_demand
                    yield from islice(self.solve(right, Level(whole), agreed, first), 3)
        right_first = (None, 100.0, 10.0, 1.0, 1000.0, 1e10, 0.5, 0.0)
        for example in right_first:
            for first in islice(self.solve(right, None if example is None else Level(example), right_demand, state), 3):
                for element in self.elements(right, right_demand, first)[:2]:
                    agreed = _agreeing(matching, element, left_demand) if joined else left_demand
                    value = None if level is None else _left_of(op, level.value, element.value)
                    if level is None or value is not None:
                        yield from islice(self.solve(left, None if value is None else Level(value), agreed, first), 6)
        for example in (None, 100.0, 10.0, 1.0, 1e10, 0.0):
            for first in islice(self.solve(left, None if example is None else Level(example), left_demand, state), 3):
                for element in self.elements(left, left_demand, first)[:2]:
                    agreed = _agreeing(matching, element, right_demand) if joined else right_demand
                    value = None if level is None else _right_of(op, element.value, level.value)
                    if level is None or value is not None:
                        yield from islice(self.solve(right, None if value is None else Level(value), agreed, first), 6)

    def _inverted(self, node: Expr, invert: object, goal: Goal, factor: float, demand: Demand, state: State) -> Iterator[State]:
        if isinstance(goal, Level):
            value = invert(goal.value)  # type: ignore[operator]
            if value is not None and math.isfinite(value):
                yield from self.solve(node, Level(float(f"{value:.12g}")), demand, state)
        elif isinstance(goal, Slope) and factor:
            yield from self.solve(node, Slope(goal.per_second / factor), demand, state)
        else:
            yield from self.solve(node, goal, demand, state)


def beyond(op: str, limit: float) -> tuple[float, ...]:
    """Values for which a comparison holds, those just beyond the limit first."""
    if not math.isfinite(limit):
        return (1.0,)
    over, under = _over(limit), _over(limit, -1)
    if not limit:
        over, under = 1.0, -1.0
    match op:
        case ">":
            found: tuple[float, ...] = (over, 0.01, limit + 1, 2 * limit, 10 * limit, 1.0, 1000 * limit)
        case ">=":
            found = (over, limit + 1, limit, 2 * limit, 10 * limit, 1.0)
        case "<":
            found = (under, limit - 1, limit / 2, 0.0, -1.0, -0.01, 10 * limit)
        case "<=":
            found = (under, limit - 1, limit, limit / 2, 0.0, -1.0)
        case "==":
            found = (limit,)
        case _:
            found = (limit + 1, 0.0, 1.0, limit - 1, 2 * limit, 2.0)
    return tuple(dict.fromkeys(_nice(value) for value in found if holds(op, value, limit)))


def short_of(op: str, limit: float) -> tuple[float, ...]:
    """Values for which a comparison does not hold, those just short of the limit first."""
    if not math.isfinite(limit):
        return (0.0,)
    over, under = _over(limit), _over(limit, -1)
    match op:
        case ">" | ">=":
            found: tuple[float, ...] = (under, limit - 1, limit, limit / 2, 0.0)
        case "<" | "<=":
            found = (over, limit + 1, limit, 2 * limit, 1.0)
        case "==":
            found = (limit + 1, limit - 1, over, 0.0, 1.0)
        case _:
            found = (limit,)
    return tuple(dict.fromkeys(_nice(value) for value in found if not holds(op, value, limit)))


def _over(limit: float, sign: int = 1) -> float:
    """A hundredth beyond a limit."""
    return _nice(limit + sign * abs(limit) * 0.01) if limit else sign * 0.01


def _nice(value: float) -> float:
    return float(f"{value:.9g}")


def _close(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=1e-7, abs_tol=1e-12)


def _negated(goal: Goal) -> Goal:
    if isinstance(goal, Level):
        return Level(-goal.value)
    return Slope(-goal.per_second) if isinstance(goal, Slope) else goal


def _left_of(op: str, result: float, right: float) -> float | None:
    """x, where `x op right` is the result."""
    try:
        match op:
            case "+":
                return result - right
            case "-":
                return result + right
            case "*":
                return result / right if right else 0.0 if not result else None
            case "/":
                return result * right if right and math.isfinite(right) else None
            case "%":
                return result if 0 <= result < abs(right) else None
            case "^":
                return float(result ** (1 / right)) if right and result >= 0 else None
    except OverflowError:
        pass
    return None


def _right_of(op: str, left: float, result: float) -> float | None:
    """x, where `left op x` is the result."""
    try:
        match op:
            case "+":
                return result - left
            case "-":
                return left - result
            case "*":
                return result / left if left else None
            case "/":
                return left / result if result and left else 1.0 if not left and not result else None
            case "^":
                return math.log(result) / math.log(left) if left > 0 and left != 1 and result > 0 else None
    except OverflowError:
        pass
    return None


_UNCHANGED = frozenset(
    {"abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max", "sgn", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc"}
    | {"scalar", "vector"}
)
_INVERSES = {
    "sqrt": lambda value: value * value,
    "exp": math.log,
    "ln": math.exp,
    "log2": lambda value: 2.0**value,
    "log10": lambda value: 10.0**value,
    "deg": math.radians,
    "rad": math.degrees,
}


def _plain(node: Expr) -> Expr:
    while isinstance(node, Paren):
        node = node.expr
    return node


def _unranged(node: Expr) -> Expr:
    inner = _plain(node)
    if isinstance(inner, MatrixSelector):
        return inner.selector
    return inner.expr if isinstance(inner, Subquery) else inner


def _compares(node: Expr) -> bool:
    """Whether there is something in it that may hold or not."""
    if isinstance(node, Binary) and (node.op in COMPARISONS or node.op == "unless"):
        return True
    if isinstance(node, Call) and node.function.startswith("absent"):
        return True
    return any(_compares(each) for each in children(node))


def _inner_demand(node: Aggregate, demand: Demand) -> Demand:
    """What an aggregation asks of the elements that it takes together."""
    if node.op in ("topk", "bottomk", "limitk", "limit_ratio"):
        return demand
    said = names(node.grouping)
    if node.without:
        return demand._replace(
            labels={label: value for label, value in demand.labels.items() if label not in said}, allowed=demand.allowed | said
        )
    labels = {label: value for label, value in demand.labels.items() if label in said}
    wanted = set(said)
    if demand.closed:  # a label that may not be there must be missing below, too
        for label in said:
            if label not in demand.labels and label not in demand.allowed:
                labels[label] = ""
                wanted.discard(label)
    wanted -= {label for label, value in labels.items() if not value}
    if any(value and label not in said for label, value in demand.labels.items()):
        labels["__name__"] = "impossible"  # nothing gives a label back that was aggregated away
    return Demand(labels, frozenset(wanted), fresh=demand.fresh)


def _of_group(node: Aggregate, inner: Demand, element: Element) -> Demand:
    """What is asked of the other elements of the group that this one is in."""
    return inner._replace(labels={**inner.labels, **evaluation.group_labels(node, element.labels)})


def _sides(matching: VectorMatching, demand: Demand) -> tuple[Demand, Demand]:
    """What is asked of the two sides of an operator that joins."""
    if matching.card == "one-to-many":
        return _side(matching, demand, many=False), _side(matching, demand, many=True)
    return _side(matching, demand, many=True), _side(matching, demand, many=matching.card == "one-to-one")


def _side(matching: VectorMatching, demand: Demand, *, many: bool) -> Demand:
    said = frozenset(label.value for label in matching.labels if isinstance(label, Name))
    include = frozenset(label.value for label in matching.include if isinstance(label, Name))
    whole = matching.card in ("many-to-one", "one-to-many", "many-to-many")
    if many and whole:
        labels = {label: value for label, value in demand.labels.items() if label not in include}
        wanted = (demand.wanted - include) | (said if matching.on else frozenset())
        return demand._replace(labels=labels, wanted=wanted, allowed=demand.allowed | include)
    if matching.on:
        kept = said | (include if not many else frozenset())
        labels = {label: value for label, value in demand.labels.items() if label in kept}
        return Demand(labels, said | (demand.wanted & kept) | (include if not many else frozenset()), fresh=demand.fresh)
    if whole:
        labels = {label: value for label, value in demand.labels.items() if label in include}
        return Demand(labels, include, fresh=demand.fresh)
    labels = {label: value for label, value in demand.labels.items() if label not in said}
    return demand._replace(labels=labels, wanted=demand.wanted - said, allowed=demand.allowed | said)


def _agreeing(matching: VectorMatching, element: Element, demand: Demand) -> Demand:
    """What is asked of the other side of a join, of which one side is this element."""
    agreed = dict(signature(element.labels, matching))
    said = names(matching.labels)
    labels = {**{label: value for label, value in demand.labels.items() if label not in agreed}, **agreed}
    if matching.on:
        return demand._replace(labels=labels, wanted=demand.wanted - agreed.keys())
    include = names(matching.include)
    return demand._replace(
        labels=labels, wanted=(demand.wanted - agreed.keys()) & (said | include), closed=True, allowed=demand.allowed | said
    )


def _filled(pattern: str, replacement: str, wanted: str) -> str | None:
    """A value whose one group is what is wanted: `(.*):.*` and `node` give `node:a`."""
    import re

    if replacement not in ("$1", "${1}"):
        return None
    group = re.search(r"\((?!\?)[^()]*\)", pattern)
    return None if group is None else shortest(pattern[: group.start()] + re.escape(wanted) + pattern[group.end() :])


def longest_range(node: Expr, world: World, seen: frozenset[str] = frozenset()) -> float:
    """How far back an expression looks, recording rules included, in seconds."""
    match node:
        case VectorSelector():
            name = metric_name(node)
            below = 0.0
            if name not in seen:
                below = max((longest_range(rule.expr, world, seen | {name}) for rule in world.recorded.get(name, ())), default=0.0)
            return below + abs(getattr(node.offset, "milliseconds", 0)) / 1000
        case MatrixSelector(selector=selector):
            return getattr(node.range, "milliseconds", 0) / 1000 + longest_range(selector, world, seen)
        case Subquery(expr=inner):
            own = getattr(node.range, "milliseconds", 0) + abs(getattr(node.offset, "milliseconds", 0))
            return own / 1000 + longest_range(inner, world, seen)
        case NumberLiteral() | StringLiteral():
            return 0.0
        case Call(function=function, args=args) if function in _SETTLED_AT_ONCE:
            return max((min(longest_range(each, world, seen), 300.0) if _direct(each) else longest_range(each, world, seen) for each in args))
        case _:
            return max((longest_range(each, world, seen) for each in children(node)), default=0.0)


# A straight line tells them as much after five minutes as after a day.
_SETTLED_AT_ONCE = frozenset({"deriv", "predict_linear", "avg_over_time", "min_over_time", "max_over_time", "last_over_time", "quantile_over_time"})


def _direct(node: Expr) -> bool:
    """Whether it is a range of plain samples."""
    node = _plain(node)
    return isinstance(node, MatrixSelector) and node.selector.offset is None


def largest_number(node: Expr) -> float:
    """The largest number in an expression."""
    return max((abs(each.value) for each in walk(node) if isinstance(each, NumberLiteral) and math.isfinite(each.value)), default=0.0)


__all__ = ["FLIP", "Exhausted", "Level", "Solver", "arithmetic", "beyond", "largest_number", "longest_range", "short_of"]
