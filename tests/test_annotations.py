"""The annotations that are one line: what they mark, as Prometheus evaluates them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import Info, Label, Labels, deploys, firing_alerts


class Build(Labels):
    service: Label[str]
    version: Label[str]


build = Info(name="build_info", help="What runs.", labels=Build)

# Samples a minute: shop goes from 1 to 2 at 90, fails to be scraped from 150 to 180, and is back at 1 from 240 on; jobs never changes.
SERIES = [
    {"series": 'build_info{service="shop",version="1",instance="a"}', "values": "1x89 _x150 1x60"},
    {"series": 'build_info{service="shop",version="2",instance="a"}', "values": "_x90 1x59 _x30 1x59 _x60"},
    {"series": 'build_info{service="shop",version="2",instance="b"}', "values": "_x100 1x49 _x30 1x59 _x60"},
    {"series": 'build_info{service="jobs",version="1",instance="c"}', "values": "1x300"},
    {"series": 'ALERTS{alertname="Slow",alertstate="firing",severity="warning",service="shop",instance="a"}', "values": "_x10 1x10"},
    {"series": 'ALERTS{alertname="Slow",alertstate="firing",severity="warning",service="shop",instance="b"}', "values": "_x10 1x10"},
    {"series": 'ALERTS{alertname="Slow",alertstate="pending",severity="warning",service="shop",instance="a"}', "values": "1x9"},
]


def holds(expr: object, expected: dict[str, list[str]], folder: Path) -> str:
    """What promtool complains of when the expression has just these series at these times, each minute being a step."""
    text = str(expr).replace("$__interval", "1m")
    tests: list[dict[str, Any]] = [
        {"eval_time": time, "expr": f"({text}) > bool 0", "exp_samples": [{"labels": labels, "value": 1} for labels in found]}
        for time, found in expected.items()
    ]
    file = folder / "test.yml"
    file.write_text(
        json.dumps({"evaluation_interval": "1m", "tests": [{"interval": "1m", "input_series": SERIES, "promql_expr_test": tests}]})
    )
    program = shutil.which("promtool")
    assert program is not None
    done = subprocess.run([program, "test", "rules", str(file)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.engines("promtool")
def test_a_deploy_is_one_step_at_which_a_version_is_first_seen(tmp_path: Path) -> None:
    new, back = '{service="shop", version="2"}', '{service="shop", version="1"}'
    expected = {"89m": [], "90m": [new], "91m": [], "100m": [], "149m": [], "180m": [], "181m": [], "239m": [], "240m": [back], "241m": []}
    assert holds(deploys(build, by=(Build.service,)).expr, expected, tmp_path) == ""
    narrow = deploys("build_info", by=("service",), matchers='service="jobs"')
    assert holds(narrow.expr, {"90m": [], "240m": []}, tmp_path) == ""


@pytest.mark.engines("promtool")
def test_an_alert_on_many_things_is_one_span(tmp_path: Path) -> None:
    slow = '{alertname="Slow", severity="warning"}'
    assert holds(firing_alerts().expr, {"5m": [], "10m": [slow], "18m": [slow]}, tmp_path) == ""
    assert holds(firing_alerts('severity="critical"').expr, {"10m": []}, tmp_path) == ""
    by_service = firing_alerts(by=(Build.service,))
    assert holds(by_service.expr, {"10m": ['{alertname="Slow", service="shop", severity="warning"}']}, tmp_path) == ""


def test_titles_name_what_tells_apart() -> None:
    assert deploys(build, by=(Build.service,)).title == "{{service}} {{version}}"
    assert deploys("x", version="tag", title="Deployed").title == "Deployed"
    assert firing_alerts(by=("service",), color="orange", enabled=False, step="5m").text == "{{severity}} {{service}}"
