"""Everything that is emitted is what Grafana's own types say it stores."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.oracle.schema import Schema

ROOT = Path(__file__).parents[2]
EMITTED = sorted([*ROOT.glob("build/**/dashboards/**/*.json"), *ROOT.glob("tests/targets/*/expected/**/dashboards/**/*.json")])

RESOURCES = sorted([*ROOT.glob("build/**/resources/**/*.json"), *ROOT.glob("tests/targets/*/expected/**/resources/**/*.json")])

Json = dict[str, Any]

# What these cases are about cannot keep to the types: part of the file's path -> the violation, and why.
ON_PURPOSE = {
    "grafana-raw": ("options: ", "JSON that a user wrote is passed on, and Grafana fills in the options that it leaves out"),
    "grafana-hostile": ("is nothing that an override", "the id of an override's property is every character that may break something"),
}

# Grafana stores these, and its types refuse them: types.ts adds them.
LACKING = {
    "a query's own fields in an annotation's target": (
        "annotation",
        {"datasource": {}, "enable": True, "iconColor": "red", "name": "Deploys", "target": {"expr": "changes(up[1m])", "refId": "Anno"}},
    ),
    "titles and texts of an annotation": (
        "annotation",
        {"datasource": {}, "enable": True, "iconColor": "red", "name": "Deploys", "titleFormat": "{{job}}"},
    ),
    "the definition of a query variable": ("variable", {"definition": "label_values(up, job)", "name": "job", "type": "query"}),
    "the steps of an automatic interval": (
        "variable",
        {"auto": True, "auto_count": 30, "auto_min": "10s", "name": "window", "type": "interval"},
    ),
    "the keys that an ad hoc filter offers": ("variable", {"defaultKeys": [{"text": "job"}], "name": "filters", "type": "adhoc"}),
    "the filters that it starts with": (
        "variable",
        {"filters": [{"key": "job", "operator": "=", "value": "orders"}], "name": "filters", "type": "adhoc"},
    ),
    "a least and greatest value of each series' own": ("field", {"fieldMinMax": True}),
}


def named(file: Path) -> str:
    return str(file.relative_to(ROOT)).removeprefix("tests/targets/").replace("/expected/", "/")


@pytest.mark.parametrize("file", EMITTED, ids=named)
def test_what_is_emitted_is_what_grafana_13_stores(file: Path, schema_13: Schema) -> None:
    violations = schema_13.violations(json.loads(file.read_text("utf-8")))
    for case, (allowed, _) in ON_PURPOSE.items():
        if case in file.parts:
            kept = [each for each in violations if allowed not in each]
            assert kept != violations, "the case has mended its ways: take it out of ON_PURPOSE"
            violations = kept
    assert "\n".join(violations) == ""


@pytest.mark.parametrize("file", RESOURCES, ids=named)
def test_resources_are_what_grafana_13_stores(file: Path, schema_13: Schema) -> None:
    assert "\n".join(schema_13.resource_violations(json.loads(file.read_text("utf-8")))) == ""


@pytest.mark.parametrize("lacking", LACKING)
def test_grafanas_types_still_lack_what_is_added_to_them(lacking: str, schema_13: Schema) -> None:
    """Once they have it, types.ts takes it from them."""
    part, value = LACKING[lacking]
    published = schema_13.published[part]
    assert list(Draft7Validator({**published, "definitions": schema_13.definitions}).iter_errors(value))


def test_the_lock_has_a_hash_for_each_package_and_names_no_host() -> None:
    """Whoever installs uses the registry that is set up there; what comes must be what was tested."""
    lock = json.loads((Path(__file__).parent / "package-lock.json").read_text())
    packages: dict[str, Json] = {name: each for name, each in lock["packages"].items() if name}
    assert len(packages) > 100
    assert [name for name, each in packages.items() if not each.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, each in packages.items() if "resolved" in each] == []
