from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.drawn import Bound
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def disordered_thresholds(reading: Reading) -> Iterator[Finding]:
    """The thresholds of a panel do not rise.

    Grafana goes through the steps from the first on, and stops at the first that is above the value: steps that stand behind a greater
    one are not looked at, and of two equal ones the first is never shown. Declared thresholds are sorted; two of the same value have no order
    to sort them by.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Waiting", expr="queue_length", thresholds=(Threshold(value=5, color="orange"), Threshold(value=5, color="red"))),),
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
                    panels=(Stat(title="Waiting", expr="queue_length", thresholds=(Threshold(value=5, color="orange"), Threshold(value=9, color="red"))),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        steps = panel.thresholds
        # Those of a declared panel are written in any order.
        declared = bool(panel.panel.thresholds)
        for before, after in pairwise(sorted(steps, key=_value) if declared else steps):
            if after[0] < before[0]:
                message = f"the threshold {after[0]:g} stands behind {before[0]:g}, so it has no effect"
                yield Finding(message, after[1], "write the steps in rising order", declaration=panel.panel)
            elif after[0] == before[0]:
                message = f"two thresholds are at {after[0]:g}, so the colour of the first is never shown"
                yield Finding(message, before[1], "leave one out", declaration=panel.panel)


def _value(step: Bound) -> float:
    return step[0]
