from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, yields_to=("threshold-unit-mismatch",))
def unreachable_color(reading: Reading) -> Iterator[Finding]:
    """A threshold of a panel lies where the values never are, so its colour is never shown, or always.

    Thresholds are in the unit of the panel. A share is never above 1, a count never below 0, and a panel whose axis ends at 1 shows nothing at 80,
    the threshold that Grafana's editor begins with. Thresholds in percent of the axis, and such as are not drawn, are not meant.

    BAD:

        healthy = Gauge(name="backend_healthy", help="Whether it answers.", unit=one, least=0, most=1)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Healthy", expr="backend_healthy", thresholds=(Threshold(value=5, color="green"),)),),
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
                    panels=(Stat(title="Healthy", expr="backend_healthy", thresholds=(Threshold(value=1, color="green"),)),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        if not panel.thresholds or "thresholds" in panel.changed:
            continue
        values = panel.values(reading.analysis)
        for value, place in panel.thresholds:
            about = (id(panel.panel), "threshold", value)
            if values is not None and value > values.high:
                message = f"{_values(values.low, values.high)}, so the threshold {value:g} is never reached"
                yield Finding(message, place, "write a value that is reached, or leave it out", (), about, panel.panel)
            elif values is not None and value < values.low:
                message = f"{_values(values.low, values.high)}, so the colours below {values.low:g} are never shown"
                yield Finding(message, place, "write a value within, or leave it out", (), about, panel.panel)
            elif panel.unit == "percentunit" and value >= _TENFOLD:
                message = f"in the panel's unit 1 is 100 %, so {value:g} is {value * 100:,.0f} %"
                yield Finding(message, place, f"write `{value / 100:g}` for {value:g} %", (), about, panel.panel)


# Some shares are above 1, such as that of one processor among several; none is ten times the whole by intent.
_TENFOLD = 10


def _values(low: float, high: float) -> str:
    from monitoring_as_code.catalogue import Range
    from monitoring_as_code.lint.reach import reached

    return f"what the panel shows is {reached(Range(low, high))}"
