from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import COMPARISONS, Aggregate, Binary, Call, MatrixSelector, Paren, Subquery, Unary, VectorSelector, walk

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr

# They have a result when their argument has none.
_NEVER_EMPTY = frozenset({"vector", "scalar", "time", "pi"})


@rule(ERROR, yields_to=("no-instant-vector",))
def alert_without_condition(reading: Reading) -> Iterator[Finding]:
    """An alert's expression compares nothing, so it fires for as long as there is data.

    Prometheus fires an alert for every series that its expression gives, whatever the value is, zero included. What makes a condition is
    a comparison, which lets only some series through, or `absent()`. With `bool` a comparison gives 0 or 1, and both fire. An expression
    without any metric, such as `vector(1)`, is taken for a dead man's switch, which fires on purpose.

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
    recorded = {rule.name: reading.analysis.use(rule).expr for rule in reading.recording_rules}
    conditions = {name for name, expr in recorded.items() if expr is None or _chooses(expr, set())}
    if not reading.project.complete:  # rules that could not be read may record conditions
        from monitoring_as_code.promql.infer.selectors import metric_name

        names = {metric_name(selector) for use in reading.analysis.uses for selector in reading.analysis.selectors(use)}
        conditions.update(name for name in names if ":" in name and name not in recorded)
    for alert in reading.alerts:
        use = reading.analysis.use(alert)
        if use.expr is None or _chooses(use.expr, conditions) or not any(isinstance(node, VectorSelector) for node in walk(use.expr)):
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


def _chooses(node: Expr, conditions: set[str]) -> bool:
    """Whether the expression can be without a result although there is data: it holds a comparison, or asks for absence."""
    match node:
        case Paren(expr=inner) | Unary(expr=inner) | Subquery(expr=inner) | Aggregate(expr=inner):
            return _chooses(inner, conditions)
        case MatrixSelector(selector=selector):
            return _chooses(selector, conditions)
        case VectorSelector(name=name):
            # Prometheus's own series about alerts are there only while these are pending or firing.
            return name == "ALERTS" or name in conditions
        case Call(function=function, args=args):
            if function.startswith("absent"):
                return True
            return function not in _NEVER_EMPTY and any(_chooses(argument, conditions) for argument in args)
        case Binary(op="unless"):
            return True
        case Binary(op="or", left=left, right=right):
            return _chooses(left, conditions) and _chooses(right, conditions)
        case Binary(op="and"):
            return True
        case Binary(op=op, left=left, right=right, bool_modifier=with_bool):
            if op in COMPARISONS and not with_bool:
                return True
            return _chooses(left, conditions) or _chooses(right, conditions)
        case _:
            return False


def _culprit(node: Expr, conditions: set[str]) -> Expr:
    """The part that makes a condition of nothing: the side of an `or` that chooses nothing."""
    while True:
        if isinstance(node, Paren):
            node = node.expr
        elif isinstance(node, Binary) and node.op == "or":
            node = node.right if _chooses(node.left, conditions) else node.left
        else:
            return node
