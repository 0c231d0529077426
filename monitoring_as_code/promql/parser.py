"""Text to tree: operators by precedence climbing, the types checked on the way up, every mistake said at its characters."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet

from monitoring_as_code.promql.ast import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    At,
    Binary,
    BinaryOp,
    Call,
    Card,
    Duration,
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
from monitoring_as_code.promql.calls import (
    TYPES_IN_WORDS,
    Type,
    check_aggregation,
    check_call,
    function_help,
    node_in_words,
    subquery_help,
)
from monitoring_as_code.promql.errors import PromQLSyntaxError
from monitoring_as_code.promql.features import EXPERIMENTAL_FUNCTIONS, EXTENDED_RANGES, FILL_MODIFIERS
from monitoring_as_code.promql.functions import AGGREGATIONS, FUNCTIONS, Function
from monitoring_as_code.promql.height import MAX_HEIGHT, MAX_NESTING
from monitoring_as_code.promql.lexer import END, METRIC_WORDS, NAME, NUMBER, RANGE, STRING, VARIABLE_NAME, tokens
from monitoring_as_code.promql.literals import unquote
from monitoring_as_code.promql.operators import PRECEDENCE, UNARY_OPERAND
from monitoring_as_code.promql.selector_parser import SelectorParser
from monitoring_as_code.promql.variables import as_variable, find_variables

_POSTFIXES = frozenset({RANGE, "offset", "@", "anchored", "smoothed"})
_CALLABLE_KEYWORDS = frozenset({"start", "end", "step", "range", "min_of", "max_of"})
_AN_EXPRESSION = "an expression"
_VECTOR_HELP = "make it an instant vector with a function, as in `rate(...[5m])`"
_VECTORS = frozenset({"vector", "any"})


def parse(text: str, *, variables: bool = False, features: AbstractSet[str] = frozenset()) -> Expr:
    """The syntax tree of a PromQL text, checked as Prometheus 3 checks it before it runs a query.

    `variables` lets Grafana's variables stand for durations, numbers, labels, names and whole expressions; inside of strings they are
    listed in the matcher. `features` are Prometheus's feature flags (see `features`) whose syntax is allowed.

    Raises:
        PromQLSyntaxError: Prometheus would refuse the text, it is nested more than 200 levels deep, or more than 1000 levels high.

    >>> parse("rate(http_requests_total[5m])").span
    Span(start=0, end=29)
    """
    if not text.isascii():
        _refuse_surrogates(text)
    return _Parser(text, features, variables=variables).whole()


class _Parser(SelectorParser):
    """Each method reads one construct and leaves its type and height behind in `type` and `height`."""

    __slots__ = ("height", "info_selector", "type")

    type: Type
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
        if self.height > MAX_HEIGHT:
            self.too_long()
        return found

    def expression(self, floor: int) -> Expr:
        """An expression of operators that bind at least as tightly as `floor`."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.too_deep()
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
        if self.height + self.depth - 1 > MAX_HEIGHT:
            self.too_long()
        op_span = self.span_of(at)
        right_type = self.type
        for side, side_type in ((left, left_type), (right, right_type)):
            if side_type in {"string", "matrix"}:
                raise PromQLSyntaxError(
                    f"`{op}` takes numbers and instant vectors, but got {TYPES_IN_WORDS[side_type]}",
                    side.span,
                    _VECTOR_HELP if side_type == "matrix" else "",
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
                    raise PromQLSyntaxError(
                        f"`{'on' if matching.on else 'ignoring'}` matches two vectors, but one side is a number", matching.span, "remove it"
                    )
                if matching.fill_left is not None or matching.fill_right is not None:
                    raise PromQLSyntaxError(
                        "`fill` fills in for a vector's missing series, but one side is a number", matching.span, "remove it"
                    )
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
            raise PromQLSyntaxError(
                f"`{kind}` comes after `on (...)` or `ignoring (...)`", self.span_of(first), f"write `{op} on (...) {kind} ...`"
            )
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

    # Operands

    def _operand(self) -> Expr:
        # Calls and signs are dispatched here, and not in methods of their own, to spend few of Python's frames on each level of nesting.
        at = self.at
        kind = self.kinds[at]
        found: Expr
        if kind is NAME or kind in METRIC_WORDS:
            following = self.kinds[at + 1]
            if following == "(" and (kind is NAME or kind in _CALLABLE_KEYWORDS):
                function = self._function()
                arguments, types = self._arguments()
                found = self._call(at, function, arguments, types)
            elif following in _AFTER_AGGREGATION and kind in AGGREGATIONS:
                modifier, grouping = self._aggregation()
                arguments, types = self._arguments()
                found = self._aggregate(at, modifier, grouping, arguments, types)
            else:
                self.at = at + 1
                self.type = "vector"
                self.height = 1
                found = self.selector(self.texts[at], self.span_of(at))
        elif kind == "(":
            self.at = at + 1
            if self.kinds[self.at] == ")":
                self.unexpected(_AN_EXPRESSION, "the parentheses are empty")
            inside = self.expression(1)
            self._close(at, "an operator or `)`")
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
            self.at = at + 1
            # What follows an operand was read with it: `-a[5m:]` is the sign of a subquery.
            return self._unary(at, self.expression(UNARY_OPERAND))
        elif kind == "{":
            self.type = "vector"
            self.height = 1
            start = self.starts[at]
            found = self.selector("", Span(start, start))
            if at != self.info_selector:
                self.must_choose(found)
        elif kind is VARIABLE_NAME:
            found = self._variable_operand()
        else:
            self.unexpected(_AN_EXPRESSION, self._missing_help(at, kind))
        while self.kinds[self.at] in _POSTFIXES:
            found = self._postfix(found)
        return found

    def _unary(self, at: int, inside: Expr) -> Expr:
        sign = self.kinds[at]
        span = Span(self.starts[at], inside.span.end)
        if isinstance(inside, NumberLiteral):
            return NumberLiteral(-inside.value if sign == "-" else inside.value, inside.is_duration, span)
        if self.type in {"string", "matrix"}:
            raise PromQLSyntaxError(
                f"a sign goes with a number or an instant vector, but this is {TYPES_IN_WORDS[self.type]}",
                inside.span,
                _VECTOR_HELP if self.type == "matrix" else "",
            )
        self.height += 1
        return Unary("-" if sign == "-" else "+", inside, span)

    def _close(self, opening: int, wanted: str) -> None:
        if self.kinds[self.at] == ")":
            self.at += 1
        elif self.kinds[self.at] is END:
            raise PromQLSyntaxError("the `(` is never closed", self.span_of(opening), "close it with `)`")
        else:
            self.unexpected(wanted, self._after_help(self.kinds[self.at]))

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
                f"`{text}` stands for a function's name, so what it does cannot be known",
                span,
                "write the function's name, or one panel for each",
            )
        if following in _GROUPINGS:
            raise PromQLSyntaxError(
                f"`{text}` stands for an aggregation's name, so what it does cannot be known",
                span,
                "write the aggregation's name, or one panel for each",
            )
        if len(inside) == 1 and inside[0].text == text and following not in _SELECTOR_TAIL:
            self.type = "any"
            return inside[0]
        self.type = "vector"
        return self.selector(text, span, inside)

    # Calls

    def _arguments(self) -> tuple[list[Expr], list[Type]]:
        """The arguments in the parentheses that come next, and their types; `height` is that of the highest."""
        opening = self.at
        self.at = opening + 1
        found: list[Expr] = []
        types: list[Type] = []
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
        self._close(opening, "`,` or `)`")
        self.height = height
        return found, types

    def _function(self) -> Function:
        """The function whose name comes next."""
        name = self.texts[self.at]
        function = FUNCTIONS.get(name)
        if function is None:
            raise PromQLSyntaxError(f"there is no function `{name}()`", self.span_of(self.at), function_help(name))
        if function.experimental:
            self.need(EXPERIMENTAL_FUNCTIONS, f"`{name}()`", self.span_of(self.at))
        self.at += 1
        return function

    def _call(self, at: int, function: Function, arguments: list[Expr], types: list[Type]) -> Call:
        span = Span(self.starts[at], self.end_of(self.at - 1))
        check_call(function, arguments, types, span, self.source)
        self.type = function.returns
        self.height += 1
        return Call(function.name, tuple(arguments), span, self.span_of(at))

    def _aggregation(self) -> tuple[str, tuple[Name | Variable, ...]]:
        """The word and the labels between an aggregation's name, which comes next, and its arguments."""
        op = self.kinds[self.at]
        if AGGREGATIONS[op].experimental:
            self.need(EXPERIMENTAL_FUNCTIONS, f"`{op}()`", self.span_of(self.at))
        self.at += 1
        modifier = self.kinds[self.at]
        if modifier not in _GROUPINGS:
            return "", ()
        self.at += 1
        grouping = self.labels()
        if self.kinds[self.at] != "(":
            self.unexpected(f"`(` and what `{op}` aggregates")
        return modifier, grouping

    def _aggregate(
        self, at: int, modifier: str, grouping: tuple[Name | Variable, ...], arguments: list[Expr], types: list[Type]
    ) -> Aggregate:
        op = self.kinds[at]
        if not modifier and self.kinds[self.at] in _GROUPINGS:
            modifier = self.kinds[self.at]
            self.at += 1
            grouping = self.labels()
        span = Span(self.starts[at], self.end_of(self.at - 1))
        aggregation = AGGREGATIONS[op]
        check_aggregation(aggregation, arguments, types, span, self.source)
        self.type = "vector"
        self.height += 1
        param = arguments[0] if aggregation.param else None
        return Aggregate(op, arguments[-1], param, grouping, modifier == "without", bool(modifier), span, self.span_of(at))

    # What follows an operand

    def _postfix(self, target: Expr) -> Expr:
        kind = self.kinds[self.at]
        if kind is RANGE:
            return self._subscript(target)
        at = self.at
        if kind == "offset":
            holder = self._selecting(target, "`offset`")
            if holder.offset is not None:
                raise PromQLSyntaxError("a second `offset`", self.span_of(at), "add the two up")
            self.at = at + 1
            offset = self.offset_duration()
            # Prometheus does not tell an offset of nothing from none, nor does it print one.
            holder.offset = offset if not isinstance(offset, Duration) or offset.milliseconds else None
        elif kind == "@":
            holder = self._selecting(target, "`@`")
            if holder.at is not None:
                raise PromQLSyntaxError("a second `@`", self.span_of(at), "remove one")
            self.at = at + 1
            holder.at = self._at_modifier(at)
        else:
            self.need(EXTENDED_RANGES, f"`{kind}`", self.span_of(at))
            selector = target.selector if isinstance(target, MatrixSelector) else target
            if not isinstance(selector, VectorSelector):
                raise PromQLSyntaxError(
                    f"`{kind}` goes with a selector", self.span_of(at), "write it right after the selector or its range"
                )
            if selector.anchoring:
                raise PromQLSyntaxError(f"`{kind}` after `{selector.anchoring}`", self.span_of(at), "remove one")
            self.at = at + 1
            selector.anchoring = "anchored" if kind == "anchored" else "smoothed"
            return target  # whose span, in Prometheus too, ends before the word
        target.span = Span(target.span.start, self.end_of(self.at - 1))
        return target

    def _selecting(self, target: Expr, what: str) -> VectorSelector | Subquery:
        """What an `offset` or `@` after `target` moves."""
        if isinstance(target, VectorSelector | Subquery):
            return target
        if isinstance(target, MatrixSelector):
            return target.selector
        raise PromQLSyntaxError(
            f"{what} goes with a selector or a subquery, but this is {node_in_words(target)}",
            target.span,
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
                    f"a subquery takes an instant vector, but this is {TYPES_IN_WORDS[self.type]}", target.span, subquery_help(self.type)
                )
            self.type = "matrix"
            self.height += 1
            return Subquery(target, length, step, span=span)
        if not isinstance(target, VectorSelector):
            raise PromQLSyntaxError(
                f"a range goes with a selector, but this is {node_in_words(target)}",
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

    def _after_help(self, kind: str) -> str | None:
        if kind in _GROUPINGS:
            return f"`{kind}` goes with an aggregation: `sum {kind} (...) (...)`"
        if kind in {"on", "ignoring", "group_left", "group_right", "bool"}:
            return f"`{kind}` comes right after an operator"
        if kind == "(":
            return "a function's name comes right before `(`"
        if kind is NAME and self.texts[self.at].lower() in {"if", "default", "ifnot"}:
            return "that is VictoriaMetrics' language, not PromQL"
        return "an operator is missing before it" if kind in _BEGINNINGS else None

    def _missing_help(self, at: int, kind: str) -> str | None:
        if kind in {"on", "ignoring", "bool"} and at and self.kinds[at - 1] == ")":
            return "an operator takes `bool` first, then one `on (...)` or `ignoring (...)`"
        if kind in {"on", "ignoring", "group_left", "group_right", "bool", "atan2"}:
            return f'`{kind}` is a keyword; a metric of that name is written `{{__name__="{kind}"}}`'
        if kind == "/" and self.source.startswith(("//", "/*"), self.starts[at]):
            return "a comment begins with `#` and ends with its line"
        if at and self.kinds[at - 1] in PRECEDENCE:
            return f"`{self.texts[at - 1]}` needs something on its right"
        if kind in PRECEDENCE:
            return f"`{self.texts[at]}` needs something on its left"
        return None


_MATCHING = frozenset({"on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right"})
_FILLS = frozenset({"fill", "fill_left", "fill_right"})
_GROUPINGS = frozenset({"by", "without"})
_AFTER_AGGREGATION = frozenset({"(", "by", "without"})
_BEGINNINGS = METRIC_WORDS | {NUMBER, STRING, VARIABLE_NAME}
_SELECTOR_TAIL = frozenset({"{", RANGE, "offset", "@"})


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PromQLSyntaxError("the text is not valid Unicode", Span(error.start, error.end), "save the file as UTF-8") from None
