"""Selectors: what the catalogue says of a name, narrowed by the matchers."""

from __future__ import annotations

from monitoring_as_code.catalogue import Catalogue, Domain, Entry, Kind
from monitoring_as_code.promql.ast import Matcher, VectorSelector
from monitoring_as_code.promql.infer.facts import MatcherFact, SelectorFact, Share
from monitoring_as_code.promql.infer.patterns import literals, tester
from monitoring_as_code.promql.infer.value import (
    ANYTHING,
    Arm,
    Emptiness,
    LabelFact,
    Labels,
    Reason,
    met_fact,
    pinned,
    smallest,
    whole_key,
)
from monitoring_as_code.promql.variables import may_hold_variables

_EMPTY = frozenset({""})


def select(node: VectorSelector, catalogue: Catalogue) -> tuple[Arm, SelectorFact]:
    """The value of a selector, and what is to be said of its name and matchers."""
    name = metric_name(node)
    entry = known = catalogue.lookup(name) if name else None
    if entry is not None:
        entry = _of_its_job(node, entry, catalogue)
    if entry is None:
        facts: dict[str, LabelFact] = {}
        if name:
            facts["__name__"] = LabelFact("always", frozenset((name,)))
        elif node.name or node.variables:
            facts["__name__"] = LabelFact("always")
        rest = ANYTHING
    else:
        facts = _declared(entry, node)
        rest = LabelFact("never", reason=Reason(f"`{entry.name}` has no such label", node)) if entry.closed else ANYTHING
    contradictory: tuple[Matcher, ...] = ()
    matcher_facts = []
    for matcher in node.matchers:
        if matcher.name == "__name__" and matcher.op == "=" and name:
            continue
        if known is not None and matcher.name != "__name__":
            matcher_facts.append(_matcher_fact(matcher, known))
        if matcher.variables:
            continue
        before = facts.get(matcher.name, rest)
        after = _narrowed(before, matcher)
        if after is None or _excluded(node, matcher):
            culprits = _culprits(node, matcher)
            contradictory = (*contradictory, *culprits)
            if after is None and len(culprits) == 1:
                after = LabelFact("never", reason=Reason(f"nothing passes `{_text(matcher)}`", matcher))
        if after is None:  # the matchers are at odds with each other, which does not take the label away
            after = before
        facts[matcher.name] = after
    labels = Labels(facts, rest)
    empty: Emptiness = "always" if contradictory else "data"
    fact = SelectorFact(
        node,
        name,
        known,
        unknown=entry is None and bool(name) and catalogue.lacks(name),
        matchers=tuple(matcher_facts),
        contradictory=contradictory,
    )
    reason = Reason(f"nothing passes `{_text(contradictory[0])}`", contradictory[0]) if contradictory else None
    if entry is None:
        return Arm(labels, keys=whole_key(labels), empty=empty, empty_reason=reason), fact
    keys = whole_key(labels)
    if entry.metric.keys:
        keys = smallest((*keys, *(frozenset(label for label in key if not pinned(labels.get(label))) for key in entry.metric.keys)))
    floats = entry.part != "native" and entry.kind != "unknown" and entry.metric.floats
    of = Reason(f"`{entry.name}` is {_KIND_WORDS.get(entry.kind, 'known')}", node)
    return (
        Arm(
            labels,
            keys,
            entry.kind,
            entry.part,
            entry.unit,
            entry.range,
            empty,
            entry,
            literal=False,
            floats=floats,
            empty_reason=reason,
            kind_reason=of,
            unit_reason=of,
            range_reason=of,
        ),
        fact,
    )


def _of_its_job(node: VectorSelector, entry: Entry, catalogue: Catalogue) -> Entry:
    """What is left of an entry that several jobs scrape, where the selector names the job."""
    if entry.metric.jobs and len(entry.metric.jobs) > 1:
        for matcher in node.matchers:
            if matcher.name == "job" and matcher.op == "=" and not matcher.variables:
                return catalogue.of_job(entry, matcher.value)
    return entry


def described(node: VectorSelector, catalogue: Catalogue) -> SelectorFact:
    """What is to be said of a selector's name and of each matcher by itself, in a tenth of the time that all of it takes."""
    name = metric_name(node)
    entry = catalogue.lookup(name) if name else None
    matchers = () if entry is None else tuple([_matcher_fact(each, entry) for each in node.matchers if each.name != "__name__"])
    return SelectorFact(node, name, entry, entry is None and bool(name) and catalogue.lacks(name), matchers)


_KIND_WORDS: dict[Kind, str] = {
    "counter": "a counter",
    "agg_counter": "an aggregate of counters",
    "gauge": "a gauge",
    "info": "always 1",
    "timestamp": "a timestamp",
    "rate": "a rate",
    "increase": "an increase",
    "ratio": "a ratio",
    "quantile": "a quantile",
    "count": "a count",
    "bool": "0 or 1",
    "unknown": "of unknown kind",
}


def metric_name(node: VectorSelector) -> str:
    """The metric that a selector chooses from, also when a matcher on `__name__` says it; "" when it is not one."""
    if node.variables:
        return ""
    if node.name:
        return node.name
    names = {matcher.value for matcher in node.matchers if matcher.name == "__name__" and matcher.op == "=" and not matcher.variables}
    return names.pop() if len(names) == 1 else ""


def _declared(entry: Entry, node: VectorSelector) -> dict[str, LabelFact]:
    facts = {"__name__": LabelFact("always", frozenset((entry.name,)))}
    for name, domain in entry.labels.items():
        facts[name] = _fact_of(domain)
    for name, text in entry.metric.removed.items():
        if name not in facts:
            facts[name] = LabelFact("never", reason=Reason(f"{text}, in the recording rule `{entry.name}`", node))
    return facts


def _fact_of(domain: Domain) -> LabelFact:
    values = domain.values
    if values is None:
        return LabelFact("maybe" if domain.optional else "always", None, domain.pattern)
    if "" in values:
        values -= _EMPTY
        return LabelFact("maybe", values, domain.pattern) if values else LabelFact("never")
    return LabelFact("maybe" if domain.optional else "always", values, domain.pattern)


def _narrowed(fact: LabelFact, matcher: Matcher) -> LabelFact | None:
    """What holds for the label of a series that passes the matcher; None when none can."""
    value, op = matcher.value, matcher.op
    if op == "=":
        if not value:
            return None if fact.presence == "always" else LabelFact("never", reason=Reason(f"`{_text(matcher)}` wants none", matcher))
        if fact.presence == "never" or (fact.values is None and fact.pattern is not None and not _fits(value, fact.pattern)):
            return None
        return met_fact(fact, LabelFact("always", frozenset((value,)), None, Reason(f"`{_text(matcher)}` wants it", matcher)))
    if op == "!=":
        if not value:
            return _present(fact, matcher)
        if fact.values is not None and value in fact.values:
            return _kept(fact, fact.values - {value})
        return fact
    matches = tester(value)
    if matches is None:
        return fact
    wanted = op == "=~"
    if matches("") is not wanted:
        present = _present(fact, matcher)
        if present is None:
            return None
        fact = present
    elif fact.presence == "never":
        return fact
    if fact.values is not None:
        return _kept(fact, frozenset(one for one in fact.values if matches(one) is wanted))
    if not wanted:
        return fact
    named = literals(value)
    if named is None:
        return fact if value in {".*", ".+"} else LabelFact(fact.presence, None, fact.pattern or value, fact.reason)
    if fact.pattern is not None:
        named = frozenset(one for one in named if _fits(one, fact.pattern))
    return _kept(fact, named - _EMPTY)


def _present(fact: LabelFact, matcher: Matcher) -> LabelFact | None:
    if fact.presence == "never":
        return None
    if fact.presence == "always":
        return fact
    return LabelFact("always", fact.values, fact.pattern, Reason(f"`{_text(matcher)}` wants it", matcher))


def _kept(fact: LabelFact, values: frozenset[str]) -> LabelFact | None:
    if values:
        return LabelFact(fact.presence, values, None, fact.reason)
    return None if fact.presence == "always" else LabelFact("never", reason=fact.reason)


def _fits(value: str, pattern: str) -> bool:
    """Whether the value can be one of a label with this pattern; a pattern that is no RE2 says nothing."""
    test = tester(pattern)
    return test is None or test(value)


def _culprits(node: VectorSelector, last: Matcher) -> tuple[Matcher, ...]:
    before = []
    for matcher in node.matchers:
        if matcher is last:
            break
        if matcher.name == last.name:
            before.append(matcher)
    return (last, *before)


def _excluded(node: VectorSelector, last: Matcher) -> bool:
    """Whether matchers before this one let none of the values through that it names: what they leave of an open label is no set."""
    before = _culprits(node, last)[1:]
    if not before or last.op not in {"=", "=~"}:
        return False
    named = frozenset((last.value,)) if last.op == "=" else literals(last.value)
    return named is not None and all(any(not _lets_through(each, value) for each in before) for value in named)


def _lets_through(matcher: Matcher, value: str) -> bool:
    """Whether the value passes, as far as that is known."""
    if matcher.variables:
        return True
    if matcher.op in {"=", "!="}:
        return (matcher.value == value) is (matcher.op == "=")
    matches = tester(matcher.value)
    return matches is None or matches(value) is (matcher.op == "=~")


def _text(matcher: Matcher) -> str:
    quoted = matcher.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{matcher.name}{matcher.op}"{quoted}"'


def _matcher_fact(matcher: Matcher, entry: Entry) -> MatcherFact:
    domain = entry.labels.get(matcher.name)
    if domain is None:
        known = False if entry.closed and not may_hold_variables(matcher.name) else None
        if matcher.variables or known is None:
            return MatcherFact(matcher, known, None)
        return MatcherFact(matcher, known, None, share=_share(matcher, _EMPTY))
    if matcher.variables:
        return MatcherFact(matcher, known=True, domain=domain)
    share: Share = "unknown"
    if domain.values is not None:
        share = _share(matcher, domain.values | _EMPTY if domain.optional else domain.values)
    outside: tuple[str, ...] = ()
    if domain.values is not None or domain.pattern is not None:
        named = frozenset((matcher.value,)) if matcher.op in {"=", "!="} else literals(matcher.value)
        if named is not None:
            outside = tuple(value for value in sorted(named) if value and not _possible(value, domain))
    if share == "unknown" and matcher.op == "=" and outside:
        share = "none"
    return MatcherFact(matcher, known=True, domain=domain, share=share, outside=outside)


def _possible(value: str, domain: Domain) -> bool:
    if domain.values is not None:
        return value in domain.values
    return domain.pattern is None or _fits(value, domain.pattern)


def _share(matcher: Matcher, values: frozenset[str]) -> Share:
    test = frozenset((matcher.value,)).__contains__ if matcher.op in {"=", "!="} else tester(matcher.value)
    if test is None:
        return "unknown"
    wanted = matcher.op in {"=", "=~"}
    passing = sum(test(value) is wanted for value in values)
    return "none" if not passing else "all" if passing == len(values) else "some"
