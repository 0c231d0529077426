"""Which series there may be: what is declared of labels and metrics is held when they are recorded."""

from collections.abc import Callable
from typing import Any, Literal

import pytest

from monitoring_as_code import Counter, Gauge, Label, Labels, label
from monitoring_as_code.instrument import NotRecorded, strict
from monitoring_as_code.model.declaration import InvalidDeclaration

Read = Callable[[], dict[str, float]]
Drops = Callable[[], dict[str, int]]


class Open(Labels):
    a: Label[str]


class Listed(Labels):
    a: Label[Literal["x", "y"]]


class ListedWithOther(Labels):
    a: Label[Literal["x", "y", "other"]] = label(other="other")


class Fewer(Labels):
    a: Label[Literal["x", "y"]] = label(emitted=("x",))


class Pattern(Labels):
    a: Label[str] = label(pattern="[1-5][0-9]{2}")


class Whole(Labels):
    a: Label[str] = label(pattern="x.y|z")


class PatternWithOther(Labels):
    a: Label[str] = label(pattern="/[a-z]+|none", other="none")


class Few(Labels):
    a: Label[str] = label(at_most=2)


class FewWithOther(Labels):
    a: Label[str] = label(at_most=2, other="other")


class One(Labels):
    a: Label[str] = label(at_most=1, other="other")


# Labels, the values that are recorded in this order, what the page has of them, and how many are counted as dropped.
CASES: tuple[tuple[type[Labels], str, dict[str, int], dict[str, int]], ...] = (
    (Open, "x x y", {"x": 2, "y": 1}, {}),
    (Listed, "x z y x", {"x": 2, "y": 1}, {"domain": 1}),
    (ListedWithOther, "x z y w other", {"x": 1, "y": 1, "other": 3}, {"domain": 2}),
    (Fewer, "x y", {"x": 1, "y": 1}, {}),
    (Pattern, "200 404 600 2000 20", {"200": 1, "404": 1}, {"domain": 3}),
    (Whole, "x\ny xzy z xy zz x-y-", {"x\\ny": 1, "xzy": 1, "z": 1}, {"domain": 3}),
    (PatternWithOther, "/a /b /1 none", {"/a": 1, "/b": 1, "none": 2}, {"domain": 1}),
    (Few, "x y z x w y", {"x": 2, "y": 2}, {"budget": 2}),
    (FewWithOther, "x y z x w", {"x": 2, "other": 3}, {"budget": 3}),
    (FewWithOther, "other x y", {"other": 2, "x": 1}, {"budget": 1}),
    (FewWithOther, "x other other", {"x": 1, "other": 2}, {}),
    (One, "x y", {"other": 2}, {"budget": 2}),
)


@pytest.mark.parametrize(("labels", "values", "page", "drops"), CASES, ids=[f"{case[0].__name__}: {case[1]!a}" for case in CASES])
def test_a_label_has_the_values_that_are_declared(
    read: Read, dropped: Drops, *, labels: type[Labels], values: str, page: dict[str, int], drops: dict[str, int]
) -> None:
    counter: Any = Counter(name="c_total", help="Counted.", labels=labels)
    for value in values.split(" "):
        counter.inc(a=value)
    got = {series[len('c_total{a="') : -2].replace("\n", "\\n"): value for series, value in read().items() if value}
    assert got == page
    assert dropped() == drops


class Pair(Labels):
    a: Label[str]
    b: Label[Literal["x", "y", "other"]] = label(other="other")


class PairWithoutOther(Labels):
    a: Label[str]
    b: Label[str]


# The same for a metric of at most 3 combinations: `a` and `b` one after the other.
COMBINATIONS: tuple[tuple[type[Labels], str, dict[str, int], dict[str, int]], ...] = (
    (PairWithoutOther, "1x 2x 3x 4x 1x 1y", {"1x": 2, "2x": 1, "3x": 1}, {"budget": 2}),
    # The last one is kept for what stands for others.
    (Pair, "1x 2x 1y 1y 3x 1x", {"1x": 2, "2x": 1, "1other": 2}, {"budget": 3}),
    (Pair, "1z 1x 2x 2y 2z", {"1other": 1, "1x": 1, "2other": 3}, {"domain": 2, "budget": 2}),
)


@pytest.mark.parametrize(("labels", "values", "page", "drops"), COMBINATIONS, ids=[case[1] for case in COMBINATIONS])
def test_a_metric_has_at_most_as_many_series_as_is_declared(
    read: Read, dropped: Drops, *, labels: type[Labels], values: str, page: dict[str, int], drops: dict[str, int]
) -> None:
    counter: Any = Counter(name="c_total", help="Counted.", labels=labels, at_most=3)
    for value in values.split(" "):
        counter.inc(a=value[0], b=value[1:])
    got = {series[len('c_total{a="') : -2].replace('",b="', ""): value for series, value in read().items()}
    assert (got, dropped()) == (page, drops)


def test_no_more_series_begin_at_zero_than_there_may_be(read: Read) -> None:
    Counter(name="all_total", help="All.", labels=Listed, at_most=2).inc(a="x")
    Counter(name="some_total", help="Some.", labels=Listed, at_most=1).inc(a="x")
    assert read() == {'all_total{a="x"}': 1, 'all_total{a="y"}': 0, 'some_total{a="x"}': 1}


def test_under_strict_nothing_is_recorded_as_another_value(read: Read) -> None:
    counter: Any = Counter(name="c_total", help="Counted.", labels=FewWithOther)
    gauge: Any = Gauge(name="g", help="Set.", labels=ListedWithOther)
    counter.inc(a="x")
    with strict():
        with pytest.raises(NotRecorded, match=r"`c_total`: label `a` got one more value than it may have, 2: `y`"):
            counter.inc(a="y")
        with pytest.raises(NotRecorded, match=r"`g`: label `a` got a value that it may not have: `z`"):
            gauge.each(ListedWithOther.a).set({"z": 3})
    assert {series: value for series, value in read().items() if value} == {'c_total{a="x"}': 1}


def test_what_may_not_be_is_added_up_in_what_stands_for_it(read: Read) -> None:
    gauge: Any = Gauge(name="g", help="Set.", labels=ListedWithOther)
    gauge.each(ListedWithOther.a).set({"x": 1, "z": 3, "w": 4})
    assert read() == {'g{a="x"}': 1, 'g{a="y"}': 0, 'g{a="other"}': 7}


@pytest.mark.parametrize(
    ("labels", "at_most", "budget"),
    [
        (Labels, None, 1),
        (Open, None, None),
        (Open, 5, 5),
        (Listed, None, 2),
        (Fewer, None, 1),
        (Pair, None, None),
        (FewWithOther, None, 2),
        (FewWithOther, 1, 1),
        (Pattern, None, None),
    ],
)
def test_the_budget_is_the_product_of_what_is_declared(labels: type[Labels], at_most: int | None, budget: int | None) -> None:
    assert Counter(name="c_total", help="Counted.", labels=labels, at_most=at_most).budget == budget


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (label(values=("a", "b"), other="c"), "`other` of label `a` is `c`, which is not one of the values that it sends"),
        (label(values=("a", "b"), emitted=("a",), other="b"), "`other` of label `a` is `b`, which is not one of the values that it sends"),
        (
            label(pattern="[0-9]+", other="none"),
            "`other` of label `a` is `none`, which its pattern does not match: write `[0-9]+|none`",
        ),
    ],
)
def test_what_stands_for_others_is_a_value_that_queries_may_ask_for(made: Any, said: str) -> None:  # noqa: ANN401
    labels = type("Wrong", (Labels,), {"__annotations__": {"a": Label[str]}, "a": made})
    with pytest.raises(InvalidDeclaration) as raised:
        Counter(name="c_total", help="Counted.", labels=labels)
    assert said in str(raised.value)
