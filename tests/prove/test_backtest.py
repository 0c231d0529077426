"""Alerts over recorded history: what is known to have happened is found, at its minute and for its length, and nothing else is."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import read_config
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.project import load_project
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.prove.backtest import History, Result, Wish, backtest, imported
from monitoring_as_code.prove.backtest.imported import Imported, NoHistory
from monitoring_as_code.prove.backtest.report import Backtest, as_data, as_text
from monitoring_as_code.prove.backtest.result import Period
from monitoring_as_code.prove.backtest.running import comparison_of, with_threshold
from monitoring_as_code.prove.chart import Look
from monitoring_as_code.prove.states import states

pytestmark = pytest.mark.engines("promtool", "prometheus")

SHOP = """\
from monitoring_as_code import *


class Http(Labels):
    service: Label[str]
    status: Label[str]


class Parts(Labels):
    part: Label[str]


requests = Counter(name="http_requests_total", help="Requests.", labels=Http)
waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Parts)
free = Gauge(name="disk_free_ratio", help="Share that is free.", labels=Parts, unit=ratio)
gone = Gauge(name="gone", help="Nobody exposes it any more.")
error_ratio = RecordingRule(
    name="service:errors:ratio_rate5m", help="Share of requests that fail.", unit=ratio,
    expr=requests.where(Http.status.matches("5..")).rate("5m").sum(by=(Http.service,)) / requests.rate("5m").sum(by=(Http.service,)),
)
wide = RecordingRule(name="service:errors:worst1h", help="The worst.", labels={"over": "1h"},
    expr="max_over_time(service:errors:ratio_rate5m[1h])")
failing = Alert(name="Failing", expr=error_ratio > percent(5), for_="5m", severity="critical", summary="x")
failing_shop = Alert(name="FailingShop", expr='service:errors:ratio_rate5m{service="shop"} > 0.05', for_="5m", severity="warning", summary="x")
not_shop = Alert(name="FailingOthers", expr='service:errors:ratio_rate5m{service!~"sh.p"} > 0.05', for_="5m", severity="warning", summary="x")
before = Alert(name="FailedBefore", expr="service:errors:ratio_rate5m offset 1h > 0.05", for_="5m", severity="warning", summary="x")
lately = Alert(name="FailedLately", expr='service:errors:worst1h{over="1h"} > 0.05', severity="warning", summary="x")
jam = Alert(name="Jam", expr=waiting > 100, for_="2m", keep_firing_for="3m", severity="warning", summary="x", labels={"team": "{{ $labels.part }}"})
both = Alert(name="Both", expr="jobs_waiting > 100 and on () disk_free_ratio < 0.2", severity="warning", summary="x")
full = Alert(name="Full", expr=free < percent(20), for_="1m", severity="critical", summary="x")
ghost = Alert(name="Ghost", expr=gone > 0, severity="warning", summary="x")
chat = Receiver(name="chat", integrations=(Slack(channel="#shop"),))
pager = Receiver(name="pager", integrations=(PagerDuty(),))
night = TimeInterval(name="night", times=(TimeRange(start="02:00", end="04:00"),))
routing = Routing(
    receiver=chat,
    routes=(Route(receiver=pager, matchers=('severity="critical"',)), Route(receiver=chat, matchers=('alertname="Jam"',), mute_time_intervals=(night,))),
    inhibitions=(Inhibition(source=('alertname="Failing"',), target=('alertname="FailingShop"',), equal=("service",)),),
)
stack = Stack(name="shop", scrape_interval="30s", evaluation_interval="30s", alertmanagers=("alertmanager:9093",))
"""

STEP = 30
START = 1_767_571_200  # 2026-01-05, a Monday, 00:00 in UTC
HOURS = 12


def minute(text: str) -> int:
    """A time of that day in milliseconds since 1970."""
    hours, minutes, *seconds = map(int, text.split(":"))
    return 1000 * (START + 3600 * hours + 60 * minutes + (seconds[0] if seconds else 0))


def between(low: float, high: float, *spans: tuple[str, str]) -> Callable[[int], float]:
    """`high` in each of these times, `low` else."""
    times = [(minute(start), minute(end)) for start, end in spans]
    return lambda moment: high if any(start <= moment < end for start, end in times) else low


# What happened: gauges have their values, counters rise by so much a second.
GAUGES: Mapping[str, Callable[[int], float]] = {
    'jobs_waiting{part="mail"}': between(
        10, 150, ("01:00", "01:30"), ("03:00", "03:10"), ("06:00", "06:01"), ("08:00", "08:05"), ("08:07", "08:12")
    ),
    'jobs_waiting{part="print"}': between(90, 99, ("05:00", "05:01")),
    'disk_free_ratio{part="a"}': between(0.5, 0.1, ("01:20", "02:00")),
}
COUNTERS: Mapping[str, Callable[[int], float]] = {
    'http_requests_total{service="api",status="200"}': between(98, 90, ("04:00", "04:30")),
    'http_requests_total{service="api",status="500"}': between(2, 10, ("04:00", "04:30")),
    'http_requests_total{service="shop",status="200"}': between(97, 60, ("07:00", "07:20")),
    'http_requests_total{service="shop",status="500"}': between(3, 40, ("07:00", "07:20")),
}


def openmetrics() -> str:
    lines: list[str] = []
    moments = [1000 * (START + index * STEP) for index in range(HOURS * 3600 // STEP + 1)]
    for name, course in GAUGES.items():
        lines += [f"{name} {course(moment)} {moment / 1000}" for moment in moments]
    for name, rate in COUNTERS.items():
        count = 0.0
        for moment in moments:
            lines.append(f"{name} {count} {moment / 1000}")
            count += STEP * rate(moment)
    return "\n".join([*lines, "# EOF\n"])


def read(folder: Path, definitions: str = SHOP) -> Analysis:
    (folder / "definitions").mkdir(parents=True)
    (folder / "definitions" / "shop.py").write_text(definitions, "utf-8")
    (folder / "pyproject.toml").write_text("", "utf-8")
    config, problems = read_config(str(folder))
    assert not problems
    return Analysis(load_project(str(folder), config, []))


class Shop:
    """The shop, and what happened in it."""

    def __init__(self, analysis: Analysis, found: Imported, file: Path) -> None:
        self.analysis = analysis
        self.history = found.history
        self.extent = found.extent
        self.file = file
        assert analysis.project.complete, [str(each.message) for each in analysis.project.problems]
        self.alerts = {each.name: each for each in analysis.project.of(Alert)}

    def __call__(self, *names: str, **options: object) -> list[Result]:
        period = options.pop("period", self.extent)
        wishes = [Wish(self.alerts[name]) for name in names]
        return backtest(self.analysis, self.history, wishes, period, **options)  # type: ignore[arg-type]  # as the cases say


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    analysis = read(folder)
    file = folder / "history.om"
    file.write_text(openmetrics(), "utf-8")
    with imported(file) as found:
        yield Shop(analysis, found, file)


def told(result: Result) -> list[tuple[str, str, str]]:
    """Each firing: its part or service, when it begins, when it ends."""
    from datetime import UTC, datetime

    def clock(moment: int) -> str:
        return datetime.fromtimestamp(moment / 1000, UTC).strftime("%H:%M:%S").removesuffix(":00")

    assert not result.error, result.error
    return [
        (dict(each.labels).get("part") or dict(each.labels).get("service", ""), clock(each.start), clock(each.end))
        for each in result.firings
    ]


# From its first evaluation on the condition holds for `for`; it ends with the first evaluation at which it does not.
INCIDENTS = {
    # 150 jobs from 01:00 to 01:30, and 3 minutes more by `keep_firing_for`; the one of a minute is too short; two of 08:00 are one.
    "Jam": [("mail", "01:02", "01:33"), ("mail", "03:02", "03:13"), ("mail", "08:02", "08:15")],
    "Full": [("a", "01:21", "02:00")],
    "Both": [("mail", "01:20", "01:30")],
    "Ghost": [],
}


@pytest.mark.parametrize("name", INCIDENTS)
def test_what_happened_is_found_at_its_minute_and_nothing_else_is(shop: Shop, name: str) -> None:
    (result,) = shop(name)
    assert told(result) == INCIDENTS[name]


def test_what_fires_because_of_recorded_series_is_found_without_them(shop: Shop) -> None:
    failing, of_shop, others, before, lately = shop("Failing", "FailingShop", "FailingOthers", "FailedBefore", "FailedLately")
    assert [(service, start[:2]) for service, start, _ in told(failing)] == [("api", "04"), ("shop", "07")]
    api, of_the_shop = told(failing)
    assert told(of_shop) == [of_the_shop]
    assert told(others) == [api]
    later = [(service, f"{int(start[:2]) + 1:02}{start[2:]}", f"{int(end[:2]) + 1:02}{end[2:]}") for service, start, end in told(failing)]
    assert told(before) == later
    assert [(service, start[:2], end[:2]) for service, start, end in told(lately)] == [("api", "04", "05"), ("shop", "07", "08")]
    assert failing.replaced == ("service:errors:ratio_rate5m",)
    assert lately.replaced == ("service:errors:worst1h", "service:errors:ratio_rate5m")


def test_recorded_series_are_read_if_asked_for_and_their_absence_is_told(shop: Shop) -> None:
    (result,) = shop("Failing", recorded=True)
    assert not result.firings
    assert result.absent == ("service:errors:ratio_rate5m",)
    assert shop("Ghost")[0].absent == ("gone",)
    assert not shop("Jam")[0].absent


def test_what_fires_at_the_start_has_begun_before_and_what_fires_at_the_end_goes_on(shop: Shop) -> None:
    (result,) = shop("Jam", period=Period(minute("01:05"), minute("01:20")))
    (firing,) = result.firings
    assert (firing.start, firing.since_before, firing.lasting) == (minute("01:05"), True, True)
    (kept,) = shop("Jam", period=Period(minute("01:31"), minute("02:00")))
    assert [(each.start, each.end, each.since_before, each.lasting) for each in kept.firings] == [
        (minute("01:31"), minute("01:33"), True, False)
    ]


def test_close_calls_are_the_worst_moments_without_an_alert(shop: Shop) -> None:
    jam, full = shop("Jam", "Full")
    first, *others = jam.close_calls
    assert (first.value, first.time) == (150, minute("06:00"))  # beyond the limit, but for a minute only
    assert [(each.length, each.start) for each in jam.pendings] == [(60_000, minute("06:00"))]
    assert [dict(each.labels)["part"] for each in others][:1] == ["print"]
    assert others[0].value == 99
    assert minute("05:00") <= others[0].time < minute("05:01")
    assert all(each.value == 0.5 for each in full.close_calls)


def test_receivers_are_those_of_the_moment(shop: Shop) -> None:
    jam, full, failing, of_shop = shop("Jam", "Full", "Failing", "FailingShop")
    assert [(each.receivers, each.held_back) for each in jam.firings] == [(("chat",), ""), ((), "muted"), (("chat",), "")]
    assert [each.receivers for each in full.firings] == [("pager",)]
    assert [each.receivers for each in failing.firings] == [("pager",), ("pager",)]
    assert [(each.receivers, each.held_back) for each in of_shop.firings] == [((), "inhibited")]
    assert dict(jam.firings[0].labels) == {"alertname": "Jam", "part": "mail", "severity": "warning", "team": "mail"}


def test_sweeps_count_what_other_thresholds_and_times_would_have_done(shop: Shop) -> None:
    wishes = [
        Wish(shop.alerts["Jam"], (95, 98.5, 150, 5)),
        Wish(shop.alerts["Full"], (0.05, 0.6)),
        Wish(shop.alerts["Both"], (5,), (0, 600_000)),
    ]
    jam, full, both = backtest(shop.analysis, shop.history, wishes, shop.extent)
    # At 95 the 99 jobs that wait to be printed for a minute are beyond it, but `for` is 2 minutes; at 5 both queues are, all day.
    assert [(each.threshold, each.times, each.declared) for each in jam.trials] == [
        (5, 2, False), (95, 3, False), (98.5, 3, False), (100, 3, True), (150, 0, False),
    ]  # fmt: skip
    assert [(each.threshold, each.times) for each in full.trials] == [(0.05, 0), (0.2, 1), (0.6, 1)]
    assert full.trials[1].total == 39 * 60_000
    assert [(each.threshold, each.hold, each.times, each.total // 60_000) for each in both.trials] == [
        (5, None, 2, 80), (100, None, 1, 10), (None, 0, 1, 10), (None, 600_000, 0, 0),
    ]  # fmt: skip


def test_a_coarse_step_says_what_it_misses(shop: Shop) -> None:
    results = shop("Jam", step=milliseconds("5m"))
    assert told(results[0])[0][0] == "mail"
    text = as_text(Backtest("history.om", shop.extent, tuple(results)), Look(), verbose=False)
    assert "Prometheus evaluates every 30s: what lasts for less than 5m may be missed" in text
    assert "a `for` shorter than that is rounded up, in `Jam`" in text


RANDOM = """\
from monitoring_as_code import *


class Parts(Labels):
    part: Label[str]


level = Gauge(name="level", help="A level.", labels=Parts)
{alerts}
stack = Stack(name="random", scrape_interval="30s", evaluation_interval="30s", alertmanagers=("alertmanager:9093",))
"""


def test_times_that_are_not_looked_at_closely_hold_nothing(tmp_path: Path, prove: bool) -> None:
    """Against every evaluation, one after the other."""
    draw = random.Random(8)
    count = 60 if prove else 12
    alerts = "\n".join(
        f'alert{index} = Alert(name="Alert{index}", expr="level {draw.choice((">", ">=", "<", "<="))} {draw.choice((0, 2, 5, 8, 9.5))}", '
        f'for_="{draw.choice(("0s", "30s", "1m", "5m"))}", keep_firing_for="{draw.choice(("0s", "45s", "2m"))}", '
        'severity="warning", summary="x")'
        for index in range(count)
    )
    analysis = read(tmp_path / "project", RANDOM.format(alerts=alerts))
    lines: list[str] = []
    for part in ("a", "b", "c"):
        value = 5.0
        for index in range(3000):
            value = min(10, max(0, value + draw.uniform(-1, 1)))
            if index % 200 > 20 or part != "c":
                lines.append(f'level{{part="{part}"}} {round(value)} {START + index * 30}')
    file = tmp_path / "history.om"
    file.write_text("\n".join([*lines, "# EOF\n"]), "utf-8")
    fired = 0
    with imported(file) as found:
        for result in backtest(analysis, found.history, [Wish(each) for each in analysis.project.of(Alert)], found.extent):
            times = range(found.extent.start, found.extent.end + 1, 30_000)
            assert found.extent.start % 30_000 == 0
            holds = {
                dict(each.labels)["part"]: {time for time, _ in each.samples}
                for each in found.history.range(result.query, times[0], times[-1], 30_000)
            }
            for part in ("a", "b", "c"):
                every = [time in holds.get(part, ()) for time in times]
                expected = states(times, every, milliseconds(result.alert.for_), milliseconds(result.alert.keep_firing_for))
                own = [each for each in result.firings if dict(each.labels)["part"] == part]
                ours = [any(each.start <= time < each.end for each in own) for time in times]
                assert ours == [state == "firing" for state in expected], to_text(parse(result.query))
                fired += len(own)
    assert fired > count


def test_the_report_says_it_in_words_and_in_data(shop: Shop) -> None:
    found = Backtest("history.om", shop.extent, tuple(shop("Jam", "Full", "Ghost", "Failing")))
    text = as_text(found, Look(columns=100), verbose=False)
    assert "4 alerts over 12h of history.om" in text
    assert "Jam warning  fired 3 times, 55m in all, 31m at most" in text
    assert "2026-01-05 01:02" in text
    assert "(muted)" in text
    assert "no samples of `gone`" in text
    assert "pending only  once, for 1m at most, and `for` is 2m" in text
    assert "3 of 4 alerts fired, 6 times in all" in text
    assert all(len(line) <= 160 for line in text.splitlines())
    data = as_data(found)
    jam = data["alerts"][0]
    assert (jam["times"], jam["total_seconds"], jam["longest_seconds"]) == (3, 3300, 1860)
    assert jam["firings"][0] == {
        "labels": {"alertname": "Jam", "part": "mail", "severity": "warning", "team": "mail"},
        "from": "2026-01-05T01:02:00Z",
        "to": "2026-01-05T01:33:00Z",
        "seconds": 1860,
        "since_before": False,
        "lasting": False,
        "receivers": ["chat"],
        "held_back": None,
    }
    assert jam["threshold"] == {"measured": "jobs_waiting", "comparison": ">", "value": 100}


@pytest.mark.parametrize(
    "written, other",
    [
        ("x > 5", "x > 0.5"),
        ("5 < x", "0.5 < x"),
        ("(x > 5) and y > 1", "(x > 0.5) and y > 1"),
        ("x >= 2 * 3 unless on (a) y", "x >= 0.5 unless on (a) y"),
        ("x > 0", "x > 0.5"),
        ("x > 5 or y > 5", None),
        ("x > y", None),
        ("x == 0", None),
    ],
)
def test_the_comparison_that_decides_first_is_the_threshold(written: str, other: str | None) -> None:
    expr = parse(written)
    found = comparison_of(expr)
    assert (found is None) is (other is None)
    if other is not None:
        assert to_text(with_threshold(expr, 0.5)) == to_text(parse(other))


def test_of_more_than_zero_the_limit_is_zero() -> None:
    found = comparison_of(parse("x > 0"))
    assert found is not None
    assert found[1].limit == 0


@pytest.mark.parametrize(
    "content, words",
    [
        ("up 1 1767571200\n", "data does not end with # EOF"),
        ("up{ 1 2\n# EOF\n", "expected"),
        ("# EOF\n", "holds no samples"),
        ("up 1\n# EOF\n", "timestamp"),
    ],
)
def test_a_file_that_is_no_history_is_told_with_the_reason(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "history.om"
    file.write_text(content, "utf-8")
    with pytest.raises(NoHistory, match=words), imported(file):
        pass


def test_a_packed_file_is_read_as_well(tmp_path: Path) -> None:
    import gzip

    file = tmp_path / "history.om.gz"
    file.write_bytes(gzip.compress(b"up 1 1767571200\nup 0 1767571230\n# EOF\n"))
    with imported(file) as found:
        assert found.extent == Period(1_767_571_200_000, 1_767_571_230_000)
        assert isinstance(found.history, History)


class Mac:
    """The command as users run it, with a folder for temporary files of its own."""

    def __init__(self, project: Path, folder: Path) -> None:
        self.command = [sys.executable, "-m", "monitoring_as_code", "-C", str(project), "backtest"]
        self.left = folder / "temp"
        self.left.mkdir()
        root = str(Path(__file__).parents[2])
        self.environment = {**os.environ, "TMPDIR": str(self.left), "PYTHONPATH": root, "PYTHONUTF8": "1"}

    def __call__(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        env = self.environment | environment
        return subprocess.run([*self.command, *arguments], capture_output=True, encoding="utf-8", timeout=120, check=False, env=env)


@pytest.fixture
def mac(shop: Shop, tmp_path: Path) -> Mac:
    return Mac(shop.file.parent, tmp_path)


def test_the_command_tells_of_a_file_and_leaves_nothing_behind(shop: Shop, mac: Mac) -> None:
    file = ("--openmetrics", str(shop.file))
    done = mac(*file, "--alert", "Jam", "--sweep", "Jam=50%,200")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fired 3 times" in done.stdout
    assert "as declared" in done.stdout
    assert mac(*file, "--alert", "Jam", "--fail-on-firing").returncode == 1
    assert mac(*file, "--alert", "Ghost", "--fail-on-firing").returncode == 0
    assert not list(mac.left.iterdir())


def test_the_command_tells_of_a_server_what_it_tells_of_a_file(shop: Shop, mac: Mac) -> None:
    when = ("--since", "2026-01-05", "--until", "2026-01-05 12:00", "--format", "json")
    served, read = (
        json.loads(mac(option, where, *when).stdout)
        for option, where in (("--prometheus", shop.history.url), ("--openmetrics", str(shop.file)))
    )
    assert served["alerts"] == read["alerts"]
    assert sum(each["times"] for each in served["alerts"]) > 10


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("--alert", "Jamm"), "there is no alert `Jamm`: did you mean `Jam`?"),
        (("--sweep", "Jam=many"), "`many` is no threshold"),
        (("--sweep", "Jam"), "says nothing to try"),
        (("--sweep-for", "Jam=5"), "`5` is no duration"),
        (("--prometheus", "http://localhost:1"), "name the history"),
        (("--bearer-token-file", "x"), "a file needs no access"),
        (("--last", "1h", "--since", "2026-01-05"), "give one of them"),
        (("--since", "tomorrow"), "`tomorrow` is no moment"),
        (("--since", "2027-01-01"), "there is no history in this time"),
        (("--step", "0s"), "is longer than 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(shop: Shop, mac: Mac, arguments: tuple[str, ...], words: str) -> None:
    refused = mac("--openmetrics", str(shop.file), *arguments)
    assert refused.returncode == 2, refused.stdout
    assert words in refused.stderr


def test_without_the_engine_it_says_what_to_install(shop: Shop, mac: Mac) -> None:
    refused = mac("--openmetrics", str(shop.file), MAC_PROMTOOL="/nowhere/promtool")
    assert refused.returncode == 2
    assert "promtool" in refused.stderr


def test_nothing_stays_when_it_is_stopped(shop: Shop, mac: Mac, tmp_path: Path) -> None:
    slow = tmp_path / "promtool"
    slow.write_text('#!/bin/sh\ntouch "$TMPDIR/started"\nexec sleep 60\n')
    slow.chmod(0o755)
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        process = subprocess.Popen(
            [*mac.command, "--openmetrics", str(shop.file)], env=mac.environment | {"MAC_PROMTOOL": str(slow)}, stderr=subprocess.DEVNULL
        )
        try:
            until = time.monotonic() + 60
            while not list(mac.left.glob("*/started")):
                assert time.monotonic() < until
                time.sleep(0.02)
            process.send_signal(number)
            assert process.wait(30) == code
        finally:
            process.kill()
            process.wait()
        assert not list(mac.left.iterdir())
