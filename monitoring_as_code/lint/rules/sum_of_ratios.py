from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.averages import aggregated
from monitoring_as_code.lint.places import declared_here, place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.promql.ast import Binary, VectorSelector

if TYPE_CHECKING:
    from monitoring_as_code.catalogue import Metric
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.infer.value import Arm


@rule(WARNING, of_expressions=True)
def sum_of_ratios(reading: Reading) -> Iterator[Finding]:
    """Ratios, each with a divisor of its own, are added up or averaged.

    The sum of the error ratios of two services is above 1 when both fail. Their average lets a service with ten requests weigh as much
    as one with a million. Add up what is above the line and what is below it, and divide then. Shares of one whole do add up, and are
    not meant.

    BAD:

        class Http(Labels):
            service: Label[str]
            status: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(
            name="http_errors:ratio_rate5m",
            expr=(
                'avg(sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / '
                'sum by (service) (rate(http_requests_total[5m])))'
            ),
        )

    GOOD:

        class Http(Labels):
            service: Label[str]
            status: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(
            name="http_errors:ratio_rate5m",
            expr='sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
        )
    """
    for use, node, arm in aggregated(reading, "ratio", "sum", "avg"):
        if arm.kind_reason is None:
            continue
        made = arm.kind_reason.node
        recorded = _recorded(arm) if isinstance(made, VectorSelector) else None
        if recorded is not None:
            if not _recorded_quotient(reading, recorded):
                continue
        elif not _quotient(made):
            continue
        what = "ratios with a divisor each" if recorded is None else f"`{recorded.name}`"
        message = f"the sum of {what} means nothing"
        if node.op == "avg":
            message = f"the average of {what} gives each of them the same weight, however little it is a ratio of"
        yield Finding(
            message,
            place(use, node),
            "write `sum(...) / sum(...)`: aggregate what is divided and what it is divided by",
            () if recorded is None else declared_here(recorded),
            about=(id(use.part), "aggregate", id(node)),
            declaration=use.declaration,
        )


def _quotient(node: object) -> bool:
    """Whether each element is divided by one of its own."""
    return isinstance(node, Binary) and node.op == "/" and node.matching is not None and node.matching.card == "one-to-one"


def _recorded(arm: Arm) -> Metric | None:
    return arm.entry.metric if arm.entry is not None and arm.entry.metric.kind == "recorded" else None


def _recorded_quotient(reading: Reading, metric: Metric) -> bool:
    rules = [rule for rule in reading.recording_rules if rule.name == metric.name]
    reasons = [reading.facts(use).value.arm.kind_reason for use in map(reading.analysis.use, rules) if use.expr is not None]
    return bool(reasons) and all(reason is not None and _quotient(reason.node) for reason in reasons)
