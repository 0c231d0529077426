"""Units of measurement: what a metric's value is counted in, and what arithmetic makes of it.

A unit is a product of base units with rational exponents, times a scale (a millisecond is 1/1000 of a second, a percent 1/100 of a ratio),
and perhaps affine: a point on a scale whose zero is arbitrary (a timestamp, a temperature), of which only differences add up.
Nouns (`requests`, `errors`) are counted along, but they are soft: arithmetic that mixes them is suspicious at most.

An unknown unit is `None`, never dimensionless: `ratio` says that a number has no unit, `None` says that nobody knows.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd, isqrt
from typing import Final, TypeAlias

from monitoring_as_code.light import NamedTuple

# symbol -> exponent as (numerator, denominator); sorted, without zeros. Pairs, because `fractions` costs 3 ms to import.
Exponents: TypeAlias = tuple[tuple[str, int, int], ...]


def _add(left: Exponents, right: Exponents, sign: int) -> Exponents:
    if not right:
        return left
    total = {symbol: (top, bottom) for symbol, top, bottom in left}
    for symbol, top, bottom in right:
        old_top, old_bottom = total.get(symbol, (0, 1))
        top, bottom = old_top * bottom + sign * top * old_bottom, old_bottom * bottom  # noqa: PLW2901
        common = gcd(top, bottom)
        total[symbol] = (top // common, bottom // common)
    return tuple(sorted((symbol, top, bottom) for symbol, (top, bottom) in total.items() if top))


def _times(exponents: Exponents, top: int, bottom: int) -> Exponents:
    result = []
    for symbol, old_top, old_bottom in exponents:
        common = gcd(old_top * top, old_bottom * bottom)
        result.append((symbol, old_top * top // common, old_bottom * bottom // common))
    return tuple(result)


def _root(number: int, degree: int) -> int | None:
    """The whole `degree`-th root of `number`, if there is one."""
    root = isqrt(number) if degree == 2 else round(number ** (1 / degree))
    return root if root**degree == number else None


class Unit:
    """An immutable unit. Two are equal when they measure the same thing on the same scale, however they are spelt: `joules / seconds` is `watts`.

    >>> str(bytes_ / seconds), str(percent), str(requests / seconds)
    ('B/s', '%', 'requests/s')
    >>> percent(5).base
    0.05
    """

    __slots__ = ("_affine", "_dimension", "_hash", "_nouns", "_offset", "_scale", "_spelling")

    def __init__(
        self,
        dimension: Exponents = (),
        *,
        nouns: Exponents = (),
        scale: tuple[int, int] = (1, 1),
        affine: bool = False,
        offset: float = 0.0,
        spelling: Exponents | None = None,
    ) -> None:
        common = gcd(*scale)
        self._dimension = dimension
        self._nouns = nouns
        self._scale = (scale[0] // common, scale[1] // common)
        self._affine = affine
        self._offset = offset
        self._spelling = _add(dimension, nouns, 1) if spelling is None else spelling
        self._hash = hash((dimension, nouns, self._scale, affine, offset))

    @property
    def dimension(self) -> Exponents:
        """Exponents of the base units: s, B, degC, V, J, g, m."""
        return self._dimension

    @property
    def nouns(self) -> Exponents:
        """Exponents of what is counted: requests, errors; soft."""
        return self._nouns

    @property
    def scale(self) -> tuple[int, int]:
        """One of this unit is `scale` (numerator, denominator) of the base unit."""
        return self._scale

    @property
    def affine(self) -> bool:
        """Whether values are points on a scale, such as timestamps and temperatures, rather than amounts."""
        return self._affine

    @property
    def offset(self) -> float:
        """What is added, after scaling, to get the base unit: -273.15 for kelvin."""
        return self._offset

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Unit):
            return NotImplemented
        return (self.dimension, self.nouns, self.scale, self.affine, self.offset) == (
            other.dimension,
            other.nouns,
            other.scale,
            other.affine,
            other.offset,
        )

    def __hash__(self) -> int:
        return self._hash

    def __call__(self, value: float) -> Quantity:
        """So much of this unit: `milliseconds(250)`."""
        return Quantity(value, self)

    def __mul__(self, other: Unit) -> Unit:
        return _combined(self, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return _combined(self, other, -1)

    def __pow__(self, exponent: int) -> Unit:
        return self.power(exponent) or self  # a whole power is always exact

    def power(self, top: int, bottom: int = 1) -> Unit | None:
        """This unit to the power `top / bottom`; None when the scale has no exact root (the square root of a minute)."""
        scale_top, scale_bottom = self.scale if top >= 0 else (self.scale[1], self.scale[0])
        roots = _root(scale_top ** abs(top), bottom), _root(scale_bottom ** abs(top), bottom)
        if roots[0] is None or roots[1] is None:
            return None
        if top == 0:
            return ratio
        return Unit(
            _times(self.dimension, top, bottom),
            nouns=_times(self.nouns, top, bottom),
            scale=(roots[0], roots[1]),
            spelling=_times(self._spelling, top, bottom),
        )

    def scaled(self, top: int, bottom: int = 1) -> Unit | None:
        """The unit of values that were divided by `top / bottom`: seconds / 60 are minutes. None when no unit of that scale has a name."""
        scale = (self.scale[0] * top, self.scale[1] * bottom)
        for known in _known.values():
            if known._matches(self, scale):  # noqa: SLF001
                return known
        spelling = self._spelling
        for index, (symbol, power, root) in enumerate(spelling):  # kB/s -> B/s
            if root == 1 and abs(power) == 1 and symbol in _known and len(spelling) > 1:
                part = _known[symbol].scaled(*((top, bottom) if power == 1 else (bottom, top)))
                if part is not None:
                    spelling = tuple(sorted((*spelling[:index], (part._spelling[0][0], power, 1), *spelling[index + 1 :])))  # noqa: SLF001
                    return Unit(self.dimension, nouns=self.nouns, scale=scale, spelling=spelling)
        return None

    def hundredth(self, *, inverse: bool = False) -> Unit:
        """The unit of values that were multiplied by 100, or divided: nothing has it by name, but a quotient of it is in percent."""
        top, bottom = (100, 1) if inverse else (1, 100)
        return Unit(self.dimension, nouns=self.nouns, scale=(self.scale[0] * top, self.scale[1] * bottom), spelling=self._spelling)

    @property
    def base_unit(self) -> Unit:
        """The unit of `Quantity.base`: seconds for milliseconds, ratio for percent."""
        if self.scale == (1, 1) and not self.offset:
            return self
        base = Unit(self.dimension, nouns=self.nouns, affine=self.affine)
        return next((known for known in _known.values() if known == base), base)

    def _matches(self, other: Unit, scale: tuple[int, int]) -> bool:
        return (
            self.scale[0] * scale[1] == self.scale[1] * scale[0]
            and self.dimension == other.dimension
            and self.nouns == other.nouns
            and self.affine == other.affine
            and self.offset == other.offset
        )

    @property
    def difference(self) -> Unit:
        """The unit of the difference of two values: seconds for timestamps, this one for amounts."""
        if not self.affine:
            return self
        if self.dimension == seconds.dimension:
            return seconds if self.scale == (1, 1) else Unit(self.dimension, nouns=self.nouns, scale=self.scale)
        return Unit(self.dimension, nouns=self.nouns, scale=self.scale, spelling=self._spelling)

    def same_dimension(self, other: Unit) -> bool:
        """Whether values of one can be converted to the other; nouns do not count."""
        return self.dimension == other.dimension

    def compatible(self, other: Unit) -> bool:
        """Whether values can be added and compared as they are: same dimension, same scale, both points or both amounts. Nouns do not count."""
        return (
            self.dimension == other.dimension and self.scale == other.scale and self.affine == other.affine and self.offset == other.offset
        )

    def __str__(self) -> str:
        if not self._spelling:
            top, bottom = self.scale
            return "1" if top == bottom else f"{top / bottom:g}"
        above = [_spelt(symbol, top, bottom) for symbol, top, bottom in self._spelling if top > 0]
        below = [_spelt(symbol, -top, bottom) for symbol, top, bottom in self._spelling if top < 0]
        text = "*".join(above) or "1"
        if below:
            text += "/" + (below[0] if len(below) == 1 else f"({'*'.join(below)})")
        return text + self._leftover()

    def _leftover(self) -> str:
        """The part of the scale that the spelling does not say."""
        top, bottom = self.scale
        for symbol, power, root in self._spelling:
            if symbol not in _known or root != 1:
                continue
            known_top, known_bottom = _known[symbol].scale
            if power < 0:
                known_top, known_bottom = known_bottom, known_top
            top, bottom = top * known_bottom ** abs(power), bottom * known_top ** abs(power)
        return "" if top == bottom or any(root != 1 for _, _, root in self._spelling) else f"*{top / bottom:g}"

    def __repr__(self) -> str:
        return f"<unit {self}>"


class Quantity(NamedTuple):
    """A number with its unit; PromQL gets it in base units: `percent(5)` is written 0.05."""

    value: float
    unit: Unit

    @property
    def base(self) -> float:
        """The value in Prometheus's base units: seconds, bytes, ratios."""
        top, bottom = self.unit.scale
        return (self.value * top / bottom if (top, bottom) != (1, 1) else self.value) + self.unit.offset

    def to(self, unit: Unit) -> float:
        """The value in `unit`; ValueError when that measures something else."""
        return convert(self.value, self.unit, unit)

    def __str__(self) -> str:
        return f"{self.value:g}{'' if str(self.unit) == '%' else ' '}{self.unit}"


def convert(value: float, source: Unit, target: Unit) -> float:
    """`value` of `source` in units of `target`; ValueError when they do not measure the same.

    >>> convert(1.5, minutes, seconds)
    90.0
    """
    if not source.same_dimension(target) or source.affine != target.affine:
        message = f"{source} and {target} do not measure the same"
        raise ValueError(message)
    (top, bottom), (target_top, target_bottom) = source.scale, target.scale
    if source.offset != target.offset:
        return (value * top / bottom + source.offset - target.offset) * target_bottom / target_top
    up, down = top * target_bottom, bottom * target_top
    return value if up == down else value * up / down


@lru_cache(maxsize=1024)
def _combined(left: Unit, right: Unit, sign: int) -> Unit:
    top, bottom = right.scale if sign > 0 else (right.scale[1], right.scale[0])
    dimension = _add(left.dimension, right.dimension, sign)
    nouns = _add(left.nouns, right.nouns, sign)
    scale = (left.scale[0] * top, left.scale[1] * bottom)
    if not dimension and not nouns and scale[0] == scale[1]:
        return ratio
    if not dimension and not nouns and scale[0] * 100 == scale[1]:
        return percent
    spelling = tuple(part for part in _add(left._spelling, right._spelling, sign) if part[0] != "ratio")  # noqa: SLF001
    return Unit(dimension, nouns=nouns, scale=scale, spelling=spelling)


def _spelt(symbol: str, top: int, bottom: int) -> str:
    if bottom != 1:
        return f"{symbol}^({top}/{bottom})"
    return symbol if top == 1 else f"{symbol}^{top}"


_known: dict[str, Unit] = {}


def _unit(symbol: str, dimension: Exponents, scale: tuple[int, int] = (1, 1), *, affine: bool = False, offset: float = 0.0) -> Unit:
    made = _known[symbol] = Unit(dimension, scale=scale, affine=affine, offset=offset, spelling=((symbol, 1, 1),))
    return made


def unit(noun: str) -> Unit:
    """A countable thing of one's own: `unit("parcels")`. One of them is one; `parcels / seconds` is a rate."""
    if not noun or not noun.isprintable() or any(character in noun for character in " /*^()"):
        message = f"a unit's name is one word, not {noun!r}"
        raise ValueError(message)
    return Unit((), nouns=((noun, 1, 1),))


_TIME: Final = (("s", 1, 1),)
_DATA: Final = (("B", 1, 1),)
_HEAT: Final = (("degC", 1, 1),)
_ENERGY: Final = (("J", 1, 1),)
_LENGTH: Final = (("m", 1, 1),)
_MASS: Final = (("g", 1, 1),)
_POWER: Final = (("J", 1, 1), ("s", -1, 1))

ratio = _unit("ratio", ())
"""A number without a unit; 1 is the whole."""
one = Unit()
"""A plain count: equal to `ratio`, spelt "1"."""
percent = _unit("%", (), (1, 100))

seconds = _unit("s", _TIME)
nanoseconds = _unit("ns", _TIME, (1, 1_000_000_000))
microseconds = _unit("us", _TIME, (1, 1_000_000))
milliseconds = _unit("ms", _TIME, (1, 1000))
minutes = _unit("min", _TIME, (60, 1))
hours = _unit("h", _TIME, (3600, 1))
days = _unit("d", _TIME, (86400, 1))
hertz = _unit("Hz", (("s", -1, 1),))
timestamp = _unit("timestamp", _TIME, affine=True)
"""Seconds since 1970-01-01 UTC: a point in time. The difference of two is in seconds."""

bytes_ = _unit("B", _DATA)  # `bytes` is Python's own
kilobytes = _unit("kB", _DATA, (1000, 1))
megabytes = _unit("MB", _DATA, (1000**2, 1))
gigabytes = _unit("GB", _DATA, (1000**3, 1))
terabytes = _unit("TB", _DATA, (1000**4, 1))
kibibytes = _unit("KiB", _DATA, (1024, 1))
mebibytes = _unit("MiB", _DATA, (1024**2, 1))
gibibytes = _unit("GiB", _DATA, (1024**3, 1))
tebibytes = _unit("TiB", _DATA, (1024**4, 1))
bits = _unit("bit", _DATA, (1, 8))

celsius = _unit("degC", _HEAT, affine=True)
kelvin = _unit("K", _HEAT, affine=True, offset=-273.15)
fahrenheit = _unit("degF", _HEAT, (5, 9), affine=True, offset=-160 / 9)
joules = _unit("J", _ENERGY)
watts = _unit("W", _POWER)
volts = _unit("V", (("V", 1, 1),))
amperes = _unit("A", (("J", 1, 1), ("V", -1, 1), ("s", -1, 1)))
meters = _unit("m", _LENGTH)
grams = _unit("g", _MASS)
kilograms = _unit("kg", _MASS, (1000, 1))

requests = unit("requests")
responses = unit("responses")
errors = unit("errors")
events = unit("events")
messages = unit("messages")
operations = unit("operations")
connections = unit("connections")
items = unit("items")
executions = unit("executions")
attempts = unit("attempts")
tokens = unit("tokens")
jobs = unit("jobs")
processes = unit("processes")
threads = unit("threads")
packets = unit("packets")
queries = unit("queries")
