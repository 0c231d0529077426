from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, definitions_only=True)
def missing_runbook(reading: Reading) -> Iterator[Finding]:
    """An alert that somebody must act on does not say how.

    Whoever is woken up at night has not written the alert. A runbook says what it means, who suffers, and what to look at first. Declare it
    beside the alert, `runbook=Runbook(...)`: its page is generated, with the query, the threshold and whom it reaches, and the pager links to
    it. Or give the URL of a page that there is. Alerts of severity `info` and `none` wake nobody up, and are not asked about.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(name="QueueLong", expr="queue_length > 100", severity="warning", summary="{{ $value }} jobs wait")

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook=Runbook(meaning="Workers are too slow or too few.", check=("Do all workers run?",)),
        )
    """
    for alert in reading.alerts:
        if alert.runbook is None and alert.severity not in ("info", "none") and "runbook_url" not in alert.annotations:
            help_ = "declare `runbook=Runbook(meaning=..., check=(...,))`, or the URL of a page"
            yield Finding(f"`{alert.name}` has no runbook", Place(alert.origin, ("name",)), help_)
