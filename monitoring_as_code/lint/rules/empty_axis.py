from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def empty_axis(reading: Reading) -> Iterator[Finding]:
    """The axis of a panel holds none of its values.

    `min` and `max` are in the panel's unit, and cut off what lies beyond. An axis that ends below everything that can come shows an empty
    graph, or a dial that stays at its end; one whose least value is not below its greatest is no axis.

    BAD:

        healthy = Gauge(name="backend_healthy", help="Whether it answers.", unit=one, least=0, most=1)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(GaugePanel(title="Healthy", expr="backend_healthy", min=10, max=100),),
                ),
            ),
        )

    GOOD:

        healthy = Gauge(name="backend_healthy", help="Whether it answers.", unit=one, least=0, most=1)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(GaugePanel(title="Healthy", expr="backend_healthy", min=0, max=1),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        low, high = panel.min, panel.max
        if low is not None and high is not None and low[0] >= high[0]:
            message = f"`min` must be below `max`, but {low[0]:g} is not below {high[0]:g}"
            yield Finding(message, low[1], declaration=panel.panel)
            continue
        if high is not None and high[0] >= _TENFOLD and panel.unit == "percentunit" and "unit" not in panel.changed:
            message = f"in the panel's unit 1 is 100 %, so the axis ends at {high[0] * 100:,.0f} %"
            yield Finding(message, high[1], f"write `{high[0] / 100:g}` for {high[0]:g} %", (), None, panel.panel, severity=WARNING)
            continue
        if (low is None and high is None) or not panel.changed.isdisjoint(("min", "max")):
            continue
        values = panel.values(reading.analysis)
        if values is None or values.low > values.high:
            continue
        from monitoring_as_code.lint.reach import reached

        if low is not None and low[0] > values.high:
            message = f"the axis begins at {low[0]:g}, but what the panel shows is {reached(values)}"
            yield Finding(message, low[1], "leave `min` out", declaration=panel.panel)
        elif high is not None and high[0] < values.low:
            message = f"the axis ends at {high[0]:g}, but what the panel shows is {reached(values)}"
            yield Finding(message, high[1], "leave `max` out", declaration=panel.panel)


# Some shares are above 1, such as that of one processor among several; none is ten times the whole by intent.
_TENFOLD = 10
