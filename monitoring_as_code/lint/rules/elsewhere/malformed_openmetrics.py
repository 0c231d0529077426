from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def malformed_openmetrics() -> None:
    """A page of OpenMetrics breaks its rules where Prometheus does not mind.

    Other readers do: comments that are no HELP, TYPE or UNIT, metadata behind samples, a counter that is called `..._total` in its `#
    TYPE`.

    `mac conform` finds this, and `mac lint` does not.
    """
