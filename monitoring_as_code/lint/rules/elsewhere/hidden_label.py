from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def hidden_label() -> None:
    """A label of a metric has the name of one that the scrape gives: `job`, `instance`, or a label of the scrape job.

    Prometheus renames the metric's own to `exported_...`, unless the job honors labels, so queries see another label than the one that was
    meant.

    `mac conform` finds this, and `mac lint` does not.
    """
