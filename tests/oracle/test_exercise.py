"""Whatever a user writes, Grafana stores it as it is: each argument of each panel, varied one at a time."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import Config
from monitoring_as_code.model.panel import Panel
from monitoring_as_code.model.panels.drawing import Override, Step, ValueMapping
from monitoring_as_code.project import load_project
from tests.oracle import exercise
from tests.oracle.schema import Schema

Json = dict[str, Any]

DEFINITIONS = """
from monitoring_as_code import *
from monitoring_as_code.units import *
from tests.oracle import exercise


class Http(Labels):
    job: Label[str] = label(at_most=10)
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)


served = Counter(name="http_requests_total", help="Requests served.", unit=requests, labels=Http)
duration = Histogram(name="http_duration_seconds", help="Time to last byte.", unit=seconds, labels=Http, buckets=(0.1, 1, 10))
alert = exercise.alert
boards = exercise.dashboards()
"""


@pytest.fixture(scope="module")
def dashboards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """Each panel type's own dashboard, by its uid."""
    exercise.dashboards()  # what is tried and refused is no mistake of the definitions
    folder = tmp_path_factory.mktemp("exercise")
    (folder / "definitions").mkdir()
    (folder / "definitions" / "case.py").write_text(DEFINITIONS)
    project = load_project(folder, Config())
    assert "\n".join(each.message for each in project.problems) == ""
    made = plan(Analysis(project))
    assert made.problems == ()
    files = made.files
    found = {Path(path).stem: json.loads(text) for path, text in files.items() if path.startswith("grafana/dashboards/")}
    assert len(found) == len(exercise.kinds())
    return found


@pytest.mark.parametrize("kind", exercise.kinds(), ids=lambda kind: kind.__name__)
def test_grafana_13_stores_every_panel_with_any_of_its_arguments(kind: type[Panel], dashboards: dict[str, Json], schema_13: Schema) -> None:
    found = schema_13.violations(dashboards[kind.__name__.lower()])
    # An override sets anything; whether this type of panel has it is what lint knows.
    assert "\n".join(each for each in found if "is nothing that an override of" not in each) == ""


@pytest.mark.parametrize("kind", [*exercise.kinds(), Override, ValueMapping, *exercise.steps()], ids=lambda kind: kind.__name__)
def test_every_argument_is_exercised(kind: type[Panel | Override | ValueMapping | Step]) -> None:
    assert exercise.without_variant(kind) == []


def test_every_property_of_an_override_is_one_of_some_panel(dashboards: dict[str, Json], schema_13: Schema) -> None:
    set_somewhere: set[str] = set()
    refused: set[str] = set()
    for dashboard in dashboards.values():
        for panel in dashboard["panels"]:
            for override in panel.get("fieldConfig", {}).get("overrides", ()):
                for each in override["properties"]:
                    known = schema_13.override(panel["type"], each["id"]) is not None
                    (set_somewhere if known else refused).add(each["id"])
    assert refused - set_somewhere == set()
    assert len(set_somewhere) > 15
