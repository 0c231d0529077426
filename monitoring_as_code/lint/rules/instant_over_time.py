from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def instant_over_time(reading: Reading) -> Iterator[Finding]:
    """A panel that shows a course over time asks for the newest value only.

    A graph of an instant query is a single point at its right edge. Leave `instant` out; a panel that shows one number is a
    `Stat`.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(TimeSeries(title="Waiting", queries=(Query(expr="queue_length", instant=True),)),),
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
                    panels=(TimeSeries(title="Waiting", queries=(Query(expr="queue_length"),)),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        if panel.type not in _OVER_TIME or not panel.as_it_is:
            continue
        for use in panel.shown:
            if getattr(use.part, "instant", None) is True and not panel.asks_for_range(use):
                message = "the query asks for the newest value only, and the panel shows a course over time"
                yield Finding(message, Place(use.part.origin, ("instant",)), "leave `instant` out", declaration=panel.panel)


_OVER_TIME = frozenset({"timeseries", "graph", "heatmap", "state-timeline", "status-history"})
