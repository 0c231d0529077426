from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def absent_member() -> None:
    """An enumerated gauge has no series for one of its values.

    A state that is over must become 0. If the series is just not written any more, the last value stays for five minutes, an alert that
    compares it does not resolve as it should, and `== 0` never holds. Write all values, zeros too; those that are never sent are left out
    by `emitted`.

    `mac conform` finds this, and `mac lint` does not.
    """
