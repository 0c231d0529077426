"""A tree with some of its nodes exchanged; the tree itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable

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
    walk,
)
from monitoring_as_code.promql.functions import AGGREGATIONS, FUNCTIONS, ValueType
from monitoring_as_code.promql.node import replace

_NEUTRAL_DURATION = Duration(300_000)
_NEUTRAL_WORD = "x"
_NEUTRAL: dict[ValueType, Expr] = {
    "scalar": NumberLiteral(1.0),
    "string": StringLiteral(_NEUTRAL_WORD),
    "vector": VectorSelector(_NEUTRAL_WORD),
    "matrix": MatrixSelector(VectorSelector(_NEUTRAL_WORD), _NEUTRAL_DURATION),
}


def rewritten(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The tree in which each node, its children first, was replaced by what `change` makes of it."""
    match expr:
        case Binary(left=left, right=right):
            return change(replace(expr, left=rewritten(left, change), right=rewritten(right, change)))
        case Call(args=args):
            return change(replace(expr, args=tuple([rewritten(argument, change) for argument in args])))
        case Aggregate(expr=inside, param=param):
            return change(replace(expr, expr=rewritten(inside, change), param=None if param is None else rewritten(param, change)))
        case MatrixSelector(selector=selector):
            changed = change(selector)
            return change(replace(expr, selector=changed if isinstance(changed, VectorSelector) else selector))
        case Subquery(expr=inside) | Unary(expr=inside) | Paren(expr=inside):
            return change(replace(expr, expr=rewritten(inside, change)))
        case _:
            return change(expr)


def without_variables(expr: Expr) -> Expr:
    """The expression with a neutral value for each of Grafana's variables; the very same one when it has none.

    A duration becomes `5m`, a part of a name or of a label's value `x`, and a whole operand what fits in its place: the number 1, the
    metric `x`.
    """
    return _neutral(expr, "vector") if any(_has_variables(node) for node in walk(expr)) else expr


def _neutral(node: Expr, wanted: ValueType) -> Expr:
    match node:
        case Variable():
            return _NEUTRAL[wanted]
        case VectorSelector():
            return _neutral_selector(node)
        case MatrixSelector(selector=selector):
            return replace(node, selector=_neutral_selector(selector), range=_neutral_duration(node.range))
        case Subquery(expr=inside, range=length, step=step, offset=offset):
            return replace(
                node,
                expr=_neutral(inside, "vector"),
                range=_neutral_duration(length),
                step=step and _neutral_duration(step),
                offset=offset and _neutral_duration(offset),
                at=_neutral_at(node.at),
            )
        case Call(function=function, args=args):
            types = FUNCTIONS[function].arguments
            return replace(node, args=tuple([_neutral(argument, types[min(index, len(types) - 1)]) for index, argument in enumerate(args)]))
        case Aggregate(op=op, expr=inside, param=param):
            return replace(
                node,
                expr=_neutral(inside, "vector"),
                param=None if param is None else _neutral(param, AGGREGATIONS[op].param or "scalar"),
                grouping=_neutral_labels(node.grouping),
            )
        case Binary(left=left, right=right, matching=matching):
            if matching is not None:
                matching = replace(matching, labels=_neutral_labels(matching.labels), include=_neutral_labels(matching.include, "y"))
            return replace(node, left=_neutral(left, wanted), right=_neutral(right, wanted), matching=matching)
        case Paren(expr=inside) | Unary(expr=inside):
            return replace(node, expr=_neutral(inside, wanted))
        case _:
            return node


def _neutral_selector(selector: VectorSelector) -> VectorSelector:
    return replace(
        selector,
        name=_neutral_text(selector.name, selector.variables),
        matchers=tuple([_neutral_matcher(matcher) for matcher in selector.matchers])
        + tuple([Matcher(f"{_NEUTRAL_WORD}{index}", "=", _NEUTRAL_WORD) for index in range(len(selector.stand_ins))]),
        offset=selector.offset and _neutral_duration(selector.offset),
        at=_neutral_at(selector.at),
        variables=(),
        stand_ins=(),
    )


def _neutral_matcher(matcher: Matcher) -> Matcher:
    if not matcher.variables:
        return matcher
    name, value = _neutral_text(matcher.name, matcher.variables), _neutral_text(matcher.value, matcher.variables)
    return replace(matcher, name=name, value=value, variables=())


def _neutral_text(text: str, variables: tuple[Variable, ...]) -> str:
    for variable in variables:
        text = text.replace(variable.text, _NEUTRAL_WORD)
    return text


def _neutral_duration(duration: AnyDuration) -> AnyDuration:
    if isinstance(duration, DurationExpr):
        return _NEUTRAL_DURATION if any(isinstance(node, Variable) for node in walk(duration.expr)) else duration
    return _NEUTRAL_DURATION if isinstance(duration, Variable) else duration


def _neutral_at(at: At | None) -> At | None:
    return At(0) if at is not None and isinstance(at.value, Variable) else at


def _neutral_labels(labels: tuple[Name | Variable, ...], prefix: str = _NEUTRAL_WORD) -> tuple[Name | Variable, ...]:
    return tuple([Name(f"{prefix}_{label.name}") if isinstance(label, Variable) else label for label in labels])


def variables_of(node: Expr) -> tuple[Variable, ...]:
    """Grafana's variables at a node itself: not those of expressions inside of it, nor those in the text of matchers."""
    match node:
        case Variable():
            return (node,)
        case VectorSelector():
            return (*node.variables, *node.stand_ins, *_in_durations(node.offset), *_in_at(node.at))
        case MatrixSelector(range=length):
            return _in_durations(length)
        case Subquery():
            return (*_in_durations(node.range, node.step, node.offset), *_in_at(node.at))
        case Aggregate(grouping=grouping):
            return tuple(label for label in grouping if isinstance(label, Variable))
        case Binary(matching=VectorMatching(labels=labels, include=include)):
            return tuple(label for label in (*labels, *include) if isinstance(label, Variable))
        case _:
            return ()


def _in_durations(*durations: AnyDuration | None) -> tuple[Variable, ...]:
    found: list[Variable] = []
    for duration in durations:
        if isinstance(duration, Variable):
            found.append(duration)
        elif isinstance(duration, DurationExpr):
            found += [node for node in walk(duration.expr) if isinstance(node, Variable)]
    return tuple(found)


def _in_at(at: At | None) -> tuple[Variable, ...]:
    return (at.value,) if at is not None and isinstance(at.value, Variable) else ()


def _has_variables(node: Expr) -> bool:
    match node:
        case Variable():
            return True
        case VectorSelector():
            durations: tuple[AnyDuration | None, ...] = (node.offset,)
            return bool(node.variables or node.stand_ins or any(matcher.variables for matcher in node.matchers)) or _any_variable(
                durations, node.at
            )
        case MatrixSelector(range=length):
            return _any_variable((length,), None)
        case Subquery():
            return _any_variable((node.range, node.step, node.offset), node.at)
        case Aggregate(grouping=grouping):
            return any(isinstance(label, Variable) for label in grouping)
        case Binary(matching=VectorMatching(labels=labels, include=include)):
            return any(isinstance(label, Variable) for label in (*labels, *include))
        case _:
            return False


def _any_variable(durations: tuple[AnyDuration | None, ...], at: At | None) -> bool:
    if at is not None and isinstance(at.value, Variable):
        return True
    return any(duration is not None and _neutral_duration(duration) is not duration for duration in durations)
