"""How many series a side of an operator can have for one of the other side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.analysis import once
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Aggregate, Name, walk

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.promql.infer.facts import JoinFact
    from monitoring_as_code.promql.infer.value import Arm


class Side(NamedTuple):
    """`several` are the labels that tell series with equal signatures apart, all of which can vary; `alone` says that there is one at most.

    Neither holds when it is not known.
    """

    several: tuple[str, ...] = ()
    alone: bool = False


UNKNOWN = Side()
# What `or` puts together differs in more than the name.
_NAME = frozenset({"__name__"})


def sides(reading: Reading, use: Use, join: JoinFact) -> tuple[Side, Side]:
    """The left side and the right one."""
    if join.left_extra is None and join.right_extra is None:
        return UNKNOWN, UNKNOWN
    facts = reading.facts(use)
    # Each rule of a name adds labels of its own, which go together: a matcher on one of them chooses the others, too.
    several_rules = _recorded_by_several(reading.analysis)
    if several_rules and any(selector.name in several_rules for selector in facts.selectors):
        return UNKNOWN, UNKNOWN
    matching = join.node.matching
    included = frozenset() if matching is None else frozenset(getattr(item, "value", "") for item in matching.include)
    return _side(facts, join.node.left, join.left_extra, included), _side(facts, join.node.right, join.right_extra, included)


def _side(facts: Facts, node: Expr, extra: frozenset[str] | None, included: frozenset[str]) -> Side:
    if extra is None:
        return UNKNOWN
    if not extra:
        return Side(alone=True)
    arm = facts[node].arm
    # A filter may let through one of them: `phase == 1`. Labels of a metric that is always 1 are attributes of the others: one value each.
    if arm.empty in ("filter", "always") or (arm.range.low == arm.range.high and arm.kind != "count"):
        return UNKNOWN
    metric = None if arm.entry is None else arm.entry.metric
    if metric is not None and (metric.kind == "info" or metric.name.endswith("_info")):
        return UNKNOWN
    if extra & included:  # `group_left(owner)` says that each has one owner
        return UNKNOWN
    fixed = _fixed(facts)
    if fixed is None:
        return UNKNOWN
    several = tuple(sorted(name for name in extra - fixed - _NAME if varies(name, node, arm)))
    return Side(several)


def varies(name: str, node: Expr, arm: Arm) -> bool:
    """Whether elements of `node`, which are `arm`, are sure to differ in this label."""
    fact = arm.labels.get(name)
    if fact.presence != "always":
        return False
    if fact.values is not None:
        return len(fact.values) > 1
    return _a_dimension(name, arm) or name in _kept_on_purpose(node)


def _a_dimension(name: str, arm: Arm) -> bool:
    """Whether a label whose values nobody knows is sure to split what is measured.

    A label of a gauge may be an attribute: of a pod, its node. Where targets are found by discovery, there may be one.
    """
    if name in ("instance", "job") or (arm.entry is not None and any(name in job.labels for job in arm.entry.metric.jobs or ())):
        return False
    if arm.kind in ("counter", "agg_counter", "rate", "increase"):
        return True
    domain = None if arm.entry is None else arm.entry.labels.get(name)
    return domain is not None and domain.at_most is not None


def _kept_on_purpose(node: Expr) -> frozenset[str]:
    """The labels that an aggregation keeps: its author knows that there are several values."""
    return frozenset(
        item.value
        for each in walk(node)
        if isinstance(each, Aggregate) and not each.without
        for item in each.grouping
        if isinstance(item, Name)
    )


def _fixed(facts: Facts) -> frozenset[str] | None:
    """Labels that a variable of Grafana may bind to one value, or that have one only; None when a variable may bind any."""
    found: set[str] = set()
    for selector in facts.selectors:
        if selector.node.stand_ins or selector.node.variables:
            return None
        found.update(matcher.name for matcher in selector.node.matchers if matcher.variables)
        if selector.entry is not None:
            found.update(name for name, domain in selector.entry.labels.items() if domain.at_most == 1)
    return frozenset(found)


@once
def _recorded_by_several(analysis: Analysis) -> frozenset[str]:
    """The names that more than one rule records."""
    seen: set[str] = set()
    again: set[str] = set()
    for rule in analysis.rules:
        if rule.kind == "recording rule":
            (again if rule.name in seen else seen).add(rule.name)
    return frozenset(again)
