from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def scraped_twice() -> None:
    """One process is scraped twice: by two jobs, or as two targets.

    All its series exist twice, so sums and rates over them are doubled, and alerts on them come early.

    `mac conform` finds this, and `mac lint` does not.
    """
