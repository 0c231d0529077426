"""What the example monitors: every alert can fire, at its threshold and after its time, on the real engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code import engines
from monitoring_as_code.promql.durations import milliseconds, to_text

CASES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_suffix("").with_name("autoweave.yml").read_text(encoding="utf-8"))

# The documentation of AutoWeave Backend, as it is handed to its users.
DOCUMENTED = {
    "HighErrorRate": ("> 0.05", "5m"),
    "HighResponseTime": ("> 1", "5m"),
    "HighRequestRate": ("> 1000", "2m"),
    "ServiceDown": ("> 0", "2m"),
    "ServiceHealthCheckFailing": ("> 0.1", "5m"),
    "DatabaseConnectionPoolExhausted": ("> 0.9", "5m"),
    "DatabaseHighQueryTime": ("> 0.5", "5m"),
    "PipelineExecutionFailures": ("> 0.1", "5m"),
    "PipelineProcessingTimeSlow": ("> 60", "10m"),
    "HighAuthFailureRate": ("> 0.3", "5m"),
    "RateLimitingActive": ("> 10", "2m"),
}


@pytest.fixture(scope="module")
def rules(root: Path) -> dict[str, dict[str, Any]]:
    """Every alert as it was built."""
    files = (root / "build" / "prometheus" / "rules").glob("*.yml")
    groups = [group for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


@pytest.mark.parametrize("alert", DOCUMENTED)
def test_an_alert_has_its_documented_threshold_and_time(alert: str, rules: dict[str, dict[str, Any]]) -> None:
    threshold, duration = DOCUMENTED[alert]
    assert rules[alert]["expr"].endswith(threshold)
    assert rules[alert]["for"] == duration


def test_there_is_a_case_for_every_alert(rules: dict[str, dict[str, Any]]) -> None:
    assert set(CASES) == set(rules)


def fired(root: Path, folder: Path, alert: str, series: list[str], minute: int) -> list[str]:
    """The label sets with which the alert fires in that minute, as promtool prints them when it is told to expect none."""
    test = {
        "rule_files": [str(path) for path in sorted((root / "build" / "prometheus" / "rules").glob("*.yml"))],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": text.rpartition(" ")[0], "values": text.rpartition(" ")[2]} for text in series],
                "alert_rule_test": [{"alertname": alert, "eval_time": f"{minute}m", "exp_alerts": []}],
            }
        ],
    }
    (folder / "test.yml").write_text(yaml.safe_dump(test), encoding="utf-8")
    done = engines.require("promtool").run("test", "rules", "test.yml", cwd=folder)
    return [line.strip() for line in done.output.splitlines() if line.strip().startswith("Labels:")]


@pytest.mark.engines("promtool")
@pytest.mark.parametrize("alert", CASES)
def test_an_alert_fires_when_its_time_is_over_and_is_silent_below_its_threshold(
    alert: str, rules: dict[str, dict[str, Any]], root: Path, tmp_path: Path
) -> None:
    case = CASES[alert]
    waits = milliseconds(rules[alert].get("for", "0")) // 60_000
    if alert == "Watchdog":
        assert fired(root, tmp_path, alert, [], 0)
        return
    # A rate needs two samples, so it has no value in minute 0; what needs none is pending from there on.
    starts = 0 if fired(root, tmp_path, alert, case["fires"], waits) else 1
    found = fired(root, tmp_path, alert, case["fires"], waits + starts)
    assert len(found) == 1, (alert, to_text(waits * 60_000))
    for name, value in case["labels"].items():
        assert f'{name}="{value}"' in found[0]
    assert not fired(root, tmp_path, alert, case["fires"], waits + starts - 1)
    assert fired(root, tmp_path, alert, case.get("just", case["fires"]), waits + 15)
    assert not fired(root, tmp_path, alert, case["silent"], waits + 15)
