from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def other_buckets() -> None:
    """A histogram's buckets, or a summary's quantiles, are not those declared.

    Thresholds and quantiles are checked against the declared ones. Buckets that changed also make quantiles across the change wrong.

    `mac conform` finds this, and `mac lint` does not.
    """
