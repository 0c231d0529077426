from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, matcher_place
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule
from monitoring_as_code.lint.values import known_values

if TYPE_CHECKING:
    from monitoring_as_code.catalogue import Domain
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.infer.facts import MatcherFact


@rule(ERROR, yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label-value"), of_expressions=True)
def regex_matches_nothing(reading: Reading) -> Iterator[Finding]:
    """A regular expression matches no value that the label can have.

    With `=~` nothing is selected, ever; with `!~` nothing is left out, and the matcher might as well not be there. What the label can
    have is declared by a `Literal`, `values=` or `pattern=`. Prometheus matches whole values, so `=~"fail"` does not match `failure`:
    that takes `=~"fail.*"`.

    BAD:

        class Http(Labels):
            status: Label[str] = label(pattern="[1-5][0-9]{2}")

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="job:http_errors:rate5m", expr='sum by (job) (rate(http_requests_total{status=~"5xx|5.+x"}[5m]))')

    GOOD:

        class Http(Labels):
            status: Label[str] = label(pattern="[1-5][0-9]{2}")

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="job:http_errors:rate5m", expr='sum by (job) (rate(http_requests_total{status=~"5.."}[5m]))')
    """
    for use, selector in reading.selectors:
        for fact in selector.matchers:
            matcher, domain = fact.matcher, fact.domain
            if domain is None or selector.entry is None or fact.outside or not _matches_nothing(fact, domain):
                continue
            pattern = f": its values match `{domain.pattern}`" if domain.values is None else ""
            effect = "" if matcher.op == "=~" else ", so this leaves nothing out"
            message = f"no value of `{matcher.name}` matches `{matcher.value}`{pattern}{effect}"
            at = matcher_place(use, selector.node, matcher, matcher.value_span)
            about = (id(use.part), "label", matcher.name)
            severity = ERROR if matcher.op == "=~" else WARNING
            related = declared_here(selector.entry.metric)
            yield Finding(message, at, known_values(domain.values), related, about, use.declaration, severity=severity)


def _matches_nothing(fact: MatcherFact, domain: Domain) -> bool:
    matcher = fact.matcher
    if matcher.variables or matcher.op not in ("=~", "!~"):
        return False
    if fact.share != "unknown":
        return fact.share == ("none" if matcher.op == "=~" else "all")
    if domain.values is not None or domain.pattern is None:
        return False
    from monitoring_as_code.lint.finite_pattern import all_values
    from monitoring_as_code.promql.infer.patterns import tester

    values, test = all_values(domain.pattern), tester(matcher.value)
    return values is not None and test is not None and not test("") and not any(map(test, values))
