from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING)
def unknown_rule() -> None:
    """A comment allows a rule that does not exist.

    So it allows nothing. `mac explain` lists all rules.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs.", unused="an example")  # mac: allow[unused-metrics] it is an example

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs.")  # mac: allow[unused-metric] it is an example
        workers = Gauge(name="workers", help="Workers.")
        recorded = RecordingRule(name="job:workers:max", expr="max by (job) (workers)")
    """
