"""From what is asked of a function's result to what is asked of its argument."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import (
    Call,
    Expr,
    MatrixSelector,
    StringLiteral,
    Subquery,
    VectorSelector,
)
from monitoring_as_code.promql.infer.patterns import grouped
from monitoring_as_code.promql.infer.selectors import metric_name
from monitoring_as_code.promql.shortest import shortest
from monitoring_as_code.prove.witnesses import evaluation
from monitoring_as_code.prove.witnesses.courses import Course, State
from monitoring_as_code.prove.witnesses.functions import OVER_RANGES
from monitoring_as_code.prove.witnesses.goals import (
    FLIP,
    Flip,
    Goal,
    Jumps,
    Level,
    Quantile,
    Slope,
    nice,
)
from monitoring_as_code.prove.witnesses.labelling import Demand
from monitoring_as_code.prove.witnesses.reach import plain
from monitoring_as_code.prove.witnesses.selecting import Solving

if TYPE_CHECKING:
    pass


_UNCHANGED = frozenset(
    {"abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max", "sgn", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc"}
    | {"scalar", "vector"}
)
_INVERSES: dict[str, Callable[[float], float]] = {
    "sqrt": lambda value: value * value,
    "exp": math.log,
    "ln": math.exp,
    "log2": lambda value: 2.0**value,
    "log10": lambda value: 10.0**value,
    "deg": math.radians,
    "rad": math.degrees,
}


class Calls(Solving):
    """Functions."""

    def call(self, node: Call, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        """An argument of which the function makes what is asked."""
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
            yield from self.solve(node.args[0], Slope(0.0), demand, state)  # which value it has is left open

    def _quantile(self, node: Call, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        phi = self.constant(node.args[0])
        if phi is None or not 0 < phi < 1 or isinstance(goal, Flip | Slope | Jumps):
            return
        wanted = goal.value if isinstance(goal, Level) else None
        inner = demand._replace(wanted=demand.wanted | {"le"}, allowed=demand.allowed | {"le"})
        yield from self.solve(node.args[1], Quantile(phi, wanted), inner, state)

    def _over_range(self, node: Call, goal: Goal, demand: Demand, state: State) -> Iterator[State]:
        name = node.function
        ranged = next((each for each in node.args if isinstance(plain(each), MatrixSelector | Subquery)), None)
        if ranged is None:
            return
        inner = plain(ranged)
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
                times = [each for each in (math.ceil(share), math.floor(share)) if each > 0]
                wanted = [Jumps(max(step, math.floor(length / each / step) * step), 1.0) for each in times] or [None]
                wanted += [Jumps(step, 1.0)] if share > 0 else []
        elif name == "sum_over_time":
            if isinstance(goal, Level):
                wanted = [Level(float(f"{goal.value / max(1.0, length / step):.12g}"))]
        elif name in ("stddev_over_time", "stdvar_over_time"):
            if isinstance(goal, Level):
                apart = goal.value if name == "stddev_over_time" else math.sqrt(max(goal.value, 0.0))
                wanted = [Jumps(step, 2 * apart)] if apart > 0 else [None]
        elif name in ("count_over_time", "present_over_time") and isinstance(goal, Level):
            wanted = [None]
        for each in wanted:
            yield from self.solve(below, each, demand, state)

    def _predicted(self, node: Call, wanted: float, below: Expr, demand: Demand, state: State) -> Iterator[State]:
        ahead = self.constant(node.args[1])
        if not ahead:
            return
        there = self.elements(below, demand, state)
        levels = [each.value for each in there] or [*(nice(wanted * factor) for factor in (2.0, 1.0, 0.5)), 1e10, 1e6, 100.0, 1.0]
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
        tried: list[dict[str, str]] = []
        if match is not None and wanted:
            tried += [
                {source: example}
                for example in (wanted, _filled(pattern, replacement, wanted))
                if example and (matched := match(example)) and evaluation.expanded(replacement, matched) == wanted
            ]
            if not (replacement.startswith("$") or tried):
                example = shortest(pattern) or ""
                if evaluation.expanded(replacement, match(example)) == wanted:
                    tried.append({source: example} if example else {})
            tried.append({target: wanted})  # when the pattern does not match, the label stays what it was
        elif match is not None and source and not match("a") and not demand.fresh:
            shown = shortest(pattern)
            tried.append({source: shown} if shown and source not in labels else {})
        for extra in tried or [{}]:
            if all(labels.get(label, value) == value for label, value in extra.items()):
                yield from self.solve(node.args[0], goal, inner._replace(labels={**labels, **extra}), state)


def _unranged(node: Expr) -> Expr:
    inner = plain(node)
    if isinstance(inner, MatrixSelector):
        return inner.selector
    return inner.expr if isinstance(inner, Subquery) else inner


def _filled(pattern: str, replacement: str, wanted: str) -> str | None:
    """A value whose one group is what is wanted: `(.*):.*` and `node` give `node:a`."""
    import re

    if replacement not in ("$1", "${1}"):
        return None
    group = re.search(r"\((?!\?)[^()]*\)", pattern)
    return None if group is None else shortest(pattern[: group.start()] + re.escape(wanted) + pattern[group.end() :])
