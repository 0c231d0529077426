"""From what is asked of an operator's result to what is asked of its two sides."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Expr,
    VectorMatching,
    VectorSelector,
    children,
    walk,
)
from monitoring_as_code.promql.infer.selectors import metric_name
from monitoring_as_code.prove.witnesses.courses import State
from monitoring_as_code.prove.witnesses.demands import agreeing, side, sides
from monitoring_as_code.prove.witnesses.functions import holds
from monitoring_as_code.prove.witnesses.goals import (
    FLIP,
    MIRRORED,
    Goal,
    Jumps,
    Level,
    Quantile,
    Slope,
    beyond,
    left_of,
    nice,
    right_of,
    short_of,
)
from monitoring_as_code.prove.witnesses.labelling import Demand
from monitoring_as_code.prove.witnesses.selecting import Solving

if TYPE_CHECKING:
    pass


class Operators(Solving):
    """Arithmetic, comparisons, and sets."""

    def binary(self, node: Binary, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        """Two sides of which the operator makes what is asked."""
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
        left_demand = side(matching, demand, many=True)
        if node.op == "unless":
            if goal == FLIP and not _compares(node.left):
                for first in self.solve(node.left, None, left_demand, state):
                    for element in self.elements(node.left, left_demand, first)[:3]:
                        yield from self.solve(node.right, None, agreeing(matching, element, Demand()), first)
                return
            yield from self.solve(node.left, goal, left_demand, state)
            return
        right_demand = side(matching, demand, many=False)
        if goal == FLIP:
            for flipped, kept in ((node.left, node.right), (node.right, node.left)):
                if not _compares(flipped):
                    continue
                for first in islice(self.solve(kept, None, left_demand if kept is node.left else right_demand, state), 6):
                    for element in self.elements(kept, Demand(), first)[:3]:
                        agreed = agreeing(matching, element, demand if flipped is node.left else Demand())
                        yield from islice(self.solve(flipped, FLIP, agreed, first), 20)
            # Where both are about the same series, neither holds without the other.
            if _compares(node.left):
                yield from self.solve(node.left, FLIP, left_demand, state)
            return
        for first in self.solve(node.left, goal, left_demand, state):
            for element in self.elements(node.left, left_demand, first)[:3]:
                yield from self.solve(node.right, None, agreeing(matching, element, Demand()), first)
        for first in islice(self.solve(node.right, None, right_demand, state), 20):
            for element in self.elements(node.right, right_demand, first)[:3]:
                yield from self.solve(node.left, goal, agreeing(matching, element, demand), first)

    def _comparison(self, node: Binary, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        flip = goal == FLIP
        if node.bool_modifier and isinstance(goal, Level):
            if goal.value not in (0.0, 1.0):
                return
            flip, goal = goal.value == 0, None
        left, right = node.left, node.right
        op: str = node.op
        limit = self.constant(right)
        if limit is None:
            mirrored = self.constant(left)
            if mirrored is not None:
                left, right, op, limit = right, left, MIRRORED[op], mirrored
        if limit is not None:
            if _compares(left) and flip:
                yield from self.solve(left, FLIP, demand, state)
            for wanted in self._wanted(op, limit, goal, flip=flip):
                yield from self.solve(left, wanted, demand, state)
            return
        matching = node.matching or VectorMatching()
        left_demand, right_demand = sides(matching, demand)
        scalar = matching if node.matching is not None else None
        for example in (None, 10.0, 100.0, 1.0, 0.5):
            for first in islice(self.solve(right, None if example is None else Level(example), right_demand, state), 6):
                for element in self.elements(right, right_demand, first)[:2]:
                    agreed = agreeing(matching, element, left_demand) if scalar is not None else left_demand
                    for wanted in self._wanted(op, element.value, goal, flip=flip):
                        yield from self.solve(left, wanted, agreed, first)
        for first in islice(self.solve(left, goal if isinstance(goal, Level) else None, left_demand, state), 6):
            for element in self.elements(left, left_demand, first)[:2]:
                agreed = agreeing(matching, element, right_demand) if scalar is not None else right_demand
                for wanted in self._wanted(MIRRORED[op], element.value, None, flip=flip):
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
        on_right, on_left = self.constant(right), self.constant(left)
        if on_right is not None:
            factor = on_right if op == "*" else 1 / on_right if op == "/" and on_right else 1.0
            yield from self._inverted(left, lambda value: left_of(op, value, on_right), goal, factor, demand, state)
            return
        if on_left is not None:
            factor = on_left if op == "*" else -1.0 if op == "-" else 1.0
            yield from self._inverted(right, lambda value: right_of(op, on_left, value), goal, factor, demand, state)
            return
        matching = node.matching or VectorMatching()
        left_demand, right_demand = sides(matching, demand)
        joined = node.matching is not None
        if goal == FLIP:
            flipped, kept = (left, right) if _compares(left) else (right, left)
            for first in self.solve(kept, None, right_demand if kept is right else left_demand, state):
                for element in self.elements(kept, Demand(), first)[:2]:
                    agreed = agreeing(matching, element, left_demand if flipped is left else right_demand) if joined else demand
                    yield from self.solve(flipped, FLIP, agreed, first)
            return
        if isinstance(goal, Quantile):
            for first in self.solve(left, goal, left_demand, state):
                for element in self.elements(left, left_demand, first)[:1]:
                    yield from islice(self.solve(right, Level(1.0), agreeing(matching, element, right_demand), first), 3)
            return
        level = goal if isinstance(goal, Level) else None
        if level is not None and op == "/" and level.value > 0:
            for whole in self._wholes(right):
                for first in islice(self.solve(left, Level(nice(level.value * whole)), left_demand, state), 3):
                    for element in self.elements(left, left_demand, first)[:2]:
                        agreed = agreeing(matching, element, right_demand) if joined else right_demand
                        yield from islice(self.solve(right, Level(whole), agreed, first), 3)
        right_first = (None, 100.0, 10.0, 1.0, 1000.0, 1e10, 0.5, 0.0)
        for example in right_first:
            for first in islice(self.solve(right, None if example is None else Level(example), right_demand, state), 3):
                for element in self.elements(right, right_demand, first)[:2]:
                    agreed = agreeing(matching, element, left_demand) if joined else left_demand
                    value = None if level is None else left_of(op, level.value, element.value)
                    if level is None or value is not None:
                        yield from islice(self.solve(left, None if value is None else Level(value), agreed, first), 6)
        for example in (None, 100.0, 10.0, 1.0, 1e10, 0.0):
            for first in islice(self.solve(left, None if example is None else Level(example), left_demand, state), 3):
                for element in self.elements(left, left_demand, first)[:2]:
                    agreed = agreeing(matching, element, right_demand) if joined else right_demand
                    value = None if level is None else right_of(op, element.value, level.value)
                    if level is None or value is not None:
                        yield from islice(self.solve(right, None if value is None else Level(value), agreed, first), 6)

    def _wholes(self, node: Expr) -> tuple[float, ...]:
        """What a share is taken of: of a round whole it reads best, as 6 of 100; few where each is a series."""
        if any(isinstance(each, Aggregate) and each.op == "count" for each in walk(node)):
            return (4.0, 1.0, 10.0, 20.0)
        large = any(self.examples(metric_name(each))[0] > 1e6 for each in walk(node) if isinstance(each, VectorSelector))
        return (1e10,) if large else (100.0,)

    def _inverted(  # noqa: PLR0917 - what is inverted, and what every step takes
        self, node: Expr, invert: Callable[[float], float | None], goal: Goal, factor: float, demand: Demand, state: State
    ) -> Iterator[State]:
        if isinstance(goal, Level):
            value = invert(goal.value)
            if value is not None and math.isfinite(value):
                yield from self.solve(node, Level(float(f"{value:.12g}")), demand, state)
        elif isinstance(goal, Slope) and factor:
            yield from self.solve(node, Slope(goal.per_second / factor), demand, state)
        else:
            yield from self.solve(node, goal, demand, state)


def _compares(node: Expr) -> bool:
    """Whether there is something in it that may hold or not."""
    if isinstance(node, Binary) and (node.op in COMPARISONS or node.op == "unless"):
        return True
    if isinstance(node, Call) and node.function.startswith("absent"):
        return True
    return any(_compares(each) for each in children(node))
