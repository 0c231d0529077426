from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def missing_annotation(reading: Reading) -> Iterator[Finding]:
    """An alert lacks an annotation that the project asks of every alert.

    Which annotations those are stands in pyproject.toml, as `required-annotations` below `[tool.mac]`; without a word there are none.
    `summary`, `description` and `runbook_url` are made from the alert's own fields; `dashboard_url` is made for an alert that a panel
    shows.

    BAD:

        # [tool.mac]
        # required-annotations = ["summary", "description", "runbook_url"]
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
        # required-annotations = ["summary", "description", "runbook_url"]
        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            description="More than 100 jobs wait at {{ $labels.instance }}.",
            runbook="https://runbooks.example/queue-long",
        )
    """
    required = reading.project.config.required_annotations
    for alert in reading.alerts if required else ():
        given = {"summary": alert.summary, "description": alert.description, "runbook_url": alert.runbook, **alert.annotations}
        for name in required:
            if name == "dashboard_url" and name not in alert.annotations:
                continue  # made of the panels that show the alert, where there is an address of Grafana
            if not given.get(name):
                argument = {"runbook_url": "runbook", "summary": "summary", "description": "description"}.get(name)
                if reading.project.foreign:
                    help_ = f"write `annotations: {{{name}: ...}}`"
                else:
                    help_ = f"write `{argument}=...`" if argument else f'write `annotations={{"{name}": "..."}}`'
                message = f"`{alert.name}` has no annotation `{name}`, which every alert must have"
                yield Finding(message, Place(alert.origin, ("name",)), help_, declaration=alert)
