from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def impossible_sum() -> None:
    """The `_sum` of a histogram or summary is a number that its observations cannot have.

    It is NaN, which it then stays for good; it is negative, though no bucket is for negative numbers; or the buckets say that it must be
    larger or smaller: eight observations of at most 0.1 never add up to 80,000. Most often one part is recorded in seconds and the other in
    milliseconds. Every mean computed from it is wrong. A few observations that are being recorded during the scrape are allowed for.

    `mac conform` finds this, and `mac lint` does not.
    """
