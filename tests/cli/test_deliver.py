"""`mac test --deliver` and what the two commands say when they cannot run."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1] / "prove" / "data" / "orders"


def mac(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-B", "-m", "monitoring_as_code", "-C", str(PROJECT), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8", **environment},
    )


@pytest.mark.engines("alertmanager", "promtool")
def test_the_table_follows_the_scenarios() -> None:
    done = mac("test", "--deliver")
    assert done.returncode == 0, done.stdout + done.stderr
    proved, _, delivered = done.stdout.partition("\n\n")[2].partition("\n\n")
    assert re.match(r"\d+ scenarios of \d alerts held", proved)
    assert "RequestsFail (critical)        ✓  ✓\n" in delivered
    assert "5 alerts over 7 channels: 7 deliveries as expected" in delivered


@pytest.mark.engines("alertmanager", "promtool")
def test_one_alert_and_its_channels_for_programs() -> None:
    done = mac("test", "--deliver", "OrdersWait", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    delivery = json.loads(done.stdout)["delivery"]
    [alert] = delivery["alerts"]
    assert alert["alert"] == "OrdersWait"
    assert [(each["integration"], each["state"]) for each in alert["channels"]] == [("email", "delivered"), ("webhook", "delivered")]


@pytest.mark.engines("alertmanager", "promtool")
@pytest.mark.parametrize("arguments", [("test", "--deliver"), ("smoke",)], ids=" ".join)
def test_without_alertmanager_it_is_said_what_to_install(arguments: tuple[str, ...]) -> None:
    done = mac(*arguments, MAC_ALERTMANAGER="/nowhere/alertmanager")
    assert done.returncode == 2
    assert done.stderr.startswith("mac: `MAC_ALERTMANAGER` is `/nowhere/alertmanager`, where no program is: unset it ")
    assert "; on Debian or Ubuntu: apt-get install prometheus-alertmanager;" in done.stderr


@pytest.mark.engines("alertmanager", "promtool")
def test_junit_has_a_case_for_each_channel_of_an_alert(tmp_path: Path) -> None:
    done = mac("test", "--deliver", "OrdersWait", "--junit", str(tmp_path / "junit.xml"))
    assert done.returncode == 0, done.stdout + done.stderr
    cases = ET.parse(tmp_path / "junit.xml").getroot().findall("testsuite[@name='delivery']/testcase")
    assert len(cases) == 2
    assert all(not list(each) and "OrdersWait (" in each.attrib["name"] for each in cases)


@pytest.mark.engines("alertmanager", "promtool")
def test_another_program_than_prometheus_is_said_to_be_none(tmp_path: Path) -> None:
    program = tmp_path / "prometheus"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    done = mac("smoke", MAC_PROMETHEUS=str(program))
    assert done.returncode == 2
    assert done.stderr.endswith(
        f"mac: {program} is no `prometheus`: asked for its version it says nothing; set `MAC_PROMETHEUS` to use another one\n"
    )


@pytest.mark.engines("promtool")
def test_a_server_that_does_not_start_is_told_with_what_it_said(tmp_path: Path) -> None:
    program = tmp_path / "alertmanager"
    program.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "alertmanager, version 0.25.0 (x)" && exit 0\necho it is broken; exit 1\n')
    program.chmod(0o755)
    done = mac("test", "--deliver", MAC_ALERTMANAGER=str(program))
    assert (done.returncode, done.stderr) == (2, "mac: `alertmanager` ended with 1: it is broken\n")
