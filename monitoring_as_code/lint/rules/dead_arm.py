from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Binary
    from monitoring_as_code.promql.infer import Facts


@rule(ERROR, yields_to=("alert-without-condition",), of_expressions=True)
def dead_arm(reading: Reading) -> Iterator[Finding]:
    """The right side of an `or` never comes to light.

    `or` adds those series of the right side that match none of the left. If the left side always has a series that matches, as
    `vector(0)` has, the right side is never seen. If the right side is the same as the left, or a narrower condition on the same, it adds
    nothing; then one of them is probably not what was meant.

    BAD:

        depth = Gauge(name="queue_depth", help="Jobs that wait.")
        total = RecordingRule(name="queue_depth:sum", expr="vector(0) or sum(queue_depth)")

    GOOD:

        depth = Gauge(name="queue_depth", help="Jobs that wait.")
        total = RecordingRule(name="queue_depth:sum", expr="sum(queue_depth) or vector(0)")
    """
    for use, join in reading.joins:
        node = join.node
        if node.op != "or":
            continue
        at = place(use, node.right)
        related = ((place(use, node.left), "always there" if join.right_is_dead else "this has it all"),)
        if join.right_is_dead:
            message = "this is never seen: the left side of `or` always has a series that matches"
            yield Finding(message, at, "change the sides", related, (id(use.part), "always"), use.declaration)
        elif _adds_nothing(reading.facts(use), node):
            message = "this adds nothing: whatever it gives is on the left side of `or`"
            help_ = "leave it out, or ask for what was meant"
            yield Finding(message, at, help_, related, declaration=use.declaration, severity=WARNING)


def _adds_nothing(facts: Facts, node: Binary) -> bool:
    from monitoring_as_code.lint.limits import inside, limit_of, plain

    if not plain(node):
        return False
    left, right = inside(node.left), inside(node.right)
    if left == right:
        return True
    narrower = limit_of(facts, right)
    if narrower is None or narrower.empty:
        return False
    wider = limit_of(facts, left)
    if wider is None:
        return left == narrower.measured
    return wider.measured == narrower.measured and wider.holds(narrower)
