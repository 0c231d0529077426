from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.promql.ast import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    Unary,
    VectorSelector,
    walk,
)
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer.value import Labels

_RANKING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
# Made of the last two samples only.
_INSTANT = frozenset({"irate", "idelta"})


@rule(
    WARNING,
    yields_to=("syntax-error", "rate-of-gauge", "alert-without-condition", "always-firing", "unreachable-threshold"),
    of_expressions=True,
)
def flapping(reading: Reading) -> Iterator[Finding]:
    """An alert comes and goes without cause: by rank, or because one noisy value is enough.

    `topk` and its like let through whichever series rank first right now. A series that changes places with another one is resolved, and
    starts to wait anew, whatever its value is. Compare all series instead; a ranking inside of an aggregation is fine. `irate` and `idelta`
    look at two samples only, and a rate moves at each scrape, as it is or recorded: where such a value is compared with a threshold, `for_` lets a peak pass,
    and `keep_firing_for` a gap. A threshold of 0 asks whether something happened at all, and needs neither.

    BAD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        alert = Alert(
            name="ManyRequests",
            expr="sum by (job) (irate(http_requests_total[5m])) > 100",
            severity="warning",
            summary="{{ $labels.job }} gets {{ $value | humanize }} requests a second",
            runbook="https://runbooks.example/many-requests",
        )

    GOOD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        alert = Alert(
            name="ManyRequests",
            expr="sum by (job) (rate(http_requests_total[5m])) > 100",
            for_="5m",
            severity="warning",
            summary="{{ $labels.job }} gets {{ $value | humanize }} requests a second",
            runbook="https://runbooks.example/many-requests",
        )
    """
    recorded: dict[str, list[Expr | None]] = {}
    for recording in reading.recording_rules:
        recorded.setdefault(recording.name, []).append(reading.analysis.use(recording).expr)
    for use in reading.uses:
        alert = use.declaration
        if not isinstance(alert, Alert) or use.expr is None:
            continue
        ranking = _ranking(use.expr)
        if ranking is not None and not _only_one(ranking, reading.facts(use).value.labels):
            message = f"`{ranking.op}()` lets series in and out of this alert as their ranks change"
            at = place(use, ranking, ranking.op_span if ranking.op_span.start >= 0 else None)
            yield Finding(message, at, "compare all series with the threshold", (), (id(alert), "flapping"), alert)
        elif ranking is None and milliseconds(alert.for_) == 0 and milliseconds(alert.keep_firing_for) == 0:
            noisy = _noisy(use.expr, recorded)
            if noisy is not None:
                what = f"{noisy.function}()" if isinstance(noisy, Call) else metric_name(noisy)
                message = f"one value of `{what}` beyond the threshold fires this alert, and the next one resolves it"
                help_ = 'let it last, `for_="5m"`, or hold it, `keep_firing_for="5m"`'
                if reading.project.foreign:
                    help_ = "let it last, `for: 5m`, or hold it, `keep_firing_for: 5m`"
                at = place(use, noisy if use.written is not None or isinstance(noisy, Call) else use.expr)
                yield Finding(message, at, help_, (), (id(alert), "flapping"), alert)


def _ranking(node: Expr) -> Aggregate | None:
    """A ranking whose series are those of the whole expression."""
    while True:
        match node:
            case Paren(expr=inner) | Unary(expr=inner):
                node = inner
            case Aggregate(op=op) if op in _RANKING:
                return node
            case Binary(op="or", left=left, right=right):
                return _ranking(left) or _ranking(right)
            case Binary(matching=None, left=left, right=right):
                return _ranking(left) or _ranking(right)
            case Binary(left=left, right=right):
                # The one side of a join is often ranked to have one series a group; the series are those of the other side.
                node = right if node.matching is not None and node.matching.card == "one-to-many" else left
            case _:
                return None


def _only_one(ranking: Aggregate, labels: Labels) -> bool:
    """Whether it leaves one series of each group, which are not known to differ in anything else, as for a join: ranks do not matter then."""
    groups = {label.value for label in ranking.grouping if isinstance(label, Name)}
    alone = isinstance(ranking.param, NumberLiteral) and ranking.param.value == 1 and groups and not ranking.without
    return bool(alone) and (not labels.closed or labels.possible - {"__name__"} <= groups)


def _noisy(node: Expr, recorded: Mapping[str, Sequence[Expr | None]]) -> Call | VectorSelector | None:
    """A rate that is compared with a number that is not zero, as it is or in an aggregate, or recorded."""
    match node:
        case Paren(expr=inner):
            return _noisy(inner, recorded)
        case Binary(op="and" | "or" | "unless", left=left, right=right):
            # The other side of `and` may be what keeps it calm.
            return (_noisy(left, recorded) or _noisy(right, recorded)) if node.op == "or" else None
        case Binary(op=op, left=left, right=NumberLiteral(value=threshold), bool_modifier=False) if op in COMPARISONS and threshold:
            return _moving(left, recorded, frozenset())
        case _:
            return None


def _moving(node: Expr, recorded: Mapping[str, Sequence[Expr | None]], seen: frozenset[str]) -> Call | VectorSelector | None:
    """What moves at each scrape in this expression: a rate, or the name of one that is recorded; nothing where time is averaged over."""
    calls = [each for each in walk(node) if isinstance(each, Call)]
    if any(call.function.endswith("_over_time") for call in calls):
        return None
    for call in calls:
        if call.function in (*_INSTANT, "rate"):
            return call
    ranged = {id(each.selector) for each in walk(node) if isinstance(each, MatrixSelector)}
    for selector in walk(node):
        if isinstance(selector, VectorSelector) and id(selector) not in ranged:
            name = metric_name(selector)
            exprs = recorded.get(name, ()) if name not in seen else ()
            if exprs and all(expr is not None and _moving(expr, recorded, seen | {name}) for expr in exprs):
                return selector
    return None
