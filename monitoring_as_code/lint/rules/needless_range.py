from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def needless_range(reading: Reading) -> Iterator[Finding]:
    """A panel that shows the newest value only asks for the whole time range.

    Prometheus computes hundreds of points for each series, Grafana takes the last one, and the dashboard is slow for nothing. An instant query
    is enough where neither a graph is drawn behind the number nor a calculation needs the range. Of dashboards of others, most of which do
    so, nothing is said unless the project has this rule in `enable`.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Waiting", queries=(Query(expr="sum(queue_length)", instant=False),)),),
                ),
            ),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Waiting", queries=(Query(expr="sum(queue_length)"),)),),
                ),
            ),
        )
    """
    if reading.project.foreign and "needless-range" not in reading.project.config.enable:
        return
    for panel in drawn(reading):
        # JSON that was taken over says it because Grafana's editor does.
        if not panel.as_it_is or not panel.newest_only or (not reading.project.foreign and "json_data" in panel.panel.__dict__):
            continue
        for use in panel.shown:
            if getattr(use.part, "instant", None) is False or (reading.project.foreign and getattr(use.part, "instant", None) is None):
                message = "the query asks for the whole time range, and the panel shows the newest value only"
                help_ = "write `instant=True`, or leave `instant` out" if not reading.project.foreign else "make it an instant query"
                yield Finding(message, Place(use.part.origin, ("instant",)), help_, declaration=panel.panel)
