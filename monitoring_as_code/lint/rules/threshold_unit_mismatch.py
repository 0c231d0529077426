from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.agreement import because, conversion, disagree, named, quantity_of, unit_of
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule
from monitoring_as_code.promql.ast import COMPARISONS

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer.value import Arm

# From here on a threshold of a share can only be a percentage; 1.5 may be a slip of another kind.
_PERCENTAGE = 2
_HUNDRED = 100
# Below 1 %, and beyond what is a usual threshold in percent: 0.95.
_FRACTION = 0.7
# In seconds: less may ask whether there is a point in time at all, and more may be one, in 1973 or later.
_A_MINUTE = 60
_YEARS = 1e8


@rule(ERROR, of_expressions=True)
def threshold_unit_mismatch(reading: Reading) -> Iterator[Finding]:
    """A threshold is in another unit than what it is compared with.

    A quantity is written in base units, `milliseconds(250)` as 0.25, so what it is compared with must be in base units, too. A plain number
    has no unit, but a share of a whole is between 0 and 1: that it is above 5 never happens, and what was meant is 5 %, 0.05.
    So it is with the thresholds of a panel that shows a share. A point in time is compared with another one, or taken from `time()`.

    BAD:

        latency = Gauge(name="latency_milliseconds", help="Time to answer.", unit=milliseconds)
        slow = Alert(
            name="Slow",
            expr=latency > milliseconds(250),
            severity="warning",
            summary="answers are slow",
            runbook="https://runbooks.example/slow",
        )

    GOOD:

        latency = Gauge(name="latency_seconds", help="Time to answer.", unit=seconds)
        slow = Alert(
            name="Slow",
            expr=latency > milliseconds(250),
            severity="warning",
            summary="answers are slow",
            runbook="https://runbooks.example/slow",
        )
    """
    for use, node in reading.operators:
        if node.op not in COMPARISONS:
            continue
        facts = reading.facts(use)
        left, right = facts[node.left], facts[node.right]
        if left.type == "vector" and right.type != "vector":
            measured, threshold = node.left, node.right
        elif right.type == "vector" and left.type != "vector":
            measured, threshold = node.right, node.left
        else:
            continue
        finding = (
            _of_units(reading, use, measured, threshold)
            or _of_shares(reading, use, measured, threshold)
            or _of_times(reading, use, measured, threshold)
        )
        if finding is not None:
            yield finding._replace(about=(id(use.part), "comparison", id(node)), declaration=use.declaration)
    if reading.rest:
        yield from _of_panels(reading)


def _of_units(reading: Reading, use: Use, measured: Expr, threshold: Expr) -> Finding | None:
    facts = reading.facts(use)
    unit, wanted = unit_of(facts, measured), unit_of(facts, threshold)
    if unit is None or wanted is None or not disagree(unit, wanted):
        return None
    quantity = quantity_of(threshold)
    if quantity is None:
        message = f"{named(unit)} cannot be compared with {named(wanted)}"
        help_ = conversion(unit, wanted, "what is compared")
    elif quantity.unit == unit:
        message = f"this is in {named(unit)}, but `{quantity}` is written as {quantity.base:g}, {'in ' if wanted.dimension else ''}{named(wanted)}"
        help_ = f"write `{quantity.value:g}`, or {conversion(unit, wanted, 'what is compared')}"
    else:
        message = f"this is in {named(unit)}, and the threshold in {named(wanted)}"
        help_ = conversion(unit, wanted, "what is compared")
    return Finding(message, place(use, threshold), help_ or "they measure different things", because(reading, use, measured))


def _of_shares(reading: Reading, use: Use, measured: Expr, threshold: Expr) -> Finding | None:
    facts = reading.facts(use)
    bounds = facts[threshold].arm.range
    limit = bounds.low
    if limit != bounds.high or not _FRACTION <= limit <= _HUNDRED or facts[measured].empty == "always":
        return None
    arm = facts[measured].arm
    if limit < 1 and _in_percent(arm):
        message = f"this is in percent, so {limit:g} is less than one percent"
        return Finding(message, place(use, threshold), f"write `{limit * 100:g}`", because(reading, use, measured), severity=WARNING)
    if limit >= _PERCENTAGE and is_share(arm):
        message = f"this is a share, from 0 to 1, so {limit:g} is no threshold for it"
        return Finding(message, place(use, threshold), f"write `{limit / 100:g}` for {limit:g} %", because(reading, use, measured))
    return None


def _of_times(reading: Reading, use: Use, measured: Expr, threshold: Expr) -> Finding | None:
    facts = reading.facts(use)
    bounds = facts[threshold].arm.range
    if not is_point_in_time(facts[measured].arm) or bounds.low != bounds.high or not _A_MINUTE <= bounds.low < _YEARS:
        return None
    message = f"this is a point in time, in seconds since 1970, and {bounds.low:g} is a duration"
    return Finding(message, place(use, threshold), "compare `time() - ...`, how long ago it was", because(reading, use, measured))


def is_point_in_time(arm: Arm) -> bool:
    """Whether the numbers are seconds since 1970, as the metric says: `time()` minus a point in time that is declared in seconds is none."""
    units = (arm.unit, None if arm.entry is None else arm.entry.unit)
    return all(unit is not None and unit.affine and unit.dimension == (("s", 1, 1),) and unit.scale == (1, 1) for unit in units)


def is_share(arm: Arm) -> bool:
    """Whether the numbers are parts of a whole, 1 being all of it: calculated so, or declared so."""
    if arm.kind != "ratio":
        return False
    if arm.range.low >= 0 and arm.range.high <= 1:
        return True
    return _declared(arm) and str(arm.unit) == "ratio"


def _in_percent(arm: Arm) -> bool:
    return arm.kind == "ratio" and arm.unit is not None and arm.unit.scale == (1, 100) and not arm.unit.dimension


def _declared(arm: Arm) -> bool:
    """Whether the numbers are a gauge's own, whose unit says that 1 is the whole; a recorded quotient may be any."""
    return arm.entry is not None and arm.entry.metric.kind == "gauge" and arm.entry.kind == "ratio"


def _of_panels(reading: Reading) -> Iterator[Finding]:
    from monitoring_as_code.lint.drawn import drawn

    for panel in drawn(reading):
        if not panel.thresholds or not panel.as_it_is or "thresholds" in panel.changed:
            continue
        values = [reading.analysis.value(use) for use in panel.uses if use.expr is not None]
        if not values or not all(is_share(value.arm) for value in values):
            continue
        for threshold, at in panel.thresholds:
            if threshold >= _PERCENTAGE:
                message = f"the panel shows a share, from 0 to 1, so {threshold:g} is no threshold for it"
                help_ = f"write `{threshold / 100:g}` for {threshold:g} %"
                yield Finding(message, at, help_, about=(id(panel.panel), "threshold", threshold), declaration=panel.panel)
