"""How series are taken together."""

from __future__ import annotations

from monitoring_as_code.promql.ast import Aggregate, Expr, Name
from monitoring_as_code.promql.node import replace
from monitoring_as_code.prove.mutations.operators.expression import Changes, Site, operator, short

_INSTEAD = {
    "sum": ("max", "avg"),
    "avg": ("max", "sum"),
    "max": ("min", "sum"),
    "min": ("max", "avg"),
    "count": ("sum",),
    "group": ("count",),
    "topk": ("bottomk",),
    "bottomk": ("topk",),
    "stddev": ("avg",),
    "quantile": (),
}
_MOST_ADDED = 3


@operator("aggregation", "sum(x)", "max(x)")
def aggregation(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """An aggregation becomes another one."""
    if isinstance(node, Aggregate):
        for op in _INSTEAD.get(node.op, ()):
            advice = (
                f"several series in one group of {short(node)}, such that their {node.op} and their {op} are on either side of the limit"
            )
            yield replace(node, op=op), advice


@operator("grouping label dropped", "sum by (service) (x)", "sum(x)")
def grouping_label_dropped(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """Series are taken together that differ in a label."""
    if isinstance(node, Aggregate):
        for label in node.grouping:
            if isinstance(label, Name):
                kept = tuple(each for each in node.grouping if each is not label)
                advice = f"two values of `{label.value}` of which only one is bad, and the labels of the alert"
                yield replace(node, grouping=kept, grouped=bool(kept) or node.without), advice


@operator("grouping label added", "sum by (service) (x)", "sum by (service, route) (x)")
def grouping_label_added(node: Expr, site: Site) -> Changes:
    """Series are kept apart that differ in a label; three at most are tried."""
    if isinstance(node, Aggregate):
        have = {label.value for label in node.grouping if isinstance(label, Name)}
        known = site.facts[node.expr].labels.possible - have - {"__name__"}
        for label in sorted(known)[:_MOST_ADDED]:
            advice = f"two values of `{label}`, which are bad only together; or `count=1` of an alert that fires"
            yield replace(node, grouping=(*node.grouping, Name(label)), grouped=True), advice


@operator("by and without", "sum by (service) (x)", "sum without (service) (x)")
def by_and_without(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """`by` and `without` are exchanged."""
    if isinstance(node, Aggregate) and node.grouping:
        yield replace(node, without=not node.without), "several series in one group, and the labels of the alert"
