"""The real servers run on what the project's own definitions give."""

import json
from pathlib import Path

import pytest
import yaml

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import read_config
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.stack import Stack
from monitoring_as_code.project import load_project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, root: Path) -> tuple[Path, Analysis]:
    folder = tmp_path_factory.mktemp("build")
    analysis = Analysis(load_project(root, read_config(root)[0]))
    for path, content in plan(analysis).files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder, analysis


@pytest.mark.engines("prometheus")
def test_prometheus_loads_every_rule_and_scrape_job(built: tuple[Path, Analysis]) -> None:
    folder, analysis = built
    with engines.prometheus(folder / "prometheus" / "prometheus.yml") as server:
        groups = json.loads(server.get("/api/v1/rules"))["data"]["groups"]
        config = yaml.load(json.loads(server.get("/api/v1/status/config"))["data"]["yaml"], yaml.CSafeLoader)
    loaded = [(rule["name"], rule.get("labels", {}).get("severity")) for group in groups for rule in group["rules"]]
    declared = [(rule.name, rule.severity if isinstance(rule, Alert) else None) for rule in analysis.rules]
    assert sorted(loaded, key=str) == sorted(declared, key=str)
    assert [job["job_name"] for job in config["scrape_configs"]] == [job.name for job in analysis.project.of(Stack)[0].jobs]


@pytest.mark.engines("alertmanager")
def test_alertmanager_starts_and_knows_every_receiver(built: tuple[Path, Analysis]) -> None:
    folder, analysis = built
    assert analysis.routing is not None
    with engines.alertmanager(folder / "alertmanager" / "alertmanager.yml") as server:
        receivers = json.loads(server.get("/api/v2/receivers"))
    assert {receiver["name"] for receiver in receivers} >= {"autoweave", "on-call", "database-team", "security-team"}
