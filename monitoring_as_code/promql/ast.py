"""The syntax tree of PromQL: what the parser gives, the algebra builds, the printer prints and inference reads.

Two nodes are equal when they mean the same text: `span` and `origin` are where a node comes from, not what it is, and take no part in
equality. Nodes are never changed after they were made; they are not frozen only because that makes construction four times as slow.

`span` counts characters of the parsed text. A node that the algebra built has no text: its span is `NOWHERE` and `origin` is the Python
call that made it. A node that was parsed from a text inside of an algebra expression has both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.node import Node, field

if TYPE_CHECKING:
    from monitoring_as_code.origin import Origin
    from monitoring_as_code.units import Quantity


class Span(NamedTuple):
    """Characters `start` (included) to `end` (excluded) of a text."""

    start: int
    end: int


NOWHERE = Span(-1, -1)

MatchOp: TypeAlias = Literal["=", "!=", "=~", "!~"]
BinaryOp: TypeAlias = Literal["+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", ">", "<=", ">=", "and", "or", "unless", "</", ">/"]
Card: TypeAlias = Literal["one-to-one", "many-to-one", "one-to-many", "many-to-many"]

COMPARISONS: frozenset[str] = frozenset({"==", "!=", "<", ">", "<=", ">="})
SET_OPERATORS: frozenset[str] = frozenset({"and", "or", "unless"})


class Variable(Node):
    """A variable of Grafana where PromQL wants a duration, a number, a label name or an expression: `$x`, `${x:regex}`, `[[x]]`."""

    name: str
    text: str  # as written, the format included
    span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


class Duration(Node):
    """A duration, in milliseconds; negative only in an offset."""

    milliseconds: int
    span: Span = field(default=NOWHERE, compare=False)


class DurationExpr(Node):
    """A duration that is computed, such as `[5m * 2]` (experimental); `expr` holds numbers, `step()`, `range()`, `min`, `max` and operators."""

    expr: Expr
    span: Span = field(default=NOWHERE, compare=False)


AnyDuration: TypeAlias = Duration | DurationExpr | Variable


class At(Node):
    """The `@` modifier: a timestamp in milliseconds, or one end of the query's range."""

    value: int | Literal["start", "end"] | Variable
    span: Span = field(default=NOWHERE, compare=False)


class Name(Node):
    """A label's name in a grouping or matching list."""

    value: str
    span: Span = field(default=NOWHERE, compare=False)


class Matcher(Node):
    """One matcher of a selector. `value` is unquoted; Grafana's variables in it are left as written, and listed."""

    name: str
    op: MatchOp
    value: str
    span: Span = field(default=NOWHERE, compare=False)
    name_span: Span = field(default=NOWHERE, compare=False)
    value_span: Span = field(default=NOWHERE, compare=False)  # the literal, its quotes included
    variables: tuple[Variable, ...] = field(default=(), compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


class NumberLiteral(Node):  # noqa: PLW1641 - as the other nodes, which `Node` makes unhashable
    """A number; `is_duration` when it was written as one (`5m` is a number of seconds since Prometheus 3), and is printed as one.

    `quantity` is what it was made from, if that had a unit.
    """

    value: float
    is_duration: bool = field(default=False, compare=False)
    span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)
    quantity: Quantity | None = field(default=None, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NumberLiteral):
            return NotImplemented
        return _same_number(self.value, other.value)


class StringLiteral(Node):
    """A string, unquoted and unescaped."""

    value: str
    span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


class VectorSelector(Node):  # noqa: PLW1641 - see NumberLiteral
    """An instant vector selector. `name` is "" when only matchers choose; a matcher on `__name__` stays a matcher.

    The matchers are in the order of the text; which order means nothing, so it takes no part in equality.
    """

    name: str
    matchers: tuple[Matcher, ...] = ()
    offset: AnyDuration | None = None
    at: At | None = None
    anchoring: Literal["", "anchored", "smoothed"] = ""  # experimental
    span: Span = field(default=NOWHERE, compare=False)
    name_span: Span = field(default=NOWHERE, compare=False)
    variables: tuple[Variable, ...] = field(default=(), compare=False)  # in the name
    stand_ins: tuple[Variable, ...] = ()  # each for whole matchers: `{job="api", $filters}`
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VectorSelector):
            return NotImplemented
        return (
            self.name == other.name
            and (self.matchers == other.matchers or sorted(map(_matcher_key, self.matchers)) == sorted(map(_matcher_key, other.matchers)))
            and self.offset == other.offset
            and self.at == other.at
            and self.anchoring == other.anchoring
            and self.stand_ins == other.stand_ins
        )


class MatrixSelector(Node):
    """A range vector selector: `selector[range]`. Offset and `@` are the selector's, as in Prometheus."""

    selector: VectorSelector
    range: AnyDuration
    span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


class Subquery(Node):
    """`expr[range:step]`; without a step it is the global evaluation interval."""

    expr: Expr
    range: AnyDuration
    step: AnyDuration | None = None
    offset: AnyDuration | None = None
    at: At | None = None
    span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


class Call(Node):
    """A function call; `function` is one of `functions.FUNCTIONS`."""

    function: str
    args: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)
    name_span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


class Aggregate(Node):
    """An aggregation; `param` is the first argument of topk, bottomk, quantile, count_values, limitk and limit_ratio."""

    op: str  # lower case
    expr: Expr
    param: Expr | None = None
    grouping: tuple[Name | Variable, ...] = ()
    without: bool = False
    grouped: bool = field(default=False, compare=False)  # whether `by` or `without` was said, an empty list included
    span: Span = field(default=NOWHERE, compare=False)
    op_span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


class VectorMatching(Node):  # noqa: PLW1641 - see NumberLiteral
    """How two vectors match. Set operators are many-to-many; `include` are the labels of group_left or group_right."""

    card: Card = "one-to-one"
    labels: tuple[Name | Variable, ...] = ()
    on: bool = False
    include: tuple[Name | Variable, ...] = ()
    fill_left: float | None = None  # experimental
    fill_right: float | None = None
    span: Span = field(default=NOWHERE, compare=False)  # from `on` or `ignoring` to the last list; NOWHERE when nothing was said

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VectorMatching):
            return NotImplemented
        return (
            (self.card, self.labels, self.on, self.include) == (other.card, other.labels, other.on, other.include)
            and _same_number(self.fill_left, other.fill_left)
            and _same_number(self.fill_right, other.fill_right)
        )


class Binary(Node):  # noqa: PLW1641 - see NumberLiteral
    """`left op right`; `matching` is None unless both sides are vectors."""

    op: BinaryOp
    left: Expr
    right: Expr
    bool_modifier: bool = False
    matching: VectorMatching | None = None
    span: Span = field(default=NOWHERE, compare=False)
    op_span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        mine: Expr = self
        # A chain leans to the left, and may be longer than Python nests calls.
        while isinstance(mine, Binary) and isinstance(other, Binary):
            if (mine.op, mine.bool_modifier, mine.matching, mine.right) != (other.op, other.bool_modifier, other.matching, other.right):
                return False
            mine, other = mine.left, other.left
        return mine == other if isinstance(other, type(mine)) else NotImplemented if mine is self else False


class Unary(Node):
    """`-expr` or `+expr`."""

    op: Literal["+", "-"]
    expr: Expr
    span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


class Paren(Node):
    """`(expr)`, kept as written."""

    expr: Expr
    span: Span = field(default=NOWHERE, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


Expr: TypeAlias = (
    NumberLiteral | StringLiteral | VectorSelector | MatrixSelector | Subquery | Call | Aggregate | Binary | Unary | Paren | Variable
)


def _same_number(left: float | None, right: float | None) -> bool:
    """Whether two numbers are written alike: NaN, which equals nothing, is."""
    return left == right or repr(left) == repr(right) == "nan"


def _matcher_key(matcher: Matcher) -> tuple[str, str, str]:
    return matcher.name, matcher.op, matcher.value


def children(node: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside of `node`, in the order of the text."""
    match node:
        case Binary(left=left, right=right):
            return (left, right)
        case Call(args=args):
            return args
        case Aggregate(expr=expr, param=param):
            return (expr,) if param is None else (param, expr)
        case MatrixSelector(selector=selector):
            return (selector,)
        case Subquery(expr=expr) | Unary(expr=expr) | Paren(expr=expr):
            return (expr,)
        case _:
            return ()


# Half of all nodes; asking them for children takes longest.
_LEAVES: frozenset[type] = frozenset({VectorSelector, NumberLiteral, StringLiteral, Variable})


def walk(node: Expr) -> Iterator[Expr]:
    """`node` and every expression below it, each before its children; no recursion, so any depth is fine."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if type(current) not in _LEAVES:
            stack.extend(reversed(children(current)))
