"""Each method of a declared metric records what its name says, and what cannot be recorded hurts nobody."""

import logging
import sys
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from importlib import reload
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import prometheus_client
import pytest
from prometheus_client import CollectorRegistry

from monitoring_as_code import Counter, Exporter, Gauge, Histogram, Info, Label, Labels, Summary, label, seconds
from monitoring_as_code.instrument import NotRecorded, dropped, exposition, register, strict, use

Read = Callable[[], dict[str, float]]
Drops = Callable[[], dict[str, int]]


class Jobs(Labels):
    queue: Label[str] = label(at_most=3)
    from_: Label[str] = label(name="from", at_most=3)


class Way(Labels):
    way: Label[Literal["in", "out"]]


class State(Labels):
    status: Label[Literal["up", "down", "gone", "error"]] = label(emitted=("up", "down", "gone"))


class Link(Labels):
    link: Label[str] = label(at_most=5)
    status: Label[Literal["up", "down"]]


class Build(Labels):
    version: Label[str]


done = Counter(name="jobs_total", help="Jobs done.", labels=Jobs)
sent = Counter(name="messages_total", help="Messages.", labels=Way)
waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Jobs)
length = Gauge(name="queue_length", help="Jobs in the queue.")
services = Gauge(name="services_total", help="Services by state.", labels=State, least=0)
links = Gauge(name="links_total", help="Links by state.", labels=Link)
build = Info(name="build_info", help="What runs.", labels=Build)
duration = Histogram(name="job_duration_seconds", help="Time a job takes.", labels=Jobs, unit=seconds, buckets=(0.1, 1.0))
size = Summary(name="job_size", help="Size of a job.", labels=Jobs)


def mails(call: Callable[..., Any], *given: object, **more: Any) -> Any:  # noqa: ANN401
    """A call with the labels of a job about mails."""
    return call(*given, queue="mails", from_="web", **more)


def steps(*calls: Callable[[], None]) -> None:
    """Several calls, one after the other."""
    for call in calls:
        call()


MAILS = '{from="web",queue="mails"}'
# Calls, and all that the page then has.
CALLS: tuple[tuple[str, Callable[[], object], dict[str, float]], ...] = (
    ("inc of a counter", lambda: mails(done.inc), {"jobs_total" + MAILS: 1}),
    ("add to a counter", lambda: mails(done.add, 2.5), {"jobs_total" + MAILS: 2.5}),
    ("add nothing to a counter", lambda: mails(done.add, 0), {"jobs_total" + MAILS: 0}),
    ("add with an exemplar", lambda: mails(done.add_with, {"trace_id": "a"}, 2), {"jobs_total" + MAILS: 2}),
    ("add without the exemplar", lambda: mails(done.add_with, None, 2), {"jobs_total" + MAILS: 2}),
    ("add a Decimal", lambda: mails(done.add, Decimal("1.5")), {"jobs_total" + MAILS: 1.5}),
    ("set a gauge", lambda: mails(waiting.set, -3), {"jobs_waiting" + MAILS: -3}),
    ("inc of a gauge", lambda: mails(waiting.inc), {"jobs_waiting" + MAILS: 1}),
    ("dec of a gauge", lambda: mails(waiting.dec), {"jobs_waiting" + MAILS: -1}),
    ("add to a gauge", lambda: mails(waiting.add, -0.5), {"jobs_waiting" + MAILS: -0.5}),
    ("a gauge without labels", lambda: length.set(7), {"queue_length": 7}),
    ("an info", lambda: build.set(version="1.2"), {'build_info{version="1.2"}': 1}),
    (
        "observe by a histogram",
        lambda: mails(duration.observe, 0.5),
        {
            'job_duration_seconds_bucket{from="web",le="0.1",queue="mails"}': 0,
            'job_duration_seconds_bucket{from="web",le="1.0",queue="mails"}': 1,
            'job_duration_seconds_bucket{from="web",le="+Inf",queue="mails"}': 1,
            "job_duration_seconds_count" + MAILS: 1,
            "job_duration_seconds_sum" + MAILS: 0.5,
        },
    ),
    ("observe by a summary", lambda: mails(size.observe, 5), {"job_size_count" + MAILS: 1, "job_size_sum" + MAILS: 5}),
    ("enumerated labels begin at 0", lambda: sent.inc(way="in"), {'messages_total{way="in"}': 1, 'messages_total{way="out"}': 0}),
    (
        "an enumerated gauge begins with all that it sends",
        lambda: services.set(4, status="up"),
        {'services_total{status="up"}': 4, 'services_total{status="down"}': 0, 'services_total{status="gone"}': 0},
    ),
    (
        "start: what is given, and each value that the others send",
        lambda: links.start(link="a"),
        {'links_total{link="a",status="up"}': 0, 'links_total{link="a",status="down"}': 0},
    ),
    (
        "each: what is not given is 0",
        lambda: steps(lambda: links.set(1, link="a", status="up"), lambda: links.each(Link.status).set({"down": 1}, link="a")),
        {'links_total{link="a",status="up"}': 0, 'links_total{link="a",status="down"}': 1},
    ),
    (
        "each: what was never set is there, too",
        lambda: links.each(Link.status).set({"down": 1}, link="a"),
        {'links_total{link="a",status="up"}': 0, 'links_total{link="a",status="down"}': 1},
    ),
    (
        "each: what is no state of today is 0 again, too",
        lambda: steps(lambda: services.set(2, status="error"), lambda: services.each(State.status).set({"up": 3})),
        {
            'services_total{status="up"}': 3,
            'services_total{status="down"}': 0,
            'services_total{status="gone"}': 0,
            'services_total{status="error"}': 0,
        },
    ),
    (
        "each of an open label: what was there before is 0",
        lambda: steps(lambda: links.set(1, link="a", status="up"), lambda: links.each(Link.link).set({"b": 2}, status="up")),
        {'links_total{link="a",status="up"}': 0, 'links_total{link="b",status="up"}': 2},
    ),
    (
        "each of nothing: all are 0, and those of other labels are not touched",
        lambda: steps(
            lambda: links.set(1, link="a", status="up"),
            lambda: links.set(1, link="a", status="down"),
            lambda: links.each(Link.link).set({}, status="up"),
        ),
        {'links_total{link="a",status="up"}': 0, 'links_total{link="a",status="down"}': 1},
    ),
)


@pytest.mark.parametrize(("call", "page"), [case[1:] for case in CALLS], ids=[case[0] for case in CALLS])
def test_a_call_records_this_and_nothing_else(read: Read, dropped: Drops, call: Callable[[], object], page: dict[str, float]) -> None:
    call()
    assert read() == page
    assert dropped() == {}


class Text(str, Enum):  # noqa: UP042 - one of both kinds
    MAILS = "mails"


# Calls that a type checker would not let pass, or that only the values make wrong, and the reason that is counted.
WRONG: tuple[tuple[str, Callable[[], object], str], ...] = (
    ("a label is missing", lambda: done.inc(queue="mails"), "labels"),  # type: ignore[call-arg]
    ("a label too many", lambda: mails(done.inc, other="x"), "labels"),
    ("labels by position", lambda: done.inc("mails", "web"), "labels"),  # type: ignore[call-arg]
    ("something by position beside the labels", lambda: mails(done.inc, "x"), "labels"),
    ("an observation's labels by position", lambda: duration.observe(1, "mails", "web"), "labels"),  # type: ignore[call-arg]
    ("a label that is None", lambda: done.inc(queue=None, from_="web"), "labels"),  # type: ignore[arg-type]
    ("a label that has no hash", lambda: done.inc(queue=[], from_="web"), "labels"),  # type: ignore[arg-type]
    ("a label that is a truth", lambda: done.inc(queue=True, from_="web"), "labels"),  # type: ignore[arg-type]
    ("the label's name in Prometheus", lambda: done.inc(**{"queue": "mails", "from": "web"}), "labels"),
    ("half of a surrogate pair", lambda: done.inc(queue="\ud800", from_="web"), "domain"),
    ("a counter that goes down", lambda: mails(done.add, -1), "value"),
    ("no number in a counter", lambda: mails(done.add, float("nan")), "value"),
    ("an infinity in a counter", lambda: mails(done.add, float("inf")), "value"),
    ("text in a counter", lambda: mails(done.add, "many"), "value"),
    ("None in a gauge", lambda: mails(waiting.set, None), "value"),
    ("no number added to a gauge", lambda: mails(waiting.add, float("nan")), "value"),
    ("no number observed", lambda: mails(duration.observe, float("nan")), "value"),
    ("an infinity observed", lambda: mails(duration.observe, float("-inf")), "value"),
    ("a number without end", lambda: mails(duration.observe, 10**400), "value"),
    ("each by a label that there is not", lambda: services.each(Way.way).set({"in": 1}), "labels"),
    ("each without the others", lambda: links.each(Link.status).set({"up": 1}), "labels"),
    ("each of what is no mapping", lambda: services.each(State.status).set(5), "value"),  # type: ignore[arg-type]
    ("start with a label that there is not", lambda: links.start(name="a"), "labels"),
    ("start without a label of any value", links.start, "labels"),
)


@pytest.mark.parametrize(("call", "reason"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_cannot_be_recorded_is_counted_and_raised_only_when_a_test_asks(
    read: Read, dropped: Drops, call: Callable[[], object], reason: str
) -> None:
    register(services, links)
    # Their series are there already: the first sample of one goes another way than those after it.
    mails(done.inc)
    mails(waiting.inc)
    mails(duration.observe, 1)
    before = read()
    call()
    assert dropped() == {reason: 1}
    assert read() == before
    with strict(), pytest.raises(NotRecorded):
        call()
    assert dropped() == {reason: 1}
    assert read() == before


def test_nothing_is_lost_beside_a_bad_exemplar(read: Read, dropped: Drops) -> None:
    wrong = ({"trace_id": "x" * 128}, {"trace_id": 5}, {"trace_id": "\ud800"}, {"trace id": "a"}, {"": "a"}, {"__a": "a"}, {5: "a"})
    for exemplar in wrong:
        mails(done.add_with, exemplar, 2)
    assert read() == {"jobs_total" + MAILS: 2 * len(wrong)}
    assert dropped() == {"exemplar": len(wrong)}
    assert exposition("application/openmetrics-text; version=1.0.0")[0].count(b" # {") == 0


def test_a_member_of_an_enumeration_is_its_value_and_a_number_its_digits(read: Read, dropped: Drops) -> None:
    done.inc(queue=Text.MAILS, from_="web")
    done.inc(queue=5, from_="web")  # type: ignore[arg-type]
    assert read() == {"jobs_total" + MAILS: 1, 'jobs_total{from="web",queue="5"}': 1}
    assert dropped() == {}


def test_the_values_of_set_each_that_are_wrong_do_not_keep_the_others_from_being_set(read: Read, dropped: Drops) -> None:
    values: Any = {"up": 3, "unknown": 4, "down": "many"}
    services.each(State.status).set(values)
    assert read() == {'services_total{status="up"}': 3, 'services_total{status="down"}': 0, 'services_total{status="gone"}': 0}
    assert dropped() == {"domain": 1, "value": 1}


def test_a_gauge_that_is_never_zero_does_not_begin_there(read: Read) -> None:
    register(Gauge(name="voltage", help="Of the grid.", labels=Way, least=100))
    assert read() == {}


def test_metrics_without_a_sample_are_on_the_page(registry: CollectorRegistry) -> None:
    module = ModuleType("definitions")
    vars(module).update(done=done, length=length, number=5, others=Exporter(name="others", metrics=(size,)), size=size)
    register(module, duration)
    page = exposition()[0].decode()
    assert [line for line in page.splitlines() if "mac_" not in line] == [
        "# HELP jobs_total Jobs done.",
        "# TYPE jobs_total counter",
        "# HELP queue_length Jobs in the queue.",
        "# TYPE queue_length gauge",
        "queue_length 0.0",
        "# HELP job_duration_seconds Time a job takes.",
        "# TYPE job_duration_seconds histogram",
    ]
    assert list(registry.collect())


def test_open_metrics_have_units_and_exemplars_and_no_series_that_nobody_declared(read: Read) -> None:
    mails(duration.observe_with, {"trace_id": 'a"b'}, 0.5)
    mails(done.add_with, {"trace_id": "c"}, 3)
    assert read()
    body, kind = exposition("application/openmetrics-text; version=1.0.0")
    page = body.decode()
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    assert "# UNIT job_duration_seconds seconds\n" in page
    assert 'le="1.0",queue="mails"} 1.0 # {trace_id="a\\"b"} 0.5 ' in page
    assert "jobs_total" + MAILS + ' 3.0 # {trace_id="c"} 3.0 ' in page
    assert "_created" not in page
    assert page.endswith("# EOF\n")


def test_the_log_has_the_first_of_each_kind_without_what_may_be_a_secret(read: Read, caplog: pytest.LogCaptureFixture) -> None:
    for each in range(10):
        done.inc(queue=f"token-{each}", from_="web")
        services.set(1, status="lost\nERROR all is well")  # type: ignore[arg-type]
    assert len(read()) == 6
    assert [(record.name, record.levelno) for record in caplog.records] == [("monitoring_as_code.instrument", logging.WARNING)] * 2
    assert "`lost\\nERROR all is well`" in caplog.text
    assert "label `queue` got one more value than it may have, 3;" in caplog.text
    assert "token" not in caplog.text
    with strict(), pytest.raises(NotRecorded, match="`token-9`"):
        done.inc(queue="token-9", from_="web")


def test_another_registry_gets_what_is_recorded_while_it_is_in_use(registry: CollectorRegistry) -> None:
    counter = Counter(name="switched_total", help="Switched.")
    other = CollectorRegistry()
    counter.inc()
    with use(other):
        counter.inc()
        counter.inc()
    counter.inc()
    with use(other):
        counter.inc()
    assert registry.get_sample_value("switched_total") == 2
    assert other.get_sample_value("switched_total") == 3


def test_a_metric_that_is_declared_again_goes_on(registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "reloaded.py").write_text(
        "from monitoring_as_code import Counter, Label, Labels, label\n"
        "class Named(Labels):\n    name: Label[str] = label(at_most=2)\n"
        "counted = Counter(name='counted_total', help='Counted.', labels=Named)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import reloaded  # type: ignore[import-not-found]

    old = reloaded.counted
    old.inc(name="a")
    reload(reloaded)
    assert reloaded.counted is not old
    reloaded.counted.inc(name="a")
    old.inc(name="a")
    assert registry.get_sample_value("counted_total", {"name": "a"}) == 3
    reloaded.counted.inc(name="b")
    reloaded.counted.inc(name="c")
    assert registry.get_sample_value("counted_total", {"name": "c"}) is None
    monkeypatch.delitem(sys.modules, "reloaded")


@pytest.mark.parametrize("labels", [Labels, Way], ids=["without labels", "with labels"])
def test_a_name_that_something_else_has_is_told_once(
    registry: CollectorRegistry, dropped: Drops, caplog: pytest.LogCaptureFixture, labels: type[Labels]
) -> None:
    theirs = prometheus_client.Counter("taken_total", "Somebody else's.", registry=registry)
    ours: Any = Counter(name="taken_total", help="Ours.", labels=labels)
    ours.inc(**({"way": "in"} if labels is Way else {}))
    ours.inc(**({"way": "in"} if labels is Way else {}))
    theirs.inc(5)
    assert registry.get_sample_value("taken_total") == 5
    assert dropped() == {"refused": 3}  # when it was bound, and twice
    assert len(caplog.records) == 1
    with strict(), pytest.raises(NotRecorded, match="taken_total"):
        ours.inc(**({"way": "in"} if labels is Way else {}))


@pytest.mark.parametrize("what", ["x", None, Way, Exporter(name="others", metrics=(size,))], ids=["text", "None", "labels", "an exporter"])
def test_what_is_no_metric_is_not_registered(what: Any) -> None:  # noqa: ANN401 - that is the claim
    with pytest.raises(TypeError, match=r"^`register` takes metrics, and modules that have some, but not a `"):
        register(what)


def test_a_label_that_prometheus_keeps_for_itself_is_told(registry: CollectorRegistry, dropped: Drops) -> None:
    class Bounds(Labels):
        le: Label[str]

    Histogram(name="kept_seconds", help="Kept.", labels=Bounds, buckets=(1.0,)).observe(1, le="5")
    assert list(registry.collect())
    assert dropped()["refused"] >= 1


def test_samples_of_many_threads_are_all_there(read: Read, dropped: Drops) -> None:
    class Threads(Labels):
        name: Label[str] = label(at_most=20, other="other")

    counted = Counter(name="threads_total", help="Counted.", labels=Threads)
    observed = Histogram(name="threads_seconds", help="Observed.", labels=Threads, buckets=(1.0,))
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        for each in range(2000):
            counted.inc(name=str(each % 40))
            observed.observe(1, name=str(each % 40))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = read()
    assert sum(value for series, value in page.items() if series.startswith("threads_total")) == 16_000
    assert sum(value for series, value in page.items() if series.startswith("threads_seconds_count")) == 16_000
    assert len([series for series in page if series.startswith("threads_total")]) == 20
    of_other: Mapping[str, float] = {series: value for series, value in page.items() if 'name="other"' in series}
    assert dropped() == {"budget": int(of_other['threads_total{name="other"}'] + of_other['threads_seconds_count{name="other"}'])}


def test_a_registry_that_has_the_name_of_what_counts_drops_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    taken = CollectorRegistry()
    prometheus_client.Counter("mac_instrument_dropped_total", "Somebody else's.", registry=taken)
    with use(taken):
        mails(done.inc)
        mails(done.add, -1)
        assert taken.get_sample_value("jobs_total", {"queue": "mails", "from": "web"}) == 1
    assert "RecursionError" not in caplog.text


def test_what_was_dropped_is_a_declared_metric() -> None:
    assert dropped.name == "mac_instrument_dropped_total"
    assert [each.name for each in dropped.label_declarations] == ["metric", "reason"]
