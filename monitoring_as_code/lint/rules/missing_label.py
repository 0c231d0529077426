from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def missing_label(reading: Reading) -> Iterator[Finding]:
    """An alert lacks a label that the project asks of every alert.

    Which labels those are stands in pyproject.toml, as `required-labels` below `[tool.mac]`; without a word there are none. A label may be
    the alert's own, one of the stack's, or come with the expression's result, where it must be on every series.

    BAD:

        # [tool.mac]
        # required-labels = ["team"]
        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )

    GOOD:

        # [tool.mac]
        # required-labels = ["team"]
        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            labels={"team": "platform"},
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
    """
    required = reading.project.config.required_labels
    if not required:
        return
    for alert in reading.alerts:
        labels, others_unknown = reading.alert_labels[alert]
        for name in required:
            values = labels.get(name, None if others_unknown else frozenset({""}))
            if values is not None and "" in values:
                message = f"`{alert.name}` has no label `{name}`, which every alert must have"
                help_ = f"write `labels: {{{name}: ...}}`" if reading.project.foreign else f'write `labels={{"{name}": "..."}}`'
                yield Finding(message, Place(alert.origin, ("name",)), help_, declaration=alert)
