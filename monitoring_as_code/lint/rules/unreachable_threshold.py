from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Binary
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.promql.infer.value import Arm


@rule(ERROR, yields_to=("threshold-unit-mismatch", "buckets-without-le"), of_expressions=True)
def unreachable_threshold(reading: Reading) -> Iterator[Finding]:
    """A comparison can never hold, whatever the data, so an alert on it never fires.

    A part of a whole is never above 1, an estimated quantile never above the histogram's highest finite bucket, `hour()` never above 23,
    `rate()` never below 0. `count()` of nothing is nothing and not 0, so `count(...) == 0` never holds: that something is missing is what
    `absent()` says. A percentage where a ratio is meant is told by threshold-unit-mismatch.

    BAD:

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, buckets=(0.1, 1, 5))
        slow = Alert(
            name="Slow",
            expr="histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket[5m]))) > 10",
            for_="5m",
            severity="warning",
            summary="answers take more than ten seconds",
            runbook="https://runbooks.example/slow",
        )

    GOOD:

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, buckets=(0.1, 1, 5, 20))
        slow = Alert(
            name="Slow",
            expr="histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket[5m]))) > 10",
            for_="5m",
            severity="warning",
            summary="answers take more than ten seconds",
            runbook="https://runbooks.example/slow",
        )
    """
    for use in reading.uses:
        facts = reading.facts(use)
        for comparison in facts.comparisons:
            if comparison.verdict == "never":
                finding = _finding(use, facts, comparison.node)
                if finding is not None:
                    yield finding._replace(about=(id(use.part), "comparison", id(comparison.node)), declaration=use.declaration)


def _finding(use: Use, facts: Facts, node: Binary) -> Finding | None:
    from monitoring_as_code.lint.limits import limit_of, sides
    from monitoring_as_code.lint.reach import reached, why
    from monitoring_as_code.promql.ast import COMPARISONS
    from monitoring_as_code.promql.ast import Binary as Operator
    from monitoring_as_code.promql.infer.ranges import compared
    from monitoring_as_code.promql.printer import to_text

    if facts[node.left].empty == "always" or facts[node.right].empty == "always":
        return None
    join = facts.join_at(node)
    if join is not None and join.verdict == "never":
        return None
    found = sides(facts, node)
    if found is None:
        if join is None:
            return None
        left, right = facts[node.left].arm, facts[node.right].arm
        message = f"`{node.op}` never holds: the left side is {reached(left.range)}, the right side {reached(right.range)}"
        return Finding(message, place(use, node, node.op_span), "compare other things", (*why(use, left), *why(use, right)))
    measured, threshold, op = found
    arm, limit = facts[measured].arm, facts[threshold].arm
    reason = arm.range_reason
    if reason is not None and isinstance(reason.node, Operator) and reason.node.op in COMPARISONS and not reason.node.bool_modifier:
        within = limit_of(facts, measured)  # it is the filters that exclude each other, unless it is out of reach without them, too
        if within is None or compared(op, facts[within.measured].arm.range, limit.range) != "never":
            return None
        arm = facts[within.measured].arm
    text = to_text(threshold)
    message = f"this is {reached(arm.range)}, so `{op} {text}` never holds"
    return Finding(message, place(use, threshold), _help(arm, op), why(use, arm))


def _help(arm: Arm, op: str) -> str:
    if arm.kind == "count" and arm.range.low == 1:
        return "nothing is not counted as 0: write `absent(...)`, or `(count(...) or vector(0)) == 0`"
    if arm.kind == "quantile":
        return "an estimate ends at the highest finite bucket: add buckets above the threshold, or lower it"
    if arm.kind == "ratio" and op in {">", ">=", "=="}:
        return "a part is never more than the whole: choose a smaller threshold"
    return "choose a threshold within reach"
