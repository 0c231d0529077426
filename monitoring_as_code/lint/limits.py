"""Comparisons with constants as intervals: which exclude each other, which hold each other."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import COMPARISONS, Binary, Expr, Paren
from monitoring_as_code.promql.infer.ranges import MIRRORED

if TYPE_CHECKING:
    from monitoring_as_code.promql.infer import Facts

_BOUNDING = frozenset({"<", "<=", ">", ">=", "=="})


class Limit(NamedTuple):
    """What passes one comparison or several, of one expression, `measured`: the numbers from `low` to `high`, without those that are open."""

    measured: Expr
    low: float = -inf
    low_open: bool = False
    high: float = inf
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing passes."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def both(self, other: Limit) -> Limit:
        """What passes this one and another one."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Limit(self.measured, low, low_open, high, not closed)

    def holds(self, other: Limit) -> bool:
        """Whether all that passes the other one passes this one."""
        return (self.low, self.low_open) <= (other.low, other.low_open) and (other.high, not other.high_open) <= (
            self.high,
            not self.high_open,
        )


def inside(node: Expr) -> Expr:
    """The node inside of any parentheses."""
    while isinstance(node, Paren):
        node = node.expr
    return node


def sides(facts: Facts, node: Binary) -> tuple[Expr, Expr, str] | None:
    """What is compared with which scalar, and the operator in this order; None for two vectors or two scalars."""
    left, right = facts[node.left].type, facts[node.right].type
    if left == "vector" and right == "scalar":
        return node.left, node.right, node.op
    if right == "vector" and left == "scalar":
        return node.right, node.left, MIRRORED[node.op]
    return None


def limit_of(facts: Facts, node: Expr) -> Limit | None:
    """What passes a comparison with a constant, or several on top of each other: `x > 5`, `(x > 5) < 10`."""
    node = inside(node)
    if not isinstance(node, Binary) or node.op not in COMPARISONS or node.bool_modifier or node.op not in _BOUNDING:
        return None
    found = sides(facts, node)
    if found is None:
        return None
    measured, threshold, op = found
    bounds = facts[threshold].arm.range
    value = bounds.low
    if value != bounds.high:
        return None
    within = limit_of(facts, measured)
    limit = Limit(
        inside(measured) if within is None else within.measured,
        value if op in {">", ">=", "=="} else -inf,
        op == ">",
        value if op in {"<", "<=", "=="} else inf,
        op == "<",
    )
    return limit if within is None else limit.both(within)


def plain(node: Binary) -> bool:
    """Whether a set operator compares all labels."""
    return node.matching is None or (not node.matching.on and not node.matching.labels)


def conjuncts(node: Expr) -> Iterator[Expr]:
    """What `and` puts together, series by series."""
    node = inside(node)
    if isinstance(node, Binary) and node.op == "and" and plain(node):
        yield from conjuncts(node.left)
        yield from conjuncts(node.right)
    else:
        yield node
