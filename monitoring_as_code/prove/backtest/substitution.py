"""Conditions without recorded series: the history may be older than a recording rule, or may not have kept what it recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.model.alert import RecordingRule
from monitoring_as_code.promql.ast import (
    Aggregate,
    Binary,
    Call,
    Duration,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    StringLiteral,
    Subquery,
    Unary,
    VectorMatching,
    VectorSelector,
    walk,
)
from monitoring_as_code.promql.node import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.promql.ast import Expr, Matcher

_CHOSEN = "mac_chosen"
"""A label that is on a sample for as long as it takes to choose it."""


class Substitution:
    """Puts what recording rules are made of in the place of what they record."""

    def __init__(self, analysis: Analysis, *, step: int) -> None:
        self._rules: dict[str, list[RecordingRule]] = {}
        for rule in analysis.rules:
            if isinstance(rule, RecordingRule) and analysis.use(rule).expr is not None:
                self._rules.setdefault(rule.name, []).append(rule)
        self._analysis = analysis
        self._step = step
        self.replaced: dict[str, None] = {}
        """The names of recorded series that were replaced."""

    def applied(self, expr: Expr) -> Expr:
        """The expression without recorded series. One that is read at a fixed moment (`@`) is read as it was recorded."""
        return self._in(expr, ())

    def _in(self, expr: Expr, within: tuple[str, ...]) -> Expr:
        match expr:
            case VectorSelector():
                found = self._worked_out(expr, within)
                return expr if found is None else found
            case MatrixSelector(selector=selector, range=length):
                found = self._worked_out(replace(selector, offset=None), within)
                if found is None:
                    return expr
                return Subquery(found, length, Duration(self._step), selector.offset)  # it has its parentheses
            case Subquery(expr=inner) | Unary(expr=inner) | Paren(expr=inner):
                return replace(expr, expr=self._in(inner, within))
            case Call(args=args):
                return replace(expr, args=tuple(self._in(each, within) for each in args))
            case Aggregate(expr=inner, param=param):
                return replace(expr, expr=self._in(inner, within), param=None if param is None else self._in(param, within))
            case Binary(left=left, right=right):
                return replace(expr, left=self._in(left, within), right=self._in(right, within))
            case _:
                return expr

    def _worked_out(self, selector: VectorSelector, within: tuple[str, ...]) -> Expr | None:
        """What a selector of recorded series stands for; None if it is of others."""
        rules = self._rules.get(selector.name)
        if rules is None or selector.name in within or selector.at is not None or not isinstance(selector.offset, Duration | None):
            return None
        self.replaced[selector.name] = None
        found: Expr | None = None
        for rule in rules:
            one = self._recorded(rule, (*within, selector.name))
            one = one if len(rules) == 1 else Paren(one)
            found = one if found is None else Binary("or", found, one, matching=VectorMatching("many-to-many"))
        assert found is not None  # noqa: S101 - a name is there for a rule
        for matcher in selector.matchers:
            found = _chosen(found, matcher)
        if selector.offset is not None:
            # A subquery of one evaluation, which takes an offset as a whole.
            length = Duration(self._step)
            found = Call("last_over_time", (Subquery(Paren(found), length, length, selector.offset),))
        return Paren(found)

    def _recorded(self, rule: RecordingRule, within: tuple[str, ...]) -> Expr:
        """A rule's expression with the labels that the rule sets; of a metric's name nothing is left."""
        expr = self._analysis.use(rule).expr
        assert expr is not None  # noqa: S101 - those without are left out
        found = self._in(expr, within)
        if self._analysis.value(self._analysis.use(rule)).type == "scalar":
            found = Call("vector", (found,))
        for name, value in (({} if _nameless(found) else {"__name__": ""}) | rule.labels).items():
            found = _labelled(found, name, value)
        return found


# What leaves a metric's name on its result.
_KEEPING = frozenset({"last_over_time", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "label_replace", "label_join"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})


def _nameless(expr: Expr) -> bool:
    """Whether no metric's name can be on the result."""
    match expr:
        case Paren(expr=inner):
            return _nameless(inner)
        case Aggregate(op=op):
            return op not in ("topk", "bottomk", "limitk", "limit_ratio")
        case Binary(op=op):
            return op in _ARITHMETIC
        case Call(function=function):
            return function not in _KEEPING
        case _:
            return False


def _labelled(expr: Expr, name: str, value: str, source: str = "", pattern: str = "") -> Expr:
    """`label_replace`: the label gets the value where the source matches the pattern, which is so everywhere if none are said."""
    # A replacement may refer to groups of the pattern: `$` stands for itself when it is doubled.
    texts = (name, value.replace("$", "$$"), source, pattern)
    return Call("label_replace", (expr, *(StringLiteral(each) for each in texts)))


def _chosen(expr: Expr, matcher: Matcher) -> Expr:
    """The samples whose label matches; PromQL matches labels of selectors only, but for this function's pattern, which is anchored, too."""
    import re

    pattern = matcher.value if matcher.op in ("=~", "!~") else re.escape(matcher.value)
    marked = _labelled(expr, _CHOSEN, "yes", matcher.name, pattern)
    wanted = _labelled(Call("vector", (NumberLiteral(1),)), _CHOSEN, "yes")
    matching = VectorMatching("many-to-many", (Name(_CHOSEN),), on=True)
    kept = Binary("and" if matcher.op in ("=", "=~") else "unless", marked, wanted, matching=matching)
    return _labelled(Paren(kept), _CHOSEN, "")


def metrics_read(expr: Expr) -> Iterator[str]:
    """The names of the series that an expression reads, as far as it names them."""
    for node in walk(expr):
        if isinstance(node, VectorSelector) and node.name:
            yield node.name
