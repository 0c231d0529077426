"""The walk: every node once, children first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monitoring_as_code.catalogue import ANY_NUMBER, Catalogue
from monitoring_as_code.promql.ast import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    Paren,
    StringLiteral,
    Subquery,
    Unary,
    Variable,
    VectorSelector,
)
from monitoring_as_code.promql.infer.aggregates import aggregate
from monitoring_as_code.promql.infer.binaries import of_scalars, with_scalar
from monitoring_as_code.promql.infer.calls import call, renamed
from monitoring_as_code.promql.infer.facts import ComparisonFact, Facts
from monitoring_as_code.promql.infer.joins import join
from monitoring_as_code.promql.infer.ranges import exactly, negated
from monitoring_as_code.promql.infer.selectors import select
from monitoring_as_code.promql.infer.shares import share_of_whole
from monitoring_as_code.promql.infer.value import OPEN, Arm, LabelFact, Labels, Reason, Value, whole_key
from monitoring_as_code.units import seconds

_NO_LABELS: Final = Labels({}, LabelFact("never"))
_ALONE: Final = (frozenset[str](),)


def infer(expr: Expr, catalogue: Catalogue) -> Facts:
    """What is known of `expr` and of every node in it, given what the catalogue knows of metrics.

    The tree must be held as long as the facts are. Equal nodes at different places are different nodes.
    """
    walker = _Walker(catalogue, Facts(expr))
    walker.visit(expr)
    return walker.facts


class _Walker:
    """Carries the catalogue and collects the facts."""

    def __init__(self, catalogue: Catalogue, facts: Facts) -> None:
        self.catalogue = catalogue
        self.facts = facts

    def visit(self, node: Expr) -> Value:
        value = _VISITS[type(node)](self, node)
        self.facts.note(node, value)
        return value

    def number(self, node: NumberLiteral) -> Value:
        reason = Reason("as written", node)
        unit = seconds if node.is_duration else None
        arm = Arm(
            _NO_LABELS, _ALONE, unit=unit, range=exactly(node.value), empty="never", literal=unit is None, floats=True, range_reason=reason
        )
        return Value("scalar", (arm,), "never")

    def string(self, node: StringLiteral) -> Value:
        return Value("string", (Arm(_NO_LABELS, empty="never"),), "never", text=node.value)

    def variable(self, node: Variable) -> Value:
        """A variable of Grafana as an expression: a number, most often, but nobody knows."""
        return Value("scalar", (Arm(_NO_LABELS, _ALONE, empty="never", range_reason=Reason(f"as `{node.text}` says", node)),), "never")

    def selector(self, node: VectorSelector) -> Value:
        arm, fact = select(node, self.catalogue)
        self.facts.selectors.append(fact)
        return Value("vector", (arm,), arm.empty)

    def matrix(self, node: MatrixSelector) -> Value:
        inner = self.visit(node.selector)
        return Value("matrix", _over_a_time(inner.arms), inner.empty)

    def subquery(self, node: Subquery) -> Value:
        inner = self.visit(node.expr)
        empty = "data" if inner.empty == "never" else inner.empty  # no point of the grid may lie in the window
        arms = inner.arms
        if inner.type == "scalar":
            arms = tuple(arm._replace(empty="data") for arm in arms)
        return Value("matrix", _over_a_time(arms), empty)

    def call(self, node: Call) -> Value:
        return call(node, tuple([self.visit(arg) for arg in node.args]))

    def aggregate(self, node: Aggregate) -> Value:
        param = None if node.param is None else self.visit(node.param)
        return aggregate(node, self.visit(node.expr), param)

    def paren(self, node: Paren) -> Value:
        return self.visit(node.expr)

    def unary(self, node: Unary) -> Value:
        inner = self.visit(node.expr)
        if node.op == "+":
            return inner
        reason = Reason("`__name__` is gone: `-` drops it", node)
        return Value(inner.type, tuple(_negative(arm, reason) for arm in inner.arms), inner.empty)

    def binary(self, node: Binary) -> Value:
        # A chain, `a + b + c`, leans to the left and may be longer than Python nests calls.
        chain = [node]
        while isinstance(inner := chain[-1].left, Binary):
            chain.append(inner)
        value = self.visit(inner)
        while len(chain) > 1:
            operator = chain.pop()
            value = self.operator(operator, value, self.visit(operator.right))
            self.facts.note(operator, value)
        return self.operator(node, value, self.visit(node.right))

    def operator(self, node: Binary, left: Value, right: Value) -> Value:
        if left.type == "vector" and right.type == "vector":
            value, fact, verdict = join(node, left, right)
            self.facts.joins.append(fact)
            if node.op == "/":
                value = share_of_whole(node, value)
        elif left.type == "vector":
            value, verdict = with_scalar(node, left, right.arm, scalar_left=False)
        elif right.type == "vector":
            value, verdict = with_scalar(node, right, left.arm, scalar_left=True)
        else:
            value, verdict = of_scalars(node, left.arm, right.arm)
        if verdict is not None and node.op in COMPARISONS:
            self.facts.comparisons.append(ComparisonFact(node, verdict))
        return value


_VISITS: Final[dict[type[Any], Callable[[_Walker, Any], Value]]] = {
    NumberLiteral: _Walker.number,
    StringLiteral: _Walker.string,
    Variable: _Walker.variable,
    VectorSelector: _Walker.selector,
    MatrixSelector: _Walker.matrix,
    Subquery: _Walker.subquery,
    Call: _Walker.call,
    Aggregate: _Walker.aggregate,
    Paren: _Walker.paren,
    Unary: _Walker.unary,
    Binary: _Walker.binary,
}


def _over_a_time(arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    """Elements that were there at some time: what was alone with its key at each moment, as topk leaves it, may have company now."""
    return tuple([arm._replace(keys=whole_key(arm.labels)) for arm in arms])


def _negative(arm: Arm, reason: Reason) -> Arm:
    named = renamed(arm, reason)
    if arm.literal:
        return named._replace(range=negated(arm.range))
    return named._replace(
        kind="gauge" if arm.kind != "unknown" else "unknown",
        part="native" if arm.part == "native" else "",
        unit=None if arm.unit is None or arm.unit.affine else arm.unit,
        range=negated(arm.range) if arm.floats else ANY_NUMBER,
        kind_reason=reason,
        range_reason=reason,
    )


__all__ = ["OPEN", "infer"]
