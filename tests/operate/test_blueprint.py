"""What of the emitted configuration differs on this machine: addresses, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code import AccessPoint, Exporter, ScrapeJob, Stack
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.operate import StackError
from monitoring_as_code.operate.blueprint import Blueprint, _Addresses, blueprint
from monitoring_as_code.operate.secrets import Secrets
from monitoring_as_code.project import load_project

POINTS = (
    AccessPoint(service="Grafana", url="http://localhost:3003", container_port=3000),
    AccessPoint(service="Prometheus", url="http://localhost:9091", container_port=9090),
    AccessPoint(service="Alertmanager", url="http://127.0.0.1:9193", container_port=9093),
    AccessPoint(service="Node Exporter", url="https://hosts.example:443", container_port=9100),
    AccessPoint(service="Backend", url="http://localhost:3001/metrics"),
    AccessPoint(service="Odd", url="http://localhost:port"),
)


@pytest.mark.parametrize(
    ("declared", "here"),
    [
        ("prometheus:9090", "127.0.0.1:9091"),
        # Prometheus's own container is `localhost` to it.
        ("localhost:9090", "127.0.0.1:9091"),
        ("alertmanager:9093", "127.0.0.1:9193"),
        ("node-exporter:9100", "127.0.0.1:9500"),
        ("host.docker.internal:9100", "127.0.0.1:9500"),
        ("localhost:9100", "127.0.0.1:9500"),
        ("host.docker.internal:3001", "127.0.0.1:3001"),
        ("host.containers.internal:3001", "127.0.0.1:3001"),
        ("grafana:3000", "127.0.0.1:3003"),
        ("db.shop.example:9187", "db.shop.example:9187"),
        ("10.1.2.3:9100", "10.1.2.3:9100"),
        ("[::1]:9090", "127.0.0.1:9091"),
        ("[2001:db8::1]:9100", "[2001:db8::1]:9100"),
    ],
)
def test_an_address_is_that_of_the_same_service_on_this_machine(declared: str, here: str) -> None:
    assert _Addresses(Stack(name="s", access_points=POINTS), {"node-exporter": 9500}).of(declared) == here


def made(text: str, folder: Path, variables: dict[str, str] | None = None, **ports: int) -> Blueprint:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "shop.py").write_text("from monitoring_as_code import *\n" + text)
    analysis = Analysis(load_project(str(folder), Config(), ()))
    return blueprint(analysis, Secrets(variables or {}, folder / "secrets"), {name.replace("_", "-"): port for name, port in ports.items()})


def of_prometheus(found: Blueprint) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(found.services[0].files["prometheus.yml"])
    return tree


STACK = """
routing = Routing(receiver=Receiver(name="r"))
stack = Stack(name="s", retention="5d", alertmanagers=("alertmanager:9093", "far.example:9093"), external_labels={"cluster": "eu"}, jobs=(
    ScrapeJob(name="app", targets=("host.docker.internal:8000", "far.example:8000"), labels={"team": "a"}, metrics_path="/m", scrape_interval="30s"),
    ScrapeJob(name="named", targets=("host.docker.internal:8001",), labels={"instance": "mine"}),
))
"""


def test_what_is_elsewhere_stays_as_it_is_and_what_is_here_keeps_its_name(tmp_path: Path) -> None:
    assert of_prometheus(made(STACK, tmp_path)) == {
        "global": {"scrape_interval": "1m", "evaluation_interval": "1m", "external_labels": {"cluster": "eu"}},
        "rule_files": ["rules/*.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:9093"]}]}]},
        "scrape_configs": [
            {
                "job_name": "app",
                "scrape_interval": "30s",
                "metrics_path": "/m",
                "static_configs": [
                    {"targets": ["127.0.0.1:8000"], "labels": {"team": "a", "instance": "host.docker.internal:8000"}},
                    {"targets": ["far.example:8000"], "labels": {"team": "a"}},
                ],
            },
            {"job_name": "named", "static_configs": [{"targets": ["127.0.0.1:8001"], "labels": {"instance": "mine"}}]},
        ],
    }


def test_alerts_of_this_machine_are_told_to_nobody_elsewhere(tmp_path: Path) -> None:
    assert made(STACK, tmp_path).words == ("`far.example:9093` is told of no alert: those of this machine stay here",)


def test_only_what_is_scraped_or_notified_runs_on_its_usual_port(tmp_path: Path) -> None:
    found = made(STACK, tmp_path)
    assert [(each.name, each.port) for each in found.services] == [("prometheus", 9091), ("alertmanager", 9093)]
    assert (found.retention, found.patience_seconds) == ("5d", 66)


def test_without_routing_nobody_is_notified_and_that_is_said(tmp_path: Path) -> None:
    found = made(STACK.replace('routing = Routing(receiver=Receiver(name="r"))', ""), tmp_path)
    assert [each.name for each in found.services] == ["prometheus"]
    assert "alerting" not in of_prometheus(found)
    assert found.words == ("there is no routing, so Alertmanager is not started and nobody is told of alerts",)


def test_the_declared_retention_holds_and_another_one_in_the_environment_is_said(tmp_path: Path) -> None:
    text = STACK.replace('"far.example:9093"', "")
    found = made(text, tmp_path, {"PROMETHEUS_RETENTION": "9d"})
    assert found.retention == "5d"
    assert found.words == ("`PROMETHEUS_RETENTION` is `9d`, but the stack declares `5d`, and that is what holds",)


def test_without_a_stack_there_is_nothing_to_start(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="declare a `Stack`"):
        made("", tmp_path)


def test_two_services_on_one_port_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="`prometheus` and `alertmanager` are both to listen on port 9093"):
        made(STACK, tmp_path, prometheus=9093)


def test_node_exporter_runs_where_it_is_scraped() -> None:
    job = ScrapeJob(name="node", targets=("node-exporter:9100",), exporter=Exporter(name="node", metrics=()))
    assert _Addresses(Stack(name="s", jobs=(job,)), {}).of(job.targets[0]) == "127.0.0.1:9100"


def test_what_runs_in_containers_alone_is_named(tmp_path: Path) -> None:
    found = made(
        """
stack = Stack(
    name="s",
    external_labels={"cluster": "eu"},
    grafana=GrafanaServer(database=Postgres()),
    proxy=Nginx(domain="s.example.com"),
    long_term=Thanos(),
    access_points=(AccessPoint(service="Grafana", url="https://s.example.com"), AccessPoint(service="Shop", url="https://shop.example.com")),
)
""",
        tmp_path,
    )
    assert found.elsewhere == ("Grafana", "PostgreSQL", "Nginx", "Thanos")
