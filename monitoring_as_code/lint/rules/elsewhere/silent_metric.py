from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def silent_metric() -> None:
    """A metric is known to the program, but has no series yet.

    What has labels has no series before something is recorded; then its first value is no increase to Prometheus, since there was nothing
    before it. Series whose labels are known should begin at 0: `requests.start(method="GET")`. A page right after the start has many of
    these; hold the conformance run when there was traffic.

    `mac conform` finds this, and `mac lint` does not.
    """
