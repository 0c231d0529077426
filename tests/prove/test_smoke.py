"""The whole chain on this machine, from the scrape to the message; and nothing of it stays, however the command ends."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from monitoring_as_code.cli.session import open_project
from monitoring_as_code.cli.settings import Settings
from monitoring_as_code.engines import scratch
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.prove.smoke import configuration, smoke
from monitoring_as_code.prove.smoke.backend import Backend, Course
from monitoring_as_code.prove.smoke.configuration import Target
from monitoring_as_code.prove.smoke.report import as_text
from monitoring_as_code.prove.timelines import played
from monitoring_as_code.targets.alertmanager import render

PROJECT = Path(__file__).parent / "data" / "orders"
pytestmark = pytest.mark.engines("alertmanager", "prometheus", "promtool")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "temp").mkdir()
    return tmp_path


def started(folder: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "monitoring_as_code", "-C", str(folder / "project"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What is left below it is all that is left.
        env={**os.environ, "TMPDIR": str(folder / "temp"), "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        start_new_session=True,
    )


def test_alerts_fire_and_are_over_at_every_channel(folder: Path) -> None:
    process = started(folder, "smoke", "--format", "json")
    output, errors = process.communicate(timeout=150)
    assert process.returncode == 0, output + errors
    data = json.loads(output)
    assert data["holds"] is True
    rows = [(each["alert"], each["labels"]["severity"], each["receiver"], each["integration"]) for each in data["alerts"]]
    assert sorted(rows) == [
        ("OrdersWait", "warning", "orders", "email"),
        ("OrdersWait", "warning", "orders", "webhook"),
        ("RequestsFail", "critical", "on-call", "pagerduty"),
        ("RequestsFail", "critical", "on-call", "slack"),
        ("RequestsFail", "warning", "chat", "slack"),
        ("StockOut", "info", "stock-keepers", "email"),  # by series that were sought
        ("Watchdog", "none", "heartbeat", "webhook"),
    ]
    for each in data["alerts"]:
        assert each["fires_after_seconds"] is not None
        assert (each["is_over_after_seconds"] is None) is (each["alert"] == "Watchdog")
    assert data["untried_receivers"] == []
    assert "alerts that will fire: " in errors
    assert not list((folder / "temp").iterdir())


def test_a_channel_over_which_nothing_comes_is_told_with_what_alertmanager_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = open_project(Settings(str(folder / "project"), "never")).analysis
    files = dict(render(analysis))
    text = files["alertmanager/alertmanager.yml"].replace("description: '", "description: '{{ .Nothing }} ")
    assert text != files["alertmanager/alertmanager.yml"]
    monkeypatch.setattr(
        "monitoring_as_code.prove.smoke.render_alertmanager", lambda _: [*{**files, "alertmanager/alertmanager.yml": text}.items()]
    )
    monkeypatch.setattr("monitoring_as_code.prove.smoke._PATIENCE_SECONDS", 12.0)
    (folder / "plays").mkdir()
    found = smoke(analysis, list(played(analysis, analysis.project.of(Scenario), folder / "plays")), lambda _: None)
    assert not found.holds
    assert [(each.alert.alert.name, str(each.channel)) for each in found.arrived if not each.firing] == [("RequestsFail", "pagerduty")]
    assert any("can't evaluate field Nothing" in line for line in found.logged)
    shown = as_text(found)
    assert re.search(r"^RequestsFail .* on-call +pagerduty +never +never$", shown, re.MULTILINE)
    assert "not as expected" in shown


@pytest.mark.parametrize(
    ("removed", "why"),
    [
        (r"^routing = .*?^\)$", "there is no routing"),
        (r"^stack = .*?^\)$", "there is no stack"),
        (r"^    alertmanagers=.*?$", "the stack has no `alertmanagers`"),
        (r"^six = .*", "no scenario makes an alert fire"),
    ],
)
def test_what_cannot_be_run_is_said(removed: str, why: str, folder: Path) -> None:
    file = folder / "project" / "definitions" / "orders.py"
    text, count = re.subn(removed, "", file.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert count == 1
    file.write_text(text)
    analysis = open_project(Settings(str(folder / "project"), "never")).analysis
    assert not analysis.project.problems
    (folder / "plays").mkdir()
    found = smoke(analysis, list(played(analysis, analysis.project.of(Scenario), folder / "plays")), lambda _: None)
    assert why in found.why
    assert why in as_text(found)


def children(pid: int) -> list[int]:
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def both_servers(process: "subprocess.Popen[str]") -> list[int]:
    """The servers that the command has started, once both are ready."""
    assert process.stderr is not None
    for line in process.stderr:
        if "run; the first scrape" in line:
            found = children(process.pid)
            assert len(found) == 2
            return found
    raise AssertionError("it ended before both servers were ready")


def gone(pids: list[int]) -> bool:
    until = time.monotonic() + 15
    while any(Path(f"/proc/{pid}/exe").exists() for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(Path(f"/proc/{pid}/exe").exists() for pid in pids)


@pytest.fixture
def running(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    process = started(folder, "smoke")
    yield process
    process.kill()
    process.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="what runs is read from /proc")
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGHUP, 128 + signal.SIGHUP)],
    ids=["Ctrl-C", "kill", "hang-up"],
)
def test_no_server_and_no_folder_stays_when_it_is_stopped(
    number: signal.Signals, code: int, running: "subprocess.Popen[str]", folder: Path
) -> None:
    servers = both_servers(running)
    running.send_signal(number)
    assert running.wait(30) == code
    assert gone(servers)
    assert not list((folder / "temp").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends what a killed process has started on Linux only")
def test_no_server_stays_when_it_is_killed_and_its_folders_are_removed_at_the_next_start(
    running: "subprocess.Popen[str]", folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = both_servers(running)
    left = list((folder / "temp").iterdir())
    assert left
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "temp"))
    for each in left:  # as if made some time ago
        os.utime(each, (1, 1))
    with scratch():
        assert all(each.exists() for each in left)  # they are in use
    running.kill()
    running.wait(30)
    assert gone(servers)
    for each in left:
        os.utime(each, (1, 1))
    with scratch() as own:
        assert list((folder / "temp").iterdir()) == [own]


PROMETHEUS = """\
global: {scrape_interval: 15s, scrape_timeout: 10s, evaluation_interval: 15s, external_labels: {site: lab}}
rule_files: [rules/*.yml]
alerting: {alertmanagers: [{static_configs: [{targets: [a:9093, b:9093]}]}]}
scrape_configs:
- job_name: shop
  scheme: https
  metrics_path: /stats
  honor_labels: true
  scrape_timeout: 5s
  static_configs: [{targets: [x:1, y:2], labels: {zone: a}}]
"""
RULES = """\
groups:
- name: g
  interval: 5m
  limit: 3
  rules: [{alert: A, expr: up == 0, for: 10m, keep_firing_for: 5m, labels: {a: b}}, {record: b, expr: up}]
"""


def test_only_addresses_and_times_of_prometheus_are_changed(tmp_path: Path) -> None:
    files = {"prometheus/prometheus.yml": PROMETHEUS, "prometheus/rules/r.yml": RULES, "alertmanager/alertmanager.yml": ""}
    targets = configuration.targets_of(PROMETHEUS)
    assert targets[0] == Target("shop", "x:1", (("zone", "a"),))
    config = configuration.write(files, tmp_path, {each: f"127.0.0.1:{index}" for index, each in enumerate(targets)}, "127.0.0.1:9")
    found = yaml.safe_load(config.read_text())
    assert found == {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s", "external_labels": {"site": "lab"}},
        "rule_files": ["rules/*.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:9"]}]}]},
        "scrape_configs": [
            {
                "job_name": "shop",
                "metrics_path": "/stats",
                "honor_labels": True,
                "static_configs": [
                    {"targets": ["127.0.0.1:0"], "labels": {"zone": "a", "instance": "x:1"}},
                    {"targets": ["127.0.0.1:1"], "labels": {"zone": "a", "instance": "y:2"}},
                ],
            }
        ],
    }
    rules = yaml.safe_load((config.parent / "rules" / "r.yml").read_text())
    alert = {"alert": "A", "expr": "up == 0", "for": "1s", "labels": {"a": "b"}}
    assert rules == {"groups": [{"name": "g", "limit": 3, "rules": [alert, {"record": "b", "expr": "up"}]}]}
    assert not (tmp_path / "alertmanager").exists()


def test_a_target_shows_its_series_without_the_labels_that_prometheus_adds() -> None:
    target = Target("shop", "x:1")
    courses = [
        Course("a_total", {**target.labels, "path": 'a"\\\n'}, (1.0, 3.0), counts=True),
        Course("b", target.labels, (float("inf"), None), counts=False),
    ]
    assert [courses[0].at(second) for second in range(4)] == [1.0, 3.0, 5.0, 7.0]
    assert [courses[1].at(second) for second in range(3)] == [float("inf"), None, None]
    backend = Backend()
    assert backend.page(target) == ""
    backend.expose({target: courses}, frozenset())
    assert backend.page(target) == 'a_total{path="a\\"\\\\\\n"} 1.0\nb{} +Inf\n'
    backend.recover()
    assert backend.page(target) == ""
    backend.expose({}, frozenset([target]))
    assert backend.page(target) is None
