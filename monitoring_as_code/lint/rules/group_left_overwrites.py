from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matching_place, name_place
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule
from monitoring_as_code.lint.sides import varies
from monitoring_as_code.promql.ast import Call, Name, StringLiteral, walk

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer.value import Arm, LabelFact


@rule(
    WARNING,
    yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label", "unknown-label-value", "never-matching-join"),
    of_expressions=True,
)
def group_left_overwrites(reading: Reading) -> Iterator[Finding]:
    """A label that `group_left` takes over replaces one that tells series apart, or there is none to take over.

    `group_left(x)` puts the other side's `x` on each series. If `x` told two series apart, they have equal labels then, and Prometheus
    refuses the query: "grouping labels must ensure unique matches". If the other side never has an `x`, it is deleted, or was never there.

    BAD:

        class Jobs(Labels):
            queue: Label[str]
            node: Label[str]

        class Queues(Labels):
            queue: Label[str]
            node: Label[str]

        jobs = Gauge(name="jobs", help="Jobs in a queue.", labels=Jobs)
        queue_info = Info(name="queue_info", help="Where a queue lives.", labels=Queues)
        recorded = RecordingRule(name="queue_node:jobs:max", expr="max by (queue, node) (jobs) * on (queue) group_left(node) max by (queue, node) (queue_info)")

    GOOD:

        class Jobs(Labels):
            queue: Label[str]

        class Queues(Labels):
            queue: Label[str]
            node: Label[str]

        jobs = Gauge(name="jobs", help="Jobs in a queue.", labels=Jobs)
        queue_info = Info(name="queue_info", help="Where a queue lives.", labels=Queues)
        recorded = RecordingRule(name="queue_node:jobs:max", expr="max by (queue) (jobs) * on (queue) group_left(node) max by (queue, node) (queue_info)")
    """
    for use, join in reading.joins:
        matching = join.node.matching
        if matching is None or not (join.overwritten or join.missing) or join.verdict == "never":
            continue
        facts = reading.facts(use)
        left, right = facts[join.node.left].labels, facts[join.node.right].labels
        many, one, grouped = (left, right, "group_left") if matching.card == "many-to-one" else (right, left, "group_right")
        node = join.node.left if grouped == "group_left" else join.node.right
        many_side, one_side = ("left", "right") if grouped == "group_left" else ("right", "left")
        for index, item in enumerate(matching.include):
            if not isinstance(item, Name) or item.value not in (*join.overwritten, *join.missing):
                continue
            label, severity = item.value, WARNING
            if label in join.missing:
                had = many.get(label).presence
                if had == "never" and one.get(label).reason is None:
                    continue
                message = f"`{grouped}({label})` " + (
                    f"deletes `{label}`: the {one_side} side has none"
                    if had != "never"
                    else f"gives nothing: the {one_side} side has no `{label}`"
                )
                help_ = f"take `{label}` out of `{grouped}(...)`"
            elif _copied(node, label) or _same(many.get(label), one.get(label)) or not _tells_apart(label, node, facts[node].arm):
                continue
            else:
                severity = ERROR
                message = f"`{grouped}({label})` replaces the `{label}` that tells the series of the {many_side} side apart"
                help_ = f"take `{label}` out of `{grouped}(...)`, aggregate it away on the {many_side}, or rename one by `label_replace()`"
            at = name_place(use, join.node, item, "include", index) if use.written is not None else matching_place(use, join.node)
            yield Finding(message, at, help_, about=(id(use.part), "label", label), declaration=use.declaration, severity=severity)


def _tells_apart(label: str, node: Expr, arm: Arm) -> bool:
    return bool(arm.keys) and all(label in key for key in arm.keys) and varies(label, node, arm)


def _same(left: LabelFact, right: LabelFact) -> bool:
    """Whether both are always the one value."""
    return left.values is not None and left.values == right.values and len(left.values) == 1 and right.presence == "always"


def _copied(side: Expr, label: str) -> bool:
    """Whether the label is kept in another one before: `label_replace(x, "replicaset", "$1", "owner_name", "(.*)")`."""
    return any(
        isinstance(node, Call)
        and node.function in ("label_replace", "label_join")
        and any(isinstance(each, StringLiteral) and each.value == label for each in node.args[2:])
        for node in walk(side)
    )
