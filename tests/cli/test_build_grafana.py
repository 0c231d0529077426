"""`mac build` for another Grafana, and in other forms: for once by an option, for good by pyproject.toml."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_cli import Mac

DEFINITIONS = """\
from monitoring_as_code import Dashboard, Gauge, GaugePanel, Row

queue = Gauge(name="queue_jobs", help="Jobs that wait.")
board = Dashboard(
    name="Queue",
    uid="queue",
    description="Do jobs wait?",
    folder="Shop",
    rows=(Row(panels=(GaugePanel(title="Jobs", expr=queue, description="Jobs that wait.", max=100),)),),
)
"""
CLASSIC, V1, V2 = "dashboards/Shop/queue.json", "resources/v1/Shop/queue.json", "resources/v2/Shop/queue.json"


@pytest.fixture
def mac(root: Path, tmp_path: Path) -> Mac:
    made = Mac(root, tmp_path)
    made.define(DEFINITIONS)
    return made


def read(mac: Mac, path: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((mac.project / "build" / "grafana" / path).read_text())


def test_an_option_holds_for_one_build_and_says_how_to_keep_it(mac: Mac) -> None:
    done = mac("build", "--grafana", "11")
    assert done.returncode == 0, done.stdout
    assert done.stderr.endswith('to keep this, write under [tool.mac]: grafana-version = "11"\n')
    made = read(mac, CLASSIC)
    assert (made["schemaVersion"], made["panels"][0]["pluginVersion"]) == (41, "11.6.0")
    assert "effects" not in made["panels"][0]["options"]
    assert mac("build", "--check", "--grafana", "11").returncode == 0
    assert "stale-artifact" in mac("lint").stdout
    (mac.project / "pyproject.toml").write_text('[tool.mac]\ngrafana-version = "11"\n')
    assert mac("lint").stdout == "no findings\n"
    again = mac("build")
    assert (again.returncode, again.stderr.partition(",")[0]) == (0, "0 written")
    assert "tool.mac" not in again.stderr


def test_resources_stand_beside_the_classic_form_and_go_when_they_are_no_longer_wanted(mac: Mac) -> None:
    done = mac("build", "--resources", "v1,v2")
    assert done.returncode == 0, done.stdout
    assert done.stderr.endswith('to keep this, write under [tool.mac]: grafana-resources = ["v1", "v2"]\n')
    assert read(mac, V1)["spec"]["title"] == read(mac, V2)["spec"]["title"] == read(mac, CLASSIC)["title"] == "Queue"
    assert read(mac, V2)["apiVersion"] == "dashboard.grafana.app/v2"
    assert mac("build", "--grafana", "12", "--resources", "v2").returncode == 0
    assert read(mac, V2)["apiVersion"] == "dashboard.grafana.app/v2beta1"
    assert not (mac.project / "build" / "grafana" / V1).exists()
    assert mac("build").returncode == 0
    assert not (mac.project / "build" / "grafana" / "resources").exists()
    assert mac("lint").stdout == "no findings\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--grafana", "10"), "'10' is not one of '11', '12', '13'"),
        (("--resources", "v3"), "there is no form `v3`: write `v1`, `v2` or `v1,v2`"),
        (("--grafana", "11", "--resources", "v1"), "Grafana 11 takes classic dashboards only"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments: tuple[str, ...], message: str, mac: Mac) -> None:
    done = mac("build", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not (mac.project / "build").exists()
