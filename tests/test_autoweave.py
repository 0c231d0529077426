"""What the example monitors: every alert is as documented, and proven by scenarios on the real engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code import Alert, Fires, Firing, Quiet, Reaches, Receiver, Scenario
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import read_config
from monitoring_as_code.model.scenario import Expectation
from monitoring_as_code.project import load_project
from monitoring_as_code.prove.timelines import played
from monitoring_as_code.prove.verdicts import verdict
from monitoring_as_code.routes import receiver_name

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
    files = (root / "build" / "local" / "prometheus" / "rules").glob("*.yml")
    groups = [group for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


@pytest.mark.parametrize("alert", DOCUMENTED)
def test_an_alert_has_its_documented_threshold_and_time(alert: str, rules: dict[str, dict[str, Any]]) -> None:
    threshold, duration = DOCUMENTED[alert]
    assert rules[alert]["expr"].endswith(threshold)
    assert rules[alert]["for"] == duration


@pytest.fixture(scope="module")
def analysis(root: Path) -> Analysis:
    """The example's definitions, read."""
    config, problems = read_config(root)
    return Analysis(load_project(root, config, problems))


def test_every_alert_has_scenarios_in_which_it_fires_stays_quiet_and_reaches_somebody(analysis: Analysis) -> None:
    expected: dict[str, set[type[Expectation]]] = {alert.name: set() for alert in analysis.project.of(Alert)}
    for scenario in analysis.project.of(Scenario):
        expected[scenario.alert.name] |= {type(each) for each in scenario.expect if each.alert in (None, scenario.alert)}
    assert expected.pop("Watchdog") == {Firing, Reaches}  # it always fires
    assert set(DOCUMENTED) < set(expected)
    for alert, kinds in expected.items():
        assert {Fires, Quiet, Reaches} <= kinds, alert


def test_of_every_alert_it_is_said_who_gets_it_and_who_does_not(analysis: Analysis) -> None:
    """Of each alert one scenario names every receiver: those that get it, and those that do not."""
    everybody = {receiver.name for receiver in analysis.project.of(Receiver)} - {"heartbeat"}
    named: dict[str, set[str]] = {}
    for scenario in analysis.project.of(Scenario):
        for each in scenario.expect:
            if isinstance(each, Reaches) and each.at is None:
                named.setdefault(scenario.alert.name, set()).update(map(receiver_name, (*each.receivers, *each.not_to)))
    assert set(named) == {alert.name for alert in analysis.project.of(Alert)}
    for alert, names in named.items():
        assert names >= everybody, alert


@pytest.mark.engines("promtool")
def test_every_scenario_holds_on_the_real_engine(analysis: Analysis, tmp_path: Path) -> None:
    verdicts = [verdict(analysis, each) for each in played(analysis, analysis.project.of(Scenario), tmp_path)]
    assert len(verdicts) >= 45
    assert [(each.scenario.name, each.failures) for each in verdicts if not each.holds] == []
