from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def dropped_by_raw(reading: Reading) -> Iterator[Finding]:
    """A panel or a dashboard that was taken over with `raw` or `raw_dashboard` has lost something that nothing stands for.

    Old panels have settings that nothing stands for any more. What is left out is told, so that nobody finds out in an incident that a
    threshold is gone. Say it in today's words, or allow it if it is not missed.

    BAD:

        up = Dashboard(
            name="Up",
            uid="up",
            rows=(Row(title="Up", panels=(raw({"type": "graph", "title": "Up", "targets": [{"expr": "up"}], "timeRegions": [{"op": "time"}]}),)),),
        )

    GOOD:

        up = Dashboard(
            name="Up",
            uid="up",
            rows=(Row(title="Up", panels=(raw({"type": "timeseries", "title": "Up", "targets": [{"expr": "up"}]}),)),),
        )
    """
    for dashboard in reading.dashboards:
        for words in getattr(dashboard, "dropped", ()):
            message = f"`{dashboard.name}` has lost something: {words}"
            yield Finding(message, Place(dashboard.origin), "say it in our words, or leave it out of what is given", declaration=dashboard)
        for row in dashboard.rows:
            for panel in row.panels:
                for words in getattr(panel, "dropped", ()):
                    message = f"`{panel.title}` has lost something: {words}"
                    help_ = "say it in the words of today's Grafana, or leave it out of what is given"
                    yield Finding(message, Place(panel.origin), help_, declaration=dashboard)
