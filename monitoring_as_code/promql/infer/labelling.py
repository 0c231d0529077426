"""`label_replace` and `label_join`: a label made of others."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

from monitoring_as_code.promql.ast import Call
from monitoring_as_code.promql.infer.patterns import grouped, literals, tester
from monitoring_as_code.promql.infer.value import (
    ANYTHING,
    MOST_VALUES,
    Arm,
    LabelFact,
    Labels,
    Presence,
    Reason,
    joined_fact,
    smallest,
    whole_key,
)


@cache
def _reference() -> re.Pattern[str]:
    return re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")


def label_replace(node: Call, arm: Arm, words: list[str | None]) -> Arm:
    """`words` are the target label, the template, the source label and the regular expression; None where it is not a literal."""
    target, template, source, pattern = (*words, None, None, None, None)[:4]
    if target is None:
        return _opened(arm)
    labels = arm.labels
    old = labels.get(target)
    reason = Reason(f"`{target}` is set by `label_replace()`", node)
    if template is None or source is None or pattern is None:
        return _with(arm, target, LabelFact("maybe", reason=reason))
    matches = tester(pattern)
    if matches is None:
        return _with(arm, target, LabelFact("maybe", reason=reason))
    fact = _readable(labels, source)
    seen = fact.seen
    if seen is not None and len(seen) <= MOST_VALUES:
        outcomes = [_outcome(value, template, pattern, old, reason) if matches(value) else old for value in sorted(seen)]
        return _with(arm, target, joined_fact(outcomes)) if outcomes else arm
    if template in {"$1", "${1}"} and pattern in {"(.*)", "(.+)"}:
        copy = LabelFact(fact.presence, fact.values, fact.pattern, reason)
        if pattern == "(.*)" or fact.presence == "always":
            return _with(arm, target, copy)
        return _with(arm, target, LabelFact("always", reason=reason) if old.presence == "always" else LabelFact("maybe", reason=reason))
    always = pattern == ".*" or (pattern in {".+", "(.+)"} and fact.presence == "always") or pattern == "(.*)"
    made = LabelFact("maybe", reason=reason)
    if "$" not in template:
        made = LabelFact("always", frozenset((template,)), None, reason) if template else LabelFact("never", reason=reason)
    elif _reference().sub("", template):  # what is not a reference is always there
        made = LabelFact("always", reason=reason)
    named = literals(pattern)
    if named is not None and fact.presence == "always" and not named - {""}:
        return arm  # the source is never empty
    return _with(arm, target, made if always else joined_fact((made, old)))


def _outcome(value: str, template: str, pattern: str, old: LabelFact, reason: Reason) -> LabelFact:
    if "$" not in template:
        made: str | None = template
    else:
        made = _expanded(value, template, pattern)
    if made is None:
        return joined_fact((LabelFact("maybe", reason=reason), old))
    return LabelFact("always", frozenset((made,)), None, reason) if made else LabelFact("never", reason=reason)


def _expanded(value: str, template: str, pattern: str) -> str | None:
    """The template with the groups of the match, as Go's `Expand` does it; a group that is not there is empty."""
    match = grouped(pattern)
    found = match(value) if match is not None else None
    if found is None:
        return None
    named = found.groupdict()
    numbered = found.groups()

    def of(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        if name.isascii() and name.isdigit():
            index = int(name)
            return value if index == 0 else (numbered[index - 1] or "") if index <= len(numbered) else ""
        return named.get(name) or ""

    return _reference().sub(of, template)


def label_join(node: Call, arm: Arm, words: list[str | None]) -> Arm:
    """`words` are the target label, the separator and the source labels; None where it is not a literal."""
    if not words or words[0] is None:
        return _opened(arm)
    target, separator, *sources = words
    reason = Reason(f"`{target}` is set by `label_join()`", node)
    if separator is None or any(source is None for source in sources):
        return _with(arm, words[0], LabelFact("maybe", reason=reason))
    facts = [_readable(arm.labels, source) for source in sources if source is not None]
    seen = [fact.seen for fact in facts]
    count = 1
    for values in seen:
        count *= MOST_VALUES + 1 if values is None else len(values)
    if count <= MOST_VALUES:
        made = {separator.join(parts) for parts in product(*(sorted(values or ()) for values in seen))}
        presence: Presence = "never" if made == {""} else "maybe" if "" in made else "always"
        known = frozenset(made - {""}) if presence != "never" else None
        return _with(arm, words[0], LabelFact(presence, known, None, reason))
    if any(fact.presence == "always" for fact in facts) or (separator and len(facts) > 1):
        return _with(arm, words[0], LabelFact("always", reason=reason))
    return _with(arm, words[0], LabelFact("maybe", reason=reason))


def _readable(labels: Labels, source: str) -> LabelFact:
    """The label as the function sees it: with delayed name removal (a feature flag) a name that was dropped is still there to be read."""
    fact = labels.get(source)
    return ANYTHING if source == "__name__" and fact.presence == "never" else fact


def _with(arm: Arm, label: str, fact: LabelFact) -> Arm:
    labels = arm.labels.but({label: fact})
    keys = smallest((*(key for key in arm.keys if label not in key), *whole_key(labels)))
    return arm._replace(labels=labels, keys=keys)


def _opened(arm: Arm) -> Arm:
    """Any label may have been set to anything."""
    return arm._replace(labels=Labels({}, ANYTHING), keys=())
