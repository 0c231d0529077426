from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def missing_metric() -> None:
    """A metric is declared, and the program does not know it: there is no line about it on the page.

    Every query on it is empty, every alert on it silent, for ever. It was renamed, is not registered yet, or the declaration is a leftover.

    `mac conform` finds this, and `mac lint` does not.
    """
