from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import COMPARISONS, SET_OPERATORS, Aggregate, Binary, Expr, Paren, Unary, VectorSelector

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading

# They count or show that there are series, whatever their values are.
_INDIFFERENT = frozenset({"count", "group", "count_values", "limitk", "limit_ratio"})
# There is a result for each group, whatever the values are.
_PER_GROUP = frozenset({"sum", "avg", "min", "max", "stddev", "stdvar", "quantile", "count", "group"})


@rule(ERROR, of_expressions=True, yields_to=("delta-of-counter", "rate-of-sum"))
def counter_without_rate(reading: Reading) -> Iterator[Finding]:
    """A counter's own value is compared, aggregated, calculated with or shown.

    That value is what has happened since the process started. It falls to zero with each restart, and its sum over processes jumps with
    every one that comes or goes; a threshold on it is passed by old processes and never by young ones. How fast it grows is what means
    something: `rate()` for that, `increase()` for how much in a window.

    BAD:

        errors = Counter(name="errors_total", help="Errors.")
        recorded = RecordingRule(name="job:errors:sum", expr="sum by (job) (errors_total)")

    GOOD:

        errors = Counter(name="errors_total", help="Errors.")
        recorded = RecordingRule(name="job:errors:rate5m", expr="sum by (job) (rate(errors_total[5m]))")
    """
    told: set[tuple[int, int]] = set()
    for use, node, value in _used(reading):
        for arm in reading.facts(use)[value].arms:
            if arm.kind != "counter" or arm.part == "native" or arm.entry is None:
                continue
            selector = value if arm.kind_reason is None else arm.kind_reason.node
            if not isinstance(selector, VectorSelector) or (id(use), id(selector)) in told:
                continue
            told.add((id(use), id(selector)))
            window = "$__rate_interval" if use.in_dashboard else "5m"
            name = arm.entry.name
            yield Finding(
                f"`{name}` is a counter: what it says is how fast it grows, not its value",
                place(use, selector) if selector.span.start >= 0 else place(use, node),
                f"write `rate({name}[{window}])`, or `increase(...)` for how much",
                declared_here(arm.entry.metric),
                (id(use.part), "used by", id(node)),
                use.declaration,
            )


def _used(reading: Reading) -> Iterator[tuple[Use, Expr, Expr]]:
    """Every place where a value itself matters: the expression that uses it, and the one that is used."""
    unread = _unread(reading)
    for use, aggregate in reading.aggregates:
        if aggregate.op not in _INDIFFERENT and id(aggregate) not in unread:
            yield use, aggregate, aggregate.expr
    for use, binary in reading.operators:
        if binary.op not in SET_OPERATORS and id(binary) not in unread:
            yield use, binary, binary.left
            yield use, binary, binary.right
    for use in reading.uses:
        if use.in_dashboard and use.expr is not None:
            yield use, use.expr, use.expr


def _unread(reading: Reading) -> set[int]:
    """The operators and aggregations of which only the presence matters: what they calculate is counted, or looked for, but never read."""
    waiting = [aggregate.expr for _, aggregate in reading.aggregates if aggregate.op in {"count", "group"}]
    waiting += [call.args[0] for _, call in reading.calls("absent")]
    waiting += [binary.right for _, binary in reading.operators if binary.op in {"and", "unless"}]
    unread: set[int] = set()
    while waiting:
        match waiting.pop():
            case Paren(expr=inner) | Unary(expr=inner):
                waiting.append(inner)
            case Aggregate(op=op, expr=inner) as aggregate if op in _PER_GROUP:
                unread.add(id(aggregate))
                waiting.append(inner)
            case Binary(left=left, right=right) as binary if binary.op not in COMPARISONS or binary.bool_modifier:
                unread.add(id(binary))
                waiting += (left, right)
    return unread
