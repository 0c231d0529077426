"""What is said of answers that a test cannot easily bring about."""

from pathlib import Path

import pytest

from monitoring_as_code.operate import Service, health, place
from monitoring_as_code.operate.health import Disk, Health, Problem
from monitoring_as_code.operate.logs import Line, Tail, last_lines, merged
from monitoring_as_code.operate.targets import Target, reason


@pytest.mark.parametrize(
    ("free", "weight"),
    [(900, None), (160, None), (140, "warning"), (60, "warning"), (40, "error"), (0, "error")],
)
def test_a_disk_is_said_to_fill_before_it_is_full(free: int, weight: str | None) -> None:
    found = list(health._of_disk(Disk(7, free, 1000, "/data")))
    assert [each.weight for each in found] == ([] if weight is None else [weight])


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (12_345_678, "12 MB"), (5_000_000_000, "5 GB"), (2.5e12, "2.5 TB")]
)
def test_sizes_are_short(count: int, text: str) -> None:
    assert place.shown_bytes(count) == text


def test_what_is_lost_is_an_error_and_what_is_tried_again_a_warning() -> None:
    page = (
        'alertmanager_notifications_failed_total{integration="slack",reason="clientError"} 1\n'
        'alertmanager_notifications_failed_total{integration="slack",reason="other"} 2\n'
        'alertmanager_notifications_failed_total{integration="email"} 0\n'
        'alertmanager_notification_requests_failed_total{integration="email"} 4\n'
        'alertmanager_notification_requests_failed_total{integration="webhook"} 0\n'
    )
    service = Service("alertmanager", "http://localhost:1", "ready")
    assert [(each.weight, each.what) for each in health._of_notifications(page, service)] == [
        ("warning", "`alertmanager` has tried in vain to notify by email, and may try again"),
        ("error", "3 notifications by slack could not be delivered since `alertmanager` runs"),
    ]


def test_a_warning_alone_is_no_fault_of_the_stack() -> None:
    service = Service("prometheus", "http://localhost:1", "ready", Path("log"))
    assert Health((service,), problems=(Problem("warning", "w", "l"),)).holds
    assert not Health((service,), problems=(Problem("error", "e", "l"),)).holds
    assert not Health(()).holds


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target("a", "x:1", "127.0.0.1:1", "unknown"), "`a` at 127.0.0.1:1 (`x:1`) has not been scraped yet"),
        (
            Target("a", "127.0.0.1:1", "127.0.0.1:1", "down", "dial tcp 127.0.0.1:1: connect: connection refused"),
            "`a` at 127.0.0.1:1 does not answer: start Shop",
        ),
        (
            Target("a", "", "127.0.0.1:2", "down", "dial tcp 127.0.0.1:2: connect: connection refused"),
            "`a` at 127.0.0.1:2 does not answer: start what listens there",
        ),
        (
            Target("a", "", "db:1", "down", "lookup db: no such host"),
            "`a` at db:1 has a name that this machine does not know: lookup db: no such host",
        ),
        (Target("a", "", "db:1", "down", "server returned HTTP status 500"), "`a` at db:1 is down: server returned HTTP status 500"),
    ],
)
def test_a_target_that_is_down_is_said_with_what_to_do(target: Target, said: str) -> None:
    assert reason(target, {"127.0.0.1:1": "Shop"}) == said


def test_logs_are_merged_by_time_whatever_their_key_and_what_has_no_time_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("ts=2026-01-01T00:00:01Z msg=1\npanic: no\nts=2026-01-01T00:00:03Z msg=3\n")
    (tmp_path / "b").write_text("time=2026-01-01T00:00:02Z msg=2\n")
    logs = {"a": tmp_path / "a", "b": tmp_path / "b", "c": tmp_path / "never"}
    assert [line.text.rpartition(" ")[2] for line in merged(logs, 10)] == ["msg=1", "no", "msg=2", "msg=3"]
    assert [line.text.rpartition(" ")[2] for line in merged(logs, 2)] == ["msg=2", "msg=3"]
    assert merged(logs, 0) == []


def test_the_end_of_a_large_log_is_read_alone_and_in_whole_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"{number} {'x' * 200}\n" for number in range(10_000)))
    assert [line.split()[0] for line in last_lines(log, 3)] == ["9997", "9998", "9999"]


def test_a_log_is_followed_in_whole_lines_and_after_it_was_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    tail = Tail({"a": log})
    with log.open("a") as file:
        file.write("new\nha")
        file.flush()
        assert list(tail.lines()) == [Line("a", "new")]
        file.write("lf\n")
    assert list(tail.lines()) == [Line("a", "half")]
    log.rename(tmp_path / "aside")
    log.write_text("x\n")
    assert list(tail.lines()) == [Line("a", "x")]
