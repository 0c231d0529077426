"""What the example monitors: every alert is as documented, and proven by scenarios on the real engine."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code import Alert, Fires, Firing, Quiet, Reaches, Receiver, Scenario, engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import read_config
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.scenario import Expectation
from monitoring_as_code.project import load_project
from monitoring_as_code.prove.timelines import played
from monitoring_as_code.prove.verdicts import verdict
from monitoring_as_code.routes import receiver_name
from tests.targets.test_accepted import without_secret_files

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


ENVIRONMENTS = ("local", "production")


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest) -> str:
    """Each of them."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def rules(root: Path, environment: str) -> dict[str, dict[str, Any]]:
    """Every alert as it was built."""
    files = (root / "build" / environment / "prometheus" / "rules").glob("*.yml")
    groups = [group for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


@pytest.mark.parametrize("alert", DOCUMENTED)
def test_an_alert_has_its_documented_threshold_and_time(alert: str, rules: dict[str, dict[str, Any]]) -> None:
    threshold, duration = DOCUMENTED[alert]
    assert rules[alert]["expr"].endswith(threshold)
    assert rules[alert]["for"] == duration


@pytest.fixture(scope="module")
def analysis(root: Path, environment: str) -> Analysis:
    """The example's definitions, read."""
    config, problems = read_config(root)
    assert config.environments == ENVIRONMENTS
    return Analysis(load_project(root, config, problems, environment=environment))


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


@pytest.mark.engines("promtool", "amtool")
def test_promtool_and_amtool_accept_every_environment(root: Path, environment: str, tmp_path: Path) -> None:
    tree = shutil.copytree(root / "build" / environment, tmp_path / "build")
    assert engines.promtool.check_rules(sorted(tree.glob("prometheus/rules/*.yml"))) == []
    configurations = sorted(tree.glob("prometheus/prometheus*.yml"))
    assert [each.stem for each in configurations] == {"local": ["prometheus"], "production": ["prometheus-1", "prometheus-2"]}[environment]
    for each in configurations:
        assert engines.promtool.check_config(without_secret_files(each)) == []
    assert engines.amtool.check_config([tree / "alertmanager" / "alertmanager.yml"]) == []


def test_in_production_people_come_in_by_the_proxy_and_servers_know_each_other_by_passwords(root: Path) -> None:
    tree = root / "build" / "production"
    services = yaml.safe_load((tree / "compose.yaml").read_text("utf-8"))["services"]
    assert [name for name, settings in services.items() if "ports" in settings] == ["proxy"]
    for name in ("prometheus-1", "prometheus-2", "alertmanager-1", "alertmanager-2"):
        assert "--web.config.file=/run/mac/web.yml" in services[name]["command"]
    assert "enable-admin-api" not in str(services)
    assert services["grafana-1"]["environment"]["GF_DATABASE_TYPE"] == "postgres"
    assert services["grafana-1"]["environment"]["GF_AUTH_GENERIC_OAUTH_ENABLED"] == "true"
    first, second = (yaml.safe_load((tree / "prometheus" / f"prometheus-{number}.yml").read_text("utf-8")) for number in (1, 2))
    assert (first["global"]["external_labels"].pop("replica"), second["global"]["external_labels"].pop("replica")) == (
        "prometheus-1",
        "prometheus-2",
    )
    assert first == second
    dropped = [each["regex"] for each in first["alerting"]["alert_relabel_configs"] if each["action"] == "labeldrop"]
    assert dropped == ["replica"]


def test_how_long_samples_are_kept_is_said_in_one_place(root: Path, tmp_path: Path) -> None:
    """The flag, the docs and the example of `.env` have it from there, and lint finds a `.env` that says something else."""
    for environment in ENVIRONMENTS:
        tree = root / "build" / environment
        services = yaml.safe_load((tree / "compose.yaml").read_text("utf-8"))["services"]
        for name in services:
            if name.startswith("prometheus"):
                assert "--storage.tsdb.retention.time=30d" in services[name]["command"]
        assert "| samples are kept for | 30d" in (tree / "docs" / "README.md").read_text("utf-8")
        assert "\n# PROMETHEUS_RETENTION=30d\n" in (tree / ".env.example").read_text("utf-8")
    shutil.copytree(root / "definitions", tmp_path / "definitions", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    config, problems = read_config(tmp_path)
    for said, found in (("720h", []), ("90d", ["retention-differs"])):
        (tmp_path / ".env").write_text(f"PROMETHEUS_RETENTION={said}\n", "utf-8")
        assert [each.rule for each in lint(Analysis(load_project(tmp_path, config, problems)))] == found
