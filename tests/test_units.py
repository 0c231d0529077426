"""Units: arithmetic, conversion and spelling."""

import pytest

from monitoring_as_code import units
from monitoring_as_code.units import Quantity, Unit, convert, unit

EQUAL = [
    (units.joules / units.seconds, units.watts),
    (units.volts * units.amperes, units.watts),
    (units.seconds * units.hertz, units.ratio),
    (units.bytes_ / units.bytes_, units.ratio),
    (units.requests / units.requests, units.one),
    (units.milliseconds * units.milliseconds, units.milliseconds**2),
    (units.seconds**0, units.ratio),
    (units.timestamp.difference, units.seconds),
    (unit("parcels"), unit("parcels")),
]
DIFFERENT = [
    (units.seconds, units.milliseconds),
    (units.bytes_, units.bits),
    (units.ratio, units.percent),
    (units.seconds, units.timestamp),
    (units.requests, units.errors),
    (units.celsius, units.kelvin),
    (units.celsius, units.celsius.difference),
    (units.hertz, units.requests / units.seconds),
]
SPELT = [
    (units.seconds, "s"),
    (units.bytes_ / units.seconds, "B/s"),
    (units.requests / units.seconds, "requests/s"),
    (units.percent, "%"),
    (units.ratio, "ratio"),
    (units.one, "1"),
    (units.one / units.seconds, "1/s"),
    (units.ratio * units.bytes_, "B"),
    (units.errors / units.requests, "errors/requests"),
    (units.bytes_**2, "B^2"),
    (units.bytes_.power(1, 2), "B^(1/2)"),
    (units.bytes_ / units.seconds / units.volts, "B/(V*s)"),
    (units.milliseconds / units.seconds, "ms/s"),
]
CONVERTED = [
    (1.5, units.minutes, units.seconds, 90.0),
    (250, units.milliseconds, units.seconds, 0.25),
    (5, units.percent, units.ratio, 0.05),
    (0.05, units.ratio, units.percent, 5.0),
    (8, units.bits, units.bytes_, 1.0),
    (2, units.mebibytes, units.kibibytes, 2048.0),
    (300, units.kelvin, units.celsius, pytest.approx(26.85)),
    (212, units.fahrenheit, units.celsius, pytest.approx(100)),
    (1, units.megabytes / units.seconds, units.kilobytes / units.minutes, 60000.0),
]
SCALED = [
    (units.seconds, (60, 1), units.minutes),
    (units.seconds, (1, 1000), units.milliseconds),
    (units.ratio, (1, 100), units.percent),
    (units.bytes_, (1, 8), units.bits),
    (units.bytes_ / units.seconds, (1, 8), units.bits / units.seconds),
    (units.requests / units.seconds, (1, 60), units.requests / units.minutes),
    (units.seconds, (1, 60), None),
    (units.timestamp, (1, 1000), None),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=str)
def test_equal_units_are_equal_however_they_are_made(left: Unit, right: Unit) -> None:
    assert left == right
    assert hash(left) == hash(right)
    assert left.compatible(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=str)
def test_what_measures_otherwise_is_not_equal(left: Unit, right: Unit) -> None:
    assert left != right


@pytest.mark.parametrize(("made", "text"), SPELT, ids=[text for _, text in SPELT])
def test_a_unit_is_spelt_as_people_write_it(made: Unit, text: str) -> None:
    assert str(made) == text


@pytest.mark.parametrize(("value", "source", "target", "expected"), CONVERTED)
def test_a_value_is_converted(value: float, source: Unit, target: Unit, expected: float) -> None:
    assert convert(value, source, target) == expected
    assert convert(convert(value, source, target), target, source) == pytest.approx(value)


@pytest.mark.parametrize(("source", "factor", "expected"), SCALED, ids=str)
def test_dividing_a_value_gives_the_unit_of_that_scale_if_it_has_a_name(
    source: Unit, factor: tuple[int, int], expected: Unit | None
) -> None:
    assert source.scaled(*factor) == expected


def test_nouns_do_not_keep_values_from_being_added_but_scales_and_points_do() -> None:
    assert units.requests.compatible(units.errors)
    assert units.requests.compatible(units.ratio)
    assert not units.seconds.compatible(units.milliseconds)
    assert not units.seconds.compatible(units.timestamp)
    assert not units.celsius.compatible(units.kelvin)
    assert units.seconds.same_dimension(units.timestamp)


def test_what_does_not_measure_the_same_is_not_converted() -> None:
    for source, target in ((units.seconds, units.bytes_), (units.seconds, units.timestamp)):
        with pytest.raises(ValueError, match="do not measure the same"):
            convert(1, source, target)


def test_a_quantity_is_written_in_base_units() -> None:
    assert units.percent(5) == Quantity(5, units.percent)
    assert units.percent(5).base == 0.05
    assert units.milliseconds(250).base == 0.25
    assert units.gibibytes(2).base == 2 * 1024**3
    assert units.celsius(30).base == 30
    assert str(units.percent(5)) == "5%"
    assert str(units.seconds(5)) == "5 s"


def test_a_root_exists_only_where_the_scale_has_one() -> None:
    assert (units.milliseconds**2).power(1, 2) == units.milliseconds
    assert units.minutes.power(1, 2) is None


def test_a_noun_is_one_word() -> None:
    for noun in ("", "two words", "a/b", "line\nbreak"):
        with pytest.raises(ValueError, match="one word"):
            unit(noun)


def test_a_hundred_times_a_quotient_is_in_percent() -> None:
    assert units.bytes_.hundredth() / units.bytes_ == units.percent
    assert str(units.bytes_.hundredth() / units.bytes_) == "%"
    assert units.percent.hundredth(inverse=True) == units.ratio


def test_a_quantity_is_written_in_the_base_unit() -> None:
    assert [unit.base_unit for unit in (units.milliseconds, units.percent, units.gibibytes, units.kelvin, units.watts)] == [
        units.seconds,
        units.ratio,
        units.bytes_,
        units.celsius,
        units.watts,
    ]
