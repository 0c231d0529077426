"""Durations: after `offset`, and in square brackets."""

from __future__ import annotations

from functools import lru_cache

from monitoring_as_code.promql.ast import (
    AnyDuration,
    Binary,
    BinaryOp,
    Call,
    Duration,
    DurationExpr,
    Expr,
    NumberLiteral,
    Paren,
    Span,
    Unary,
    Variable,
)
from monitoring_as_code.promql.cursor import Cursor
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.errors import PromQLSyntaxError
from monitoring_as_code.promql.features import DURATION_EXPRESSIONS
from monitoring_as_code.promql.height import MAX_NESTING
from monitoring_as_code.promql.lexer import END, NUMBER, VARIABLE_NAME, range_tokens
from monitoring_as_code.promql.literals import number
from monitoring_as_code.promql.variables import as_variable

_DURATION = "a duration such as `5m`"
_LONGEST_SECONDS = (2**63 - 1) / 1e9  # Go counts nanoseconds in 64 bits
_PRECEDENCE: dict[str, tuple[int, BinaryOp]] = {"+": (1, "+"), "-": (1, "-"), "*": (2, "*"), "/": (2, "/"), "%": (2, "%"), "^": (3, "^")}
_UNARY_OPERAND = 3


class DurationParser(Cursor):
    """What Prometheus takes for a duration."""

    __slots__ = ()

    def number_here(self) -> NumberLiteral:
        """The number or duration that comes next."""
        at = self.at
        try:
            value, is_duration = number(self.texts[at])
        except ValueError as error:
            raise PromQLSyntaxError(str(error), self.span_of(at), _number_help(self.texts[at], str(error))) from None
        self.at = at + 1
        return NumberLiteral(value, is_duration, self.span_of(at))

    def range_and_step(self, text: str, start: int) -> tuple[AnyDuration, AnyDuration | None, bool]:
        """What is in square brackets: the range, the step, and whether there was a colon; `text` includes the brackets."""
        if text[-1] != "]" or len(text) == 1:
            self.refuse_variable(start)
            raise PromQLSyntaxError(
                "the `[` is never closed", Span(start, start + 1), "a range is written like `[5m]`, a subquery like `[1h:5m]`"
            )
        plain = _plain_range(text)
        if plain is not None:
            length, step, colon = plain
            first = Duration(length, Span(start + 1, start + colon))
            if step is None:
                return first, None, False
            return first, (Duration(step, Span(start + colon + 1, start + len(text) - 1)) if step else None), True
        inside = DurationParser(
            self.source,
            range_tokens(text[1:-1], start + 1, variables=self.variables),
            self.features,
            variables=self.variables,
            depth=self.depth,
        )
        return inside.whole_range()

    def whole_range(self) -> tuple[AnyDuration, AnyDuration | None, bool]:
        """Range and step, when nothing else is in this cursor's text."""
        length = self._positive_duration()
        if self.kinds[self.at] is END:
            return length, None, False
        self.expect(":", "`]` or `:`")
        if self.kinds[self.at] is END:
            return length, None, True
        step = self._positive_duration()
        if self.kinds[self.at] is not END:
            self.unexpected("`]`")
        return length, step, True

    def offset_duration(self) -> AnyDuration:
        """What follows `offset`: unlike in brackets, `offset 5m + 1` adds to the selector, not to the duration."""
        first = self.at
        kind = self.kinds[first]
        if kind in {"-", "+"}:
            following = self.kinds[first + 1]
            if following is NUMBER:
                self.at += 1
                literal = self.number_here()
                value = -literal.value if kind == "-" else literal.value
                return self._plain(NumberLiteral(value, literal.is_duration, Span(self.starts[first], literal.span.end)))
            if following in {"-", "+"}:
                return self._computed(self._duration_sum(1))
            self.at += 1
            return self._computed(self._signed(first, self._parenthesised(quietly=True) if following == "(" else self._duration_operand()))
        if kind is NUMBER:
            return self._plain(self.number_here())
        if kind is VARIABLE_NAME:
            return self._variable()
        return self._computed(self._duration_sum(1) if kind == "(" else self._duration_operand())

    def _positive_duration(self) -> AnyDuration:
        if self.kinds[self.at] is VARIABLE_NAME:
            return self._variable()
        found = self._duration_sum(1)
        if isinstance(found, NumberLiteral):
            if not found.value > 0:
                raise PromQLSyntaxError("a range or step must be longer than zero", found.span, "write it like `5m`")
            duration = self._plain(found)
            # Prometheus takes less than a millisecond, and can select nothing with it.
            return Duration(max(duration.milliseconds, 1), duration.span)
        return self._computed(found)

    def _plain(self, literal: NumberLiteral) -> Duration:
        if not abs(literal.value) <= _LONGEST_SECONDS:
            raise PromQLSyntaxError("the duration is longer than Prometheus can count (about 292 years)", literal.span)
        if literal.is_duration:  # whole milliseconds, which nanoseconds in a float would blur
            return Duration(round(literal.value * 1000), literal.span)
        nanoseconds = round(literal.value * 1e9)
        length = abs(nanoseconds) // 1_000_000
        return Duration(length if nanoseconds >= 0 else -length, literal.span)

    def _computed(self, expr: Expr) -> AnyDuration:
        if isinstance(expr, NumberLiteral):
            return self._plain(expr)
        return DurationExpr(expr, expr.span)

    def _variable(self) -> Variable:
        at = self.at
        found = as_variable(self.texts[at], self.starts[at])
        if found is None:  # the lexer said that there is one
            self.unexpected(_DURATION)
        self.at = at + 1
        return found

    def _duration_sum(self, floor: int) -> Expr:
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.too_deep()
        left = self._duration_operand()
        height = 0
        while True:
            found = _PRECEDENCE.get(self.kinds[self.at])
            if found is None or found[0] < floor:
                self.depth -= 1
                return left
            at = self.at
            precedence, op = found
            self.at = at + 1
            right = self._duration_sum(precedence if op == "^" else precedence + 1)
            height += 1
            if self.depth + height > MAX_NESTING:
                self.too_deep()
            span = Span(left.span.start, right.span.end)
            self.need(DURATION_EXPRESSIONS, "a computed duration", span)
            if op in {"/", "%"} and isinstance(right, NumberLiteral) and right.value == 0:
                raise PromQLSyntaxError("the duration is divided by zero", Span(self.starts[at], right.span.end))
            left = Binary(op, left, right, span=span, op_span=self.span_of(at))

    def _duration_operand(self) -> Expr:  # noqa: RET503 - unexpected() does not return
        at = self.at
        kind = self.kinds[at]
        if kind is NUMBER:
            return self.number_here()
        if kind in {"-", "+"}:
            self.at = at + 1
            return self._signed(at, self._duration_sum(_UNARY_OPERAND))
        if kind == "(":
            return self._parenthesised()
        if kind in {"step", "range"}:
            self._need_function(at)
            self.at = at + 1
            self.expect("(", "`(`")
            self.expect(")", "`)`")
            return Call(kind, (), Span(self.starts[at], self.end_of(self.at - 1)), self.span_of(at))
        if kind in {"min_of", "max_of"}:
            self._need_function(at)
            self.at = at + 1
            self.expect("(", "`(`")
            first = self._duration_sum(1)
            self.expect(",", "`,`")
            second = self._duration_sum(1)
            self.expect(")", "`)`")
            return Call(kind, (first, second), Span(self.starts[at], self.end_of(self.at - 1)), self.span_of(at))
        if kind is VARIABLE_NAME:
            return self._variable()
        self.unexpected(_DURATION, "durations are written like `30s`, `5m`, `1h30m`")

    def _need_function(self, at: int) -> None:
        self.need(DURATION_EXPRESSIONS, f"`{self.kinds[at]}()` in a duration", self.span_of(at))

    def _parenthesised(self, *, quietly: bool = False) -> Expr:
        """A duration in parentheses; Prometheus forgets to ask for the flag in `offset -(5m)`."""
        first = self.at
        self.at = first + 1
        inside = self._duration_sum(1)
        self.expect(")", "`)`")
        span = Span(self.starts[first], self.end_of(self.at - 1))
        if not quietly:
            self.need(DURATION_EXPRESSIONS, "a duration in parentheses", span)
        return Paren(inside, span)

    def _signed(self, at: int, operand: Expr) -> Expr:
        sign = self.kinds[at]
        span = Span(self.starts[at], operand.span.end)
        if isinstance(operand, NumberLiteral):
            return NumberLiteral(-operand.value if sign == "-" else operand.value, operand.is_duration, span)
        if sign == "+" and (DURATION_EXPRESSIONS in self.features or not isinstance(operand, Paren)):
            return operand  # Prometheus drops it; `offset +(5m)` keeps it where it is what makes the text acceptable
        return Unary("-" if sign == "-" else "+", operand, span)


@lru_cache(maxsize=4096)
def _plain_range(text: str) -> tuple[int, int | None, int] | None:
    """Range, step (0: none given, None: no colon) and where the colon or the bracket is, in milliseconds, when it is as plain as `[5m:1m]`."""
    first, colon, second = text[1:-1].partition(":")
    try:
        length = milliseconds(first)
        step = milliseconds(second) if second else 0
    except ValueError:
        return None
    if length <= 0 or (second and step <= 0) or first.isdigit() or second.isdigit():
        return None
    return length, step if colon else None, 1 + len(first)


def _number_help(text: str, problem: str) -> str:
    letters = {character for character in text if character.isalpha()}
    if letters <= {"e", "E"} or text[:2] in {"0x", "0X"} or "longer" in problem:
        return ""
    return "the units are y, w, d, h, m, s and ms, from large to small, each once and with a whole number: `1h30m`"
