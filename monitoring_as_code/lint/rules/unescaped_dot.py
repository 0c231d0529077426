from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matcher_place
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    import re

    from monitoring_as_code.catalogue import Domain
    from monitoring_as_code.lint.reading import Reading

# Labels whose values are numbers with a dot in them.
_NUMBERS = frozenset({"le", "quantile", "version"})


@rule(WARNING, yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label-value", "regex-matches-nothing"), of_expressions=True)
def unescaped_dot(reading: Reading) -> Iterator[Finding]:
    r"""A dot in a regular expression stands for any character, where a dot of a host, an address or a version is meant.

    `=~"api.example.com|10.0.0.1"` matches `api-example.com` and `10.0.011`, too. It seldom matters until it does: a host of somebody else
    counts along. Write `\\.`, or `[.]`, which needs no backslash. Said only where a declared value has a dot at that place, or where what
    stands around it looks like a name of a host, an address or a version.

    BAD:

        class Upstreams(Labels):
            host: Label[str]

        calls = Counter(name="upstream_calls_total", help="Calls to others.", labels=Upstreams)
        recorded = RecordingRule(name="job:calls:rate5m", expr='sum by (job) (rate(upstream_calls_total{host=~"api.example.com|.*[.]test"}[5m]))')

    GOOD:

        class Upstreams(Labels):
            host: Label[str]

        calls = Counter(name="upstream_calls_total", help="Calls to others.", labels=Upstreams)
        recorded = RecordingRule(name="job:calls:rate5m", expr='sum by (job) (rate(upstream_calls_total{host=~"api[.]example[.]com|.*[.]test"}[5m]))')
    """
    for use, selector in reading.selectors:
        for matcher in selector.node.matchers:
            if matcher.op not in ("=~", "!~") or "." not in matcher.value or matcher.variables:
                continue
            fact = next((each for each in selector.matchers if each.matcher is matcher), None)
            found = _literal_dot(matcher.name, matcher.value, fact.domain if fact is not None else None)
            if found is not None:
                message = f"the dot in `{found}` stands for any character"
                help_ = f"write `{found.replace('.', '[.]')}`"
                at = matcher_place(use, selector.node, matcher, matcher.value_span)
                yield Finding(message, at, help_, (), (id(use.part), "label", matcher.name), use.declaration)


def _literal_dot(label: str, pattern: str, domain: Domain | None) -> str | None:
    """The part of a pattern in which a dot stands for itself, as far as anybody can tell."""
    bare = _others()[0].sub(lambda found: "\0" * len(found[0]), pattern)  # what is escaped, or in brackets
    for found in _others()[1].finditer(bare):
        if bare[found.end() : found.end() + 1] in ("*", "+", "?", "{"):  # repeats the last character: `.com?`
            continue
        if domain is not None and domain.values is not None:
            if not any(found[0] in value for value in domain.values):
                continue
        elif (domain is not None and domain.pattern is not None) or not _looks_literal(label, found[0]):
            continue
        return found[0]
    return None


def _looks_literal(label: str, text: str) -> bool:
    parts = text.split(".")
    numbers = [part for part in parts if part.isdecimal()]
    if len(numbers) == len(parts):
        return len(parts) > 2 or label in _NUMBERS
    return not numbers and all(len(part) > 1 for part in parts)


@cache
def _others() -> tuple[re.Pattern[str], re.Pattern[str]]:
    import re

    return re.compile(r"\\.|\[\^?\]?[^\]]*\]", re.DOTALL), re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
