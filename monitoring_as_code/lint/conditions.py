"""Which expressions are conditions: they can be without a result although there is data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import COMPARISONS, Aggregate, Binary, Call, MatrixSelector, Paren, Subquery, Unary, VectorSelector
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from collections.abc import Container

    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr

# They have a result when their argument has none.
_NEVER_EMPTY = frozenset({"vector", "scalar", "time", "pi"})


def recorded_conditions(reading: Reading) -> frozenset[str]:
    """The names under which conditions are recorded, or may be: by a rule that reads another one's condition, or that could not be read."""
    exprs = [(rule.name, reading.analysis.use(rule).expr) for rule in reading.recording_rules]
    found = {name for name, expr in exprs if expr is None}
    if not reading.project.complete:  # rules that could not be read may record conditions
        read = {metric_name(selector) for use in reading.analysis.uses for selector in reading.analysis.selectors(use)}
        found.update(name for name in read - {name for name, _ in exprs} if ":" in name)
    more = True
    while more:
        new = {name for name, expr in exprs if expr is not None and name not in found and chooses(expr, found)}
        found |= new
        more = bool(new)
    return frozenset(found)


def chooses(node: Expr, conditions: Container[str]) -> bool:
    """Whether the expression can be without a result although there is data: it holds a comparison, or asks for absence."""
    match node:
        case Paren(expr=inner) | Unary(expr=inner) | Subquery(expr=inner) | Aggregate(expr=inner):
            return chooses(inner, conditions)
        case MatrixSelector(selector=selector):
            return chooses(selector, conditions)
        case VectorSelector(name=name):
            # Prometheus's own series about alerts are there only while these are pending or firing.
            return name == "ALERTS" or metric_name(node) in conditions
        case Call(function=function, args=args):
            if function.startswith("absent"):
                return True
            return function not in _NEVER_EMPTY and any(chooses(argument, conditions) for argument in args)
        case Binary(op="unless"):
            return True
        case Binary(op="or", left=left, right=right):
            return chooses(left, conditions) and chooses(right, conditions)
        case Binary(op="and"):
            return True
        case Binary(op=op, left=left, right=right, bool_modifier=with_bool):
            if op in COMPARISONS and not with_bool:
                return True
            return chooses(left, conditions) or chooses(right, conditions)
        case _:
            return False
