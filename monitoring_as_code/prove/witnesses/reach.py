"""How far back an expression looks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import (
    Call,
    Duration,
    MatrixSelector,
    NumberLiteral,
    Paren,
    StringLiteral,
    Subquery,
    VectorSelector,
    children,
    walk,
)
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.prove.witnesses.evaluation import World


def longest_range(node: Expr, world: World, seen: frozenset[str] = frozenset()) -> float:
    """How far back an expression looks, recording rules included, in seconds."""
    match node:
        case VectorSelector():
            name = metric_name(node)
            below = 0.0
            if name not in seen:
                below = max((longest_range(rule.expr, world, seen | {name}) for rule in world.recorded.get(name, ())), default=0.0)
            return below + _seconds(node.offset)
        case MatrixSelector(selector=selector):
            return _seconds(node.range) + longest_range(selector, world, seen)
        case Subquery(expr=inner):
            return _seconds(node.range) + _seconds(node.offset) + longest_range(inner, world, seen)
        case NumberLiteral() | StringLiteral():
            return 0.0
        case Call(function=function, args=args) if function in _SETTLED_AT_ONCE:
            return max(min(longest_range(each, world, seen), 300.0) if _direct(each) else longest_range(each, world, seen) for each in args)
        case _:
            return max((longest_range(each, world, seen) for each in children(node)), default=0.0)


# A straight line tells them as much after five minutes as after a day.
_SETTLED_AT_ONCE = frozenset(
    {"deriv", "predict_linear", "avg_over_time", "min_over_time", "max_over_time", "last_over_time", "quantile_over_time"}
)


def _direct(node: Expr) -> bool:
    """Whether it is a range of plain samples."""
    node = plain(node)
    return isinstance(node, MatrixSelector) and node.selector.offset is None


def _seconds(duration: object) -> float:
    return abs(duration.milliseconds) / 1000 if isinstance(duration, Duration) else 0.0


def plain(node: Expr) -> Expr:
    """What stands in brackets."""
    while isinstance(node, Paren):
        node = node.expr
    return node


def largest_number(node: Expr) -> float:
    """The largest number in an expression."""
    return max((abs(each.value) for each in walk(node) if isinstance(each, NumberLiteral) and math.isfinite(each.value)), default=0.0)
