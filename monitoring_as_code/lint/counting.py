"""How many series an expression can give, by what is declared of labels."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import Aggregate, Call, Name, NumberLiteral, Paren, VectorSelector, walk
from monitoring_as_code.promql.variables import may_hold_variables

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.promql.infer.value import Arm

# They make labels, of whose values nobody has said how many there are.
_MAKE_LABELS = frozenset({"label_replace", "label_join", "info", "histogram_quantiles"})
_RANKING = frozenset({"topk", "bottomk", "limitk"})


def most_series(use: Use, facts: Facts, node: Expr, single: Collection[str] = ()) -> tuple[int, list[tuple[str, int]]] | None:
    """How many series there can be at most, and by which labels; None if that is not declared. `single` are variables that have one value here."""
    while isinstance(node, Paren):
        node = node.expr
    if isinstance(node, Aggregate) and node.op in _RANKING:
        groups = [
            _bound(use, facts, label.value, facts[node.expr].arm, single) if isinstance(label, Name) else None for label in node.grouping
        ]
        most = node.param.value if isinstance(node.param, NumberLiteral) else None
        if node.without or most is None or None in groups:
            return None
        return int(most) * prod(count for count in groups if count is not None), [("topk", int(most))]
    arms = facts[node].arms
    if facts[node].type != "vector" or any(_is_uncertain(each) for each in walk(node)):
        return None
    bounds = [_of_arm(use, facts, arm, single) for arm in arms]
    if None in bounds:
        return None
    known = [bound for bound in bounds if bound is not None]
    largest = max(known, key=lambda bound: prod(count for _, count in bound), default=[])
    return sum(prod(count for _, count in bound) for bound in known), largest


def repeated(reading: Reading, use: Use) -> Collection[str]:
    """The variables that have one value in a query, since its panel or its row is repeated for each of their values."""
    from monitoring_as_code.lint.boards import board_of

    board = board_of(reading, use)
    return () if board is None else board.scopes.get(id(use.part), ())


def _of_arm(use: Use, facts: Facts, arm: Arm, single: Collection[str]) -> list[tuple[str, int]] | None:
    """The labels that tell series apart, each with the number of its values, those with one value left out.

    Those of a metric that has fewer combinations than the product are one factor, by the metric's name.
    """
    if not arm.labels.closed:
        return None
    best: list[tuple[str, int]] | None = None
    for key in arm.keys or (arm.labels.possible - {"__name__"},):
        counts = _together(facts, [(name, _bound(use, facts, name, arm, single)) for name in sorted(key)])
        known = [(name, count) for name, count in counts if count is not None and count != 1]
        if all(count is not None for _, count in counts) and (best is None or prod(n for _, n in known) < prod(n for _, n in best)):
            best = known
    return best


def _together(facts: Facts, counts: list[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """The same, or with one factor for all labels of the one metric, if that says of how many combinations there are at most."""
    entry = facts.selectors[0].entry if len(facts.selectors) == 1 else None
    if entry is None or entry.metric.at_most is None:
        return counts
    own = entry.metric.labels.keys() - entry.shadowed
    sizes = [count for name, count in counts if name in own]
    known = [count for count in sizes if count is not None]
    if not sizes or (len(known) == len(sizes) and prod(known) <= entry.metric.at_most):
        return counts
    return [(entry.metric.name, entry.metric.at_most), *(each for each in counts if each[0] not in own)]


def _bound(use: Use, facts: Facts, name: str, arm: Arm, single: Collection[str]) -> int | None:
    """How many values a label can have."""
    fact = arm.labels.get(name)
    absent = 1 if fact.presence == "maybe" else 0
    if fact.presence == "never":
        return 1
    if fact.values is not None:
        return len(fact.values) + absent
    counts = []
    for selector in facts.selectors:
        if selector.entry is None or not selector.entry.closed:
            return None
        domain = selector.entry.labels.get(name)
        if domain is None:
            continue
        chosen = _chosen_by_grafana(use, selector.node, name, single)
        count = 1 if chosen else len(domain.values) if domain.values is not None else domain.at_most
        if count is None:
            return None
        counts.append(count)
    return max(counts) + absent if counts else None


def _chosen_by_grafana(use: Use, node: Expr, name: str, repeated: Collection[str]) -> bool:
    """Whether a variable says which value: `service="$service"`, or one that holds a single value at a time."""
    return any(
        matcher.op == "=" or (matcher.op == "=~" and (matcher.variables[0].name in repeated or _is_single(use, matcher.variables[0].name)))
        for matcher in getattr(node, "matchers", ())
        if matcher.name == name and matcher.variables
    )


def _is_single(use: Use, variable: str) -> bool:
    """Whether a variable of a dashboard holds one value at a time."""
    return any(
        each.name == variable and not (getattr(each, "multi", False) or getattr(each, "include_all", False))
        for each in getattr(use.declaration, "variables", ())
    )


def _is_uncertain(node: Expr) -> bool:
    """Whether it makes labels, or a variable says which labels it is about."""
    if isinstance(node, Aggregate):
        return node.op == "count_values" or any(not isinstance(label, Name) for label in node.grouping)
    if isinstance(node, VectorSelector):
        return any(matcher.variables and may_hold_variables(matcher.name) for matcher in node.matchers)
    return isinstance(node, Call) and node.function in _MAKE_LABELS
