"""A gauge stays in the bounds that it promises, and no time is negative."""

import threading
from collections.abc import Callable
from typing import Literal

import pytest

from monitoring_as_code import Gauge, Histogram, Label, Labels, Summary, milliseconds, seconds
from monitoring_as_code.instrument import NotRecorded, register, strict

Read = Callable[[], dict[str, float]]
Drops = Callable[[], dict[str, int]]


class Way(Labels):
    way: Label[Literal["in", "out"]]


level = Gauge(name="level", help="Of the tank.", labels=Way, least=0, most=100)
floor = Gauge(name="floor", help="Never below.", labels=Way, least=0)
ceiling = Gauge(name="ceiling", help="Never above.", labels=Way, most=0)
time_taken = Histogram(name="taken_seconds", help="Time.", labels=Way, unit=seconds, buckets=(0.1, 1.0))
time_summed = Summary(name="summed_milliseconds", help="Time.", labels=Way, unit=milliseconds)
skew = Histogram(name="skew_seconds", help="Of a clock.", labels=Way, unit=seconds, buckets=(-1.0, 0.0, 1.0))
change = Histogram(name="change_ratio", help="Of a price.", labels=Way, buckets=(0.1, 1.0))

NOT_A_NUMBER, ENDLESS = float("nan"), float("inf")
# Calls that would break what is promised.
OUTSIDE: tuple[Callable[[], None], ...] = (
    lambda: level.set(-5, way="in"),
    lambda: level.set(100.5, way="in"),
    lambda: level.set(NOT_A_NUMBER, way="in"),
    lambda: level.set(-ENDLESS, way="in"),
    lambda: level.dec(way="in"),
    lambda: level.add(-0.5, way="in"),
    lambda: level.add(101, way="in"),
    lambda: level.add(NOT_A_NUMBER, way="in"),
    lambda: floor.set(-1, way="in"),
    lambda: floor.set(ENDLESS, way="in"),
    lambda: floor.dec(way="in"),
    lambda: floor.add(-1, way="in"),
    lambda: ceiling.set(1, way="in"),
    lambda: ceiling.inc(way="in"),
    lambda: ceiling.add(1, way="in"),
    lambda: time_taken.observe(-3, way="in"),
    lambda: time_taken.observe_with(None, -3, way="in"),
    lambda: time_summed.observe(-3, way="in"),
)


@pytest.mark.parametrize("call", OUTSIDE)
def test_what_would_leave_the_bounds_of_a_gauge_or_is_a_negative_time_is_dropped(
    read: Read, dropped: Drops, call: Callable[[], None]
) -> None:
    register(level, floor, ceiling)
    before = read()
    for count in (1, 2):  # the first sample of a series goes another way than those after it
        call()
        assert dropped() == {"value": count}
        assert {series: value for series, value in read().items() if value or series in before} == before
    with strict(), pytest.raises(NotRecorded, match=r"bounds, at|negative time|cannot be added"):
        call()


# Calls that keep to it, and what the gauge is then.
INSIDE: tuple[tuple[str, Callable[[], None], float], ...] = (
    ("level", lambda: level.set(0, way="in"), 0),
    ("level", lambda: level.set(100, way="in"), 100),
    ("level", lambda: level.add(100, way="in"), 100),
    ("level", lambda: level.inc(way="in"), 1),
    ("floor", lambda: floor.set(1e9, way="in"), 1e9),
    ("floor", lambda: floor.inc(way="in"), 1),
    ("ceiling", lambda: ceiling.set(-1e9, way="in"), -1e9),
    ("ceiling", lambda: ceiling.dec(way="in"), -1),
    ("ceiling", lambda: ceiling.add(-2, way="in"), -2),
)


@pytest.mark.parametrize(("name", "call", "value"), INSIDE)
def test_what_is_within_the_bounds_of_a_gauge_is_recorded(
    read: Read, dropped: Drops, name: str, call: Callable[[], None], value: float
) -> None:
    call()
    assert read()[f'{name}{{way="in"}}'] == value
    assert dropped() == {}


def test_what_is_observed_may_be_negative_unless_it_is_a_time(read: Read, dropped: Drops) -> None:
    skew.observe(-0.5, way="in")
    change.observe(-0.5, way="in")
    page = read()
    assert (page['skew_seconds_count{way="in"}'], page['change_ratio_sum{way="in"}']) == (1, -0.5)
    assert dropped() == {}


def test_threads_that_count_down_at_once_do_not_pass_a_bound(read: Read, dropped: Drops) -> None:
    floor.set(1000, way="in")
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        for _ in range(500):
            floor.dec(way="in")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read()['floor{way="in"}'] == 0
    assert dropped() == {"value": 3000}
