from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def duplicate_sample() -> None:
    """A series is on the page twice.

    Prometheus keeps one of the two samples, counts the other in `prometheus_target_scrapes_sample_duplicate_timestamp_total`, and goes on;
    which one it is, is chance. It happens where two parts of a program record one metric, or two labels became one.

    `mac conform` finds this, and `mac lint` does not.
    """
