from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, place
from monitoring_as_code.lint.rule import ERROR, Edit, Finding, Fix, rule
from monitoring_as_code.promql.ast import Aggregate, Matcher, Name, Span, VectorSelector

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr

_ARGUMENT = {"histogram_quantile": 1, "histogram_fraction": 2, "histogram_quantiles": 0}


@rule(ERROR, of_expressions=True)
def buckets_without_le(reading: Reading) -> Iterator[Finding]:
    """A quantile is asked of a classic histogram whose label `le` is gone, or of something that is no histogram.

    A classic histogram is a set of counters, one a bucket, and `le` says which bucket. An aggregation that does not keep `le` adds the
    buckets up to one number, of which `histogram_quantile()` makes nothing: no result, and no error. Native histograms have no `le`, and
    need none.

    BAD:

        latency = Histogram(name="latency_seconds", help="Time to last byte.", buckets=(0.1, 1.0))
        recorded = RecordingRule(name="job:latency_seconds:p95", expr="histogram_quantile(0.95, sum by (job) (rate(latency_seconds_bucket[5m])))")

    GOOD:

        latency = Histogram(name="latency_seconds", help="Time to last byte.", buckets=(0.1, 1.0))
        recorded = RecordingRule(name="job:latency_seconds:p95", expr="histogram_quantile(0.95, sum by (job, le) (rate(latency_seconds_bucket[5m])))")
    """
    for use, call in reading.calls(*_ARGUMENT):
        index = _ARGUMENT[call.function]
        if index >= len(call.args):
            continue
        arm = reading.facts(use)[call.args[index]].arm
        fact = arm.labels.get("le")
        part = arm.part or (arm.entry.part if arm.entry is not None else "")
        if fact.presence != "never" or part == "native":
            continue
        if part == "bucket" and fact.reason is not None and not isinstance(fact.reason.node, Matcher):
            node = fact.reason.node
            message = f"`{call.function}()` needs the label `le`, which is gone: {fact.reason.text}"
            about = (id(use.part), "label", "le")
            yield Finding(message, place(use, node), _help(node), about=about, declaration=use.declaration, fix=_fix(use, node))
        elif part != "bucket" and arm.entry is not None and arm.entry.metric.kind in ("counter", "gauge", "histogram", "summary"):
            metric = arm.entry.metric
            message = f"`{call.function}()` needs a histogram's buckets, but `{arm.entry.name}` has none"
            help_ = f"write `{metric.name}_bucket`" if metric.kind == "histogram" else "declare a Histogram"
            yield Finding(message, place(use, call), help_, declared_here(metric), declaration=use.declaration)


def _fix(use: Use, node: Expr) -> Fix | None:
    """The label added to a list of `by`; an aggregation that the algebra has made, or one with `without`, is its author's to change."""
    if not isinstance(node, Aggregate) or node.without or (use.written is None and node.origin is None) or node.span.start < 0:
        return None
    if node.grouping:
        at = node.grouping[-1].span.end
        return Fix(_help(node), (Edit(place(use, node, Span(at, at)), ", le"),))
    if node.grouped or node.op_span.start < 0:
        return None
    return Fix(_help(node), (Edit(place(use, node, Span(node.op_span.end, node.op_span.end)), " by (le)"),))


def _help(node: Expr) -> str:
    if isinstance(node, VectorSelector) or not isinstance(node, Aggregate):
        return "keep `le` until the quantile is computed"
    if node.without:
        return "leave `le` out of `without`"
    names = [label.value if isinstance(label, Name) else label.text for label in node.grouping]
    return f"write `{node.op} by ({', '.join([*names, 'le'])})`"
