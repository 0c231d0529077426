from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, everywhere=True)
def unused_suppression() -> None:
    """A comment allows a finding that is not there.

    What it excused has been mended, or it stands on another line than the finding. Remove it: left alone, it would hide the next mistake
    of that kind. Nothing is said of rules that are turned off, nor while a part of the definitions cannot be loaded.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs.", unused="an example")  # mac: allow[unused-metric] it is an example

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs.", unused="an example")
    """
