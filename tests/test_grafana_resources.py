"""Dashboards as resources of Grafana's API say what the classic form says."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import Dashboard
from monitoring_as_code.config import Config
from monitoring_as_code.targets.grafana.resources import resources

CASES = Path(__file__).parent / "targets"
DASHBOARDS = sorted(CASES.glob("*/expected/grafana/dashboards/**/*.json"))
BOARD = Dashboard(name="d", uid="some-uid", folder="Back office: jobs", rows=())

Json = dict[str, Any]


def made(classic: bytes, form: str, version: str = "13") -> Json:
    config = Config(grafana_version=version, grafana_resources=(form,))
    ((path, content),) = resources(config, BOARD, classic)
    assert path == f"grafana/resources/{form}/back-office-jobs/some-uid.json"
    found: Json = json.loads(content)
    assert json.dumps(found) == json.dumps(found, sort_keys=True)
    assert content.endswith(b"}\n")
    return found


def items(layout: Json) -> list[Json]:
    if layout["kind"] == "GridLayout":
        return list(layout["spec"]["items"])
    return [item for row in layout["spec"]["rows"] for item in items(row["spec"]["layout"])]


every_dashboard = pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: f"{file.relative_to(CASES).parts[0]}-{file.stem}")


@every_dashboard
def test_v1_is_the_classic_form_in_an_envelope_that_has_the_uid(file: Path) -> None:
    classic = json.loads(file.read_text())
    found = made(file.read_bytes(), "v1")
    assert found["metadata"] == {"annotations": {"grafana.app/folder": "back-office-jobs"}, "name": "some-uid"}
    assert {**found["spec"], "uid": classic["uid"]} == classic


@every_dashboard
def test_v2_shows_every_panel_once_and_as_large_as_the_classic_form(file: Path) -> None:
    classic = json.loads(file.read_text())
    spec = made(file.read_bytes(), "v2")["spec"]
    panels = [each for panel in classic["panels"] for each in (panel, *panel.get("panels", ())) if each["type"] != "row"]
    shown = {
        item["spec"]["element"]["name"]: (item["spec"]["x"], item["spec"]["width"], item["spec"]["height"])
        for item in items(spec["layout"])
    }
    assert shown == {f"panel-{each['id']}": (each["gridPos"]["x"], each["gridPos"]["w"], each["gridPos"]["h"]) for each in panels}
    assert spec["elements"].keys() == shown.keys()
    assert len(items(spec["layout"])) == len(panels)
    if spec["layout"]["kind"] == "RowsLayout":
        headings = [row["spec"]["title"] for row in spec["layout"]["spec"]["rows"] if not row["spec"].get("hideHeader")]
        assert headings == [each["title"] for each in classic["panels"] if each["type"] == "row"]


@every_dashboard
def test_v2_asks_what_the_classic_form_asks(file: Path) -> None:
    classic = json.loads(file.read_text())
    spec = made(file.read_bytes(), "v2")["spec"]
    for panel in (each for outer in classic["panels"] for each in (outer, *outer.get("panels", ()))):
        if panel["type"] == "row" or "libraryPanel" in panel:
            continue
        data = spec["elements"][f"panel-{panel['id']}"]["spec"]["data"]["spec"]
        asked = [
            {
                **query["spec"]["query"]["spec"],
                "datasource": query["spec"]["query"]["datasource"]["name"],
                "hide": query["spec"]["hidden"],
                "refId": query["spec"]["refId"],
            }
            for query in data["queries"]
        ]
        wanted = [{"hide": False, **target, "datasource": target["datasource"]["uid"]} for target in panel.get("targets", ())]
        assert asked == wanted
    assert [each["spec"]["name"] for each in spec["variables"]] == [each["name"] for each in classic["templating"]["list"]]
    assert [each["spec"]["name"] for each in spec["annotations"]] == [each["name"] for each in classic["annotations"]["list"]]


@pytest.mark.parametrize(
    ("version", "form", "expected"), [("12", "v1", "v1beta1"), ("12", "v2", "v2beta1"), ("13", "v1", "v1beta1"), ("13", "v2", "v2")]
)
def test_the_version_of_the_api_is_one_that_the_grafana_has(version: str, form: str, expected: str) -> None:
    assert made(DASHBOARDS[0].read_bytes(), form, version)["apiVersion"] == f"dashboard.grafana.app/{expected}"


def test_a_transformation_is_spelt_as_the_version_of_the_api_does() -> None:
    classic = json.loads((CASES / "dashboard-resources/expected/grafana/dashboards/grid.json").read_text())
    classic["panels"][0]["transformations"] = [{"disabled": True, "id": "merge", "options": {}}]
    text = json.dumps(classic).encode()
    steps = {}
    for version in ("12", "13"):
        (element,) = made(text, "v2", version)["spec"]["elements"].values()
        steps[version] = element["spec"]["data"]["spec"]["transformations"]
    assert steps == {
        "12": [{"kind": "merge", "spec": {"disabled": True, "id": "merge", "options": {}}}],
        "13": [{"group": "merge", "kind": "Transformation", "spec": {"disabled": True, "options": {}}}],
    }


def test_a_panel_of_the_library_is_a_reference() -> None:
    classic = json.loads((CASES / "dashboard-resources/expected/grafana/dashboards/grid.json").read_text())
    library = {"name": "Clock", "uid": "clock"}
    classic["panels"] = [
        {"gridPos": {"h": 4, "w": 24, "x": 0, "y": 3}, "id": 7, "libraryPanel": library, "title": "Time", "type": "library"}
    ]
    spec = made(json.dumps(classic).encode(), "v2")["spec"]
    assert spec["elements"] == {"panel-7": {"kind": "LibraryPanel", "spec": {"id": 7, "libraryPanel": library, "title": "Time"}}}
    assert items(spec["layout"])[0]["spec"]["y"] == 0
