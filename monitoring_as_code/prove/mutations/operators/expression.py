"""Operators that put another node into an expression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import (
    Aggregate,
    Binary,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    Paren,
    Subquery,
    Unary,
    VectorSelector,
    walk,
)
from monitoring_as_code.promql.node import replace
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.prove.mutations.mutant import Mutant, Operator

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert, RecordingRule
    from monitoring_as_code.promql.infer import Facts

Changes: TypeAlias = Iterator[tuple[Expr, str]]
"""What is put in a node's place, and what scenario would notice."""


class Site(NamedTuple):
    """An expression and what is known of it."""

    rule: Alert | RecordingRule
    expr: Expr
    facts: Facts


class ExpressionOperator(NamedTuple):
    """An operator, and what it puts in a node's place."""

    operator: Operator
    changes: Callable[[Expr, Site], Changes]


OPERATORS: list[ExpressionOperator] = []


def operator(name: str, before: str, after: str) -> Callable[[Callable[[Expr, Site], Changes]], Callable[[Expr, Site], Changes]]:
    """Registers an operator."""

    def registered(changes: Callable[[Expr, Site], Changes]) -> Callable[[Expr, Site], Changes]:
        OPERATORS.append(ExpressionOperator(Operator(name, changes.__doc__ or "", before, after, "expression"), changes))
        return changes

    return registered


def mutants_of(analysis: Analysis, rule: Alert | RecordingRule) -> Iterator[Mutant]:
    """Every small change of a rule's expression, each text once."""
    use = analysis.use(rule)
    if use.expr is None:
        return
    site = Site(rule, use.expr, analysis.facts(use))
    seen = {use.text}
    for node in walk(use.expr):
        for operator, changes in OPERATORS:
            for new, advice in changes(node, site):
                expr = put(use.expr, node, new)
                text = to_text(expr)
                if text not in seen:
                    seen.add(text)
                    yield Mutant(operator, rule, "expr", use.text, text, advice, node, new, expr)


def put(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The tree with one node, this very one, exchanged; the same tree if the node is not in it."""
    if expr is old:
        return new
    match expr:
        case Binary(left=left, right=right):
            first, second = put(left, old, new), put(right, old, new)
            return expr if first is left and second is right else replace(expr, left=first, right=second)
        case Call(args=args):
            put_in = tuple(put(each, old, new) for each in args)
            return expr if all(one is other for one, other in zip(put_in, args, strict=True)) else replace(expr, args=put_in)
        case Aggregate(expr=inside, param=param):
            first = put(inside, old, new)
            second_param = None if param is None else put(param, old, new)
            return expr if first is inside and second_param is param else replace(expr, expr=first, param=second_param)
        case MatrixSelector(selector=selector):
            found = put(selector, old, new)
            return replace(expr, selector=found) if found is not selector and isinstance(found, VectorSelector) else expr
        case Subquery(expr=inside) | Unary(expr=inside) | Paren(expr=inside):
            first = put(inside, old, new)
            return expr if first is inside else replace(expr, expr=first)
        case _:
            return expr


def bare(node: Expr) -> Expr:
    """What stands in the parentheses."""
    while isinstance(node, Paren):
        node = node.expr
    return node


def number_in(node: Expr) -> float | None:
    """The number that a node is, a sign included."""
    node = bare(node)
    if isinstance(node, Unary):
        value = number_in(node.expr)
        return None if value is None else -value if node.op == "-" else value
    return node.value if isinstance(node, NumberLiteral) else None


def number(value: float) -> NumberLiteral:
    """A number with six digits that count."""
    return NumberLiteral(float(f"{value:.6g}"))


def short(node: Expr) -> str:
    """A node in a sentence."""
    text = to_text(bare(node))
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"
