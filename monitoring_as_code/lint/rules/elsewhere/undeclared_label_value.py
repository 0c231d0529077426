from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def undeclared_label_value() -> None:
    """A label has a value that is not one of those declared: not in its `Literal` or `values`, or not matched by its `pattern`.

    Queries and alerts were checked against the declared values, so these series are in none that chooses by the label. A value that is
    accepted and not sent is fine.

    `mac conform` finds this, and `mac lint` does not.
    """
