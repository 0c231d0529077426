"""Every resource for Kubernetes is what the types of the Prometheus operator and of Kubernetes say: no field too many, no value that is refused."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import read_config
from monitoring_as_code.config.kubernetes import Kubernetes
from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.project import load_project
from monitoring_as_code.targets.kubernetes import render

ROOT = Path(__file__).parents[2]
EMITTED = sorted(path for path in ROOT.glob("tests/targets/*/expected/kubernetes/**/*.yaml") if path.name != "kustomization.yaml")
ALERTMANAGER = ROOT / "tests/targets/kubernetes/expected/kubernetes/post-office-alertmanager.yaml"

Json = dict[str, Any]
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def violations(installed: Path) -> Callable[[Json], list[str]]:
    schemas = json.loads((installed / "schema-kubernetes.json").read_text())["properties"]

    def found(resource: Json) -> list[str]:
        said = list(_errors(schemas[resource["kind"]], resource, ""))
        return said + [each for route in _inner_routes(resource) for each in _errors(schemas["Route"], route, "route")]

    return found


def _errors(schema: Json, value: Json, place: str) -> Iterator[str]:
    opened = copy.deepcopy(schema)
    for each in (opened, opened.get("properties", {}).get("spec", {}).get("properties", {}).get("route", {})):
        routes = each.get("properties", {}).get("routes")
        if routes is not None:
            routes["items"] = {"type": "object"}  # any JSON: they are looked at one by one
    for error in Draft7Validator(opened).iter_errors(value):
        yield f"{place}{error.json_path}: {error.message}"


def _inner_routes(resource: Json) -> Iterator[Json]:
    waiting = [resource["spec"]["route"]] if resource["kind"] == "AlertmanagerConfig" else []
    while waiting:
        inner = waiting.pop().get("routes", [])
        yield from inner
        waiting += inner


def test_there_is_a_case_of_every_kind() -> None:
    assert {read(file)["kind"] for file in EMITTED} == {
        "AlertmanagerConfig",
        "ConfigMap",
        "PrometheusRule",
        "ScrapeConfig",
        "Secret",
        "ServiceMonitor",
    }


@pytest.mark.parametrize("file", EMITTED, ids=lambda file: file.name)
def test_what_is_emitted_has_no_field_too_many_and_no_value_that_is_refused(
    file: Path, violations: Callable[[Json], list[str]], ask: Ask
) -> None:
    resource = read(file)
    assert violations(resource) == []
    assert ask("refused", [resource]) == [None]


@pytest.mark.parametrize("settings", [Kubernetes(), Kubernetes(namespace="monitoring", labels={"release": "kps"}, alertmanager="secret")])
def test_autoweave_in_kubernetes_is_valid(settings: Kubernetes, violations: Callable[[Json], list[str]], ask: Ask) -> None:
    config, _ = read_config(ROOT)
    made = list(render(Analysis(load_project(ROOT, config._replace(kubernetes=settings)))))
    resources = [yaml.safe_load(each[1]) for each in made if not isinstance(each, Diagnostic) and "kustomization" not in each[0]]
    assert len(resources) == len(made) - 1 > 10
    assert [each for resource in resources for each in violations(resource)] == []
    assert set(ask("refused", resources)) == {None}


DEFECTS: list[tuple[str, Callable[[Json], object], bool, bool]] = [
    # what is wrong, how it comes about, whether the types see it, whether the patterns and enumerations do
    ("a field that is none", lambda spec: spec["route"].update(groupWaits="30s"), True, False),
    ("a field of an inner route that is none", lambda spec: spec["route"]["routes"][1]["routes"][0].update(group_by=["a"]), True, False),
    ("a secret as text", lambda spec: spec["receivers"][0]["slackConfigs"][0].update(apiURL="https://hooks.example"), True, True),
    ("a duration that is none", lambda spec: spec["route"].update(groupWait="soon"), False, True),
    ("a matcher that is none", lambda spec: spec["inhibitRules"][0]["sourceMatch"][0].update(matchType="~"), False, True),
    (
        "an hour that is none",
        lambda spec: spec["muteTimeIntervals"][0]["timeIntervals"][0]["times"][0].update(startTime="25:00"),
        False,
        True,
    ),
    ("a weekday that is none", lambda spec: spec["muteTimeIntervals"][0]["timeIntervals"][0].update(weekdays=["mon"]), False, True),
]


@pytest.mark.parametrize(("defect", "made", "by_types", "by_values"), DEFECTS, ids=[each[0] for each in DEFECTS])
def test_a_defect_would_be_seen(
    *, defect: str, made: Callable[[Json], object], by_types: bool, by_values: bool, violations: Callable[[Json], list[str]], ask: Ask
) -> None:
    resource = read(ALERTMANAGER)
    made(resource["spec"])
    assert bool(violations(resource)) is by_types, defect
    assert bool(ask("refused", [resource])[0]) is by_values, defect


@pytest.mark.parametrize("file", EMITTED, ids=lambda file: file.name)
def test_names_are_labels_of_dns(file: Path) -> None:
    metadata = read(file)["metadata"]
    assert re.fullmatch("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", metadata["name"])
    assert file.stem == metadata["name"]


def read(file: Path) -> Json:
    found: Json = yaml.safe_load(file.read_text("utf-8"))
    return found
