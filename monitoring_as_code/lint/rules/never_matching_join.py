from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matcher_place, matching_place, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import Matcher

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.origin import Place
    from monitoring_as_code.promql.infer.facts import Clash, JoinFact
    from monitoring_as_code.promql.infer.value import LabelFact, Reason

_MOST_VALUES = 3


@rule(
    ERROR,
    yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label", "unknown-label-value", "buckets-without-le"),
    of_expressions=True,
)
def never_matching_join(reading: Reading) -> Iterator[Finding]:
    """An operator joins two vectors of which no two series can ever match.

    Two series match when all their labels are equal, or all of those after `on`. If one side always has a label that the other side
    lacks, or both have it with different values, nothing comes out, whatever happens: the alert never fires.

    BAD:

        class Http(Labels):
            status: Label[Literal["200", "500"]]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="instance:http_errors:ratio_rate5m", expr='rate(http_requests_total{status="500"}[5m]) / sum(rate(http_requests_total[5m]))')

    GOOD:

        class Http(Labels):
            status: Label[Literal["200", "500"]]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="http_errors:ratio_rate5m", expr='sum(rate(http_requests_total{status="500"}[5m])) / sum(rate(http_requests_total[5m]))')
    """
    for use, join in reading.joins:
        if join.verdict != "never" or join.node.op in ("or", "unless") or not join.clashes:
            continue
        clash = join.clashes[0]
        yield Finding(
            f"no series of the two sides match: {_words(clash)}",
            matching_place(use, join.node),
            _help(clash, join),
            _related(reading, use, clash),
            (id(use.part), "label", clash.label),
            use.declaration,
        )


def _words(clash: Clash) -> str:
    left, right = _state(clash.left), _state(clash.right)
    if clash.left.presence != "never" and clash.right.presence != "never":
        return f"`{clash.label}` is {left} on the left and {right} on the right"
    if clash.left.presence == "never":
        return f"`{clash.label}` is there on the right only{_why(clash.left.reason)}"
    return f"`{clash.label}` is there on the left only{_why(clash.right.reason)}"


def _state(fact: LabelFact) -> str:
    from monitoring_as_code.diagnostics.nearest import listed

    values = sorted(fact.values or ())
    if not values:
        return "another one"
    return listed(values) if len(values) <= _MOST_VALUES else f"one of {len(values)} values"


def _why(reason: Reason | None) -> str:
    return "" if reason is None else f": {reason.text}" if reason.text.startswith("removed") else ""


def _help(clash: Clash, join: JoinFact) -> str:
    if clash.left.presence == "never" or clash.right.presence == "never":
        if join.on:
            return f"take `{clash.label}` out of `on`, or keep it on both sides"
        many = "group_left" if clash.right.presence == "never" else "group_right"
        grouped = "" if join.node.op == "and" else f" {many}"
        return f"write `ignoring({clash.label}){grouped}`, match `on` what both have, or aggregate `{clash.label}` away"
    return f"write `ignoring({clash.label})`, or match `on` what both have; aggregate one side if it then has many series"


def _related(reading: Reading, use: Use, clash: Clash) -> tuple[tuple[Place, str], ...]:
    found = []
    for fact in (clash.left, clash.right):
        if fact.reason is None or (use.written is None and fact.reason.node.origin is None):
            continue
        node = fact.reason.node
        if isinstance(node, Matcher):
            selector = next((each.node for each in reading.facts(use).selectors if any(one is node for one in each.node.matchers)), None)
            if selector is not None:
                found.append((matcher_place(use, selector, node, node.span), fact.reason.text))
        elif fact.reason.text.startswith("removed"):
            found.append((place(use, node), fact.reason.text))
    return tuple(found)
