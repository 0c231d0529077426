from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def incomplete_histogram() -> None:
    """A histogram or summary lacks `_sum` or `_count`, or one of its buckets lacks `le`.

    A mean is the rate of one divided by the rate of the other, so there is none. In OpenMetrics both may be missing, but not one.

    `mac conform` finds this, and `mac lint` does not.
    """
