from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import NOWHERE

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.origin import Place
    from monitoring_as_code.promql.infer.facts import Clash, JoinFact


@rule(
    ERROR,
    yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label", "unknown-label-value", "buckets-without-le"),
    of_expressions=True,
)
def no_op_unless(reading: Reading) -> Iterator[Finding]:
    """An `unless` removes nothing, because no series of its right side can match one of the left.

    Series match when all their labels are equal, or all of those after `on`. An exception that never applies is worse than none: the alert
    that should be silent during maintenance is not.

    BAD:

        depth = Gauge(name="queue_depth", help="Jobs that wait.")
        maintenance = Gauge(name="maintenance", help="1 during maintenance.")
        deep = Alert(
            name="QueueDeep",
            expr="sum by (job) (queue_depth) > 100 unless maintenance == 1",
            for_="5m",
            severity="warning",
            summary="{{ $labels.job }} has a deep queue",
            runbook="https://runbooks.example/queue-deep",
        )

    GOOD:

        depth = Gauge(name="queue_depth", help="Jobs that wait.")
        maintenance = Gauge(name="maintenance", help="1 during maintenance.")
        deep = Alert(
            name="QueueDeep",
            expr="sum by (job) (queue_depth) > 100 unless on (job) maintenance == 1",
            for_="5m",
            severity="warning",
            summary="{{ $labels.job }} has a deep queue",
            runbook="https://runbooks.example/queue-deep",
        )
    """
    for use, join in reading.joins:
        if join.verdict != "never" or join.node.op != "unless" or not join.clashes:
            continue
        clash = join.clashes[0]
        about = (id(use.part), "label", clash.label)
        message = f"`unless` removes nothing, as no series of the two sides match: {_words(clash)}"
        yield Finding(message, _place(use, join), _help(clash, join), about=about, declaration=use.declaration)


def _words(clash: Clash) -> str:
    for fact, side in ((clash.left, "right"), (clash.right, "left")):
        if fact.presence == "never":
            why = f": {fact.reason.text}" if fact.reason is not None and fact.reason.text.startswith("removed") else ""
            return f"`{clash.label}` is there on the {side} only{why}"
    return f"`{clash.label}` has different values"


def _help(clash: Clash, join: JoinFact) -> str:
    if join.on:
        return f"take `{clash.label}` out of `on`, or keep it on both sides"
    return f"match `on` what both have, or write `ignoring({clash.label})`"


def _place(use: Use, join: JoinFact) -> Place:
    matching = join.node.matching
    if matching is not None and matching.span != NOWHERE:
        return place(use, join.node, matching.span)
    return place(use, join.node, join.node.op_span)
