from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def exceeded_budget() -> None:
    """A label has more values, or a metric more combinations of them, than are declared.

    Each combination is a series, in the program's memory and in Prometheus's. What comes from outside, such as paths, methods and ids,
    grows until one of them falls over. The finding names the label, and the first value too many.

    `mac conform` finds this, and `mac lint` does not.
    """
