from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matcher_place, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.origin import Place
    from monitoring_as_code.promql.ast import Binary
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.promql.infer.facts import ComparisonFact, MatcherFact, SelectorFact


@rule(ERROR, yields_to=("unknown-label", "unknown-label-value", "regex-matches-nothing", "unreachable-threshold"), of_expressions=True)
def contradictory_conditions(reading: Reading) -> Iterator[Finding]:
    """Two conditions exclude each other, so that nothing can meet both.

    What is above 5 is not below 3; a series that has `a="1"` has not `a="2"`; and `unless` with a condition that holds for all that is left
    removes all of it. The result is always empty, and an alert on it never fires. Where one of several values is meant, write `=~"1|2"`, or
    `or`.

    BAD:

        depth = Gauge(name="queue_depth", help="Jobs that wait.")
        odd = Alert(
            name="QueueOdd",
            expr="queue_depth < 5 and queue_depth > 100",
            for_="5m",
            severity="warning",
            summary="the queue is too short or too long",
            runbook="https://runbooks.example/queue-odd",
        )

    GOOD:

        depth = Gauge(name="queue_depth", help="Jobs that wait.")
        odd = Alert(
            name="QueueOdd",
            expr="queue_depth < 5 or queue_depth > 100",
            for_="5m",
            severity="warning",
            summary="the queue is too short or too long",
            runbook="https://runbooks.example/queue-odd",
        )
    """
    for use, selector in reading.selectors:
        if selector.contradictory:
            yield from _of_matchers(use, selector)
    for use in reading.uses:
        facts = reading.facts(use)
        for comparison in facts.comparisons:
            if comparison.verdict == "never":
                yield from _of_filters(use, facts, comparison)
        for join in facts.joins:
            if join.node.op in {"and", "unless"}:
                yield from _of_sets(use, facts, join.node, drops_all=join.drops_all)


def _of_matchers(use: Use, selector: SelectorFact) -> Iterator[Finding]:
    name, culprits = selector.contradictory[0].name, {id(each) for each in selector.contradictory}
    *before, last = (each for each in selector.node.matchers if each.name == name and id(each) in culprits)
    known = {id(fact.matcher): fact for fact in selector.matchers}
    if not before or any((fact := known.get(id(each))) is not None and _told(fact) for each in (last, *before)):
        return
    texts = " and ".join(f"`{each.name}{each.op}{_quoted(each.value)}`" for each in (*before, last))
    related = tuple((matcher_place(use, selector.node, each, each.span), "asked for here, too") for each in before)
    either = all(each.op == "=" for each in (*before, last))
    values = "|".join(each.value for each in (*before, last))
    help_ = f'write `{last.name}=~"{values}"` if one of them is meant' if either else "leave one of them out"
    about = (id(use.part), "label", last.name)
    at = matcher_place(use, selector.node, last, last.span)
    yield Finding(f"no series can have {texts}", at, help_, related, about, use.declaration)


def _told(fact: MatcherFact) -> bool:
    """Whether the matcher asks for what cannot be, which other rules tell; that `!=` leaves nothing they do not."""
    return bool(fact.outside) or (fact.share == "none" and fact.matcher.op != "!=")


def _quoted(value: str) -> str:
    from monitoring_as_code.promql.literals import quote

    return quote(value)


def _of_filters(use: Use, facts: Facts, comparison: ComparisonFact) -> Iterator[Finding]:
    """One comparison on top of another one: `x > 5 < 3`, `max(x > 5) < 3`."""
    from monitoring_as_code.lint.limits import sides
    from monitoring_as_code.lint.reach import reached
    from monitoring_as_code.promql.ast import COMPARISONS, Binary
    from monitoring_as_code.promql.printer import to_text

    node = comparison.node
    found = sides(facts, node)
    if found is None or facts[found[0]].empty == "always":
        return
    measured, threshold, op = found
    arm = facts[measured].arm
    reason = arm.range_reason
    if reason is None or not isinstance(reason.node, Binary) or reason.node.op not in COMPARISONS or reason.node.bool_modifier:
        return
    message = f"only what is {reached(arm.range)} gets here, so `{op} {to_text(threshold)}` never holds"
    related: tuple[tuple[Place, str], ...] = ()
    if reason.node.origin is not None or use.written is not None:
        related = ((place(use, reason.node), reason.text),)
    about = (id(use.part), "comparison", id(node))
    yield Finding(
        message, place(use, threshold), "write `or` between two conditions if one of them is meant", related, about, use.declaration
    )


def _of_sets(use: Use, facts: Facts, node: Binary, *, drops_all: bool) -> Iterator[Finding]:
    """`x > 5 and x < 3`, `x > 5 unless x > 3`."""
    from monitoring_as_code.lint.limits import conjuncts, inside, limit_of, plain

    at = place(use, node, node.op_span)
    if drops_all:
        message = "the right side is always there and matches everything, so `unless` removes all"
        yield Finding(message, at, "match `on` the labels that count", declaration=use.declaration)
        return
    if not plain(node) or facts[node.left].empty == "always" or facts[node.right].empty == "always":
        return
    rights = [limit for each in conjuncts(node.right) if (limit := limit_of(facts, each)) is not None]
    if not rights:
        return
    lefts = [limit for each in conjuncts(node.left) if (limit := limit_of(facts, each)) is not None]
    alone = next(conjuncts(node.right)) is inside(node.right)
    for left in lefts:
        for right in rights:
            if left.measured != right.measured:
                continue
            if node.op == "and" and left.both(right).empty:
                message = "no value can meet the conditions on both sides of `and`"
                yield Finding(message, at, "write `or` if one of them is meant", declaration=use.declaration)
                return
            if node.op == "unless" and alone and right.holds(left):
                message = "all that meets the condition on the left meets that on the right, so `unless` removes all"
                yield Finding(message, at, "turn one of the comparisons around", declaration=use.declaration)
                return
