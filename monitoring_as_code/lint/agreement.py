"""Whether two units may be added and compared, in words when not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import NumberLiteral, Paren

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.origin import Place
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.units import Quantity, Unit


def quantity_of(node: Expr) -> Quantity | None:
    """The quantity that a number was made from."""
    while isinstance(node, Paren):
        node = node.expr
    return node.quantity if isinstance(node, NumberLiteral) else None


def unit_of(facts: Facts, node: Expr) -> Unit | None:
    """The unit of what an expression gives, as far as it is certain; that of a number as written is whatever is wanted."""
    quantity = quantity_of(node)
    if quantity is not None:
        return quantity.unit.base_unit
    arm = facts[node].arm
    return None if arm.literal else arm.unit


def disagree(one: Unit | None, other: Unit | None) -> bool:
    """Whether the two certainly measure different things, or the same on different scales.

    Points in time and durations are not told apart: many a time stamp is declared in seconds. Nouns are soft.
    """
    if one is None or other is None or one is other:
        return False
    if one.dimension != other.dimension:
        return True
    if one.scale != other.scale:
        # A hundred bytes are no unit, and `100 * used > 80 * size` is well.
        return not (_hundred(one, other) and bool(one.dimension or one.nouns or other.nouns))
    return one.affine and other.affine and one.offset != other.offset


def named(unit: Unit) -> str:
    """A unit in a sentence: "seconds", "a ratio", "bytes"."""
    if not unit.dimension and unit.scale == (1, 100):
        return "percent"
    text = str(unit)
    return _WORDS.get(text, "a plain number" if text == "1" else f"`{text}`")


def conversion(of: Unit, to: Unit, what: str) -> str | None:
    """How numbers of one unit become such of another: "divide the right side by 1000"; None when they measure different things."""
    if of.dimension != to.dimension or of.scale == to.scale or of.offset or to.offset:
        return None
    top, bottom = of.scale[0] * to.scale[1], of.scale[1] * to.scale[0]
    word, factor = ("multiply", top / bottom) if top > bottom else ("divide", bottom / top)
    return f"{word} {what} by {factor:.6g}"


def because(reading: Reading, use: Use, node: Expr) -> tuple[tuple[Place, str], ...]:
    """Where the unit of an expression comes from, as a finding's related places."""
    from monitoring_as_code.lint.places import declared_here

    arm = reading.facts(use)[node].arm
    if arm.entry is None or arm.unit is None:
        return ()
    return declared_here(arm.entry.metric)


def _hundred(one: Unit, other: Unit) -> bool:
    top, bottom = one.scale[0] * other.scale[1], one.scale[1] * other.scale[0]
    return max(top, bottom) == 100 * min(top, bottom)


_WORDS = {
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
    "timestamp": "a point in time, in seconds",
    "s*0.001": "a point in time, in milliseconds",
    "B": "bytes",
    "bit": "bits",
    "B/s": "bytes a second",
    "bit/s": "bits a second",
    "ratio": "a ratio",
    "%": "percent",
    "degC": "degrees Celsius",
    "degF": "degrees Fahrenheit",
    "K": "kelvin",
    "J": "joules",
    "W": "watts",
}
