from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def undeclared_label() -> None:
    """Series have a label that is not declared.

    Joins that match on all labels stop to match, sums that leave labels out by name keep it, and its values multiply the number of series
    without a budget.

    `mac conform` finds this, and `mac lint` does not.
    """
