from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def undeclared_metric() -> None:
    """A metric is on the page, but nobody has declared it.

    Every query on it is a finding of `mac lint`, and nobody knows who needs its series. Declare it, or stop recording it; client libraries
    have switches for what they add by themselves. Of an exporter, only what is used is declared, so nothing is said.

    `mac conform` finds this, and `mac lint` does not.
    """
