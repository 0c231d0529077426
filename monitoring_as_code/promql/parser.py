"""Text to tree: operators by precedence climbing, the types checked on the way up, every mistake said at its characters."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from typing import Literal

from monitoring_as_code.promql.ast import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    At,
    Binary,
    BinaryOp,
    Call,
    Card,
    Expr,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    Span,
    StringLiteral,
    Subquery,
    Unary,
    Variable,
    VectorMatching,
    VectorSelector,
)
from monitoring_as_code.promql.errors import PromQLSyntaxError
from monitoring_as_code.promql.features import EXPERIMENTAL_FUNCTIONS, EXTENDED_RANGES, FILL_MODIFIERS
from monitoring_as_code.promql.functions import AGGREGATIONS, FUNCTIONS, Aggregation, Function
from monitoring_as_code.promql.lexer import END, METRIC_WORDS, NAME, NUMBER, RANGE, STRING, VARIABLE_NAME, tokens
from monitoring_as_code.promql.literals import unquote
from monitoring_as_code.promql.operators import PRECEDENCE, UNARY_OPERAND
from monitoring_as_code.promql.selector_parser import SelectorParser
from monitoring_as_code.promql.variables import as_variable, find_variables

# "any" is what one of Grafana's variables may be.
_Type = Literal["scalar", "string", "vector", "matrix", "any"]

_TYPES_IN_WORDS = {"scalar": "a number", "string": "a string", "vector": "an instant vector", "matrix": "a range vector", "any": "anything"}
_POSTFIXES = frozenset({RANGE, "offset", "@", "anchored", "smoothed"})
_CALLABLE_KEYWORDS = frozenset({"start", "end", "step", "range", "min_of", "max_of"})
_AN_EXPRESSION = "an expression"
_VECTORS = frozenset({"vector", "any"})


def parse(text: str, *, variables: bool = False, features: AbstractSet[str] = frozenset()) -> Expr:
    """The syntax tree of a PromQL text, checked as Prometheus 3 checks it before it runs a query.

    `variables` lets Grafana's variables stand for durations, numbers, labels, names and whole expressions; inside of strings they are
    listed in the matcher. `features` are Prometheus's feature flags (see `features`) whose syntax is allowed.

    Raises:
        PromQLSyntaxError: Prometheus would refuse the text, or it is nested more than 200 levels deep.

    >>> parse("rate(http_requests_total[5m])").span
    Span(start=0, end=29)
    """
    if not text.isascii():
        _refuse_surrogates(text)
    return _Parser(text, features, variables=variables).whole()


class _Parser(SelectorParser):
    """Each method reads one construct and leaves its type and height behind in `type` and `height`."""

    __slots__ = ("height", "info_selector", "type")

    type: _Type
    height: int

    def __init__(self, text: str, features: AbstractSet[str], *, variables: bool) -> None:
        super().__init__(text, tokens(text, variables=variables), features, variables=variables)
        self.info_selector = -1  # the token at which info()'s second argument begins, which may choose everything

    def whole(self) -> Expr:
        if self.kinds[0] is END:
            raise PromQLSyntaxError("there is no expression", Span(0, 0), "comments and spaces are no query" if self.source else "")
        found = self.expression(1)
        kind = self.kinds[self.at]
        if kind is not END:
            if kind == ")":
                raise PromQLSyntaxError("this `)` closes nothing", self.span_of(self.at), "remove it, or open it with `(`")
            self.unexpected("an operator or the end of the text", self._after_help(kind))
        return found

    def expression(self, floor: int) -> Expr:
        """An expression of operators that bind at least as tightly as `floor`."""
        self.depth += 1
        self.deeper(self.depth)
        left = self._operand()
        while True:
            found = PRECEDENCE.get(self.kinds[self.at])
            if found is None or found < floor:
                self.depth -= 1
                return left
            left = self._binary(left, found)

    # Operators

    def _binary(self, left: Expr, precedence: int) -> Binary:
        left_type, left_height = self.type, self.height
        at = self.at
        op: BinaryOp = self.kinds[at]  # type: ignore[assignment]  # what has a precedence is an operator
        self.at = at + 1
        bool_span = None
        if self.kinds[self.at] == "bool":
            bool_span = self.span_of(self.at)
            self.at += 1
            if op not in COMPARISONS:
                raise PromQLSyntaxError(f"`bool` goes with comparisons, and `{op}` is none", bool_span, "remove it")
        matching = self._matching(op) if self.kinds[self.at] in _MATCHING else None
        right = self.expression(precedence if op == "^" else precedence + 1)
        span = Span(left.span.start, right.span.end)
        self.height = max(left_height, self.height) + 1
        if self.height > 190:
            self.deeper(self.height + self.depth - 1)
        op_span = self.span_of(at)
        right_type = self.type
        for side, side_type in ((left, left_type), (right, right_type)):
            if side_type in {"string", "matrix"}:
                raise PromQLSyntaxError(
                    f"`{op}` takes numbers and instant vectors, but got {_TYPES_IN_WORDS[side_type]}",
                    side.span,
                    "make it an instant vector with a function, as in `rate(...[5m])`" if side_type == "matrix" else "",
                )
        if left_type == "scalar" or right_type == "scalar":
            if op in SET_OPERATORS:
                raise PromQLSyntaxError(
                    f"`{op}` takes instant vectors on both sides, but got a number",
                    (left if left_type == "scalar" else right).span,
                    "make the number a vector with `vector()`",
                )
            if matching is not None:
                if matching.labels:
                    raise PromQLSyntaxError(f"`{'on' if matching.on else 'ignoring'}` matches two vectors, but one side is a number", matching.span, "remove it")
                if matching.fill_left is not None or matching.fill_right is not None:
                    raise PromQLSyntaxError("`fill` fills in for a vector's missing series, but one side is a number", matching.span, "remove it")
                matching = None
            if left_type == right_type:
                if op in COMPARISONS and bool_span is None:
                    raise PromQLSyntaxError(
                        f"two numbers are compared, and `{op}` alone can only filter series", op_span, f"write `{op} bool` to get 0 or 1"
                    )
                self.type = "scalar"
            else:
                self.type = "vector" if "any" not in {left_type, right_type} else "any"
        else:
            if matching is None and left_type == right_type == "vector":
                matching = VectorMatching("many-to-many" if op in SET_OPERATORS else "one-to-one")
            self.type = "vector" if "vector" in {left_type, right_type} else "any"
        return Binary(op, left, right, bool_span is not None, matching, span, op_span)

    def _matching(self, op: str) -> VectorMatching | None:
        first = self.at
        kind = self.kinds[first]
        labels: tuple[Name | Variable, ...] = ()
        include: tuple[Name | Variable, ...] = ()
        on = False
        card: Card = "many-to-many" if op in SET_OPERATORS else "one-to-one"
        if kind in {"on", "ignoring"}:
            on = kind == "on"
            self.at = first + 1
            labels = self.labels()
            side = self.kinds[self.at]
            if side in {"group_left", "group_right"}:
                group = self.at
                if op in SET_OPERATORS:
                    raise PromQLSyntaxError(f"`{op}` joins many to many, so it takes no `{side}`", self.span_of(group), "remove it")
                card = "many-to-one" if side == "group_left" else "one-to-many"
                self.at = group + 1
                if self.kinds[self.at] == "(":
                    include = self.labels()
                if on:
                    self._refuse_both(labels, include)
        elif kind in {"group_left", "group_right"}:
            raise PromQLSyntaxError(f"`{kind}` comes after `on (...)` or `ignoring (...)`", self.span_of(first), f"write `{op} on (...) {kind} ...`")
        fills = self._fills(op)
        if self.at == first:
            return None
        return VectorMatching(card, labels, on, include, *fills, Span(self.starts[first], self.end_of(self.at - 1)))

    def _refuse_both(self, labels: tuple[Name | Variable, ...], include: tuple[Name | Variable, ...]) -> None:
        matched = {label.value for label in labels if isinstance(label, Name)}
        for label in include:
            if isinstance(label, Name) and label.value in matched:
                raise PromQLSyntaxError(
                    f"`{label.value}` is both matched by `on` and taken over by `group_left` or `group_right`",
                    label.span,
                    "remove it from one of the lists: a matched label is the same on both sides",
                )

    def _fills(self, op: str) -> tuple[float | None, float | None]:
        values: dict[str, float] = {}
        while (kind := self.kinds[self.at]) in _FILLS and self.kinds[self.at + 1] == "(":
            at = self.at
            if kind in values or "fill" in values or (values and kind == "fill"):
                self.unexpected(_AN_EXPRESSION)
            self.need(FILL_MODIFIERS, f"`{kind}`", self.span_of(at))
            if op in SET_OPERATORS:
                raise PromQLSyntaxError(f"`{op}` takes no `{kind}`: it computes nothing", self.span_of(at), "remove it")
            self.at = at + 2
            sign = self.kinds[self.at]
            if sign in {"-", "+"}:
                self.at += 1
            if self.kinds[self.at] is not NUMBER:
                self.unexpected("a number")
            value = self.number_here().value
            self.expect(")", "`)`")
            values[kind] = -value if sign == "-" else value
        both = values.get("fill")
        return values.get("fill_left", both), values.get("fill_right", both)

    def _unary(self) -> Expr:
        at = self.at
        sign: Literal["+", "-"] = "-" if self.kinds[at] == "-" else "+"
        self.at = at + 1
        inside = self.expression(UNARY_OPERAND)
        span = Span(self.starts[at], inside.span.end)
        if isinstance(inside, NumberLiteral):
            return NumberLiteral(-inside.value if sign == "-" else inside.value, inside.is_duration, span)
        if self.type in {"string", "matrix"}:
            raise PromQLSyntaxError(
                f"a sign goes with a number or an instant vector, but this is {_TYPES_IN_WORDS[self.type]}",
                inside.span,
                "make it an instant vector with a function, as in `rate(...[5m])`" if self.type == "matrix" else "",
            )
        self.height += 1
        return Unary(sign, inside, span)

    # Operands

    def _operand(self) -> Expr:
        at = self.at
        kind = self.kinds[at]
        found: Expr
        if kind is NAME:
            if self.kinds[at + 1] == "(":
                found = self._call()
            else:
                self.at = at + 1
                self.type = "vector"
                self.height = 1
                found = self.selector(self.texts[at], self.span_of(at))
        elif kind in AGGREGATIONS and self.kinds[at + 1] in _AFTER_AGGREGATION:
            found = self._aggregate()
        elif kind == "(":
            self.at = at + 1
            if self.kinds[self.at] == ")":
                self.unexpected(_AN_EXPRESSION, "the parentheses are empty")
            inside = self.expression(1)
            self._close(at)
            self.height += 1
            found = Paren(inside, Span(self.starts[at], self.end_of(self.at - 1)))
        elif kind is NUMBER:
            found = self.number_here()
            self.type = "scalar"
            self.height = 1
        elif kind is STRING:
            found = StringLiteral(unquote(self.texts[at], self.starts[at]), self.span_of(at))
            self.at = at + 1
            self.type = "string"
            self.height = 1
        elif kind in {"-", "+"}:
            return self._unary()
        elif kind == "{":
            self.type = "vector"
            self.height = 1
            start = self.starts[at]
            found = self.selector("", Span(start, start))
            if at != self.info_selector:
                self.must_choose(found)
        elif kind in METRIC_WORDS:
            if kind in _CALLABLE_KEYWORDS and self.kinds[at + 1] == "(":
                found = self._call()
            else:
                self.at = at + 1
                self.type = "vector"
                self.height = 1
                found = self.selector(self.texts[at], self.span_of(at))
        elif kind is VARIABLE_NAME:
            found = self._variable_operand()
        else:
            self.unexpected(_AN_EXPRESSION, self._missing_help(at, kind))
        while self.kinds[self.at] in _POSTFIXES:
            found = self._postfix(found)
        return found

    def _close(self, opening: int) -> None:
        if self.kinds[self.at] == ")":
            self.at += 1
        elif self.kinds[self.at] is END:
            raise PromQLSyntaxError("the `(` is never closed", self.span_of(opening), "close it with `)`")
        else:
            self.unexpected("an operator or `)`", self._after_help(self.kinds[self.at]))

    def _variable_operand(self) -> Expr:
        at = self.at
        text = self.texts[at]
        span = self.span_of(at)
        self.at = at + 1
        self.height = 1
        inside = find_variables(text, span.start)
        following = self.kinds[at + 1]
        if following == "(":
            raise PromQLSyntaxError(
                f"`{text}` stands for a function's name, so what it does cannot be known", span, "write the function's name, or one panel for each"
            )
        if len(inside) == 1 and inside[0].text == text and following not in _SELECTOR_TAIL:
            self.type = "any"
            return inside[0]
        self.type = "vector"
        return self.selector(text, span, inside)

    # Calls

    def _arguments(self) -> tuple[list[Expr], list[_Type]]:
        """The arguments in the parentheses that come next, and their types; `height` is that of the highest."""
        opening = self.at
        self.at = opening + 1
        found: list[Expr] = []
        types: list[_Type] = []
        height = 0
        if self.kinds[self.at] == ")":
            self.at += 1
            self.height = 0
            return found, types
        while True:
            found.append(self.expression(1))
            types.append(self.type)
            height = max(height, self.height)
            if self.kinds[self.at] != ",":
                break
            self.at += 1
            if self.kinds[self.at] == ")":
                raise PromQLSyntaxError("a comma with no argument after it", self.span_of(self.at - 1), "remove it")
            if self.texts[opening - 1] == "info" and len(found) == 1:
                self.info_selector = self.at
        if self.kinds[self.at] == ")":
            self.at += 1
        elif self.kinds[self.at] is END:
            raise PromQLSyntaxError("the `(` is never closed", self.span_of(opening), "close it with `)`")
        else:
            self.unexpected("`,` or `)`", self._after_help(self.kinds[self.at]))
        self.height = height
        return found, types

    def _call(self) -> Call:
        at = self.at
        name = self.texts[at]
        name_span = self.span_of(at)
        function = FUNCTIONS.get(name)
        if function is None:
            raise PromQLSyntaxError(f"there is no function `{name}()`", name_span, _function_help(name))
        if function.experimental:
            self.need(EXPERIMENTAL_FUNCTIONS, f"`{name}()`", name_span)
        self.at = at + 1
        found, types = self._arguments()
        span = Span(name_span.start, self.end_of(self.at - 1))
        _check_count(function, len(found), span)
        wanted = function.arguments
        if name == "info" and len(found) == 2:
            self._check_info_selector(found[1])
        last = len(wanted) - 1
        for index, (argument, type_) in enumerate(zip(found, types, strict=True)):
            want = wanted[min(index, last)]
            if type_ != want and type_ != "any":
                raise PromQLSyntaxError(
                    f"`{name}()` takes {_TYPES_IN_WORDS[want]}{_position(index, function)}, but got {_TYPES_IN_WORDS[type_]}",
                    argument.span,
                    _type_help(want, type_, self.source[argument.span.start : argument.span.end]),
                )
        self.type = function.returns
        self.height += 1
        return Call(name, tuple(found), span, name_span)

    def _check_info_selector(self, argument: Expr) -> None:
        if not isinstance(argument, VectorSelector) or argument.name:
            raise PromQLSyntaxError(
                "`info()` takes matchers in braces as its second argument",
                argument.span,
                'name the info metric by a matcher: `{__name__="target_info"}`',
            )

    def _aggregate(self) -> Aggregate:
        at = self.at
        op = self.kinds[at]
        op_span = self.span_of(at)
        aggregation = AGGREGATIONS[op]
        if aggregation.experimental:
            self.need(EXPERIMENTAL_FUNCTIONS, f"`{op}()`", op_span)
        self.at = at + 1
        modifier = ""
        grouping: tuple[Name | Variable, ...] = ()
        if self.kinds[self.at] in _GROUPINGS:
            modifier = self.kinds[self.at]
            self.at += 1
            grouping = self.labels()
            if self.kinds[self.at] != "(":
                self.unexpected(f"`(` and what `{op}` aggregates")
        found, types = self._arguments()
        end = self.end_of(self.at - 1)
        if not modifier and self.kinds[self.at] in _GROUPINGS:
            modifier = self.kinds[self.at]
            self.at += 1
            height = self.height
            grouping = self.labels()
            self.height = height
            end = self.end_of(self.at - 1)
        span = Span(op_span.start, end)
        _check_aggregation(aggregation, found, types, span, self.source)
        self.type = "vector"
        self.height += 1
        param = found[0] if aggregation.param else None
        return Aggregate(op, found[-1], param, grouping, modifier == "without", bool(modifier), span, op_span)

    # What follows an operand

    def _postfix(self, target: Expr) -> Expr:
        kind = self.kinds[self.at]
        if kind is RANGE:
            return self._subscript(target)
        at = self.at
        if kind == "offset":
            holder = self._selecting(target, "`offset`", at)
            if holder.offset is not None:
                raise PromQLSyntaxError("a second `offset`", self.span_of(at), "add the two up")
            self.at = at + 1
            holder.offset = self.offset_duration()
        elif kind == "@":
            holder = self._selecting(target, "`@`", at)
            if holder.at is not None:
                raise PromQLSyntaxError("a second `@`", self.span_of(at), "remove one")
            self.at = at + 1
            holder.at = self._at_modifier(at)
        else:
            self.need(EXTENDED_RANGES, f"`{kind}`", self.span_of(at))
            selector = target.selector if isinstance(target, MatrixSelector) else target
            if not isinstance(selector, VectorSelector):
                raise PromQLSyntaxError(f"`{kind}` goes with a selector", self.span_of(at), "write it right after the selector or its range")
            if selector.anchoring:
                raise PromQLSyntaxError(f"`{kind}` after `{selector.anchoring}`", self.span_of(at), "remove one")
            self.at = at + 1
            selector.anchoring = "anchored" if kind == "anchored" else "smoothed"
            if target is not selector:
                return target  # Prometheus counts the word as outside of the range selector
        target.span = Span(target.span.start, self.end_of(self.at - 1))
        return target

    def _selecting(self, target: Expr, what: str, at: int) -> VectorSelector | Subquery:
        """What an `offset` or `@` after `target` moves."""
        if isinstance(target, VectorSelector | Subquery):
            return target
        if isinstance(target, MatrixSelector):
            return target.selector
        raise PromQLSyntaxError(
            f"{what} goes with a selector or a subquery, but this is {_node_in_words(target)}",
            Span(target.span.start, self.end_of(at)),
            "write it inside, right after the selector",
        )

    def _subscript(self, target: Expr) -> Expr:
        at = self.at
        text = self.texts[at]
        start = self.starts[at]
        length, step, has_colon = self.range_and_step(text, start)
        self.at = at + 1
        here = Span(start, start + len(text))
        span = Span(target.span.start, here.end)
        if has_colon:
            if self.type not in _VECTORS:
                raise PromQLSyntaxError(
                    f"a subquery takes an instant vector, but this is {_TYPES_IN_WORDS[self.type]}", target.span, _subquery_help(self.type)
                )
            self.type = "matrix"
            self.height += 1
            self.deeper(self.depth + self.height - 1)
            return Subquery(target, length, step, span=span)
        if not isinstance(target, VectorSelector):
            raise PromQLSyntaxError(
                f"a range goes with a selector, but this is {_node_in_words(target)}",
                here,
                f"for a subquery, add a colon: `{text[:-1]}:]`" if self.type == "vector" else "",
            )
        if target.offset is not None or target.at is not None or target.anchoring:
            word = "offset" if target.offset is not None else "@" if target.at is not None else target.anchoring
            raise PromQLSyntaxError(f"the range comes after `{word}`", here, f"write the range first: `...{text} {word} ...`")
        self.type = "matrix"
        self.height += 1
        return MatrixSelector(target, length, span)

    def _at_modifier(self, at: int) -> At:
        kind = self.kinds[self.at]
        if kind in {"start", "end"}:
            self.at += 1
            self.expect("(", "`(`")
            self.expect(")", "`)`")
            return At("start" if kind == "start" else "end", Span(self.starts[at], self.end_of(self.at - 1)))
        if kind is VARIABLE_NAME:
            variable = as_variable(self.texts[self.at], self.starts[self.at])
            self.at += 1
            if variable is not None:
                return At(variable, Span(self.starts[at], variable.span.end))
        sign = kind
        if sign in {"-", "+"}:
            self.at += 1
        if self.kinds[self.at] is not NUMBER:
            self.unexpected("a timestamp", "a timestamp is in seconds, or `start()` or `end()`")
        literal = self.number_here()
        value = -literal.value if sign == "-" else literal.value
        span = Span(self.starts[at], literal.span.end)
        if not math.isfinite(value) or abs(value) >= 2**63:
            raise PromQLSyntaxError("the timestamp is out of bounds", span, "a timestamp is in seconds since 1970")
        return At(round(value * 1000), span)

    # Advice

    def _after_help(self, kind: str) -> str:
        if kind in _GROUPINGS:
            return f"`{kind}` goes with an aggregation: `sum {kind} (...) (...)`"
        if kind in {"on", "ignoring", "group_left", "group_right", "bool"}:
            return f"`{kind}` comes right after an operator"
        if kind == "=":
            return "to compare, write `==`; to match a label, write it in `{}`"
        if kind == "(":
            return "a function's name comes right before `(`"
        if kind is NAME and self.texts[self.at].lower() in {"if", "default", "ifnot"}:
            return "that is VictoriaMetrics' language, not PromQL"
        return ""

    def _missing_help(self, at: int, kind: str) -> str:
        if kind in {"on", "ignoring", "group_left", "group_right", "bool", "atan2"}:
            return f'`{kind}` is a keyword; a metric of that name is written `{{__name__="{kind}"}}`'
        if at and self.kinds[at - 1] in PRECEDENCE:
            return f"`{self.texts[at - 1]}` needs something on its right"
        if kind in PRECEDENCE:
            return f"`{self.texts[at]}` needs something on its left"
        return ""


_MATCHING = frozenset({"on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right"})
_FILLS = frozenset({"fill", "fill_left", "fill_right"})
_GROUPINGS = frozenset({"by", "without"})
_AFTER_AGGREGATION = frozenset({"(", "by", "without"})
_SELECTOR_TAIL = frozenset({"{", RANGE, "offset", "@"})


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


def _check_aggregation(aggregation: Aggregation, found: list[Expr], types: list[_Type], span: Span, source: str) -> None:
    name = aggregation.name
    wanted: tuple[_Type, ...] = (aggregation.param, "vector") if aggregation.param else ("vector",)
    if len(found) != len(wanted):
        form = f"`{name}({_TYPES_IN_SHORT[aggregation.param]}, vector)`" if aggregation.param else f"`{name}(vector)`"
        raise PromQLSyntaxError(f"`{name}()` takes {_counted(len(wanted))}, but got {len(found) or 'none'}", span, f"write it as {form}")
    for want, argument, type_ in zip(wanted, found, types, strict=True):
        if type_ not in {want, "any"}:
            raise PromQLSyntaxError(
                f"`{name}()` takes {_TYPES_IN_WORDS[want]}{' first' if want != 'vector' else ''}, but got {_TYPES_IN_WORDS[type_]}",
                argument.span,
                _type_help(want, type_, source[argument.span.start : argument.span.end]),
            )


_TYPES_IN_SHORT = {"scalar": "number", "string": '"label"', "vector": "vector", "matrix": "vector[5m]"}


def signature(function: Function) -> str:
    """A function's call in short, for a person: `round(vector, number?)`."""
    required = len(function.arguments) - function.optional
    words = [_TYPES_IN_SHORT[type_] + ("" if index < required else "?" if function.repeats == 1 else ", ...") for index, type_ in enumerate(function.arguments)]
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
            return f"add a range: `{text}[5m]`" if text.replace("_", "a").isalnum() or text.endswith("}") else f"for a subquery, add a range with a colon: `{text}[5m:]`"
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


def _subquery_help(type_: str) -> str:
    match type_:
        case "scalar":
            return "make it a vector with `vector()`"
        case "matrix":
            return "wrap the inner range in a function such as `rate()` or `avg_over_time()`"
        case _:
            return ""


def _node_in_words(node: Expr) -> str:
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


def _function_help(name: str) -> str:
    from monitoring_as_code.promql.functions import REPLACEMENTS

    lowered = name.lower()
    if lowered in REPLACEMENTS:
        return REPLACEMENTS[lowered]
    if lowered in FUNCTIONS:
        return f"functions are written in lower case: `{lowered}()`"
    from difflib import get_close_matches

    near = get_close_matches(lowered[:40], [*FUNCTIONS, *AGGREGATIONS], n=1)
    return f"did you mean `{near[0]}()`?" if near else ""


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PromQLSyntaxError("the text is not valid Unicode", Span(error.start, error.end), "save the file as UTF-8") from None
