from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matcher_place
from monitoring_as_code.lint.rule import WARNING, Edit, Finding, Fix, rule
from monitoring_as_code.promql.ast import Span
from monitoring_as_code.promql.infer.patterns import literals
from monitoring_as_code.promql.literals import quote

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Matcher, VectorSelector


@rule(
    WARNING,
    yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label-value", "regex-matches-everything", "regex-matches-nothing"),
    of_expressions=True,
)
def needless_regex(reading: Reading) -> Iterator[Finding]:
    """A regular expression says no more than a plain value, or has anchors that are there anyway.

    Prometheus matches whole values, as if every pattern stood between `^` and `$`. So `=~"^5..$"` is `=~"5.."`, and `=~"GET"` is `="GET"`,
    which is faster: Prometheus looks the value up instead of trying the pattern on every value that the label has. Who reads `=~` looks
    for a choice that is not there, and may take the pattern for one that matches parts. A pattern that is made of Grafana's variables is
    left alone.

    BAD:

        class Http(Labels):
            method: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="job:http_gets:rate5m", expr='sum by (job) (rate(http_requests_total{method=~"GET"}[5m]))')

    GOOD:

        class Http(Labels):
            method: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="job:http_gets:rate5m", expr='sum by (job) (rate(http_requests_total{method="GET"}[5m]))')
    """
    for use, selector in reading.selectors:
        for matcher in selector.node.matchers:
            if matcher.op in ("=~", "!~") and not matcher.variables and matcher.value:
                yield from _of(use, selector.node, matcher)


def _of(use: Use, selector: VectorSelector, matcher: Matcher) -> Iterator[Finding]:
    bare = _without_anchors(matcher.value)
    named = literals(bare)
    plain = next(iter(named)) if named is not None and len(named) == 1 and "|" not in bare else None
    if plain is None and bare == matcher.value:
        return
    op = matcher.op if plain is None else matcher.op[0].replace("!", "!=")
    better = f"{matcher.name}{op}{quote(bare if plain is None else plain)}"
    advice = better if use.written is not None or matcher.origin is None else _call(op, bare if plain is None else plain)
    message = (
        f"`{matcher.value}` is one value, not a pattern"
        if bare == matcher.value
        else f"the anchors in `{matcher.value}` say nothing: a pattern always matches whole values"
    )
    at = matcher_place(use, selector, matcher, matcher.value_span)
    about = (id(use.part), "label", matcher.name)
    yield Finding(message, at, f"write `{advice}`", (), about, use.declaration, _fix(use, selector, matcher, better))


def _call(op: str, value: str) -> str:
    """The same in the algebra."""
    return {"=": ".eq", "!=": ".ne", "=~": ".matches", "!~": ".not_matches"}[op] + f"({quote(value)})"


def _without_anchors(pattern: str) -> str:
    if "\\Q" in pattern:  # quotes what follows, `$` too
        return pattern
    if pattern.startswith("^") and pattern[1:2] not in ("*", "+", "?", "{"):
        pattern = pattern[1:]
    body = pattern[:-1]
    if pattern.endswith("$") and (len(body) - len(body.rstrip("\\"))) % 2 == 0:
        pattern = body
    return pattern


def _fix(use: Use, selector: VectorSelector, matcher: Matcher, better: str) -> Fix | None:
    """What stands between the matcher's name and its end, anew; nothing for one that the algebra has made."""
    if use.written is None and selector.origin is None:
        return None
    start, end = matcher.name_span.start, matcher.value_span.end
    if start < 0 or end < 0:
        return None
    return Fix(f"write `{better}`", (Edit(matcher_place(use, selector, matcher, Span(start, end)), better),))
