from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import Span

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def value_in_label(reading: Reading) -> Iterator[Finding]:
    """A label of an alert holds the alert's value, so it is another alert at every evaluation.

    Labels are what an alert is known by. With the value among them the alert of one evaluation is resolved at the next and a new one
    starts: `for` begins anew each time, so it may never fire, and what fires notifies again and again. Put the value into an annotation.
    A condition on the value, `{{ if gt $value 90.0 }}`, changes the label only where it says so, and is left alone.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            for_="5m",
            severity="warning",
            labels={"waiting": "{{ $value }}"},
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            for_="5m",
            severity="warning",
            labels={"queue": "{{ $labels.instance }}"},
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
    """
    for written in reading.written:
        if written.path[0] != "labels" or written.template.fault is not None:
            continue
        printed = re.search(r"\{\{-?[^{}]*?(?:\$value|\.Value)\b[^{}]*\}\}", written.text)
        if printed is None or re.match(r"\{\{-?\s*(?:if|else|with|range|\$\w+\s*:?=|/\*)", printed[0]):
            continue
        message = f"the label `{written.path[-1]}` of `{written.alert.name}` changes with the value, so each evaluation makes a new alert"
        yield Finding(message, written.place(Span(*printed.span())), "put the value into an annotation", declaration=written.alert)
