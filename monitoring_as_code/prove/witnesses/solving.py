"""From a condition to series that meet it: what is asked of the whole is asked of its parts, down to the series.

Every step has several answers; they are tried in turn, the plainest first, and lazily, so that whoever asks takes as many as it needs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from monitoring_as_code.promql.ast import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Paren,
    Unary,
    VectorSelector,
)
from monitoring_as_code.prove.witnesses.calling import Calls
from monitoring_as_code.prove.witnesses.combining import Operators
from monitoring_as_code.prove.witnesses.courses import State
from monitoring_as_code.prove.witnesses.demands import inner_demand, of_group
from monitoring_as_code.prove.witnesses.goals import (
    Flip,
    Goal,
    Jumps,
    Level,
    Quantile,
    Slope,
    negated,
)
from monitoring_as_code.prove.witnesses.labelling import Demand
from monitoring_as_code.prove.witnesses.selecting import Exhausted

if TYPE_CHECKING:
    pass


_MOST_SERIES: Final = 60
_MOST_STEPS: Final = 6000


class Solver(Calls, Operators):
    """The whole search, one step for each kind of expression."""

    def solve(self, node: Expr, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        """States, each with the given one inside, in which the expression has an element as demanded that reaches the goal."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise Exhausted
        if not demand.fresh and not isinstance(goal, Flip | Quantile) and self.reached(node, goal, demand, state):
            yield state
            if goal is None:
                return
        match node:
            case Paren(expr=inner):
                yield from self.solve(inner, goal, demand, state)
            case Unary(op=op, expr=inner):
                yield from self.solve(inner, negated(goal) if op == "-" else goal, demand, state)
            case VectorSelector():
                yield from self.selector(node, goal, demand, state)
            case Aggregate():
                yield from self._aggregate(node, goal, demand, state)
            case Call():
                yield from self.call(node, goal, demand, state)
            case Binary():
                yield from self.binary(node, goal, demand, state)
            case _:
                return

    def _aggregate(self, node: Aggregate, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        inner = inner_demand(node, demand)
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
            inner = of_group(node, inner, elements[0])
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
                    asked = of_group(node, inner, group[0])
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
        if self.offset and len(elements) == 1:  # it may be the same series at another time
            yield from islice(self.solve(node.expr, goal, inner, state), 2)
        inner = of_group(node, inner, elements[0])
        elements = self.elements(node.expr, inner, state)
        wanted = goal.value if isinstance(goal, Level) else goal.per_second
        total = sum(each.value if isinstance(goal, Level) else each.slope for each in elements)
        rest = wanted - total if node.op == "sum" else wanted * (len(elements) + 1) - total
        rest = float(f"{rest:.9g}")
        yield from self.solve(node.expr, Level(rest) if isinstance(goal, Level) else Slope(rest), inner._replace(fresh=True), state)
