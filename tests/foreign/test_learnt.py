"""What a catalogue learnt from expositions claims, and what it leaves open."""

from pathlib import Path

import pytest

from monitoring_as_code import units
from monitoring_as_code.catalogue import is_slip
from monitoring_as_code.foreign.expositions import learn

PAGE = """\
# TYPE orders_total counter
# HELP orders_total Orders taken.
orders_total{city="Oslo",kind="a"} 3
orders_total{city="Rome"} 4
# TYPE age_seconds gauge
age_seconds 5
# TYPE started_time_seconds gauge
started_time_seconds 1.7e9
# TYPE build_timestamp_seconds gauge
# TYPE wait_time_seconds gauge
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.1"} 1
latency_seconds_bucket{le="+Inf"} 1
latency_seconds_sum 1
latency_seconds_count 1
odd_bytes 7
"""


def test_kinds_labels_buckets_and_units_are_learnt_and_values_stay_open(tmp_path: Path) -> None:
    file = tmp_path / "page.prom"
    file.write_text(PAGE)
    known, problems = learn([str(file)])
    assert not problems
    orders = known.lookup("orders_total")
    assert orders is not None
    assert (orders.kind, orders.closed, orders.metric.help) == ("counter", False, "Orders taken.")
    assert not orders.labels["city"].optional
    assert orders.labels["kind"].optional
    assert orders.labels["city"].values is None
    latency = known.metric("latency_seconds")
    assert latency is not None
    assert latency.buckets == (0.1,)
    assert {
        name: metric.unit
        for name in ("age_seconds", "started_time_seconds", "build_timestamp_seconds", "wait_time_seconds", "odd_bytes")
        if (metric := known.metric(name))
    } == {
        "age_seconds": units.seconds,
        "started_time_seconds": units.timestamp,
        "build_timestamp_seconds": units.timestamp,
        "wait_time_seconds": None,  # nothing seen yet: a moment, or a duration
        "odd_bytes": None,  # of no type
    }


def test_pages_that_disagree_leave_the_kind_open(tmp_path: Path) -> None:
    for name, kind in (("one", "gauge"), ("two", "counter")):
        (tmp_path / name).write_text(f"# TYPE x {kind}\nx 1\n")
    known, _ = learn([str(tmp_path / "one"), str(tmp_path / "two")])
    metric = known.metric("x")
    assert metric is not None
    assert metric.kind == "unknown"


@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("orders_totla", True),
        ("order_total", True),
        ("orders", True),
        ("latency_seconds", True),  # a histogram has no series of its own name
        ("orders_total_count", True),
        ("age_second", True),
        ("age_days", False),
        ("refunds_total", False),  # another program's, or not seen yet
        ("city:orders:rate5m", False),
        ("up", False),
    ],
)
def test_only_a_slip_of_what_was_seen_is_a_mistake(tmp_path: Path, name: str, lacks: bool) -> None:
    file = tmp_path / "page.prom"
    file.write_text(PAGE)
    assert learn([str(file)])[0].lacks(name) is lacks


def test_digits_tell_names_apart() -> None:
    assert not is_slip("node_load1", "node_load5")
    assert not is_slip("shard_1_bytes", "shard_12_bytes")
