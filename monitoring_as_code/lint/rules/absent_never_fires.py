from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, of_expressions=True)
def absent_never_fires(reading: Reading) -> Iterator[Finding]:
    """`absent()` asks for something that is always there.

    It has a result only while its argument has none, and `or vector(0)` sees to it that there always is one. So the alert that should tell
    that something is missing never fires.

    BAD:

        depth = Gauge(name="queue_depth", help="Jobs that wait.")
        missing = Alert(
            name="QueueMissing",
            expr="absent(sum(queue_depth) or vector(0))",
            for_="10m",
            severity="warning",
            summary="nobody says how many jobs wait",
            runbook="https://runbooks.example/queue-missing",
        )

    GOOD:

        depth = Gauge(name="queue_depth", help="Jobs that wait.")
        missing = Alert(
            name="QueueMissing",
            expr="absent(queue_depth)",
            for_="10m",
            severity="warning",
            summary="nobody says how many jobs wait",
            runbook="https://runbooks.example/queue-missing",
        )
    """
    for use, node in reading.calls("absent", "absent_over_time"):
        if reading.facts(use)[node.args[0]].empty == "never":
            message = f"this is always there, so `{node.function}()` never has a result"
            yield Finding(message, place(use, node.args[0]), "ask for the metric itself", declaration=use.declaration)
