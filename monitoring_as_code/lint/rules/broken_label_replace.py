from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import StringLiteral
from monitoring_as_code.promql.regexes import problem

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, of_expressions=True)
def broken_label_replace(reading: Reading) -> Iterator[Finding]:
    """The regular expression of `label_replace()` is none.

    Prometheus loads the rule and shows the panel, but fails each time that it evaluates them: it compiles this expression only then. It
    is RE2's syntax, and must match the whole value of the source label.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        by_host = RecordingRule(
            name="host:queue_length:max",
            expr='max by (host) (label_replace(queue_length, "host", "$1", "instance", "(.*:"))',
            help="Read by other teams.",
        )
        shown = Dashboard(name="Queues", uid="queues", rows=(Row(title="Queues", panels=(Stat(title="Longest", expr=by_host),)),))

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        by_host = RecordingRule(
            name="host:queue_length:max",
            expr='max by (host) (label_replace(queue_length, "host", "$1", "instance", "(.*):.*"))',
            help="Read by other teams.",
        )
        shown = Dashboard(name="Queues", uid="queues", rows=(Row(title="Queues", panels=(Stat(title="Longest", expr=by_host),)),))
    """
    for use, call in reading.calls("label_replace"):
        regex = call.args[-1]
        if isinstance(regex, StringLiteral) and "$" not in regex.value.removesuffix("$"):
            fault = problem(regex.value)
            if fault is not None:
                message = f"`{regex.value}` is no regular expression of Prometheus: {fault}"
                yield Finding(message, place(use, regex), "see `https://github.com/google/re2/wiki/Syntax`", declaration=use.declaration)
