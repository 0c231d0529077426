from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.conditions import chooses, recorded_conditions
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import COMPARISONS, Binary, Paren, VectorSelector, walk

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr


@rule(ERROR, yields_to=("no-instant-vector",))
def alert_without_condition(reading: Reading) -> Iterator[Finding]:
    """An alert's expression compares nothing, so it fires for as long as there is data.

    Prometheus fires an alert for every series that its expression gives, whatever the value is, zero included. What makes a condition is
    a comparison, which lets only some series through, or `absent()`. With `bool` a comparison gives 0 or 1, and both fire: as a part of a
    condition, too, it makes no difference. An expression without any metric, such as `vector(1)`, is taken for a dead man's switch, which
    fires on purpose.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
    """
    conditions = recorded_conditions(reading)
    for alert in reading.alerts:
        use = reading.analysis.use(alert)
        if use.expr is None or not any(isinstance(node, VectorSelector) for node in walk(use.expr)):
            continue
        if chooses(use.expr, conditions):
            for node in _powerless(use.expr):
                message = "this is 0 or 1 and never nothing, so it makes no difference to when the alert fires"
                at = place(use, node, node.op_span) if node.op_span.start >= 0 else place(use, node)
                yield Finding(message, at, "leave `bool` out", declaration=alert)
            continue
        culprit = _culprit(use.expr, conditions)
        about = (id(alert), "always")
        if isinstance(culprit, Binary) and culprit.op in COMPARISONS:
            message = "this is 0 or 1 and never nothing, so the alert always fires"
            at = place(use, culprit, culprit.op_span) if culprit.op_span.start >= 0 else place(use, culprit)
            yield Finding(message, at, "leave `bool` out", about=about, declaration=alert)
        elif any(isinstance(node, VectorSelector) for node in walk(culprit)):
            message = "this compares nothing, so the alert fires for as long as there is data"
            help_ = "compare it with a threshold, such as `> 0`, or write `absent(...)`"
            yield Finding(message, place(use, culprit), help_, about=about, declaration=alert)
        else:
            message = "this is always there, so the alert always fires"
            yield Finding(message, place(use, culprit), "leave it out", about=about, declaration=alert)


def _powerless(node: Expr) -> Iterator[Binary]:
    """The comparisons with `bool` that stand where an alert's condition does, and let through whatever others chose."""
    if isinstance(node, Paren):
        yield from _powerless(node.expr)
    elif isinstance(node, Binary) and node.op in {"and", "or", "unless"}:
        yield from _powerless(node.left)
        yield from _powerless(node.right)
    elif isinstance(node, Binary) and node.op in COMPARISONS and node.bool_modifier:
        yield node


def _culprit(node: Expr, conditions: Container[str]) -> Expr:
    """The part that makes a condition of nothing: the side of an `or` that chooses nothing."""
    while True:
        if isinstance(node, Paren):
            node = node.expr
        elif isinstance(node, Binary) and node.op == "or":
            node = node.right if chooses(node.left, conditions) else node.left
        else:
            return node
