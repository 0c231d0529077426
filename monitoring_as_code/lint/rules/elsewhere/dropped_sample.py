from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def dropped_sample() -> None:
    """The application says that samples were not recorded as they were given: `mac_instrument_dropped_total` is not 0.

    A value outside of its label's domain, a label that is missing, a series over the budget: what is recorded is less than what happened, or
    stands under `other`. The log of the application has the first of each kind.

    `mac conform` finds this, and `mac lint` does not.
    """
