from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.promql.ast import COMPARISONS, Binary, Call, walk

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer.value import Arm

_OVER_SERIES = ("sum", "avg", "stddev", "stdvar")
_OVER_TIME = ("sum_over_time", "avg_over_time", "stddev_over_time", "stdvar_over_time")
# Quotients of these are 0 / 0 as soon as nothing happens; what a gauge may be, nobody says.
_IDLE = frozenset({"rate", "increase", "counter", "agg_counter"})


@rule(WARNING, yields_to=("sum-of-ratios",), of_expressions=True)
def silent_division(reading: Reading) -> Iterator[Finding]:
    """A sum or an average takes in quotients of which one may be 0 / 0, and then it says nothing at all.

    A rate is 0 while nothing happens. A service without traffic fails in 0 / 0 of its requests, which is NaN, and one NaN makes the sum or
    the average of all series NaN, or of the whole hour. No comparison holds for NaN: the alert is silent although others fail. A single
    quotient that is compared is well: where nothing is asked for, nothing fails. Add up both sides before dividing, or take only what is
    asked for (`> 0`).

    BAD:

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, buckets=(0.1, 1, 5))
        slow = Alert(
            name="Slow",
            expr="avg by (job) (rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m])) > 1",
            for_="5m",
            severity="warning",
            summary="{{ $labels.job }} is slow",
            runbook="https://runbooks.example/slow",
        )

    GOOD:

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, buckets=(0.1, 1, 5))
        slow = Alert(
            name="Slow",
            expr="avg by (job) (rate(latency_seconds_sum[5m]) / (rate(latency_seconds_count[5m]) > 0)) > 1",
            for_="5m",
            severity="warning",
            summary="{{ $labels.job }} is slow",
            runbook="https://runbooks.example/slow",
        )
    """
    for use, node in reading.aggregates:
        if node.op in _OVER_SERIES and not use.in_dashboard:
            yield from _finding(reading, use, node, node.expr, f"`{node.op}`")
    for use, call in reading.calls(*_OVER_TIME):
        if not use.in_dashboard:
            yield from _finding(reading, use, call, call.args[-1], f"`{call.function}()`")


def _finding(reading: Reading, use: Use, node: Expr, source: Expr, what: str) -> Iterator[Finding]:
    facts = reading.facts(use)
    for arm in facts[source].arms:
        division = _division(arm)
        if division is None or not arm.range.nan:
            continue
        divisor = facts[division.right].arm
        if divisor.kind in _IDLE and divisor.range.low <= 0 <= facts[division.left].arm.range.high and not _guarded(division.right):
            message = f"one quotient of 0 / 0 makes all of {what} NaN, for which no comparison holds"
            related = ((place(use, division, division.op_span), "0 / 0 while nothing happens"),)
            help_ = "add up both sides before dividing, or divide by what is `> 0`"
            yield Finding(message, place(use, node), help_, related, (id(use.part), "aggregate", id(node)), use.declaration)
            return


def _division(arm: Arm) -> Binary | None:
    node = None if arm.range_reason is None else arm.range_reason.node
    return node if isinstance(node, Binary) and node.op in {"/", "%"} else None


def _guarded(divisor: Expr) -> bool:
    """Whether zero is kept out of a divisor."""
    return any(
        (isinstance(node, Binary) and node.op in COMPARISONS and not node.bool_modifier)
        or (isinstance(node, Call) and node.function.startswith("clamp"))
        for node in walk(divisor)
    )
