from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, matcher_place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.lint.values import is_number, known_values
from monitoring_as_code.promql.ast import Span

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.catalogue import Domain
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Matcher
    from monitoring_as_code.promql.infer.facts import MatcherFact

# What `Severity` of an alert may be; a route may be ready for one that no alert has yet.
_SEVERITIES = frozenset({"critical", "warning", "info", "none"})


@rule(ERROR, yields_to=("syntax-error", "grafana-variable-in-rule"), of_expressions=True)
def unknown_label_value(reading: Reading) -> Iterator[Finding]:
    """A query asks for a value that the label cannot have.

    What is declared of a label's values, by a `Literal`, `values=` or `pattern=`, is all that it can have. A matcher with another value
    selects nothing with `=` and `=~`, and excludes nothing with `!=` and `!~`. Mostly it is misspelt; if not, the declaration lacks it.

    BAD:

        class Jobs(Labels):
            status: Label[Literal["success", "failure"]]

        jobs = Counter(name="jobs_total", help="Jobs done.", labels=Jobs)
        recorded = RecordingRule(name="job:jobs_failed:rate5m", expr='sum by (job) (rate(jobs_total{status="failed"}[5m]))')

    GOOD:

        class Jobs(Labels):
            status: Label[Literal["success", "failure"]]

        jobs = Counter(name="jobs_total", help="Jobs done.", labels=Jobs)
        recorded = RecordingRule(name="job:jobs_failed:rate5m", expr='sum by (job) (rate(jobs_total{status="failure"}[5m]))')
    """
    for use, selector in reading.selectors:
        for fact in selector.matchers:
            matcher, domain = fact.matcher, fact.domain
            if domain is None or selector.entry is None:
                continue
            for message, help_, span in _faults(use, fact, domain):
                at = matcher_place(use, selector.node, matcher, span)
                about = (id(use.part), "label", matcher.name)
                yield Finding(message, at, help_, declared_here(selector.entry.metric), about, use.declaration)
    if reading.rest and reading.project.complete and reading.alerts:
        yield from _of_routing(reading)


def _faults(use: Use, fact: MatcherFact, domain: Domain) -> Iterator[tuple[str, str | None, Span]]:
    matcher = fact.matcher
    for value in fact.outside:
        if not _same_number(matcher.name, value, domain):
            pattern = f": its values match `{domain.pattern}`" if domain.values is None else ""
            yield f"`{matcher.name}` is never `{value}`{pattern}", known_values(domain.values, value), _span(use, matcher, value)


def _of_routing(reading: Reading) -> Iterator[Finding]:
    """Matchers of routes and inhibitions that no alert fulfils."""
    known, _ = reading.routed_labels
    for matcher in reading.routing_matchers:
        name, op, value = matcher.matcher
        values = known.get(name, frozenset())
        if op not in ("=", "=~") or not values:
            continue
        values |= _SEVERITIES if name == "severity" else frozenset()
        if not any(matcher.matcher.accepts(each) for each in values):
            yield Finding(
                f"no alert has the label `{name}` with the value `{value}`", matcher.place(value), known_values(values - {""}, value)
            )


def _same_number(label: str, value: str, domain: Domain) -> bool:
    """Bounds of buckets are numbers in a text, which client libraries write differently: "1" and "1.0"."""
    if label not in ("le", "quantile") or domain.values is None:
        return False
    return is_number(value) and any(float(value) == float(known) for known in domain.values if is_number(known))


def _span(use: Use, matcher: Matcher, value: str) -> Span:
    """The value itself, where it stands once in the matcher's text as it is; else the whole literal."""
    start, end = matcher.value_span
    if use.written is None or start < 0:
        return matcher.value_span
    literal = use.written[start:end]
    if literal.count(value) != 1:
        return matcher.value_span
    first = start + literal.index(value)
    return Span(first, first + len(value))
