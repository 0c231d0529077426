from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def disagreeing_targets() -> None:
    """Targets say different things of one metric: another type, or not the declared one.

    One of them runs another release, or two programs use one name for two things. Queries read both as one.

    `mac conform` finds this, and `mac lint` does not.
    """
