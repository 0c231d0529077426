from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def uneven_labels() -> None:
    """The series of an undeclared metric have labels of different names.

    An aggregation by a label that only some series have puts the others together under no value. What is declared is held to its
    declaration instead: see absent-label and undeclared-label.

    `mac conform` finds this, and `mac lint` does not.
    """
