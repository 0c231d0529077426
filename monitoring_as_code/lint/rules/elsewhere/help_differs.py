from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def help_differs() -> None:
    """A metric's help on the page is not the declared one.

    Grafana shows the one, the generated docs the other. Where the declaration is the instrument, both are the same by themselves.

    `mac conform` finds this, and `mac lint` does not.
    """
