"""From what is asked of a selector to series, and what every step of the search needs."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import (
    Expr,
    VectorSelector,
    walk,
)
from monitoring_as_code.promql.infer.selectors import metric_name
from monitoring_as_code.prove.witnesses import evaluation
from monitoring_as_code.prove.witnesses.courses import Course, Observed, State, key_of
from monitoring_as_code.prove.witnesses.evaluation import World
from monitoring_as_code.prove.witnesses.functions import Unsure, Vector
from monitoring_as_code.prove.witnesses.goals import (
    FLIP,
    Goal,
    Jumps,
    Level,
    Quantile,
    Slope,
    close,
)
from monitoring_as_code.prove.witnesses.labelling import Demand

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.witnesses.labelling import Values


class Exhausted(Exception):  # noqa: N818 - it says what became of the search
    """The search has taken as many steps as it may."""


class Solving(ABC):
    """A search for series at a moment, in seconds from the start, by which every range is filled."""

    def __init__(self, analysis: Analysis, world: World, values: Values, at: float) -> None:
        self.analysis = analysis
        self.world = world
        self.values = values
        self.at = at
        self.steps = 0
        self.offset = 0.0
        """The largest offset that there is, in seconds."""
        self._depth = 0

    @abstractmethod
    def solve(self, node: Expr, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        """States, each with the given one inside, in which the expression has an element as demanded that reaches the goal."""

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

    def reached(self, node: Expr, goal: Goal, demand: Demand, state: State) -> bool:
        """Whether the state has what is asked already."""
        if isinstance(node, VectorSelector) and not state:
            return False
        for each in self.elements(node, demand, state):
            if math.isnan(each.value):
                continue
            if goal is None or (isinstance(goal, Level) and close(each.value, goal.value)):
                return True
            if isinstance(goal, Slope) and close(each.slope, goal.per_second):
                return True
        return False

    def selector(self, node: VectorSelector, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        """A series that the selector chooses."""
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

    def _histogram(self, name: str, labels: Mapping[str, str], goal: Goal, state: State) -> State | None:
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
            if old.slope is None or close(old.slope, goal.per_second):
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
            elif self.offset and old.slope is None:  # the same series at another time: it must have moved
                apart = -offset if offset else self.offset
                slope = (goal.value - old.base) / apart
                yield old._replace(slope=slope, base=(old.base if offset else goal.value) - slope * self.at)
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
