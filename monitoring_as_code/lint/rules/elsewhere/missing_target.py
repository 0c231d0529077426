from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def missing_target() -> None:
    """A scrape job of the stack has no active target in Prometheus.

    The job is not in the configuration that runs, or relabelling drops all its targets.

    `mac conform` finds this, and `mac lint` does not.
    """
