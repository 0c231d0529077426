"""Whatever is recorded, the page says what a plain model of it says."""

import subprocess
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from monitoring_as_code import Counter, Gauge, Histogram, Label, Labels, label
from monitoring_as_code.exposition import parse
from monitoring_as_code.instrument import exposition, use

BOUNDS = (0.5, 2.0, 10.0)


class Two(Labels):
    first: Label[str]
    second: Label[str] = label(name="class")


class Bounded(Labels):
    first: Label[str] = label(at_most=3, other="other")
    second: Label[str] = label(pattern="[a-z]*", name="class")


# Whatever a client may send: quotes, backslashes, line ends of all kinds, other scripts, nothing at all.
hostile = st.text(st.one_of(st.sampled_from('"\\\n\r\t{},=#\u2028\x85\x00é漢🎈'), st.characters(exclude_categories=["Cs"])), max_size=8)
values = st.one_of(st.sampled_from(["a", "b", "c", "d", "other", ""]), hostile)
numbers = st.one_of(st.integers(-20, 20), st.sampled_from([0.5, 2.0, 1e9, float("nan"), float("inf"), float("-inf")]))
calls = st.lists(st.tuples(st.sampled_from(["inc", "add", "set", "dec", "gauge_add", "observe"]), values, values, numbers), max_size=40)

Key = tuple[str, str]


def finite(number: float) -> bool:
    return number - number == 0


class Model:
    """What is recorded, in the plainest way."""

    def __init__(self, admit: Callable[[set[Key], Key], Key | None]) -> None:
        self.admit = admit
        self.series: dict[str, set[Key]] = {name: set() for name in ("calls_total", "level", "took")}
        self.sums: defaultdict[tuple[str, Key], float] = defaultdict(float)

    def _key(self, name: str, key: Key) -> Key | None:
        admitted = self.admit(self.series[name], key)
        if admitted is not None:
            self.series[name].add(admitted)
        return admitted

    def call(self, what: str, key: Key, number: float) -> None:
        if what in ("inc", "add"):
            amount = 1 if what == "inc" else number
            if finite(amount) and amount >= 0:
                self._add("calls_total", key, amount)
        elif what == "set":
            admitted = self._key("level", key)
            if admitted is not None:
                self.sums[("level", admitted)] = number
        elif what in ("dec", "gauge_add"):
            amount = -1 if what == "dec" else number
            if finite(amount):
                self._add("level", key, amount)
        elif finite(number):
            admitted = self._key("took", key)
            if admitted is not None:
                self.sums[("took_sum", admitted)] += number
                self.sums[("took_count", admitted)] += 1
                for bound in (*BOUNDS, float("inf")):
                    self.sums[(f"took_bucket {bound}", admitted)] += number <= bound

    def _add(self, name: str, key: Key, amount: float) -> None:
        admitted = self._key(name, key)
        if admitted is not None:
            self.sums[(name, admitted)] += amount


def page(openmetrics: bool) -> dict[tuple[str, Key], float]:
    body, _ = exposition("application/openmetrics-text; version=1.0.0" if openmetrics else "")
    found = {}
    for family in parse(body.decode()).values():
        for sample in family.samples:
            labels = dict(sample.labels)
            if "metric" not in labels:
                name = f"{sample.name} {float(labels['le'])}" if "le" in labels else sample.name
                found[name, (labels.get("first", ""), labels.get("class", ""))] = sample.value
    return found


def same(left: dict[tuple[str, Key], float], right: dict[tuple[str, Key], float]) -> bool:
    return left.keys() == right.keys() and all(left[key] == right[key] or left[key] != left[key] for key in left)


def any_key(series: set[Key], key: Key) -> Key:  # noqa: ARG001 - a model has both
    return key


def bounded_key(series: set[Key], key: Key) -> Key | None:
    had = {first for first, _ in series if first != "other"}
    if not all("a" <= letter <= "z" for letter in key[1]):
        return None
    return key if key[0] in had or len(had) < 2 else ("other", key[1])


@pytest.mark.parametrize(("labels", "admit"), [(Two, any_key), (Bounded, bounded_key)], ids=["open labels", "bounded labels"])
@given(calls=calls, openmetrics=st.booleans())
def test_the_page_says_what_was_recorded(
    labels: type[Labels], admit: Callable[[set[Key], Key], Key | None], calls: list[tuple[str, str, str, float]], openmetrics: bool
) -> None:
    counter: Any = Counter(name="calls_total", help="Calls.", labels=labels)
    gauge: Any = Gauge(name="level", help="Level.", labels=labels)
    histogram: Any = Histogram(name="took", help="Took.", labels=labels, buckets=BOUNDS)
    model = Model(admit)
    with use(CollectorRegistry()):
        for what, first, second, number in calls:
            labels_of_call = {"first": first, "second": second}
            if what in ("inc", "dec"):
                getattr(counter if what == "inc" else gauge, what)(**labels_of_call)
            else:
                method = {"add": counter.add, "set": gauge.set, "gauge_add": gauge.add, "observe": histogram.observe}[what]
                method(number, **labels_of_call)
            model.call(what, (first, second), number)
        shown = page(openmetrics)
    assert same(shown, dict(model.sums)), (shown, dict(model.sums))


@pytest.mark.engines("promtool")
def test_promtool_has_nothing_against_the_page() -> None:
    labels = {"first": 'a "quote", a \\ and\na line\r of \u2028 漢🎈', "second": ""}
    counter: Any = Counter(name="calls_total", help='Calls, "quoted"\nand \\ more.', labels=Two)
    gauge: Any = Gauge(name="level", help="Level.", labels=Two)
    histogram: Any = Histogram(name="took", help="Took.", labels=Two, buckets=BOUNDS)
    with use(CollectorRegistry()):
        counter.inc(**labels)
        gauge.set(float("inf"), **labels)
        histogram.observe(1, **labels)
        body, _ = exposition()
    done = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
