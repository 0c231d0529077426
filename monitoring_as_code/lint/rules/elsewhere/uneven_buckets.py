from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def uneven_buckets() -> None:
    """The series of one histogram have different buckets.

    A quantile is estimated over the sum of the series' buckets. A bound that only some of them have counts only their observations, so the
    sum falls where it should rise.

    `mac conform` finds this, and `mac lint` does not.
    """
