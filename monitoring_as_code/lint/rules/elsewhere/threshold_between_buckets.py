from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def threshold_between_buckets() -> None:
    """An alert compares a quantile with a number that is no bound of the histogram.

    Between two bounds an estimate is a straight line that nobody has measured: whether 0.7 s is passed, with buckets at 0.5 and 1, is a
    guess. A bucket at the threshold makes it exact.

    `mac conform` finds this, and `mac lint` does not.
    """
