from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def absent_label() -> None:
    """A label is declared, but series of the metric do not have it.

    Aggregations by it, matchers on it and alert texts with it were all found right against the declaration, and are empty. A label with an
    empty value is the same as none.

    `mac conform` finds this, and `mac lint` does not.
    """
