from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def misleading_unit() -> None:
    """A metric's name or line `# UNIT` says a unit that is no base unit, or not the declared one.

    Prometheus's convention is seconds, bytes and ratios, so that all can be divided by each other. Where name and declaration differ, every
    panel, threshold and division is off by a factor, or senseless.

    `mac conform` finds this, and `mac lint` does not.
    """
