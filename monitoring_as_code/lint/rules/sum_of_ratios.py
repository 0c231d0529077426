from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.averages import aggregated
from monitoring_as_code.lint.places import declared_here, place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.promql.ast import Binary

if TYPE_CHECKING:
    from monitoring_as_code.catalogue import Metric
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.infer import Facts
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
        recorded = arm.entry.metric if arm.entry is not None and arm.entry.metric.kind == "recorded" else None
        if not (_divided(reading.facts(use), arm, node.op) if recorded is None else _recorded_so(reading, recorded, node.op)):
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
            (id(use.part), "aggregate", id(node)),
            use.declaration,
        )


def _divided(facts: Facts, arm: Arm, op: str) -> bool:
    """Whether each element was divided by one of its own; for an average, by how much happened, which is its weight."""
    node = None if arm.kind_reason is None else arm.kind_reason.node
    if not isinstance(node, Binary) or node.op != "/" or node.matching is None or node.matching.card != "one-to-one":
        return False
    return op == "sum" or facts[node.right].kind in ("rate", "increase")


def _recorded_so(reading: Reading, metric: Metric, op: str) -> bool:
    uses = [reading.analysis.use(rule) for rule in reading.recording_rules if rule.name == metric.name]
    all_facts = [reading.facts(use) for use in uses if use.expr is not None]
    return bool(all_facts) and all(_divided(facts, facts.value.arm, op) for facts in all_facts)
