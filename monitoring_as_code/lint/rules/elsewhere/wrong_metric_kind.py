from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def wrong_metric_kind() -> None:
    """A metric is of another kind than it is declared.

    What queries may do with it was checked against the declaration: a rate of a gauge, a quantile of a counter are nonsense that looks like
    a graph. A page without a line `# TYPE` says nothing, which is as bad for those who read it.

    `mac conform` finds this, and `mac lint` does not.
    """
