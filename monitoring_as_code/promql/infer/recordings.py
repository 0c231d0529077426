"""Recording rules: each becomes a metric of the catalogue, with what was inferred of its expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from monitoring_as_code.catalogue import Catalogue, Domain, Metric
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Expr, VectorSelector, walk
from monitoring_as_code.promql.infer.facts import Facts
from monitoring_as_code.promql.infer.inference import infer
from monitoring_as_code.promql.infer.value import Arm, LabelFact, Labels, joined
from monitoring_as_code.units import Unit


class Recording(NamedTuple):
    """A rule that records `expr` as `name`, with `labels` added. A declared `unit` wins over the inferred one."""

    name: str
    expr: Expr
    labels: Mapping[str, str] = MappingProxyType({})
    unit: Unit | None = None
    help: str = ""
    origin: object = None


def record(rules: Sequence[Recording], catalogue: Catalogue) -> list[Facts]:
    """The facts of each rule, in the order given; the catalogue has their metrics afterwards.

    A rule is looked at after those that it reads, wherever they stand. Of rules that read each other in a circle nothing is known. Rules of
    one name make one metric, of which holds what holds for all of them.
    """
    by_name: dict[str, list[int]] = {}
    for index, rule in enumerate(rules):
        by_name.setdefault(rule.name, []).append(index)
    reads = {name: {read for index in indexes for read in _reads(rules[index].expr, by_name)} for name, indexes in by_name.items()}
    facts: dict[int, Facts] = {}
    unknown = _in_circles(reads)
    for name in unknown:
        catalogue.add(Metric(name, "recorded", closed=False, floats=False, origin=rules[by_name[name][0]].origin))
    for name in _in_order(reads):
        indexes = by_name[name]
        facts.update((index, infer(rules[index].expr, catalogue)) for index in indexes)
        if name not in unknown:
            catalogue.add(_metric(name, [(rules[index], facts[index]) for index in indexes]))
    return [facts[index] for index in range(len(rules))]


def _reads(expr: Expr, names: Mapping[str, object]) -> set[str]:
    """Which of these names the expression may read. One that selects by a pattern of names is not followed."""
    found = set()
    for node in walk(expr):
        if isinstance(node, VectorSelector):
            if node.name:
                found.add(node.name)
            found.update(matcher.value for matcher in node.matchers if matcher.name == "__name__" and matcher.op == "=")
    return found & names.keys()


def _in_order(reads: Mapping[str, set[str]]) -> list[str]:
    """The names, each after those that it reads, circles aside."""
    order: dict[str, None] = {}
    seen: set[str] = set()
    for start in reads:
        stack = [(start, iter(sorted(reads[start])))]
        if start in seen:
            continue
        seen.add(start)
        while stack:
            name, rest = stack[-1]
            following = next((read for read in rest if read not in seen), None)
            if following is None:
                order[name] = None
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(sorted(reads[following]))))
    return list(order)


def _in_circles(reads: Mapping[str, set[str]]) -> set[str]:
    """The names that read themselves, by way of others or not, or that are read by none but such: what is left when sources are taken away."""
    left = {name: set(read) for name, read in reads.items()}
    while True:
        done = {name for name, read in left.items() if not read}
        if not done:
            break
        left = {name: read - done for name, read in left.items() if name not in done}
    return {name for name in left if _reaches(name, left)}


def _reaches(name: str, reads: Mapping[str, set[str]]) -> bool:
    """Whether a name reads itself in the end."""
    seen: set[str] = set()
    stack = list(reads[name])
    while stack:
        one = stack.pop()
        if one == name:
            return True
        if one not in seen:
            seen.add(one)
            stack.extend(reads.get(one, ()))
    return False


def _metric(name: str, rules: Sequence[tuple[Recording, Facts]]) -> Metric:
    arms = [_labelled(rule, arm) for rule, facts in rules for arm in facts.value.arms if facts.value.type in {"vector", "scalar"}]
    first = rules[0][0]
    if not arms:
        return Metric(name, "recorded", closed=False, floats=False, origin=first.origin)
    arm = joined(tuple(arms))
    domains = {
        label: Domain(fact.values, fact.pattern, optional=fact.presence == "maybe")
        for label, fact in arm.labels.facts.items()
        if fact.presence != "never" and label != "__name__"
    }
    removed = {
        label: fact.reason.text
        for label, fact in arm.labels.facts.items()
        if fact.presence == "never" and fact.reason is not None and label != "__name__"
    }
    observed = arm.entry
    if observed is not None and observed.metric.observed is not None:
        observed = observed.metric.observed
    units = {rule.unit for rule, _ in rules}
    return Metric(
        name,
        "recorded",
        domains,
        closed=arm.labels.closed,
        unit=(units.pop() if len(units) == 1 else None) or arm.unit,
        help=first.help,
        range=arm.range,
        recorded=arm.kind,
        part=arm.part,
        floats=arm.floats,
        observed=observed if arm.part in {"bucket", "native"} else None,
        keys=tuple(key for key in arm.keys if "__name__" not in key) if arm.labels.closed or arm.keys else (),
        removed=removed,
        origin=first.origin,
    )


def _labelled(rule: Recording, arm: Arm) -> Arm:
    """The arm with the labels that the rule adds; an empty one takes a label away."""
    if not rule.labels:
        return arm
    changes = {name: LabelFact("always", frozenset((value,))) if value else LabelFact("never") for name, value in rule.labels.items()}
    labels = Labels({**arm.labels.facts, **changes}, arm.labels.rest)
    return arm._replace(labels=labels, keys=tuple(key for key in arm.keys if not key & changes.keys()))
