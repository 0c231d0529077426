from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matcher_place
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule
from monitoring_as_code.promql.ast import Span
from monitoring_as_code.promql.variables import find_variables, may_hold_variables

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.infer.facts import MatcherFact


@rule(WARNING, yields_to=("syntax-error",), of_expressions=True)
def grafana_variable_in_rule(reading: Reading) -> Iterator[Finding]:
    r"""A matcher of a rule asks for the name of a variable of Grafana, such as `$job`.

    Grafana fills in variables for a dashboard's queries. A rule runs in Prometheus, to which `$job` in a label's value is a text like any
    other: no series has it, and the rule is silent for ever. It happens when a panel's query becomes an alert. There are label values that
    have a `$` in them, as a topic `$SYS/broker` has: allow it there, or write `\\$` in a pattern. Grafana's own names, `$__interval` and
    its like, are an error, and so is what the label's declared values do not have.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        waiting = RecordingRule(name="job:queue_length:sum", expr='sum by (job) (queue_length{instance="$instance"})')

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        waiting = RecordingRule(name="job:queue_length:sum", expr="sum by (job) (queue_length)")
    """
    for use, selector in reading.selectors:
        if use.in_dashboard:
            continue
        for fact in selector.matchers:
            matcher = fact.matcher
            if not may_hold_variables(matcher.value) or _declared(fact):
                continue
            for variable in find_variables(matcher.value):
                if _escaped(matcher.value, variable.span.start):
                    continue
                text, written = variable.text, use.written or ""
                start = written.find(text, *matcher.value_span) if matcher.value_span.start >= 0 else -1
                span = Span(start, start + len(text)) if start >= 0 else matcher.value_span
                own = variable.name.startswith("__")
                yield Finding(
                    f"`{text}` is one of Grafana's variables, which nobody fills in for a rule"
                    if own
                    else f"`{text}` looks like one of Grafana's variables, which nobody fills in for a rule",
                    matcher_place(use, selector.node, matcher, span),
                    "write the value, or leave the matcher out",
                    about=(id(use.part), "label", matcher.name),
                    declaration=use.declaration,
                    severity=ERROR if own or fact.share == "none" else None,
                )


def _declared(fact: MatcherFact) -> bool:
    """Whether the declared values of the label have what this asks for."""
    return fact.domain is not None and fact.domain.values is not None and fact.share in {"some", "all"} and not fact.outside


def _escaped(text: str, start: int) -> bool:
    """Whether a backslash says that this `$` is no more than a dollar sign."""
    before = text[:start]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
