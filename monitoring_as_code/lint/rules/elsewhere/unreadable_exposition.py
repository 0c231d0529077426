from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def unreadable_exposition() -> None:
    """A page of metrics has a line that Prometheus refuses.

    Prometheus takes a page as a whole or not at all: one bad escape in one label's value, a second line `# TYPE`, a missing line break at
    the end, and the target is down, with all its metrics. As long as there is such a line, nothing is said of what is declared and missing.

    `mac conform` finds this, and `mac lint` does not.
    """
