from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.config import Config
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def unknown_severity(reading: Reading) -> Iterator[Finding]:
    """An alert has a severity that the project does not use.

    Routes, inhibitions and people know the severities that were agreed upon; one that nobody knows goes to whoever gets the rest. Those
    that are in use stand in pyproject.toml, as `severities` below `[tool.mac]`; without a word they are critical, warning, info and none.

    BAD:

        # [tool.mac]
        # severities = ["critical", "warning"]
        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="info",
            summary="{{ $value }} jobs wait",
        )

    GOOD:

        # [tool.mac]
        # severities = ["critical", "warning"]
        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
    """
    known = reading.project.config.severities
    for alert in reading.alerts:
        if reading.project.foreign and known == Config().severities:
            continue  # others have their own words, as long as nobody has said that these hold for them, too
        if alert.severity not in (*known, "") and "{{" not in alert.severity:
            from monitoring_as_code.diagnostics.nearest import listed

            message = f"`{alert.severity}` is no severity of this project"
            yield Finding(message, Place(alert.origin, ("severity",)), f"there are {listed(known, 'and')}", declaration=alert)
