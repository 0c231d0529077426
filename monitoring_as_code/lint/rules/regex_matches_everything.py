from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, matcher_place
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Matcher
    from monitoring_as_code.promql.infer.facts import MatcherFact, SelectorFact


@rule(WARNING, yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label", "unknown-label-value"), of_expressions=True)
def regex_matches_everything(reading: Reading) -> Iterator[Finding]:
    """A regular expression matches whatever the label can have, so it does not choose; with `!~` it leaves nothing.

    `=~".*"` matches series without the label, too. `=~".+"` asks for series that have it, and every series of this metric does. A list of
    all declared values chooses nothing either, and hides that nothing was chosen. Leave the matcher out. One that must be there, because
    the selector has no other, is fine; so is what Grafana's variables fill in.

    BAD:

        class Jobs(Labels):
            queue: Label[str]

        jobs = Counter(name="jobs_total", help="Jobs done.", labels=Jobs)
        recorded = RecordingRule(name="queue:jobs:rate5m", expr='sum by (queue) (rate(jobs_total{queue=~".*"}[5m]))')

    GOOD:

        class Jobs(Labels):
            queue: Label[str]

        jobs = Counter(name="jobs_total", help="Jobs done.", labels=Jobs)
        recorded = RecordingRule(name="queue:jobs:rate5m", expr="sum by (queue) (rate(jobs_total[5m]))")
    """
    for use, selector in reading.selectors:
        if not selector.node.name and not selector.node.variables:
            continue
        if use.declaration.kind == "scenario":  # which gives a series for each value, and is to say so
            continue
        facts = {id(fact.matcher): fact for fact in selector.matchers}
        for matcher in selector.node.matchers:
            if matcher.op not in ("=~", "!~") or matcher.variables or matcher.name == "__name__":
                continue
            why = _why(matcher, selector, facts.get(id(matcher)))
            if why is None:
                continue
            effect = "does not choose" if matcher.op == "=~" else "leaves nothing"
            help_ = "leave it out" if matcher.op == "=~" else "leave it out, or write what is not wanted"
            at = matcher_place(use, selector.node, matcher, matcher.value_span)
            related = () if selector.entry is None or "declared" not in why else declared_here(selector.entry.metric)
            severity = WARNING if matcher.op == "=~" else ERROR
            about = (id(use.part), "label", matcher.name)
            yield Finding(f"`{matcher.name}{matcher.op}` {effect}: {why}", at, help_, related, about, use.declaration, severity=severity)


def _why(matcher: Matcher, selector: SelectorFact, fact: MatcherFact | None) -> str | None:
    if matcher.value in (".*", "(.*)", "^.*$", "^.*", ".*$", "|.+", ".+|"):
        return f"`{matcher.value}` matches every value, and none"
    entry, domain = selector.entry, None if fact is None else fact.domain
    if entry is None or fact is None or domain is None:
        return None
    if matcher.value in (".+", "(.+)", "^.+$") and not domain.optional and (domain.values is None or "" not in domain.values):
        return f"every series of `{entry.name}` has `{matcher.name}`"
    if (
        domain.values is not None
        and len(domain.values) > 1
        and fact.share == ("all" if matcher.op == "=~" else "none")
        and not fact.outside
    ):
        return f"`{matcher.value}` matches every declared value of `{matcher.name}`"
    return None
