from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def threshold_above_buckets() -> None:
    """An alert compares a quantile with a number above the histogram's last finite bound.

    No estimate is above that bound, so the alert never fires. `mac lint` says so of the declared buckets; this is about those of the
    program.

    `mac conform` finds this, and `mac lint` does not.
    """
