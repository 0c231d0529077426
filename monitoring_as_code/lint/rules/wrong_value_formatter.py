from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.agreement import because, named
from monitoring_as_code.lint.rule import ERROR, Edit, Finding, Fix, rule
from monitoring_as_code.lint.rules.threshold_unit_mismatch import is_point_in_time, is_share
from monitoring_as_code.promql.ast import COMPARISONS, Binary, Paren, walk

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.promql.infer.value import Arm
    from monitoring_as_code.promql.value_format import ValueUse
    from monitoring_as_code.units import Unit

_WANTS = {
    "humanizePercentage": "a ratio, 1 being 100 %",
    "humanizeDuration": "seconds",
    "humanize1024": "bytes",
    "humanizeTimestamp": "seconds since 1970",
}


@rule(ERROR, yields_to=("syntax-error",))
def wrong_value_formatter(reading: Reading) -> Iterator[Finding]:
    """A template formats the alert's value as something that it is not.

    `humanizePercentage` multiplies by 100: of 5, which is meant as 5 %, it makes 500 %. `humanizeDuration` takes seconds, so of 250
    milliseconds it makes four minutes; `humanize1024` is for bytes, `humanizeTimestamp` for seconds since 1970. `humanize` writes a ratio of
    0.05 as `50m`. Whoever is woken up by such a text looks for the wrong thing.

    BAD:

        latency = Gauge(name="latency_milliseconds", help="Time to answer.", unit=milliseconds)
        slow = Alert(
            name="Slow",
            expr="latency_milliseconds > 250",
            severity="warning",
            summary="answers take {{ $value | humanizeDuration }}",
            runbook="https://runbooks.example/slow",
        )

    GOOD:

        latency = Gauge(name="latency_milliseconds", help="Time to answer.", unit=milliseconds)
        slow = Alert(
            name="Slow",
            expr="latency_milliseconds / 1000 > 0.25",
            severity="warning",
            summary="answers take {{ $value | humanizeDuration }}",
            runbook="https://runbooks.example/slow",
        )
    """
    from monitoring_as_code.promql.value_format import value_uses

    for written in reading.written:
        values = () if written.template.fault else value_uses(written.text)
        if not values:
            continue
        use = reading.analysis.use(written.alert)
        if use.expr is None:
            continue
        arm = reading.analysis.value(use).arm
        if arm.literal:
            continue
        for value in values:
            problem = _problem(value, arm, use.expr)
            if problem is None and value.formatter == "humanizeTimestamp" and _between_times(reading.analysis.facts(use), use.expr):
                problem = f"`humanizeTimestamp` takes {_WANTS['humanizeTimestamp']}, but the value is the time between two points in time"
            if problem is None:
                continue
            right = _right(arm)
            place = written.place(value.span)
            help_ = f"write `{right}`" if right and right != value.formatter else _calculated(value.formatter, arm.unit)
            fix = None
            if right and value.formatter and right != value.formatter and value.then != "%":
                fix = Fix(f"write `{right}` for `{value.formatter}`", (Edit(place, right),))
            yield Finding(problem, place, help_, because(reading, use, use.expr), declaration=written.alert, fix=fix)


def _problem(value: ValueUse, arm: Arm, expr: Expr) -> str | None:
    """What is wrong with the formatter, if that is certain."""
    unit, formatter = arm.unit, value.formatter
    share = arm.kind == "ratio" and arm.range.low >= 0 and arm.range.high <= 1
    part = share or _ratio(arm, expr)
    if not formatter:
        return "the value is a share, from 0 to 1, and no percentage" if (share or is_share(arm)) and value.then == "%" else None
    if formatter == "humanize" and share:
        return "`humanize` writes small numbers with prefixes, `50m` for 0.05, but the value is a share"
    wrong = False
    if formatter == "humanizePercentage":
        wrong = unit is not None and (bool(unit.dimension) or unit.scale == (1, 100) or _counted(arm, unit))
    elif formatter == "humanizeDuration":
        other = unit is not None and (unit.dimension != _SECOND or unit.scale != (1, 1) or is_point_in_time(arm))
        wrong = part or (unit is not None and other and not _perhaps_anything(arm, unit))
    elif formatter == "humanizeTimestamp":
        wrong = part or (
            unit is not None and bool(unit.dimension) and (unit.dimension != _SECOND or unit.scale != (1, 1) or _lasts(arm, unit))
        )
    elif formatter == "humanize1024":
        wrong = part or (unit is not None and bool(unit.dimension) and not _of_bytes(unit))
    if not wrong:
        return None
    what = "a share, from 0 to 1" if share else "a ratio" if part else named(unit) if unit is not None else "unknown"
    return f"`{formatter}` takes {_WANTS[formatter]}, but the value is {what if part or unit is None or not unit.nouns else _plural(unit)}"


_SECOND = (("s", 1, 1),)


def _plural(unit: Unit) -> str:
    text = str(unit)
    return f"in `{text}`" if "/" in text else text


def _ratio(arm: Arm, expr: Expr) -> bool:
    """Whether the value is one thing divided by another of its kind, as it is: times 86400 it may be a part of a day."""
    unit = arm.unit
    if arm.kind != "ratio" or unit is None or unit.dimension or unit.nouns or unit.scale != (1, 1):
        return False
    return not any(isinstance(node, Binary) and node.op == "*" for node in walk(expr))


def _lasts(arm: Arm, unit: Unit) -> bool:
    """Whether the seconds are how long something took, and no point in time."""
    return arm.kind in {"quantile", "increase"} and not unit.affine


def _between_times(facts: Facts, expr: Expr) -> bool:
    """Whether the value is one point in time taken from another, perhaps compared with something."""
    while isinstance(expr, Paren) or (isinstance(expr, Binary) and expr.op in COMPARISONS and not expr.bool_modifier):
        if isinstance(expr, Binary) and facts[expr.left].type != "vector":
            return False
        expr = expr.expr if isinstance(expr, Paren) else expr.left
    if not isinstance(expr, Binary) or expr.op != "-":
        return False
    one, other = facts[expr.left].arm.unit, facts[expr.right].arm.unit
    return one is not None and other is not None and one.affine and other.affine and one.dimension == other.dimension == _SECOND


def _counted(arm: Arm, unit: Unit) -> bool:
    """Whether the numbers count things: 12 connections are not 1,200 %."""
    return arm.kind == "count" or (bool(unit.nouns) and all(power > 0 for _, power, _ in unit.nouns) and arm.kind != "ratio")


def _perhaps_anything(arm: Arm, unit: Unit) -> bool:
    """Whether a plain number may be a time all the same: nobody has said what is counted."""
    return not unit.dimension and not unit.nouns and unit.scale == (1, 1) and arm.kind not in {"count", "bool"}


def _of_bytes(unit: Unit) -> bool:
    return any(symbol == "B" for symbol, _, _ in unit.dimension) and unit.scale in {(1, 1), (1, 8)}


def _right(arm: Arm) -> str | None:
    """The formatter for values of this unit, if there is one."""
    unit = arm.unit
    if arm.kind == "ratio" and (unit is None or (not unit.dimension and unit.scale == (1, 1))):
        return "humanizePercentage"
    if unit is None or unit.scale != (1, 1):
        return None
    if unit.affine:
        return "humanizeTimestamp" if is_point_in_time(arm) else None
    if unit.dimension == _SECOND:
        return "humanizeDuration"
    return "humanize1024" if unit.dimension == (("B", 1, 1),) else None


def _calculated(formatter: str, unit: Unit | None) -> str:
    if unit is not None and formatter == "humanizeDuration" and unit.dimension == _SECOND:
        return "compare seconds, or write the value and its unit"
    if formatter == "humanizePercentage" and unit is not None and unit.scale == (1, 100):
        return "write `{{ $value | humanize }}%`, or compare a ratio"
    return "write `humanize`, and the unit after it"
