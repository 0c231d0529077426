from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def malformed_openmetrics() -> None:
    """A page of OpenMetrics breaks its rules where Prometheus does not mind.

    Other readers do: a second line of metadata for one metric, one behind samples, an escape that is none, a counter that is called
    `..._total` in its line `# TYPE`. What cannot be read for certain is left out here, and then nothing is said of what is missing.

    `mac conform` finds this, and `mac lint` does not.
    """
