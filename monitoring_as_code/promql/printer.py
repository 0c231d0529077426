"""Tree to text, as Prometheus itself prints it.

A tree that was parsed prints with the parentheses that it has. One that was built has none, and gets those that its operators need, so
that the text means the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from monitoring_as_code.promql.ast import (
    Aggregate,
    AnyDuration,
    At,
    Binary,
    Call,
    Duration,
    DurationExpr,
    Expr,
    Matcher,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    StringLiteral,
    Subquery,
    Unary,
    Variable,
    VectorMatching,
    VectorSelector,
)
from monitoring_as_code.promql.durations import to_text as duration_text
from monitoring_as_code.promql.lexer import KEYWORDS, METRIC_WORDS
from monitoring_as_code.promql.literals import number_text, quote
from monitoring_as_code.promql.operators import PRECEDENCE, UNARY_OPERAND

_NOT_A_LABEL_IN_A_LIST = frozenset({"without", "inf", "nan"})  # without quotes


def to_text(expr: Expr) -> str:
    """The expression on one line, in the form that Prometheus prints.

    >>> from monitoring_as_code.promql import parse
    >>> to_text(parse('sum(rate(errors_total{job = "api"}[90s])) by (instance)'))
    'sum by (instance) (rate(errors_total{job="api"}[1m30s]))'
    """
    return _PRINTERS[type(expr)](expr)


def _vector_selector(selector: VectorSelector) -> str:
    text = _name_and_matchers(selector)
    if selector.at is None and selector.offset is None and not selector.anchoring:
        return text
    return text + _at(selector.at) + _anchoring(selector) + _offset(selector.offset)


def _matrix_selector(node: MatrixSelector) -> str:
    selector = node.selector
    text = f"{_name_and_matchers(selector)}[{_duration(node.range)}]"
    if selector.at is None and selector.offset is None and not selector.anchoring:
        return text
    return text + _anchoring(selector) + _at(selector.at) + _offset(selector.offset)


def _call(node: Call) -> str:
    return f"{node.function}({', '.join([to_text(argument) for argument in node.args])})"


def _string(node: StringLiteral) -> str:
    return quote(node.value)


def _paren(node: Paren) -> str:
    return f"({to_text(node.expr)})"


def _unary(node: Unary) -> str:
    inside = node.expr
    text = to_text(inside)
    # Without parentheses, the sign would become the number's own.
    if isinstance(inside, NumberLiteral) or (isinstance(inside, Binary) and PRECEDENCE[inside.op] < UNARY_OPERAND):
        text = f"({text})"
    return node.op + text


def _subquery(node: Subquery) -> str:
    text = to_text(node.expr)
    if isinstance(node.expr, Binary | Unary | NumberLiteral | Variable):
        text = f"({text})"
    step = "" if node.step is None else _duration(node.step)
    return f"{text}[{_duration(node.range)}:{step}]{_at(node.at)}{_offset(node.offset)}"


def _variable(node: Variable) -> str:
    return node.text


def _name_and_matchers(selector: VectorSelector) -> str:
    name = selector.name
    parts = [_matcher(matcher) for matcher in selector.matchers]
    if len(parts) > 1:
        parts.sort()
    if name and not selector.variables and not _is_metric_word(name):
        parts.insert(0, f"__name__={quote(name)}")
        name = ""
    parts += [variable.text for variable in selector.stand_ins]
    if not parts and name:
        return name
    return f"{name}{{{','.join(parts)}}}"


def _matcher(matcher: Matcher) -> str:
    name = matcher.name
    if not _is_label_word(name) and not (matcher.variables and matcher.variables[0].text in name):
        name = quote(name)
    return f"{name}{matcher.op}{quote(matcher.value)}"


def _aggregate(node: Aggregate) -> str:
    grouping = ""
    if node.grouping or node.without:
        grouping = f" {'without' if node.without else 'by'} {_labels(node.grouping)} "
    inside = to_text(node.expr) if node.param is None else f"{to_text(node.param)}, {to_text(node.expr)}"
    return f"{node.op}{grouping}({inside})"


def _binary(node: Binary) -> str:
    # A chain, `a + b + c`, leans to the left and may be longer than Python nests calls.
    chain = [node]
    while isinstance(inner := chain[-1].left, Binary):
        chain.append(inner)
    text = to_text(inner)
    while chain:
        text = _with_left(chain.pop(), text)
    return text


def _with_left(node: Binary, left: str) -> str:
    """An operator whose left side is printed."""
    precedence = PRECEDENCE[node.op]
    from_the_right = node.op == "^"
    match node.left:
        case Binary(op=op) if PRECEDENCE[op] < precedence or (from_the_right and PRECEDENCE[op] == precedence):
            left = f"({left})"
        case Unary() | NumberLiteral() if from_the_right and left[0] in "-+":
            # A sign binds less tightly than `^`. Prometheus prints `+Inf ^ 2` all the same, and reads a sign of all of it.
            left = "Inf" if left == "+Inf" else f"({left})"
        case VectorSelector(offset=DurationExpr(expr=offset)) | Subquery(offset=DurationExpr(expr=offset)) if _takes_all(offset):
            left = f"({left})"
        case _:
            pass
    right = to_text(node.right)
    if isinstance(node.right, Binary):
        inner = PRECEDENCE[node.right.op]
        if inner < precedence or (inner == precedence and not from_the_right):
            right = f"({right})"
    modifiers = " bool" if node.bool_modifier else ""
    if node.matching is not None:
        modifiers += _matching(node.matching)
    return f"{left} {node.op}{modifiers} {right}"


def _matching(matching: VectorMatching) -> str:
    text = ""
    grouped = matching.card in {"many-to-one", "one-to-many"}
    if matching.on or matching.labels or grouped:
        text = f" {'on' if matching.on else 'ignoring'} {_labels(matching.labels)}"
    if grouped:
        text += f" {'group_left' if matching.card == 'many-to-one' else 'group_right'} {_labels(matching.include)}"
    left, right = matching.fill_left, matching.fill_right
    if left is not None and left == right:
        return f"{text} fill ({number_text(left)})"
    if left is not None:
        text += f" fill_left ({number_text(left)})"
    if right is not None:
        text += f" fill_right ({number_text(right)})"
    return text


def _labels(labels: Iterable[Name | Variable]) -> str:
    texts = [
        label.text
        if isinstance(label, Variable)
        else label.value
        if _is_label_word(label.value) and label.value.lower() not in _NOT_A_LABEL_IN_A_LIST
        else quote(label.value)
        for label in labels
    ]
    return f"({', '.join(texts)})"


def _number(node: NumberLiteral) -> str:
    return duration_text(round(node.value * 1000)) if node.is_duration else number_text(node.value)


def _duration(duration: AnyDuration) -> str:
    match duration:
        case Duration(milliseconds=length):
            return duration_text(length)
        case DurationExpr(expr=expr):
            return to_text(expr)
        case Variable(text=text):
            return text


def _offset(offset: AnyDuration | None) -> str:
    return "" if offset is None else f" offset {_duration(offset)}"


def _at(at: At | None) -> str:
    if at is None:
        return ""
    match at.value:
        case int(value):
            whole, thousandths = divmod(abs(value), 1000)
            return f" @ {'-' if value < 0 else ''}{whole}.{thousandths:03d}"
        case Variable(text=text):
            return f" @ {text}"
        case end:
            return f" @ {end}()"


def _anchoring(selector: VectorSelector) -> str:
    return f" {selector.anchoring}" if selector.anchoring else ""


_PRINTERS: dict[type[Any], Callable[[Any], str]] = {
    VectorSelector: _vector_selector,
    MatrixSelector: _matrix_selector,
    Call: _call,
    Aggregate: _aggregate,
    Binary: _binary,
    NumberLiteral: _number,
    StringLiteral: _string,
    Paren: _paren,
    Unary: _unary,
    Subquery: _subquery,
    Variable: _variable,
}


def _takes_all(offset: Expr) -> bool:
    """Whether operators after `offset ...` would belong to the duration."""
    return not isinstance(offset, Call) and not (isinstance(offset, Unary) and not isinstance(offset.expr, Unary))


@lru_cache(maxsize=1024)
def _is_label_word(name: str) -> bool:
    return name.isascii() and name.isidentifier()


@lru_cache(maxsize=1024)
def _is_metric_word(name: str) -> bool:
    word = name.replace(":", "_")
    if not _is_label_word(word):
        return False
    lowered = name.lower()
    return (lowered not in KEYWORDS or lowered in METRIC_WORDS) and lowered not in {"inf", "nan"}
