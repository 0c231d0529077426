from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.infer.value import pinned

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, of_expressions=True)
def overwritten_label(reading: Reading) -> Iterator[Finding]:
    """A rule's own label replaces one that tells its expression's series apart.

    The label of the rule wins, so all alerts or records have its value in place of their own: nobody sees any more which of them fired,
    and where two series differ by nothing else, Prometheus refuses the whole result. Give the rule's label another name, or aggregate the
    expression's label away. A label that has one value on all series tells none apart, and may be replaced.

    BAD:

        class Queue(Labels):
            queue: Label[str]

        queue_length = Gauge(name="queue_length", help="Jobs that wait.", labels=Queue)
        alert = Alert(
            name="QueueLong",
            expr="max by (queue) (queue_length) > 100",
            severity="warning",
            labels={"queue": "any"},
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )

    GOOD:

        class Queue(Labels):
            queue: Label[str]

        queue_length = Gauge(name="queue_length", help="Jobs that wait.", labels=Queue)
        alert = Alert(
            name="QueueLong",
            expr="max by (queue) (queue_length) > 100",
            severity="warning",
            labels={"team": "mail"},
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
    """
    for use in reading.uses:
        if not isinstance(use.part, Alert | RecordingRule) or not use.part.labels:
            continue
        labels = reading.facts(use).value.arm.labels
        for name, value in use.part.labels.items():
            fact = labels.get(name)
            if value and "{{" not in value and fact.presence == "always" and not pinned(fact):
                message = f"this replaces the label `{name}` that the expression's series have"
                help_ = f"give it another name, or take `{name}` out of the expression by aggregation"
                yield Finding(message, Place(use.part.origin, ("labels", name)), help_, declaration=use.declaration)
