from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def misleading_suffix() -> None:
    """A metric's name ends as those of another kind do.

    A counter ends in `_total`, and nothing else does; `_bucket`, `_sum` and `_count` are parts of histograms and summaries. People and
    tools choose functions by the name.

    `mac conform` finds this, and `mac lint` does not.
    """
