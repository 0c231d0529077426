from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def wrong_environment() -> None:
    """A call of `by_env` names an environment that the project has not, or has no value for one that it has.

    The environments are named in pyproject.toml, and the definitions are loaded once for each of them:

        [tool.mac]
        environments = ["local", "production"]

    `by_env("15s", local="5s")` is "5s" in `local` and "15s" elsewhere; without a first value, which is for all that are not named, every
    environment needs one of its own. In a project that names no environment there is nothing to choose by.

    BAD:

        queue = Gauge(name="queue_length", help="Jobs that wait.")
        long_queue = Alert(
            name="LongQueue",
            expr=queue.max() > 100,
            for_=by_env("10m", local="1m"),
            severity="warning",
            summary="Jobs wait",
        )

    GOOD:

        queue = Gauge(name="queue_length", help="Jobs that wait.")
        long_queue = Alert(
            name="LongQueue",
            expr=queue.max() > 100,
            for_="10m",
            severity="warning",
            summary="Jobs wait",
            runbook=Runbook(meaning="Jobs wait for hours.", check=("The workers' logs.",)),
        )
    """
