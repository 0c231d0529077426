from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, matcher_place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import Span

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.catalogue import Domain
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Matcher
    from monitoring_as_code.promql.infer.facts import MatcherFact

_MOST_SHOWN = 12
# What `Severity` of an alert may be; a route may be ready for one that no alert has yet.
_SEVERITIES = frozenset({"critical", "warning", "info", "none"})


@rule(ERROR, yields_to=("syntax-error",), of_expressions=True)
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
            yield f"`{matcher.name}` is never `{value}`{pattern}", _help(value, domain.values), _span(use, matcher, value)
    if not fact.outside and matcher.op == "=~" and (fact.share == "none" or _misses(matcher, domain)):
        pattern = f": its values match `{domain.pattern}`" if domain.values is None else ""
        yield f"no value of `{matcher.name}` matches `{matcher.value}`{pattern}", _help("", domain.values), matcher.value_span


def _misses(matcher: Matcher, domain: Domain) -> bool:
    """Whether a regular expression matches no value of the declared pattern, as `6..` none of `[1-5][0-9]{2}`."""
    if domain.values is not None or domain.pattern is None or matcher.variables:
        return False
    from monitoring_as_code.lint.finite_pattern import all_values
    from monitoring_as_code.promql.infer.patterns import tester

    values, test = all_values(domain.pattern), tester(matcher.value)
    return values is not None and test is not None and not test("") and not any(map(test, values))


def _help(value: str, values: frozenset[str] | None) -> str | None:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    if not values:
        return None
    near = did_you_mean(value, values) if value and not _is_number(value) else None
    if near is not None:
        return near
    # One text for each number: a bound of buckets is written as "1" and as "1.0".
    different = {float(each) if _is_number(each) else each: each for each in sorted(values, key=lambda each: (-len(each), each))}
    known = sorted(different.values(), key=lambda each: (float(each), each) if _is_number(each) else (0.0, each))
    if len(known) == 1:
        return f"its only value is `{known[0]}`"
    shown = ", ".join(f"`{each}`" for each in known[:_MOST_SHOWN])
    more = len(known) - _MOST_SHOWN
    return f"its values are {shown} and {more} more" if more > 0 else f"its values are {listed(known, 'and')}"


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
            yield Finding(f"no alert has a `{name}` that is `{value}`", matcher.place(value), _help(value, values - {""}))


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _same_number(label: str, value: str, domain: Domain) -> bool:
    """Bounds of buckets are numbers in a text, which client libraries write differently: "1" and "1.0"."""
    if label not in ("le", "quantile") or domain.values is None:
        return False
    return _is_number(value) and any(float(value) == float(known) for known in domain.values if _is_number(known))


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
