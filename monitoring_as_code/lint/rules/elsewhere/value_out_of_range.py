from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def value_out_of_range() -> None:
    """A gauge is below its `least`, above its `most`, or no number where it has bounds; or an info metric is not 1.

    Thresholds, axes and always- and never-firing alerts are judged by the declared bounds.

    `mac conform` finds this, and `mac lint` does not.
    """
