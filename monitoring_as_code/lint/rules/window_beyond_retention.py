from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.promql.ast import Duration, MatrixSelector, Subquery, VectorSelector, children
from monitoring_as_code.promql.durations import milliseconds, to_text

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr


@rule(ERROR, of_expressions=True)
def window_beyond_retention(reading: Reading) -> Iterator[Finding]:
    """A query reads what Prometheus has deleted.

    Window, offset and the windows of subqueries around them add up. What lies before the stack's `retention` is gone: an average over
    60 days is one over the 15 days that are left, and a comparison with last month is empty. With `long_term` storage this holds for rules,
    which Prometheus evaluates, and not for dashboards, which ask that storage.

    BAD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        stack = Stack(name="shop", retention="15d", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        recorded = RecordingRule(name="http_requests:increase30d", expr="sum(increase(http_requests_total[30d]))")

    GOOD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        stack = Stack(name="shop", retention="60d", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        recorded = RecordingRule(name="http_requests:increase30d", expr="sum(increase(http_requests_total[30d]))")
    """
    if reading.analysis.stack is None:
        return
    kept = milliseconds(reading.analysis.stack.retention)
    total: dict[int, int] = {}
    uses = {}
    for use, selector in reading.selectors:
        if selector.node.offset is not None:
            uses[id(use)] = use
            total[id(use)] = total.get(id(use), 0) + _length(selector.node.offset)
    for use, matrix in reading.matrices:
        uses[id(use)] = use
        total[id(use)] = total.get(id(use), 0) + _length(matrix.range)
    for use, subquery in reading.subqueries:
        uses[id(use)] = use
        total[id(use)] = total.get(id(use), 0) + _length(subquery.range) + _length(subquery.offset)
    for key, use in uses.items():
        if total[key] <= kept or use.expr is None:  # no path through the expression can be longer
            continue
        if reading.analysis.stack.long_term is not None and not isinstance(use.declaration, Alert | RecordingRule):
            continue
        for reach in _reaches(use.expr):
            if reach.milliseconds > kept:
                yield Finding(
                    f"this reaches back `{to_text(reach.milliseconds)}`, but Prometheus keeps `{to_text(kept)}`",
                    place(use, reach.node),
                    "ask for less, or raise the stack's `retention`",
                    declaration=use.declaration,
                )


class _Reach(NamedTuple):
    """How far back a part of an expression reads, and which node asks for most of that."""

    milliseconds: int
    node: Expr
    own: int


def _reaches(node: Expr) -> list[_Reach]:
    """What each selector in `node` reaches; none for those at a fixed time, of which nobody knows how long ago it is."""
    if isinstance(node, VectorSelector):
        length = _signed(node.offset)
        return [] if node.at is not None else [_Reach(length, node, length)]
    inner = [reach for child in children(node) for reach in _reaches(child)]
    if isinstance(node, MatrixSelector):
        return [_further(reach, node, _length(node.range)) for reach in inner]
    if isinstance(node, Subquery):
        length = _length(node.range) + _signed(node.offset)
        found = [] if node.at is not None else [_further(reach, node, length) for reach in inner]
        return sorted(found, key=lambda reach: -reach.milliseconds)[:1]  # one finding, however many selectors are in it
    return inner


def _further(reach: _Reach, node: Expr, length: int) -> _Reach:
    most = length >= reach.own
    return _Reach(reach.milliseconds + length, node if most else reach.node, length if most else reach.own)


def _length(duration: object) -> int:
    return max(_signed(duration), 0)


def _signed(duration: object) -> int:
    return duration.milliseconds if isinstance(duration, Duration) else 0
