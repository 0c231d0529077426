from __future__ import annotations

from collections.abc import Iterator
from math import isinf
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def unreachable_mapping(reading: Reading) -> Iterator[Finding]:
    """A value mapping is of a value that never comes.

    What can come is known of the queries: 0 and 1 of a comparison with `bool` or of `up`, nothing below 0 of a rate. A mapping of 2 is
    one of another metric, or of another unit.

    BAD:

        healthy = Gauge(name="backend_healthy", help="Whether it answers.", unit=one, least=0, most=1)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Healthy", expr="backend_healthy", mappings=(ValueMapping(value="2", text="unwell"),)),),
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
                    panels=(Stat(title="Healthy", expr="backend_healthy", mappings=(ValueMapping(value="0", text="unwell"),)),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        if not panel.mappings:
            continue
        values = panel.values(reading.analysis)
        if values is None or values.low > values.high:
            continue
        for low, high, place in panel.mappings:
            if low > values.high or high < values.low:
                from monitoring_as_code.lint.reach import reached

                what = f"{low:g}" if low == high else _range(low, high)
                message = f"the mapping is of {what}, but what the panel shows is {reached(values)}"
                yield Finding(message, place, "map values that come", declaration=panel.panel)


def _range(low: float, high: float) -> str:
    if isinf(high):
        return f"numbers from {low:g} on"
    return f"numbers up to {high:g}" if isinf(low) else f"numbers from {low:g} to {high:g}"
