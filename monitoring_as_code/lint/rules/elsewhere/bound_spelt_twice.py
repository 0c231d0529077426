from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def bound_spelt_twice() -> None:
    """A bucket's bound is spelt in two ways in one metric, such as `1` and `1.0`.

    To Prometheus before 3.0 these are two labels, so a sum over series has two buckets where one is meant, and the estimate of a quantile
    sees half of the observations.

    `mac conform` finds this, and `mac lint` does not.
    """
