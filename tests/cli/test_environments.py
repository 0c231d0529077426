"""A project with three environments through the whole command, as users run it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operate.shop import free_ports

Done = subprocess.CompletedProcess[str]
Mac = Callable[..., Done]

DEFINITIONS = """\
from monitoring_as_code import (
    Alert, Counter, Dashboard, Receiver, Row, Routing, Runbook, ScrapeJob, Slack, Stack, TimeSeries, by_env, rate_interval,
)

orders = Counter(name="orders_total", help="Orders taken.")
paid = Counter(name="paid_total", help="Orders paid.")
runbook = Runbook(meaning="Nobody can order.", check=("Look at the shop.",))
no_orders = Alert(
    name="NoOrders",
    expr=orders.rate("10m").sum() < by_env(0.1, local=0.01),
    for_=by_env("15m", local="1m"),
    severity="warning",
    summary="Orders have stopped",
    runbook=runbook,
)
alerts = by_env(
    (
        Alert(
            name="NobodyPays",
            expr="sum(rate(paid_total[10m])) < 1",
            for_="15m",
            severity="warning",
            summary="Nobody pays",
            runbook=runbook,
        ),
    ),
    local=(),
)
dashboard = Dashboard(
    name="Shop",
    uid="shop",
    rows=(
        Row(
            title="Orders",
            panels=(
                TimeSeries(title="Orders", expr=orders.rate(rate_interval).sum(), alert=no_orders),
                *by_env((TimeSeries(title="Paid", expr=paid.rate(rate_interval).sum()),), local=()),
            ),
        ),
    ),
)
stack = Stack(
    name="shop",
    scrape_interval=by_env("15s", local="5s"),
    retention=by_env("30d", local="2d", staging="7d"),
    jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),),
    alertmanagers=("alertmanager:9093",),
    docs_url=by_env("https://docs.shop.example", local="http://localhost:8080"),
)
routing = Routing(receiver=Receiver(name="shop", integrations=(Slack(channel=by_env("#shop", local="#shop-dev")),)))
"""
SCENARIOS = """\
from monitoring_as_code import Fires, Scenario, Series, by_env, per_second

from .shop import no_orders, orders

few = Scenario(
    name="few orders come",
    alert=no_orders,
    given=(Series(of=orders, values=per_second(0.005)),),
    expect=(Fires(within=by_env("30m", local="12m")),),
)
"""
ENVIRONMENTS = ("local", "staging", "production")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "definitions").mkdir(parents=True)
    (folder / "definitions" / "shop.py").write_text(DEFINITIONS)
    declare(folder, *ENVIRONMENTS)
    return folder


def declare(project: Path, *environments: str) -> None:
    """Names the environments in pyproject.toml."""
    key = f"environments = {json.dumps(environments)}\n" if environments else ""
    (project / "pyproject.toml").write_text(f"[tool.mac]\n{key}")


def change(project: Path, old: str, new: str, file: str = "shop.py") -> None:
    path = project / "definitions" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def mac(root: Path, project: Path, tmp_path: Path) -> Mac:
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "SLACK_WEBHOOK_URL")}
    homes = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(root)}

    def run(*arguments: str) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "monitoring_as_code", *arguments],
            cwd=project,
            env=clean | homes,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


def built(project: Path) -> dict[str, bytes]:
    folder = project / "build"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def below(files: dict[str, bytes], environment: str) -> dict[str, bytes]:
    return {path: content for path, content in files.items() if path.startswith(f"{environment}/")}


def test_each_environment_has_a_tree_of_its_own_and_all_one_manifest(mac: Mac, project: Path) -> None:
    assert mac("build").returncode == 0
    files = built(project)
    assert {path.partition("/")[0] for path in files} == {*ENVIRONMENTS, "manifest.json"}
    assert set(json.loads(files["manifest.json"])["files"]) == files.keys() - {"manifest.json"}
    for environment, rule in (("local", b"< 0.01"), ("staging", b"< 0.1"), ("production", b"< 0.1")):
        rules = files[f"{environment}/prometheus/rules/shop.yml"]
        assert rule in rules
        assert (b"NobodyPays" in rules) == (environment != "local")
    assert b"docs.shop.example" in files["production/prometheus/rules/shop.yml"]
    done = mac("lint")
    assert (done.stdout, done.returncode) == ("no findings\n", 0)


def test_links_between_pages_stay_within_their_tree(mac: Mac, project: Path) -> None:
    mac("build", "-q")
    for page in (project / "build").rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+\.md)[)#]", page.read_text()):
            found = (page.parent / target).resolve()
            assert found.is_file(), (page, target)
            assert found.is_relative_to(project / "build" / page.relative_to(project / "build").parts[0])


def test_the_same_bytes_come_out_wherever_and_however_often_they_are_built(mac: Mac, project: Path) -> None:
    mac("build", "-q")
    first = built(project)
    assert mac("build").stderr.splitlines()[-1].startswith("0 written, 0 removed")
    shutil.rmtree(project / "build")
    for environment in reversed(ENVIRONMENTS):
        assert mac("build", "-q", "--env", environment).returncode == 0
    assert built(project) == first


def test_a_build_of_one_environment_leaves_the_others_alone(mac: Mac, project: Path) -> None:
    mac("build", "-q")
    before = built(project)
    change(project, 'retention=by_env("30d"', 'retention=by_env("60d"')
    change(project, 'staging="7d"', 'staging="8d"')
    assert mac("build", "-q", "--env", "staging").returncode == 0
    after = built(project)
    assert below(after, "staging") != below(before, "staging")
    assert below(after, "production") == below(before, "production")
    assert mac("build", "--check", "--env", "staging").returncode == 0
    assert mac("lint", "--env", "staging").stdout == "no findings\n"
    done = mac("lint")
    assert done.returncode == 1
    assert "`production/" in done.stdout
    assert "`staging/" not in done.stdout


def test_what_an_environment_left_behind_goes_with_it_and_so_does_the_one_tree(mac: Mac, project: Path) -> None:
    same_everywhere = """\
from monitoring_as_code import Gauge
queue = Gauge(name="queue", help="Jobs.", unused="an example")
"""
    (project / "definitions" / "shop.py").write_text(same_everywhere)
    trees: list[dict[str, bytes]] = []
    for environments in (ENVIRONMENTS, ENVIRONMENTS[1:], (), ENVIRONMENTS[:1], ENVIRONMENTS):
        declare(project, *environments)
        done = mac("build", "-q")
        assert done.returncode == 0, done.stdout
        trees.append(built(project))
        assert {each.name for each in (project / "build").iterdir() if each.is_dir()} == (set(environments) or {"docs"})
        assert mac("lint").returncode == 0
    assert trees[0] == trees[-1]
    one = {path: content for path, content in trees[2].items() if path != "manifest.json"}
    assert {f"local/{path}": content for path, content in one.items()} == below(trees[3], "local")


WRONG = {
    "text": "= note: only in the environments `staging` and `production`\n",
    "github": "%0Aonly in the environments `staging` and `production`%0A",
    "json": '"environments": [\n      "staging",\n      "production"\n    ]',
    "sarif": "\\nonly in the environments `staging` and `production`\\n",
}


@pytest.mark.parametrize("form", WRONG)
def test_every_form_of_findings_tells_equal_ones_once_and_says_where_one_is_not_in_all(mac: Mac, project: Path, form: str) -> None:
    change(project, '"sum(rate(paid_total[10m]))', '"sum(rate(payd_total[10m]))')
    change(project, "orders.rate(rate_interval).sum()", '"sum(rate(orders_totl[5m]))"')
    done = mac("lint", "--format", form)
    assert done.stdout.count("no metric `payd_total` is declared") == 1
    assert done.stdout.count("no metric `orders_totl` is declared") == 1
    assert (done.stdout.count(WRONG[form]), done.returncode) == (1, 1)


def test_a_finding_of_the_environment_that_is_asked_for_needs_no_word_of_it(mac: Mac, project: Path) -> None:
    change(project, '"sum(rate(paid_total[10m]))', '"sum(rate(payd_total[10m]))')
    done = mac("lint", "--env", "production")
    assert "no metric `payd_total` is declared" in done.stdout
    assert "only in" not in done.stdout
    assert mac("build", "-q", "--env", "local").returncode == 0, "what is wrong elsewhere is no matter here"
    assert mac("lint", "--env", "local").stdout == "no findings\n"


COMMANDS = ("build", "lint", "test", "routes", "smoke", "up", "down", "status", "logs", "reset", "backup", "list", "backtest", "restore")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_environment_that_is_not_there_is_wrong_usage_with_the_names(mac: Mac, command: str) -> None:
    more = {"backtest": ["--openmetrics", "x"], "restore": ["--stack", "x"]}.get(command, [])
    done = mac(command, "--env", "prod", *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no environment `prod`: there are `local`, `staging` and `production`" in done.stderr


def test_in_a_project_without_environments_the_option_says_how_to_have_some(mac: Mac, project: Path) -> None:
    declare(project)
    done = mac("list", "--env", "local")
    assert done.returncode == 2
    assert "this project has none; `environments` under [tool.mac] in pyproject.toml names them" in done.stderr


def test_who_names_no_environment_gets_the_first_with_a_word(mac: Mac) -> None:
    done = mac("list", "alerts")
    assert "in the environment `local`, the first; `--env` names another" in done.stderr
    assert "NobodyPays" not in done.stdout
    done = mac("list", "alerts", "--env", "production")
    assert (done.stderr, "NobodyPays" in done.stdout) == ("", True)
    assert "#shop-dev" in mac("routes", "--env", "local").stdout


@pytest.mark.engines("promtool")
def test_each_environment_is_proven_and_the_same_proofs_once(mac: Mac, project: Path, tmp_path: Path) -> None:
    (project / "definitions" / "scenarios.py").write_text(SCENARIOS)
    done = mac("test", "--no-witnesses", "--junit", str(tmp_path / "report.xml"))
    assert done.returncode == 0, done.stdout
    heads = [line for line in done.stdout.splitlines() if line.startswith("in the environment")]
    assert heads == ["in the environment `local`", "in the environment `staging`, and `production`, whose proofs are the same"]
    assert (tmp_path / "report.xml").read_text().count("<testcase ") == 2
    report = json.loads(mac("test", "--no-witnesses", "--format", "json").stdout)
    assert (report["holds"], report["environments"].keys()) == (True, set(ENVIRONMENTS))
    assert report["environments"]["production"] == {"same_as": "staging"}

    change(project, 'local="12m"', 'local="11m"', "scenarios.py")
    change(project, "per_second(0.005)", "per_second(by_env(0.005, local=0.5))", "scenarios.py")
    done = mac("test", "--no-witnesses", "--format", "github")
    assert done.returncode == 1
    assert done.stdout.count("::error") == 1
    assert "only in the environment `local`" in done.stdout
    assert mac("test", "--no-witnesses", "--env", "production", "-q").returncode == 0
    again = mac("test", "--last-failed")
    assert [line for line in again.stdout.splitlines() if line.startswith("in the environment")] == ["in the environment `local`"]
    only = mac("test", "NobodyPays")
    assert "in the environment `local`" not in only.stdout
    assert mac("test", "NobodyPais").returncode == 2


@pytest.mark.engines("prometheus", "alertmanager")
def test_stacks_of_two_environments_run_side_by_side_and_are_found_again(mac: Mac) -> None:
    ports = iter(free_ports(6))

    def up(environment: str) -> Done:
        named = [f"--port={service}={next(ports)}" for service in ("prometheus", "alertmanager", "node-exporter")]
        return mac("up", "--env", environment, "--no-wait", "-q", *named)

    try:
        assert up("production").returncode == 0
        done = mac("status")
        assert "in the environment `production`, whose stack runs" in done.stderr
        done = mac("up", "--no-wait")  # what `mac status` advises
        assert "in the environment `production`, whose stack runs" in done.stderr
        assert "unchanged: prometheus, alertmanager" in done.stderr
        assert up("local").returncode == 0
        done = mac("down")
        assert done.returncode == 2
        assert "say by `--env` which one is meant, of `local` and `production`" in done.stderr
        assert mac("down", "--env", "local").returncode == 0
        assert "prometheus" in mac("down").stderr
        assert "nothing runs" in mac("down", "--env", "production").stderr
    finally:
        for environment in ENVIRONMENTS:
            mac("down", "--env", environment)
