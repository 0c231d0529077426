from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def falling_buckets() -> None:
    """A bucket with a larger bound counts less than one with a smaller bound.

    Buckets are cumulative: each counts all observations up to its bound. `histogram_quantile()` repairs what falls, silently, and then is
    wrong. It happens where buckets are counted each by itself, or read while they are being written.

    `mac conform` finds this, and `mac lint` does not.
    """
