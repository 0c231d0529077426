"""Where the nodes of an expression stand in the definitions, down to a matcher's value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.origin import Anchor, Origin, Place
from monitoring_as_code.promql.ast import NOWHERE, Aggregate, Binary, Expr, Matcher, Name, Span, Variable, VectorSelector

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.catalogue import Metric


def place(use: Use, node: Expr | Matcher, span: Span | None = None) -> Place:
    """Where a node of an expression stands, or the characters of its text that `span` says."""
    if use.written is not None:
        return Place(use.part.origin, (use.argument,), node.span if span is None else span, use.written)
    if isinstance(node, Variable) or node.origin is None:
        return Place(use.part.origin, (use.argument,), None, use.text)
    if node.span.start < 0:
        return Place(node.origin)
    return Place(node.origin, (0,), node.span if span is None else span)  # of the text that `promql(...)` was given


def matcher_place(use: Use, selector: VectorSelector, matcher: Matcher, span: Span) -> Place:
    """Where a matcher stands, or a part of it."""
    if use.written is None and matcher.span.start < 0 and matcher.origin is not None:  # `Http.status.eq("200")`
        return Place(matcher.origin, (0,) if span == matcher.value_span and matcher.op in ("=", "!=") else ())
    return place(use, selector, span)


def name_place(use: Use, node: Aggregate | Binary, name: Name | Variable, argument: str, index: int) -> Place:
    """Where a label stands in a list of `by`, `without`, `on` or `group_left`."""
    if use.written is None and name.span.start < 0 and isinstance(node, Aggregate) and node.origin is not None:
        return Place(node.origin, (argument, index))
    return place(use, node, name.span)


def matching_place(use: Use, node: Binary) -> Place:
    """Where an operator says how two vectors match, or else the operator."""
    matching = node.matching
    return place(use, node, node.op_span if matching is None or matching.span == NOWHERE else matching.span)


_KINDS = {
    "counter": "a counter",
    "gauge": "a gauge",
    "histogram": "a histogram",
    "native_histogram": "a histogram",
    "summary": "a summary",
    "info": "an info metric",
    "recorded": "recorded",
}


def kind_words(metric: Metric) -> str:
    """What a metric is: "a counter"."""
    return _KINDS.get(metric.kind, "of a kind that nobody said")


def declared_here(metric: Metric) -> tuple[tuple[Place, str], ...]:
    """Where a metric is declared and as what, as a finding's related place; nothing if it is not known where."""
    if not isinstance(metric.origin, Origin | Anchor):
        return ()
    words = "is recorded here" if metric.kind == "recorded" else f"is declared as {kind_words(metric)} here"
    return ((Place(metric.origin), f"`{metric.name}` {words}"),)
