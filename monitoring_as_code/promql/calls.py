"""Whether a call has the arguments that its function takes, and the words for it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from monitoring_as_code.promql.ast import (
    Aggregate,
    Call,
    Expr,
    MatrixSelector,
    NumberLiteral,
    Paren,
    Span,
    StringLiteral,
    Subquery,
    VectorSelector,
)
from monitoring_as_code.promql.errors import PromQLSyntaxError
from monitoring_as_code.promql.functions import AGGREGATIONS, FUNCTIONS, Aggregation, Function

# "any" is what one of Grafana's variables may be.
Type: TypeAlias = Literal["scalar", "string", "vector", "matrix", "any"]

TYPES_IN_WORDS: dict[Type, str] = {
    "scalar": "a number",
    "string": "a string",
    "vector": "an instant vector",
    "matrix": "a range vector",
    "any": "anything",
}
_TYPES_IN_SHORT = {"scalar": "number", "string": '"label"', "vector": "vector", "matrix": "vector[5m]"}


def check_call(function: Function, found: list[Expr], types: list[Type], span: Span, source: str) -> None:
    """Refuse arguments that the function does not take; `span` is the call, `source` the text it is in."""
    _check_count(function, len(found), span)
    if function.name == "info" and len(found) == 2 and not (isinstance(found[1], VectorSelector) and not found[1].name):
        raise PromQLSyntaxError(
            "`info()` takes matchers in braces as its second argument",
            found[1].span,
            'name the info metric by a matcher: `{__name__="target_info"}`',
        )
    wanted = function.arguments
    last = len(wanted) - 1
    for index, (argument, type_) in enumerate(zip(found, types, strict=True)):
        want = wanted[min(index, last)]
        if type_ not in (want, "any"):
            raise PromQLSyntaxError(
                f"`{function.name}()` takes {TYPES_IN_WORDS[want]}{_position(index, function)}, but got {TYPES_IN_WORDS[type_]}",
                argument.span,
                _type_help(want, type_, source[argument.span.start : argument.span.end]),
            )


def _check_count(function: Function, count: int, span: Span) -> None:
    most = len(function.arguments) - 1 + function.repeats if function.arguments else 0
    least = len(function.arguments) - function.optional
    if count >= least and (count <= most or function.repeats < 0):
        return
    if function.repeats < 0:
        wanted = f"at least {_counted(least)}"
    elif least == most:
        wanted = _counted(least)
    else:
        wanted = f"{least} to {_counted(most)}"
    raise PromQLSyntaxError(f"`{function.name}()` takes {wanted}, but got {count or 'none'}", span, f"its arguments: {signature(function)}")


def check_aggregation(aggregation: Aggregation, found: list[Expr], types: list[Type], span: Span, source: str) -> None:
    """Refuse arguments that the aggregation does not take; `span` is the whole of it, `source` the text it is in."""
    name = aggregation.name
    wanted: tuple[Type, ...] = (aggregation.param, "vector") if aggregation.param else ("vector",)
    if len(found) != len(wanted):
        form = f"`{name}({_TYPES_IN_SHORT[aggregation.param]}, vector)`" if aggregation.param else f"`{name}(vector)`"
        raise PromQLSyntaxError(f"`{name}()` takes {_counted(len(wanted))}, but got {len(found) or 'none'}", span, f"write it as {form}")
    for want, argument, type_ in zip(wanted, found, types, strict=True):
        if type_ not in {want, "any"}:
            raise PromQLSyntaxError(
                f"`{name}()` takes {TYPES_IN_WORDS[want]}{' first' if want != 'vector' else ''}, but got {TYPES_IN_WORDS[type_]}",
                argument.span,
                _type_help(want, type_, source[argument.span.start : argument.span.end]),
            )


def signature(function: Function) -> str:
    """A function's call in short, for a person: `round(vector, number?)`."""
    required = len(function.arguments) - function.optional
    words = [
        _TYPES_IN_SHORT[type_] + ("" if index < required else "?" if function.repeats == 1 else ", ...")
        for index, type_ in enumerate(function.arguments)
    ]
    return f"`{function.name}({', '.join(words)})`"


def _counted(count: int) -> str:
    return "no argument" if count == 0 else "1 argument" if count == 1 else f"{count} arguments"


def _position(index: int, function: Function) -> str:
    if len(function.arguments) == 1:
        return ""
    return f" as argument {index + 1}"


def _type_help(want: str, got: str, text: str) -> str:
    if len(text) > 60 or "\n" in text:
        text = "..."
    match want, got:
        case "matrix", "vector":
            return (
                f"add a range: `{text}[5m]`"
                if text.replace("_", "a").isalnum() or text.endswith("}")
                else f"for a subquery, add a range with a colon: `{text}[5m:]`"
            )
        case "vector", "matrix":
            return "remove the range, or wrap it in a function such as `rate()` or `avg_over_time()`"
        case "scalar", "vector":
            return f"make it a number: `scalar({text})`"
        case "vector", "scalar":
            return f"make it a vector: `vector({text})`"
        case "string", _:
            return f'write it in quotes: `"{text}"`' if text.replace("_", "a").isalnum() else ""
        case _:
            return ""


def subquery_help(type_: str) -> str:
    """How to make what is of that type fit for a subquery."""
    match type_:
        case "scalar":
            return "make it a vector with `vector()`"
        case "matrix":
            return "wrap the inner range in a function such as `rate()` or `avg_over_time()`"
        case _:
            return ""


def node_in_words(node: Expr) -> str:
    """What an operand is, for a sentence about why a modifier does not go with it."""
    match node:
        case Call(function=name):
            return f"the result of `{name}()`"
        case Aggregate(op=op):
            return f"the result of `{op}()`"
        case Paren():
            return "an expression in parentheses"
        case NumberLiteral():
            return "a number"
        case StringLiteral():
            return "a string"
        case MatrixSelector():
            return "a range vector"
        case Subquery():
            return "a subquery"
        case _:
            return "none"


def function_help(name: str) -> str:
    """What the author of a call of an unknown function may have meant."""
    from monitoring_as_code.promql.functions import REPLACEMENTS

    lowered = name.lower()
    if lowered in REPLACEMENTS:
        return REPLACEMENTS[lowered]
    if lowered in FUNCTIONS:
        return f"functions are written in lower case: `{lowered}()`"
    from difflib import get_close_matches

    near = get_close_matches(lowered[:40], [*FUNCTIONS, *AGGREGATIONS], n=1)
    return f"did you mean `{near[0]}()`?" if near else ""
