from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, of_lint=False)
def target_down() -> None:
    """Prometheus cannot scrape a target.

    Its last error is quoted: what refuses, a time-out, a page that it cannot read, or more samples or labels than a limit allows.

    `mac conform` finds this, and `mac lint` does not.
    """
