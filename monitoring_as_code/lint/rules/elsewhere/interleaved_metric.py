from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def interleaved_metric() -> None:
    """The lines of a metric do not stand together.

    The formats demand one block for each metric, metadata first. Prometheus takes the samples; other readers refuse the page, or lose the
    type and help of the second block.

    `mac conform` finds this, and `mac lint` does not.
    """
