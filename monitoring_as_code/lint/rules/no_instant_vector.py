from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, of_expressions=True)
def no_instant_vector(reading: Reading) -> Iterator[Finding]:
    """A rule or a panel asks for all samples of a range, or for a string.

    What a rule records or fires on, and what a graph draws, is one value a series at each moment. Prometheus loads a rule with
    `queue_length[5m]` and fails whenever it evaluates it, which nobody notices but who reads its log. Wrap the range in a function that
    makes one value of it.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length[5m]",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="avg_over_time(queue_length[5m]) > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
    """
    for use in reading.uses:
        if use.expr is None:
            continue
        type_ = reading.facts(use).value.type
        if type_ == "matrix" and not (use.in_dashboard and getattr(use.part, "instant", None)):
            message = "this is all samples of a range, but a rule or a panel needs one value of each series"
            help_ = "make one value of them, such as by `avg_over_time(...)` or `rate(...)`"
            yield Finding(message, place(use, use.expr), help_, about=(id(use.part), "always"), declaration=use.declaration)
        elif type_ == "string":
            message = "this is a string, but a rule or a panel needs numbers"
            yield Finding(message, place(use, use.expr), "write an expression", about=(id(use.part), "always"), declaration=use.declaration)
