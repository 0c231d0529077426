"""How high a tree is, so that no walk over it runs out of Python's frames.

Nesting costs a parser its stack: ours, promql-parser's and everybody's. A chain of operators, `a + b + c`, is high as a tree, too, but
no parser nests for it. So each has a limit of its own.
"""

from __future__ import annotations

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Binary, Expr, children
from monitoring_as_code.promql.operators import PRECEDENCE

MAX_NESTING = 200
"""How many levels of parentheses, calls and right sides of operators there may be."""

# A thousand series, listed one by one, are a chain; more are no expression that anybody reads.
MAX_HEIGHT = 1000
"""How many levels a tree may have, chains of operators included."""

TOO_NESTED = f"the expression is nested more than {MAX_NESTING} levels deep"
TOO_LONG = f"the expression is a chain of more than {MAX_HEIGHT} operators"
TOO_NESTED_HELP = "record a part of it with a recording rule, and use that"
TOO_LONG_HELP = 'ask for several series at once, as in `{job=~"a|b"}`, or record parts of it with recording rules'


class Height(NamedTuple):
    """How deep an expression is nested as text, and how high it is as a tree."""

    nesting: int
    levels: int

    def around(self) -> Height:
        """Of a call, an aggregation or a sign of it."""
        return Height(self.nesting + 1, self.levels + 1)

    def joined(self, right: Height, node: Binary) -> Height:
        """Of an operator whose left side this is."""
        return Height(max(self.nesting + _in_parentheses(node), right.nesting + 1), max(self.levels, right.levels) + 1)

    def checked(self) -> Height:
        """Itself.

        Raises:
            ValueError: it is more than a parser or a walk takes.
        """
        if self.nesting > MAX_NESTING:
            message = f"{TOO_NESTED}: {TOO_NESTED_HELP}"
            raise ValueError(message)
        if self.levels > MAX_HEIGHT:
            message = f"{TOO_LONG}: {TOO_LONG_HELP}"
            raise ValueError(message)
        return self


SELECTOR = Height(1, 1)


def height_of(tree: Expr) -> Height:
    """The height of any tree."""
    nesting = levels = 0
    waiting = [(tree, 1, 1)]
    while waiting:
        node, depth, level = waiting.pop()
        nesting, levels = max(nesting, depth), max(levels, level)
        if isinstance(node, Binary):
            waiting.append((node.left, depth + _in_parentheses(node), level + 1))
            waiting.append((node.right, depth + 1, level + 1))
        else:
            waiting.extend([(child, depth + 1, level + 1) for child in children(node)])
    return Height(nesting, levels)


def _in_parentheses(node: Binary) -> int:
    """1 if the left side is written in parentheses."""
    return int(isinstance(node.left, Binary) and PRECEDENCE[node.left.op] < PRECEDENCE[node.op])
