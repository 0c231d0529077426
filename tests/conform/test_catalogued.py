"""A job with a catalogue of the package: its exporter's page is held to what the definitions name, whatever the version."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogues import alertmanager, node_exporter, prometheus
from monitoring_as_code.config import Config
from monitoring_as_code.conform import Finding, conformance, contract_of
from monitoring_as_code.exposition import is_openmetrics
from monitoring_as_code.project import load_project

DEFINITIONS = """\
from monitoring_as_code import Alert, ScrapeJob, Stack
from monitoring_as_code.catalogues import node_exporter, prometheus

stack = Stack(
    name="hosts",
    jobs=(
        ScrapeJob(name="node", targets=("localhost:9100",), exporter=node_exporter),
        ScrapeJob(name="prometheus", targets=("localhost:9090",), exporter=prometheus),
    ),
)
"""
ALERT = """
failing = Alert(
    name="RulesFail", severity="info", summary="Rules fail.", for_="5m",
    expr='increase(prometheus_rule_evaluation_failures_total{rule_group!=""}[5m]) > 0',
)
"""
PAGE = "# TYPE prometheus_rule_evaluation_failures_total {kind}\nprometheus_rule_evaluation_failures_total{labels} 0\n"


def project(folder: Path, text: str = DEFINITIONS) -> Path:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "hosts.py").write_text(text)
    return folder


def run(folder: Path, page: str, job: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitoring_as_code", "-C", str(folder), "conform", "-", "--job", job]
    return subprocess.run(command, input=page, capture_output=True, text=True, check=False)


def test_metrics_that_only_text_names_are_held(tmp_path: Path) -> None:
    folder = project(tmp_path, DEFINITIONS + ALERT)
    right = run(folder, PAGE.format(kind="counter", labels='{rule_group="a"}'), "prometheus")
    assert (right.returncode, right.stdout) == (0, "no findings\n")
    assert right.stderr == "1 metric with 1 sample held to 1 metric that the definitions name\n"
    wrong = run(folder, PAGE.format(kind="gauge", labels='{rule_group="a"}'), "prometheus")
    assert wrong.returncode == 1
    assert "error[wrong-metric-kind]" in wrong.stdout
    assert "scraped by this job" in wrong.stdout
    without = run(folder, PAGE.format(kind="counter", labels=""), "prometheus")
    assert "error[absent-label]: `prometheus_rule_evaluation_failures_total` is declared with label `rule_group`" in without.stdout


def test_a_page_of_which_nothing_is_named_is_judged_by_itself(tmp_path: Path) -> None:
    folder = project(tmp_path)
    right = run(folder, PAGE.format(kind="gauge", labels=""), "prometheus")
    assert (right.returncode, right.stdout) == (0, "no findings\n")
    assert "judged by the page alone: the definitions name no metric of the exporter `prometheus`" in right.stderr
    assert run(folder, "# TYPE a counter\na_total NaN NaN\n", "prometheus").returncode == 1


def test_a_finding_of_a_catalogue_is_allowed_at_the_job(tmp_path: Path) -> None:
    text = DEFINITIONS.replace(
        '        ScrapeJob(name="prom', '        # mac: allow[wrong-metric-kind] a build of our own\n        ScrapeJob(name="prom'
    )
    found = run(project(tmp_path, text + ALERT), PAGE.format(kind="gauge", labels='{rule_group="a"}'), "prometheus")
    assert (found.returncode, found.stdout) == (0, "no findings\n")


@pytest.mark.parametrize(
    ("job", "program"),
    [("node", "node_exporter"), ("prometheus", "prometheus"), ("alertmanager", "alertmanager")],
)
def test_every_metric_of_the_installed_exporter_conforms_to_its_catalogue(tmp_path: Path, job: str, program: str, corpus: Path) -> None:
    names = {"node": node_exporter, "prometheus": prometheus, "alertmanager": alertmanager}[job].names()
    text = (
        f"from monitoring_as_code import ScrapeJob, Stack\nfrom monitoring_as_code.catalogues import {program}\n"
        f'stack = Stack(name="x", jobs=(ScrapeJob(name="{job}", targets=("localhost:1",), exporter={program}),))\n'
        f"named = [getattr({program}, name) for name in {names!r}]\n"
    )
    loaded = load_project(str(project(tmp_path, text)), Config())
    contract = contract_of(Analysis(loaded), job)
    assert len(contract.metrics) == len(names)
    for form in ("", "_openmetrics"):
        page = (corpus / "metrics" / f"live__{program}{form}.prom").read_text()
        assert told(conformance(page.split("\n"), contract, openmetrics=is_openmetrics(page), told=False).findings) == []


def told(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{each.rule}: {each.message}" for each in findings]
