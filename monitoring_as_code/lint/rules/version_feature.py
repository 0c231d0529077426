from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import AnyDuration, DurationExpr, Name, Span
from monitoring_as_code.promql.functions import FUNCTIONS
from monitoring_as_code.promql.variables import may_hold_variables

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr

# Since when Prometheus reads it. What has no older release on record is counted from the one that it was tried with.
_QUOTED_NAMES = (3, 0)
_DURATIONS_AS_NUMBERS = (3, 0)
_LIMIT = (3, 0)
_COMPUTED_DURATIONS = (3, 4)
_EXTENDED_RANGES = (3, 7)
_FILL = (3, 14)
_TRIM = (3, 14)
_NEWEST = max((_FILL, _TRIM, *(function.since for function in FUNCTIONS.values())))


class _Newer(NamedTuple):
    use: Use
    node: Expr
    words: str
    since: tuple[int, int]
    help: str | None = None
    span: Span | None = None


@rule(ERROR, yields_to=("syntax-error",), of_expressions=True)
def version_feature(reading: Reading) -> Iterator[Finding]:
    """An expression uses what is newer than the oldest Prometheus that must read it.

    A Prometheus that does not know a function or a piece of syntax refuses the whole rule file, and keeps the old one, or does not start.
    Which version that is stands in pyproject.toml, as `prometheus-version` below `[tool.mac]`; without a word it is 2.42. Raise it once
    every server is newer.

    BAD:

        queue_age = Gauge(name="queue_age_seconds", help="Age of the oldest job.", unit=seconds)
        alert = Alert(
            name="QueueStuck",
            expr="queue_age_seconds > 10m",
            severity="warning",
            summary="The oldest job on {{ $labels.instance }} waits for {{ $value | humanizeDuration }}",
            runbook="https://runbooks.example/queue-stuck",
        )

    GOOD:

        queue_age = Gauge(name="queue_age_seconds", help="Age of the oldest job.", unit=seconds)
        alert = Alert(
            name="QueueStuck",
            expr="queue_age_seconds > 600",
            severity="warning",
            summary="The oldest job on {{ $labels.instance }} waits for {{ $value | humanizeDuration }}",
            runbook="https://runbooks.example/queue-stuck",
        )
    """
    version = reading.project.config.prometheus_version
    oldest = tuple(map(int, version.split(".")[:2]))
    if oldest >= _NEWEST:
        return
    for use, node, words, since, help_, span in (*_calls(reading), *_names(reading), *_syntax(reading)):
        if since > oldest:
            message = f"{words} needs Prometheus {since[0]}.{since[1]}, but this must run on {version}"
            advice = help_ or "say it otherwise, or raise `prometheus-version` in pyproject.toml"
            yield Finding(message, place(use, node, span), advice, (), (id(use.part), "version", words), use.declaration)


def _calls(reading: Reading) -> Iterator[_Newer]:
    for name, function in FUNCTIONS.items():
        if function.since > (2, 42):
            for use, call in reading.calls(name):
                span = call.name_span if call.name_span.start >= 0 else None
                yield _Newer(use, call, f"`{name}()`", function.since, None, span)
    for use, aggregate in reading.aggregates:
        if aggregate.op in ("limitk", "limit_ratio"):
            span = aggregate.op_span if aggregate.op_span.start >= 0 else None
            yield _Newer(use, aggregate, f"`{aggregate.op}()`", _LIMIT, None, span)
        for label in aggregate.grouping:
            if isinstance(label, Name) and not _is_plain(label.value):
                span = label.span if label.span.start >= 0 else None
                yield _Newer(use, aggregate, f"the quoted name `{label.value}`", _QUOTED_NAMES, None, span)


def _names(reading: Reading) -> Iterator[_Newer]:
    for use, selector in reading.selectors:
        node = selector.node
        if node.name and not node.variables and not _is_plain(node.name):
            help_ = f'write `{{__name__="{node.name}"}}`, or raise `prometheus-version` in pyproject.toml'
            yield _Newer(use, node, f"the quoted name `{node.name}`", _QUOTED_NAMES, help_)
        for matcher in node.matchers:
            if not _is_plain(matcher.name):
                span = matcher.name_span if matcher.name_span.start >= 0 else None
                yield _Newer(use, node, f"the quoted name `{matcher.name}`", _QUOTED_NAMES, None, span)
        if node.anchoring:
            yield _Newer(use, node, f"`{node.anchoring}`", _EXTENDED_RANGES)
        if isinstance(node.offset, DurationExpr):
            yield _computed(use, node, node.offset)


def _syntax(reading: Reading) -> Iterator[_Newer]:
    for use, number in reading.durations:
        help_ = f"write `{number.value:g}`, or raise `prometheus-version` in pyproject.toml"
        yield _Newer(use, number, "a duration as a number", _DURATIONS_AS_NUMBERS, help_)
    for use, matrix in reading.matrices:
        if isinstance(matrix.range, DurationExpr):
            yield _computed(use, matrix, matrix.range)
    for use, subquery in reading.subqueries:
        for duration in (subquery.range, subquery.step, subquery.offset):
            if isinstance(duration, DurationExpr):
                yield _computed(use, subquery, duration)
    for use, operator in reading.operators:
        matching = operator.matching
        if operator.op in ("</", ">/"):
            yield _Newer(use, operator, f"`{operator.op}`", _TRIM, None, operator.op_span)
        if matching is None:
            continue
        if matching.fill_left is not None or matching.fill_right is not None:
            yield _Newer(use, operator, "`fill`", _FILL, None, matching.span)
        for name in (*matching.labels, *matching.include):
            if isinstance(name, Name) and not _is_plain(name.value):
                yield _Newer(
                    use, operator, f"the quoted name `{name.value}`", _QUOTED_NAMES, None, name.span if name.span.start >= 0 else None
                )


def _computed(use: Use, node: Expr, duration: AnyDuration) -> _Newer:
    span = duration.span if duration.span.start >= 0 else None
    return _Newer(use, node, "a duration that is computed", _COMPUTED_DURATIONS, None, span)


def _is_plain(name: str) -> bool:
    """Whether a name needs no quotes; what a variable will be, nobody knows."""
    return _plain().fullmatch(name) is not None or may_hold_variables(name)


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
