"""Which of the series that a scenario gives an alert reads: by names and matchers, and by way of recording rules."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from monitoring_as_code.lint.given import read_by
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.promql.ast import (
    Aggregate,
    Binary,
    Call,
    MatrixSelector,
    Paren,
    Subquery,
    Unary,
    VectorSelector,
)
from monitoring_as_code.promql.infer.patterns import tester
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.lint.given import Given
    from monitoring_as_code.promql.ast import Expr, Matcher

# What gives something where there is no series.
_OF_NOTHING = frozenset({"absent", "absent_over_time", "scalar", "vector"})
# Series that Prometheus makes of alerts.
_ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
_PARTS_OF_HISTOGRAMS = ("", "_bucket", "_sum", "_count")


class Asked:
    """What an alert asks for."""

    def __init__(self, analysis: Analysis, alert: Alert) -> None:
        self.alert = alert
        self.selectors = read_by(analysis, (alert,))
        self._analysis = analysis

    def reads(self, found: Given, sets: Iterable[Mapping[str, str]]) -> bool:
        """Whether it selects one of these series, of which the labels are given."""
        return any(not unmet for unmet in self._unmet(found, sets))

    def keeps_out(self, found: Given, sets: Iterable[Mapping[str, str]]) -> bool:
        """Whether its matchers keep these series out on purpose, as it seems: by what is said of them, and cannot be a slip."""
        return any(all(_on_purpose(each, found) for each in unmet) for unmet in self._unmet(found, sets))

    def _unmet(self, found: Given, sets: Iterable[Mapping[str, str]]) -> Iterator[list[Matcher]]:
        """What each series lacks that a selector of its name asks for."""
        names = [f"{found.name}{suffix}" for suffix in _PARTS_OF_HISTOGRAMS] if found.is_histogram else [found.name]
        wanted = [each for each in self.selectors if (name := metric_name(each)) in names or not name]
        for selector, labels, name in product(wanted, sets, names):
            if selector.name in ("", name):
                known = {**labels, "__name__": name}
                # A histogram as a whole has buckets of every bound.
                asked = (each for each in selector.matchers if not (found.is_histogram and each.name == "le"))
                yield [each for each in asked if not _accepts(each, known.get(each.name, ""))]

    @property
    def may_hold_on_nothing(self) -> bool:
        """Whether its condition can hold although it selects no series at all."""
        return any(each.name in _ALERTS for each in self.selectors) or not _is_empty(self._analysis, self.alert, frozenset())


def _on_purpose(matcher: Matcher, found: Given) -> bool:
    """Whether a value that does not fit was said, and either the matcher refuses it by name or it is a declared one."""
    said = found.fact is not None and any(each.matcher.name == matcher.name for each in found.fact.matchers)
    domain = None if found.entry is None else found.entry.labels.get(matcher.name)
    return said and (matcher.op in ("!=", "!~") or (domain is not None and domain.values is not None))


def _accepts(matcher: Matcher, value: str) -> bool:
    if matcher.op in ("=", "!="):
        return (matcher.value == value) is (matcher.op == "=")
    test = tester(matcher.value)
    return test is None or test(value) is (matcher.op == "=~")


def _is_empty(analysis: Analysis, rule: Alert | RecordingRule, seen: frozenset[int]) -> bool:
    """Whether the rule's expression gives nothing for certain where none of its selectors finds a series that is given."""
    expr = analysis.use(rule).expr
    if expr is None or id(rule) in seen:
        return expr is not None
    recording = {id(each): each for each in analysis.rules if isinstance(each, RecordingRule)}

    def empty(node: Expr) -> bool:
        match node:
            case VectorSelector():
                name = metric_name(node)
                return all(_is_empty(analysis, each, seen | {id(rule)}) for each in recording.values() if each.name == name or not name)
            case MatrixSelector(selector=selector):
                return empty(selector)
            case Call(function=function, args=args):
                return function not in _OF_NOTHING and any(map(empty, args))
            case Binary(op=op, left=left, right=right, matching=matching):
                if matching is not None and (matching.fill_left is not None or matching.fill_right is not None):
                    return empty(left) and empty(right)
                if op == "unless":
                    return empty(left)
                return (empty(left) and empty(right)) if op == "or" else (empty(left) or empty(right))
            case Aggregate(expr=inner) | Subquery(expr=inner) | Paren(expr=inner) | Unary(expr=inner):
                return empty(inner)
            case _:
                return False

    return empty(expr)
