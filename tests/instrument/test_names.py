"""Two declarations of one name, and an info that says something else: one series of a thing, and nothing recorded is lost."""

from collections.abc import Callable
from typing import Any, Literal

import pytest

from monitoring_as_code import Counter, Gauge, Histogram, Info, Label, Labels, Untyped, label, seconds
from monitoring_as_code.instrument import NotRecorded, register, strict
from monitoring_as_code.model.metric import AnyMetric

Read = Callable[[], dict[str, float]]
Drops = Callable[[], dict[str, int]]


class Way(Labels):
    way: Label[Literal["in", "out"]]


class Jobs(Labels):
    queue: Label[str] = label(at_most=3)


MAILS = '{queue="mails"}'


FIRST = Counter(name="again_total", help="The first.", labels=Jobs)
BUCKETS = Histogram(name="again", help="The first.", labels=Jobs, buckets=(1.0,))
# A declaration, what is recorded by it, another one of its name, what is recorded by that, and what is said of it.
SECOND: tuple[tuple[AnyMetric, Callable[[Any], None], AnyMetric, Callable[[Any], None], str], ...] = (
    (
        FIRST,
        lambda first: first.add(1000, queue="mails"),
        Counter(name="again_total", help="With other labels.", labels=Way),
        lambda second: second.inc(way="in"),
        "differs in its labels",
    ),
    (
        FIRST,
        lambda first: first.add(1000, queue="mails"),
        Gauge(name="again_total", help="Another kind.", labels=Jobs),
        lambda second: second.set(5, queue="mails"),
        "differs in its kind",
    ),
    (
        FIRST,
        lambda first: first.add(1000, queue="mails"),
        Histogram(name="again_total", help="Another kind.", labels=Jobs, buckets=(1.0,)),
        lambda second: second.observe(5, queue="mails"),
        "differs in its kind",
    ),
    (
        BUCKETS,
        lambda first: first.observe(1000, queue="mails"),
        Histogram(name="again", help="With other buckets.", unit=seconds, labels=Jobs, buckets=(2.0,)),
        lambda second: second.observe(5, queue="mails"),
        "differs in its unit and buckets",
    ),
)


@pytest.mark.parametrize("case", SECOND, ids=[case[4] for case in SECOND])
def test_a_second_declaration_of_a_name_that_differs_is_refused_and_the_first_goes_on(
    read: Read, dropped: Drops, caplog: pytest.LogCaptureFixture, case: tuple[Any, ...]
) -> None:
    first, record, second, record_again, told = case
    record(first)
    record_again(second)
    record(first)
    register(first)
    record_again(second)
    page = read()
    assert page.get("again_total" + MAILS, page.get("again_sum" + MAILS)) == 2000
    assert set(page.values()) <= {0, 2, 2000}, "there is nothing of the second one"
    assert dropped() == {"refused": 3}  # when it was bound, and twice
    assert [told in record.message for record in caplog.records] == [True]
    with strict():
        record(first)
        for call in (record_again, register):
            with pytest.raises(NotRecorded, match=told):
                call(second)


def test_a_second_declaration_that_differs_in_words_records_to_the_same_series(read: Read, dropped: Drops) -> None:
    first = Counter(name="again_total", help="The first.", labels=Jobs)
    second = Counter(name="again_total", help="The second.", labels=Jobs)
    first.inc(queue="mails")
    second.inc(queue="mails")
    first.inc(queue="mails")
    assert read() == {"again_total" + MAILS: 3}
    assert dropped() == {}


def test_a_counter_that_the_client_calls_otherwise_is_told(read: Read, dropped: Drops, caplog: pytest.LogCaptureFixture) -> None:
    counter = Counter(name="orders", help="Orders.")
    counter.inc()
    counter.inc()
    assert read() == {"orders_total": 2}
    assert dropped() == {"refused": 1}
    assert "Prometheus's client calls it `orders_total`, and no query by its own name finds it" in caplog.text
    with strict(), pytest.raises(NotRecorded):
        register(counter)


def test_what_nobody_knows_the_kind_of_is_not_recorded(read: Read, dropped: Drops) -> None:
    untyped = Untyped(name="node_vmstat_pgfault", help="Page faults.")
    register(untyped)
    untyped.start()
    assert read() == {}
    assert set(dropped()) == {"refused"}


class Versions(Labels):
    version: Label[str] = label(at_most=2)
    edition: Label[Literal["open", "paid"]]


def test_an_info_says_one_thing_at_a_time_however_often_that_changes(read: Read, dropped: Drops) -> None:
    info = Info(name="shop_build_info", help="What runs.", labels=Versions, at_most=1)
    again = Info(name="shop_build_info", help="The same, imported again.", labels=Versions, at_most=1)
    for number in range(5):
        info.set(version=f"1.{number}", edition="open")
        info.set(version=f"1.{number}", edition="open")
        assert read() == {f'shop_build_info{{edition="open",version="1.{number}"}}': 1}
    assert dropped() == {}
    info.set(version="2.0", edition="stolen")  # type: ignore[arg-type]
    assert dropped() == {"domain": 1}
    assert read() == {'shop_build_info{edition="open",version="1.4"}': 1}
    again.set(version="3.0", edition="paid")
    assert read() == {'shop_build_info{edition="paid",version="3.0"}': 1}
