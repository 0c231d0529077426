"""Why a mutant means the same as what it was made of: only what inference or the route walker proves, each with its argument.

An argument may rest on what is declared of labels, and not on the targets of today: a second instance is a line in the stack, and a scenario
may give one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.matchers import parse_matcher
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.promql.ast import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Expr,
    Matcher,
    MatrixSelector,
    Name,
    Paren,
    Subquery,
    Unary,
    VectorMatching,
    VectorSelector,
    children,
    walk,
)
from monitoring_as_code.promql.infer import infer
from monitoring_as_code.promql.infer.value import pinned
from monitoring_as_code.prove.mutations.operators.expression import number_in, short
from monitoring_as_code.routes import alert_labels, arrivals, every_branch, holds_back, route_tree
from monitoring_as_code.schema import catalogue_of

if TYPE_CHECKING:
    from monitoring_as_code.model.routing import Routing
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.prove.mutations.mutant import Mutant
    from monitoring_as_code.routes import Branch

# What they make of a single series is that series.
_OF_ONE_THE_SAME = frozenset({"sum", "avg", "max", "min"})
# Twice the samples make twice the result.
_LINEAR = frozenset({"sum", "avg", "max", "min"})


def argument(analysis: Analysis, mutant: Mutant) -> str:
    """A sentence without a full stop; "" if nothing is proved."""
    if mutant.routing is not None:
        return _same_ways(analysis, mutant.routing) if analysis.routing is not None else ""
    if mutant.expr is None or mutant.old is None or mutant.new is None or isinstance(mutant.subject, _routing_class()):
        return ""
    use = analysis.use(mutant.subject)
    if use.expr is None:
        return ""
    facts = infer(use.expr, _of_any_targets(analysis).catalogue)
    way = _way(use.expr, mutant.old)
    arguments: tuple[Callable[[], str], ...] = (
        lambda: _single(facts, mutant),
        lambda: _one_value(analysis, facts, mutant, way),
        lambda: _void_matcher(facts, mutant),
        lambda: _kept_out(mutant, way),
        lambda: _scaled(mutant, way),
        lambda: _same_buckets(facts, mutant, way),
        lambda: _sign(analysis, mutant, way),
    )
    return next((found for each in arguments if (found := each())), "")


@lru_cache(maxsize=1)
def _of_any_targets(analysis: Analysis) -> Analysis:
    """The same project, whose jobs may have any targets."""
    known = catalogue_of(analysis.project) if analysis.known is None else analysis.known
    metrics = [
        each if each.jobs is None else each._replace(jobs=tuple([job._replace(instances=None) for job in each.jobs])) for each in known
    ]
    jobs = [job._replace(instances=None) for job in known.jobs]
    open_ = Catalogue(metrics, complete=known.complete, jobs=jobs, learnt=known.learnt, records_elsewhere=known.records_elsewhere)
    return Analysis(analysis.project, open_)


def _routing_class() -> type:
    from monitoring_as_code.model.routing import Routing

    return Routing


def _way(expr: Expr, node: Expr) -> list[Expr]:
    """The nodes from the one that holds `node` up to the whole expression."""
    for inside in children(expr):
        if inside is node:
            return [expr]
        found = _way(inside, node)
        if found:
            return [*found, expr]
    return []


def _grouped(node: Aggregate) -> frozenset[str]:
    return frozenset(label.value for label in node.grouping if isinstance(label, Name))


def _single(facts: Facts, mutant: Mutant) -> str:
    """Another aggregation of groups that have one series each."""
    old, new = mutant.old, mutant.new
    if not isinstance(old, Aggregate) or not isinstance(new, Aggregate) or {old.op, new.op} - _OF_ONE_THE_SAME:
        return ""
    if old.op == new.op or old.without or old.grouping != new.grouping:
        return ""
    key = next((each for each in facts[old.expr].keys if each <= _grouped(old)), None)
    if key is None:
        return ""
    by = " and ".join(f"`{name}`" for name in sorted(key))
    whole = (
        f"no two series of {short(old.expr)} have the same {by}, by which they are grouped" if key else f"{short(old.expr)} is one series"
    )
    return f"{whole}: {old.op} and {new.op} of one series are that series"


def _one_value(analysis: Analysis, facts: Facts, mutant: Mutant, way: list[Expr]) -> str:
    """Grouped by one label more, which is the same on every series, and which nobody reads."""
    old, new = mutant.old, mutant.new
    if not isinstance(old, Aggregate) or not isinstance(new, Aggregate) or old.without or old.op != new.op:
        return ""
    added = _grouped(new) - _grouped(old)
    if len(added) != 1 or _grouped(old) - _grouped(new):
        return ""
    (label,) = added
    fact = facts[old.expr].labels.get(label)
    # Two vectors meet by all of their labels.
    if not pinned(fact) or label in _read_by_routing(analysis.routing) or _joins(way) or _joined_later(analysis, mutant):
        return ""
    value = next(iter(fact.values or ()), "")
    return (
        f'`{label}` is "{value}" on every series of {short(old.expr)}: the groups are the same, and no route or inhibition reads the label'
    )


def _joins(nodes: Iterable[Expr]) -> bool:
    return any(isinstance(node, Binary) and node.matching is not None for node in nodes)


def _joined_later(analysis: Analysis, mutant: Mutant) -> bool:
    """Whether a rule that reads this record, itself or through others, joins two vectors."""
    if not isinstance(mutant.subject, RecordingRule):
        return False
    names = {mutant.subject.name}
    for rule in analysis.rules:
        use = analysis.use(rule)
        if use.expr is not None and rule is not mutant.subject and any(each.name in names for each in analysis.selectors(use)):
            names |= {rule.name} if isinstance(rule, RecordingRule) else set()
            if _joins(walk(use.expr)):
                return True
    return False


def _read_by_routing(routing: Routing | None) -> frozenset[str]:
    if routing is None:
        return frozenset()
    branches = list(every_branch(route_tree(routing)))
    read = {matcher.name for branch in branches for matcher in branch.matchers}
    for each in routing.inhibitions:
        read |= {parse_matcher(matcher).name for matcher in (*each.source, *each.target)} | set(each.equal)
    return frozenset(read)


def _void_matcher(facts: Facts, mutant: Mutant) -> str:
    """Without a matcher that all series fulfil."""
    old, new = mutant.old, mutant.new
    if not isinstance(old, VectorSelector) or not isinstance(new, VectorSelector) or len(new.matchers) != len(old.matchers) - 1:
        return ""
    dropped = next(each for each in old.matchers if not any(each is other for other in new.matchers))
    known = (each for selector in facts.selectors if selector.node is old for each in selector.matchers)
    fact = next((each for each in known if each.matcher is dropped), None)
    if fact is None or fact.share != "all":
        return ""
    return f"every declared value of `{dropped.name}` fulfils {_text(dropped)}"


def _kept_out(mutant: Mutant, way: list[Expr]) -> str:
    """A selector that lets more series in, none of which meets one of the other side."""
    old, new = mutant.old, mutant.new
    if not isinstance(old, VectorSelector) or not isinstance(new, VectorSelector):
        return ""
    matcher = next((each for each in old.matchers if each not in new.matchers), None)
    if matcher is None or not _lets_more_in(old, new, matcher):
        return ""
    below: Expr = old
    for node in way:
        if isinstance(node, Binary) and node.matching is not None:
            # Matched by all labels, what comes in more can neither meet what was there before nor be twice.
            left = node.left is below
            if node.matching.on or node.matching.labels or node.op == "or" or (node.op == "unless" and left):
                return ""
            if _fulfils(node.right if left else node.left, matcher):
                other = "right" if left else "left"
                return f"`{node.op}` matches by `{matcher.name}`, too, and its {other} side has only what fulfils {_text(matcher)}"
            if node.op == "unless":
                return ""
        elif not _keeps_apart(node, matcher.name):
            return ""
        below = node
    return ""


def _lets_more_in(old: VectorSelector, new: VectorSelector, matcher: Matcher) -> bool:
    """Whether a matcher was dropped, or a regular expression of what is not wanted has alternatives less."""
    if len(new.matchers) < len(old.matchers):
        return True
    other = next(each for each in new.matchers if each not in old.matchers)
    same = (other.name, other.op) == (matcher.name, matcher.op) == (matcher.name, "!~")
    return same and set(other.value.split("|")) < set(matcher.value.split("|"))


# What gives something else than one result for each series, with its labels but the name.
_CHANGE_LABELS = frozenset({"absent", "absent_over_time", "histogram_quantile", "label_join", "label_replace", "scalar", "vector"})


def _keeps_apart(node: Expr, label: str) -> bool:
    """Whether what a node makes of a series does not depend on series with another value of the label, and keeps it."""
    match node:
        case Call(function=function):
            return function not in _CHANGE_LABELS
        case Aggregate(op=op):
            return op in _OF_ONE_THE_SAME and not node.without and label in _grouped(node)
        case Binary(op=op):
            return op not in SET_OPERATORS  # with a number; two vectors are seen to before
        case Paren() | Unary() | MatrixSelector() | Subquery():
            return True
        case _:
            return False


def _fulfils(node: Expr, matcher: Matcher) -> bool:
    """Whether every series of a node fulfils a matcher."""
    match node:
        case VectorSelector(matchers=matchers):
            return matcher in matchers
        case Binary(op=op, left=left, right=right, matching=VectorMatching() as matching):
            if op == "or":
                return _fulfils(left, matcher) and _fulfils(right, matcher)
            if matching.on or matching.labels:
                return False
            if op == "unless":
                return _fulfils(left, matcher)
            return _fulfils(left, matcher) or _fulfils(right, matcher)
        case Call() | Aggregate() | Binary() | Paren() | Unary() | MatrixSelector() | Subquery():
            return _keeps_apart(node, matcher.name) and any(_fulfils(inside, matcher) for inside in children(node))
        case _:
            return False


def _text(matcher: Matcher) -> str:
    return f'`{matcher.name}{matcher.op}"{matcher.value}"`'


def _scaled(mutant: Mutant, way: list[Expr]) -> str:
    """`rate` and `increase` differ by a factor, which a quantile of buckets does not see."""
    if not _is_exchanged(mutant, {"rate", "increase"}):
        return ""
    for node in way:
        if isinstance(node, Call) and node.function == "histogram_quantile":
            return "`increase` is `rate` times the length of the window, and a quantile does not change if all buckets are multiplied by one number"
        if not _is_linear(node):
            break
    return ""


def _is_exchanged(mutant: Mutant, functions: set[str]) -> bool:
    return isinstance(mutant.old, Call) and isinstance(mutant.new, Call) and {mutant.old.function, mutant.new.function} == functions


def _is_linear(node: Expr) -> bool:
    return isinstance(node, Paren) or (isinstance(node, Aggregate) and node.op in _LINEAR)


def _same_buckets(facts: Facts, mutant: Mutant, way: list[Expr]) -> str:
    """An average of buckets is their sum divided by the number of histograms, the same for each bucket."""
    old, new = mutant.old, mutant.new
    if (
        not isinstance(old, Aggregate)
        or not isinstance(new, Aggregate)
        or {old.op, new.op} != {"sum", "avg"}
        or old.grouping != new.grouping
    ):
        return ""
    above = next((node for node in way if not isinstance(node, Paren)), None)
    if not isinstance(above, Call) or above.function != "histogram_quantile":
        return ""
    arm = facts[old.expr].arm
    if arm.entry is None or arm.part != "bucket" or not arm.entry.metric.buckets or "le" not in _grouped(old):
        return ""
    return (
        f"every series of `{arm.entry.metric.name}` has the same buckets: their average is their sum divided by the same number, "
        "and a quantile does not change if all buckets are divided by one number"
    )


def _sign(analysis: Analysis, mutant: Mutant, way: list[Expr]) -> str:
    """`rate` and `increase` are above 0 at the same moments."""
    if not _is_exchanged(mutant, {"rate", "increase"}) or not isinstance(mutant.subject, Alert) or _uses_value(mutant.subject):
        return ""
    for node in way:
        if (
            isinstance(node, Binary)
            and node.op in (">", "==", "!=", "<=")
            and number_in(node.right) == 0
            and node is analysis.use(mutant.subject).expr
        ):
            return "`increase` is `rate` times the length of the window, so both compare with 0 alike, and no template uses `$value`"
        if not _is_linear(node):
            break
    return ""


def _uses_value(alert: Alert) -> bool:
    texts: Iterable[str] = (alert.summary, alert.description, *alert.annotations.values(), *alert.labels.values())
    return any("$value" in text or ".Value" in text for text in texts)


def _same_ways(analysis: Analysis, other: Routing) -> str:
    """No alert of the project takes another way, and every two hold each other back as before."""
    if analysis.routing is None:
        return ""
    before, after = route_tree(analysis.routing), route_tree(other)
    any_targets = _of_any_targets(analysis)
    known = {id(alert): alert_labels(any_targets, alert) for alert in analysis.project.of(Alert)}
    for labels, others_unknown in known.values():
        ways = []
        for root in (before, after):
            reached = arrivals(root, labels, others_unknown=others_unknown)
            if not all(each.certain for each in reached):
                return ""
            ways.append(sorted((_ending(each.branch) for each in reached), key=repr))
        if ways[0] != ways[1]:
            return ""
    if analysis.routing.inhibitions != other.inhibitions:
        for source in known.values():
            for target in known.values():
                held = [_held(routing, source, target) for routing in (analysis.routing, other)]
                if None in held or held[0] != held[1]:
                    return ""
        return "for every two declared alerts it is decided alike whether one holds back the other"
    return "every declared alert reaches the same receivers, grouped and repeated alike"


def _held(routing: Routing, source: object, target: object) -> bool | None:
    answers = {holds_back(each, source, target) for each in routing.inhibitions}  # type: ignore[arg-type]  # as `alert_labels` gives them
    return True if True in answers else None if None in answers else False


def _ending(branch: Branch) -> tuple[object, ...]:
    """All that a branch decides, its place aside."""
    return (
        branch.receiver,
        branch.group_by,
        branch.group_wait,
        branch.group_interval,
        branch.repeat_interval,
        tuple(each.name for each in branch.mute_time_intervals),
        tuple(each.name for each in branch.active_time_intervals),
    )
