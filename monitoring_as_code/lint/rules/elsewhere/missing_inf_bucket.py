from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def missing_inf_bucket() -> None:
    """A histogram has no bucket `le="+Inf"`.

    It counts all observations; without it `histogram_quantile()` gives no result at all.

    `mac conform` finds this, and `mac lint` does not.
    """
