from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.agreement import disagree, named
from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.units import Unit


@rule(WARNING, yields_to=("panel-unit-mismatch",))
def mixed_panel_units(reading: Reading) -> Iterator[Finding]:
    """The queries of a panel give numbers of different units, and it shows all of them in one.

    Bytes a second and requests a second on one axis: the smaller one is a flat line, and the numbers of one of them have the wrong unit.
    Show them on two panels, or give one of them its unit, and an axis of its own, by an override. The columns of a table, too, have units only by
    overrides.

    BAD:

        sent = Counter(name="sent_bytes_total", help="Sent.", unit=bytes_)
        served = Counter(name="http_requests_total", help="Requests served.", unit=requests)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(
                        TimeSeries(
                            title="Traffic",
                            queries=(
                                Query(expr="sum(rate(sent_bytes_total[$__rate_interval]))", legend="sent"),
                                Query(expr="sum(rate(http_requests_total[$__rate_interval]))", legend="requests"),
                            ),
                        ),),
                ),
            ),
        )

    GOOD:

        sent = Counter(name="sent_bytes_total", help="Sent.", unit=bytes_)
        served = Counter(name="http_requests_total", help="Requests served.", unit=requests)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(
                        TimeSeries(
                            title="Traffic",
                            queries=(
                                Query(expr="sum(rate(sent_bytes_total[$__rate_interval]))", legend="sent"),
                                Query(expr="sum(rate(http_requests_total[$__rate_interval]))", legend="requests"),
                            ),
                            overrides=(Override(series="requests", unit=requests / seconds, right_axis=True),),
                        ),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        if len(panel.shown) < 2 or not panel.as_it_is or not panel.changed.isdisjoint(_OWN) or panel.type == "heatmap":
            continue
        first: tuple[Use, Unit] | None = None
        for use in panel.shown:
            unit = None if use.expr is None else _unit(reading, use)
            if unit is None:
                continue
            if first is None:
                first = use, unit
            elif disagree(first[1], unit):
                message = f"this gives {named(unit)}, and the panel shows {named(first[1])}, too"
                help_ = "show it on a panel of its own, or give it its unit by an override"
                related = ((first[0].place(), named(first[1])),)
                yield Finding(message, use.place(), help_, related, (id(panel.panel), "units"), panel.panel)
                break


# An override of these says that some series are of their own kind.
_OWN = frozenset({"unit", "right_axis", "custom.axisPlacement", "yaxis", "displayName", "custom.axisLabel"})


def _unit(reading: Reading, use: Use) -> Unit | None:
    value = reading.analysis.value(use)
    return None if value.arm.literal else value.unit
