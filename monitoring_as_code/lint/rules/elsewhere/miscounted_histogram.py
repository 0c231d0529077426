from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def miscounted_histogram() -> None:
    """A histogram's `_count` is not what its bucket `+Inf` says.

    Both count all observations, so shares and means computed from one of them contradict those computed from the other.

    `mac conform` finds this, and `mac lint` does not.
    """
