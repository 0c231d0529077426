"""Whatever a user writes, Grafana stores it as it is: each argument of each panel, varied one at a time."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.panels.drawing import Override, ValueMapping
from monitoring_as_code.targets.grafana.profiles import PROFILES
from tests.oracle import exercise
from tests.oracle.schema import Schema

Json = dict[str, Any]

Emitted = Callable[[str], dict[str, Json]]


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> Emitted:
    """Each panel type's own dashboard, by its uid, as it is made for a Grafana."""
    return cache(lambda version: exercise.emitted("dashboards", tmp_path_factory.mktemp("exercise"), version))


# Few tests of many cases: each process that runs one has to make all of them.
@pytest.mark.parametrize("version", PROFILES)
def test_grafana_stores_every_panel_with_any_of_its_arguments(version: str, emitted: Emitted, schemas: Callable[[str], Schema]) -> None:
    schema = schemas(version)
    assert len(emitted(version)) == len(exercise.kinds())
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
