from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.durations import milliseconds

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, definitions_only=True, on=False)
def refresh_below_scrape(reading: Reading) -> Iterator[Finding]:
    """A dashboard is refreshed more often than there is anything new.

    Every refresh asks all queries again, of every reader. What is scraped every 15 seconds looks the same for 15 seconds. This rule is off
    unless it stands in `enable`, since some want to see a new value the moment that it is there.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            refresh="5s",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Waiting", expr="queue_length"),),
                ),
            ),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            refresh="1m",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Waiting", expr="queue_length"),),
                ),
            ),
        )
    """
    stack = reading.analysis.stack
    if stack is None or not stack.jobs:
        return
    shortest = min((job.scrape_interval or stack.scrape_interval for job in stack.jobs), key=milliseconds)
    for dashboard in reading.dashboards:
        if dashboard.refresh is not None and milliseconds(dashboard.refresh) < milliseconds(shortest):
            message = f"the dashboard is refreshed every `{dashboard.refresh}`, and nothing is scraped more often than every `{shortest}`"
            yield Finding(message, Place(dashboard.origin, ("refresh",)), f"write `{shortest}` or more", declaration=dashboard)
