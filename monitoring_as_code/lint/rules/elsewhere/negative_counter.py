from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def negative_counter() -> None:
    """A counter, a bucket or a count is below 0, infinite, or no number.

    `rate()` takes every fall for a restart, so a counter that can fall gives rates of nothing that happened. What can fall is a gauge.

    `mac conform` finds this, and `mac lint` does not.
    """
