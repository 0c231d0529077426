"""Resources hold what the other artifacts say, under names that Kubernetes takes, and read by the programs that they are for."""

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.config import Config, read_config
from monitoring_as_code.config.kubernetes import Kubernetes
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.naming import resource_name
from monitoring_as_code.project import load_project

CASE = Path(__file__).parents[1] / "targets/kubernetes"
EMITTED = CASE / "expected/kubernetes"

Json = dict[str, Any]


def analysis_of(folder: Path, definitions: str, settings: Kubernetes | None = None) -> Analysis:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "case.py").write_text(definitions)
    project = load_project(folder, Config(kubernetes=settings or Kubernetes()))
    assert not project.problems
    return Analysis(project)


def read(text: str | bytes) -> Json:
    found: Json = yaml.safe_load(text)
    return found


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All files of the case that has everything, those of the other targets included."""
    folder = tmp_path_factory.mktemp("project")
    config, problems = read_config(CASE)
    assert not problems
    (folder / "definitions").mkdir()
    shutil.copy(CASE / "definitions.py", folder / "definitions" / "case.py")
    return plan(Analysis(load_project(folder, config))).files


def test_nothing_is_made_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    shutil.copy(CASE / "definitions.py", tmp_path / "definitions" / "case.py")
    files = plan(Analysis(load_project(tmp_path, Config()))).files
    assert files
    assert not [path for path in files if path.startswith("kubernetes/")]


def test_kustomization_lists_every_resource(case: dict[str, bytes]) -> None:
    listed = read(case["kubernetes/kustomization.yaml"])["resources"]
    assert [f"kubernetes/{path}" for path in listed] == sorted(
        path for path in case if path.startswith("kubernetes/") and not path.endswith("kustomization.yaml")
    )


def test_a_dashboard_in_a_config_map_is_the_dashboard(case: dict[str, bytes]) -> None:
    (text,) = read(case["kubernetes/dashboards/post-office-dashboard-parcels-1.yaml"])["data"].values()
    (dashboard,) = [content for path, content in case.items() if path.startswith("grafana/dashboards/")]
    assert json.loads(text) == json.loads(dashboard)
    assert "\u2028" not in text


def test_rules_are_those_of_the_rule_file_and_say_how_often(case: dict[str, bytes]) -> None:
    resource = read(case["kubernetes/rules/post-office-case.yaml"])["spec"]["groups"]
    file = read(case["prometheus/rules/case.yml"])["groups"]
    assert [group.pop("interval") for group in resource] == ["5m", "30s"]
    assert [{key: value for key, value in group.items() if key != "interval"} for group in file] == resource


@pytest.mark.engines("promtool")
def test_promtool_accepts_the_rules(tmp_path: Path) -> None:
    for file in (EMITTED / "rules").iterdir():
        (tmp_path / file.name).write_text(json.dumps(read(file.read_bytes())["spec"]))
    assert engines.promtool.check_rules(sorted(tmp_path.iterdir())) == []
    (tmp_path / file.name).write_text((tmp_path / file.name).read_text().replace("keep_firing_for", "keepFiringFor"))
    assert engines.promtool.check_rules(sorted(tmp_path.iterdir())) != []


@pytest.mark.engines("promtool")
def test_promtool_accepts_what_a_service_monitor_becomes(tmp_path: Path) -> None:
    """The operator writes its relabelings in Prometheus's words."""
    words = {"sourceLabels": "source_labels", "targetLabel": "target_label"}
    for file in (EMITTED / "monitors").iterdir():
        for number, endpoint in enumerate(read(file.read_bytes())["spec"]["endpoints"]):
            rules = [{words.get(key, key): value for key, value in each.items()} for each in endpoint["relabelings"]]
            job = {"job_name": "x", "relabel_configs": rules, "static_configs": [{"targets": ["a:1"]}]}
            config = tmp_path / f"{file.stem}-{number}.yml"
            config.write_text(json.dumps({"scrape_configs": [job]}))
            assert engines.promtool.check_config(config) == []


def test_mac_lint_finds_nothing_in_our_own_resources() -> None:
    rules = sorted(map(str, (EMITTED / "rules").iterdir()))
    found = read_files(rules, str(EMITTED), Config())
    assert len(found.of(Alert)) == 2
    assert lint(Analysis(found, Catalogue(complete=False))) == []


def test_the_settings_that_the_docs_show_are_settings(root: Path, tmp_path: Path) -> None:
    shown = [block for block in re.findall(r"```toml\n(.*?)```", (root / "docs/kubernetes.md").read_text(), re.DOTALL) if "ports" in block]
    (tmp_path / "pyproject.toml").write_text("".join(shown))
    _, problems = read_config(tmp_path)
    assert not problems
    assert set(tomllib.loads(shown[0])["tool"]["mac"]["kubernetes"]) == {field.replace("_", "-") for field in Kubernetes._fields}


SERVICES = [
    ("shop:80", "ServiceMonitor", None),
    ("shop.backend.svc:80", "ServiceMonitor", ["backend"]),
    ("shop.backend.svc.cluster.local:80", "ServiceMonitor", ["backend"]),
    ("shop.example:80", "ScrapeConfig", None),
    ("localhost:80", "ScrapeConfig", None),
    ("10.0.0.1:80", "ScrapeConfig", None),
    ("[::1]:80", "ScrapeConfig", None),
    ("Shop:80", "ScrapeConfig", None),
    ("host.docker.internal:80", "ScrapeConfig", None),
]


@pytest.mark.parametrize(("target", "kind", "namespaces"), SERVICES, ids=[each[0] for each in SERVICES])
def test_what_the_clusters_dns_names_as_a_service_is_monitored_as_one(
    target: str, kind: str, namespaces: list[str] | None, tmp_path: Path
) -> None:
    definitions = f"from monitoring_as_code import *\nstack = Stack(name='s', jobs=(ScrapeJob(name='j', targets=({target!r},)),))\n"
    files = plan(analysis_of(tmp_path, definitions)).files
    (made,) = [read(text) for path, text in files.items() if path.startswith(("kubernetes/monitors/", "kubernetes/scrapes/"))]
    assert made["kind"] == kind
    assert made["spec"].get("namespaceSelector", {}).get("matchNames") == namespaces


def test_a_port_of_a_scrape_job_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mac.kubernetes.ports]\nshoop = "http"\n')
    definitions = "from monitoring_as_code import *\nstack = Stack(name='s', jobs=(ScrapeJob(name='shop', targets=('shop:80',)),))\n"
    settings = read_config(tmp_path)[0].kubernetes
    (problem,) = plan(analysis_of(tmp_path, definitions, settings)).problems
    assert problem.message == "`ports` names the scrape job `shoop`, but the stack has none of that name"
    assert problem.help == "did you mean `shop`?"
    assert problem.location is not None
    assert (problem.location.path, problem.location.line, problem.location.column) == (str(tmp_path / "pyproject.toml"), 2, 1)


DASHBOARD = """\
from monitoring_as_code import *
waiting = Gauge(name="parcels_waiting", help="Parcels that wait.")
texts = tuple(Row(title=str(number), panels=(TextPanel(title="t", content="x" * {length}),)) for number in range(10))
large = Dashboard(name="Large", uid="large", rows=(Row(title="r", panels=(TimeSeries(title="t", expr=waiting),)), *texts))
"""


def test_a_dashboard_that_is_too_large_is_a_finding(tmp_path: Path) -> None:
    made = plan(analysis_of(tmp_path, DASHBOARD.format(length=110_000)))
    (problem,) = made.problems
    assert problem.rule == "oversized-resource"
    assert problem.message.startswith("`Large` takes 1,1")
    assert problem.location is not None
    assert problem.location.line == 4
    assert not [path for path in made.files if path.startswith("kubernetes/dashboards/")]


def test_one_that_is_too_large_for_its_blanks_loses_them(tmp_path: Path) -> None:
    made = plan(analysis_of(tmp_path, DASHBOARD.format(length=104_300)))
    assert not made.problems
    (text,) = read(made.files["kubernetes/dashboards/mac-dashboard-large.yaml"])["data"].values()
    assert text.count("\n") == 1
    assert len(text) < 1024 * 1024 < len(made.files["grafana/dashboards/large.json"])
    assert json.loads(text) == json.loads(made.files["grafana/dashboards/large.json"])


def test_two_resources_of_one_name_are_a_finding(tmp_path: Path) -> None:
    definitions = "from monitoring_as_code import *\n" + "".join(
        f"d{number} = Dashboard(name='{number}', uid={uid!r}, rows=())\n" for number, uid in enumerate(("a_b", "a-b"))
    )
    (problem,) = plan(analysis_of(tmp_path, definitions)).problems
    assert problem.message == "two artifacts would be `kubernetes/dashboards/mac-dashboard-a-b.yaml`"


@pytest.mark.parametrize("part", ["x" * 63, "x" * 200, "é" * 80, "a b_c.D", "-", "0"])
def test_a_name_is_a_label_of_dns_whatever_it_is_made_of(part: str) -> None:
    name = resource_name("Post Office", part)
    assert len(name) <= 63
    assert name.replace("-", "").isalnum()
    assert name.isascii()
    assert not name.endswith("-")
    assert name != resource_name("Post Office", part + "y")
