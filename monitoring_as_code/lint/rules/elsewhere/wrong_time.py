from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def wrong_time() -> None:
    """A sample has a time that is no moment of these years.

    The text format has milliseconds since 1970, OpenMetrics seconds. A sample with the wrong one lies in 1970 or in the far future, where
    Prometheus drops it without a word on any graph. Samples need no times at all: Prometheus knows when it scrapes.

    `mac conform` finds this, and `mac lint` does not.
    """
