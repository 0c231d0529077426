from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import Aggregate, Binary, Call, MatrixSelector, Name, NumberLiteral, Paren, VectorSelector
from monitoring_as_code.promql.durations import milliseconds

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.promql.ast import Expr

# Of fewer series they do not give a part of what they give of more.
_OF_THE_WHOLE = frozenset({"absent", "absent_over_time", "scalar", "vector", "histogram_quantile", "histogram_fraction"})
_RANKING = frozenset({"topk", "bottomk", "limitk", "limit_ratio", "count_values"})


@rule(WARNING, yields_to=("duplicate-rule",))
def overlapping_alerts(reading: Reading) -> Iterator[Finding]:
    """Whenever an alert fires, another one fires already, with the same severity and labels.

    The narrower of the two asks for fewer series of the same metric, for a higher threshold, or waits for longer, and then pages for what
    has been paged for. Give it another severity, as critical above warning, take its part out of the other one, or remove it.
    Alerts of severity info and none, which wake nobody up, are not asked about.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        long = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        longer = Alert(
            name="QueueVeryLong",
            expr="queue_length > 500",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        long = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        longer = Alert(
            name="QueueVeryLong",
            expr="queue_length > 500",
            severity="critical",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
    """
    alike: dict[object, list[tuple[Alert, Expr]]] = {}
    for alert in reading.alerts:
        if alert.severity in ("info", "none"):
            continue
        use = reading.analysis.use(alert)
        names = tuple(selector.name for selector in reading.analysis.selectors(use))
        if use.expr is not None and names:
            key = (reading.file_of(alert), alert.severity, tuple(sorted(alert.labels.items())), names)
            alike.setdefault(key, []).append((alert, use.expr))
    for alerts in alike.values():
        for narrow, narrow_expr in alerts if len(alerts) > 1 else ():
            for wide, wide_expr in alerts:
                if wide is not narrow and _waits_no_longer(wide, narrow) and _holds_whenever(wide_expr, narrow_expr):
                    if narrow_expr == wide_expr and wide.for_ == narrow.for_:
                        continue  # neither is narrower
                    message = f"whenever `{narrow.name}` fires, `{wide.name}` fires already, with equal severity and labels"
                    related = ((Place(wide.origin), f"`{wide.name}` is declared here"),)
                    help_ = "give it another severity, or remove it"
                    yield Finding(message, Place(narrow.origin, ("expr",)), help_, related, (id(narrow), "duplicate"), narrow)
                    break


def _waits_no_longer(wide: Alert, narrow: Alert) -> bool:
    return milliseconds(wide.for_) <= milliseconds(narrow.for_)


def _holds_whenever(wide: Expr, narrow: Expr) -> bool:
    """Whether every series of one expression is a series of the other, at least as far as comparisons with numbers go."""
    while isinstance(wide, Paren):
        wide = wide.expr
    while isinstance(narrow, Paren):
        narrow = narrow.expr
    if (
        isinstance(wide, Binary)
        and isinstance(narrow, Binary)
        and wide.op == narrow.op
        and not (wide.bool_modifier or narrow.bool_modifier)
    ):
        least, most = _number(wide.right), _number(narrow.right)
        if least is not None and most is not None:
            further = most >= least if wide.op in (">", ">=") else most <= least if wide.op in ("<", "<=") else most == least
            return further and _part_of(wide.left, narrow.left, None)
    return wide == narrow


def _number(node: Expr) -> float | None:
    return node.value if isinstance(node, NumberLiteral) else None


def _part_of(wide: Expr, narrow: Expr, kept: frozenset[str] | None) -> bool:
    """Whether one expression has some of the other's series, with equal values; `kept` are the labels that it may choose by, None is all."""
    match wide, narrow:
        case Paren(expr=inner), _:
            return _part_of(inner, narrow, kept)
        case _, Paren(expr=inner):
            return _part_of(wide, inner, kept)
        case VectorSelector(), VectorSelector():
            if (wide.name, wide.offset, wide.at, wide.anchoring) != (narrow.name, narrow.offset, narrow.at, narrow.anchoring):
                return False
            asked = {(each.name, each.op, each.value) for each in wide.matchers}
            more = {(each.name, each.op, each.value) for each in narrow.matchers}
            return asked <= more and all(kept is None or name in kept for name, _, _ in more - asked)
        case MatrixSelector(), MatrixSelector():
            return wide.range == narrow.range and _part_of(wide.selector, narrow.selector, kept)
        case Call(), Call():
            if wide.function != narrow.function or len(wide.args) != len(narrow.args) or wide.function in _OF_THE_WHOLE:
                return wide == narrow
            return all(map(_part_of, wide.args, narrow.args, (kept,) * len(wide.args)))
        case Aggregate(), Aggregate():
            if (wide.op, wide.param, wide.without, wide.grouping) != (narrow.op, narrow.param, narrow.without, narrow.grouping):
                return False
            if wide.without or wide.op in _RANKING:
                return wide == narrow
            names = frozenset(label.value for label in wide.grouping if isinstance(label, Name))
            return _part_of(wide.expr, narrow.expr, names if kept is None else names & kept)
        case Binary(), Binary():
            if wide.matching is not None or (wide.op, wide.bool_modifier) != (narrow.op, narrow.bool_modifier):
                return wide == narrow
            return _part_of(wide.left, narrow.left, kept) and _part_of(wide.right, narrow.right, kept)
        case _:
            return wide == narrow
