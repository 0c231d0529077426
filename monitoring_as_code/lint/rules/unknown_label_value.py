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

_MOST_SHOWN = 12


@rule(ERROR)
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
            related = declared_here(selector.entry.metric)
            outside = [value for value in fact.outside if not _same_number(matcher.name, value, domain)]
            for value in outside:
                at = matcher_place(use, selector.node, matcher, _span(use, matcher, value))
                message = _message(matcher.name, value, domain)
                yield Finding(message, at, _help(value, domain), related, declaration=use.declaration)
            if not fact.outside and fact.share == "none" and matcher.op == "=~":
                at = matcher_place(use, selector.node, matcher, matcher.value_span)
                yield Finding(
                    f"no value of `{matcher.name}` matches `{matcher.value}`", at, _help("", domain), related, declaration=use.declaration
                )


def _message(label: str, value: str, domain: Domain) -> str:
    if domain.values is None and domain.pattern is not None:
        return f"`{label}` is never `{value}`: its values match `{domain.pattern}`"
    return f"`{label}` is never `{value}`"


def _help(value: str, domain: Domain) -> str | None:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    if domain.values is None:
        return None if domain.pattern is None else "its declaration says which values it has"
    known = sorted(domain.values)
    near = did_you_mean(value, known) if value else None
    if near is not None or not known:
        return near
    more = f" and {len(known) - _MOST_SHOWN} more" if len(known) > _MOST_SHOWN else ""
    return f"its values are {listed(known[:_MOST_SHOWN], ',' if more else 'and')}{more}"


def _same_number(label: str, value: str, domain: Domain) -> bool:
    """Bounds of buckets are numbers in a text, which client libraries write differently: "1" and "1.0"."""
    if label not in ("le", "quantile") or domain.values is None:
        return False
    try:
        number = float(value)
    except ValueError:
        return False
    return any(number == float(known) for known in domain.values)


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
