"""Whatever a user writes, Grafana stores it as it is: each argument of each panel, varied one at a time."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import Config
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.panels.drawing import Override, ValueMapping
from monitoring_as_code.project import load_project
from monitoring_as_code.targets.grafana.profiles import PROFILES
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


Emitted = Callable[[str], dict[str, Json]]


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> Emitted:
    """Each panel type's own dashboard, by its uid, as it is made for a Grafana."""
    exercise.dashboards()  # what is tried and refused is no mistake of the definitions

    @cache
    def made_for(version: str) -> dict[str, Json]:
        folder = tmp_path_factory.mktemp("exercise")
        (folder / "definitions").mkdir()
        (folder / "definitions" / "case.py").write_text(DEFINITIONS)
        project = load_project(folder, Config(grafana_version=version))
        assert "\n".join(each.message for each in project.problems) == ""
        made = plan(Analysis(project))
        assert made.problems == ()
        files = {Path(path).stem: text for path, text in made.files.items() if path.startswith("grafana/dashboards/")}
        assert len(files) == len(exercise.kinds())
        return {uid: json.loads(text) for uid, text in files.items()}

    return made_for


# Few tests of many cases: each process that runs one has to make all of them.
@pytest.mark.parametrize("version", PROFILES)
def test_grafana_stores_every_panel_with_any_of_its_arguments(version: str, emitted: Emitted, schemas: Callable[[str], Schema]) -> None:
    schema = schemas(version)
    found = [f"{uid}: {each}" for uid, dashboard in emitted(version).items() for each in schema.violations(dashboard)]
    # An override sets anything; whether this type of panel has it is what lint knows.
    assert "\n".join(each for each in found if "is nothing that an override of" not in each) == ""


def test_every_argument_is_exercised() -> None:
    kinds: tuple[type[Part], ...] = (*exercise.kinds(), Override, ValueMapping, *exercise.steps())
    assert [f"{kind.__name__}.{name}" for kind in kinds for name in exercise.without_variant(kind)] == []


def test_every_property_of_an_override_is_one_of_some_panel(emitted: Emitted, schema_13: Schema) -> None:
    set_somewhere: set[str] = set()
    refused: set[str] = set()
    for dashboard in emitted("13").values():
        for panel in dashboard["panels"]:
            for override in panel.get("fieldConfig", {}).get("overrides", ()):
                for each in override["properties"]:
                    known = schema_13.override(panel["type"], each["id"]) is not None
                    (set_somewhere if known else refused).add(each["id"])
    assert refused - set_somewhere == set()
    assert len(set_somewhere) > 15
