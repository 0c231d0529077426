"""Dashboards for an older Grafana hold nothing that came later, and are otherwise the same."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code.config import GRAFANA_VERSIONS
from monitoring_as_code.targets.grafana import NEWEST, SCHEMA_VERSION
from monitoring_as_code.targets.grafana.panels import PLUGIN_VERSION
from monitoring_as_code.targets.grafana.profiles import DRIFTS, PROFILES, Drift, older

CASES = Path(__file__).parent / "targets"
DASHBOARDS = sorted(CASES.glob("*/expected/grafana/dashboards/**/*.json"))

Json = dict[str, Any]


def dashboard(*panels: Json, **other: Any) -> Json:
    return {"annotations": {"list": []}, "links": [], "panels": list(panels), "templating": {"list": []}, "schemaVersion": 42, **other}


def panel_with(path: str, value: object, kind: str) -> Json:
    panel: Json = {"type": kind}
    holder = panel
    *steps, last = path.split(".")
    for step in steps:
        holder = holder.setdefault(step, {})
    holder[last] = value
    return panel


def at(panel: Json, path: str) -> object:
    found: object = panel
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def made_for(version: str, panel: Json) -> Json:
    (found,) = older(dashboard(copy.deepcopy(panel)), version)["panels"]
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: f"{drift.panel or 'any'} {drift.path}")
@pytest.mark.parametrize("version", GRAFANA_VERSIONS)
def test_an_option_is_there_from_the_version_on_that_has_it(drift: Drift, version: str) -> None:
    value = drift.values[0] if drift.values else "said"
    panel = panel_with(drift.path, value, drift.panel or "timeseries")
    found = made_for(version, panel)
    if PROFILES[version].major >= drift.since:
        assert found == panel
    else:
        assert at(found, drift.path) == (drift.instead if drift.values else None)
        if drift.moved and not drift.beside_types:
            assert at(found, drift.moved) == value


@pytest.mark.parametrize(
    "drift", [each for each in DRIFTS if each.path.startswith("fieldConfig.defaults.custom.")], ids=lambda drift: drift.path
)
def test_an_override_holds_no_more_than_the_panel_itself(drift: Drift) -> None:
    id_ = drift.path.removeprefix("fieldConfig.defaults.")
    value = drift.values[0] if drift.values else "said"
    panel = {"type": drift.panel or "timeseries", "fieldConfig": {"overrides": [{"properties": [{"id": id_, "value": value}]}]}}
    (override,) = made_for("11", panel)["fieldConfig"]["overrides"]
    assert {"id": id_, "value": value} not in override["properties"]


# What is made of a panel: its type, a part of it, the version, and the same part then.
CHANGED: dict[str, tuple[str, Json, str, Json]] = {
    "pages of a table are in its footer": (
        "table",
        {"options": {"enablePagination": True, "frozenColumns": {"left": 1}, "showHeader": True}},
        "11",
        {"options": {"footer": {"countRows": False, "enablePagination": True, "reducer": [], "show": False}, "showHeader": True}},
    ),
    "what columns come to is one footer": (
        "table",
        {"fieldConfig": {"defaults": {"custom": {"footer": {"reducers": ["sum"]}}}}, "options": {"enablePagination": False}},
        "11",
        {
            "fieldConfig": {"defaults": {"custom": {}}},
            "options": {"footer": {"countRows": False, "enablePagination": False, "reducer": ["sum"], "show": True}},
        },
    ),
    "text that wraps is a matter of its cells": (
        "table",
        {"fieldConfig": {"defaults": {"custom": {"cellOptions": {"type": "auto"}, "wrapText": True}}}},
        "11",
        {"fieldConfig": {"defaults": {"custom": {"cellOptions": {"type": "auto", "wrapText": True}}}}},
    ),
    "bars have no text that wraps": (
        "table",
        {"fieldConfig": {"defaults": {"custom": {"cellOptions": {"type": "gauge"}, "wrapText": True}}}},
        "11",
        {"fieldConfig": {"defaults": {"custom": {"cellOptions": {"type": "gauge"}}}}},
    ),
    "a column that an override hides stays hidden": (
        "table",
        {"fieldConfig": {"overrides": [{"properties": [{"id": "custom.hideFrom", "value": {"legend": True, "viz": True}}]}]}},
        "11",
        {"fieldConfig": {"overrides": [{"properties": [{"id": "custom.hidden", "value": True}]}]}},
    ),
    "a pill that an override asks for is plain text": (
        "table",
        {"fieldConfig": {"overrides": [{"properties": [{"id": "custom.cellOptions", "value": {"type": "pill"}}]}]}},
        "11",
        {"fieldConfig": {"overrides": [{"properties": [{"id": "custom.cellOptions", "value": {"type": "auto"}}]}]}},
    ),
    "a scheme of colours that is not there yet is one that is": (
        "stat",
        {"fieldConfig": {"defaults": {"color": {"mode": "continuous-viridis"}}}},
        "11",
        {"fieldConfig": {"defaults": {"color": {"mode": "continuous-BlYlRd"}}}},
    ),
    "what 12.4 has stays for 12": (
        "gauge",
        {"options": {"effects": {}, "neutral": 0, "sparkline": True}},
        "12",
        {"options": {"effects": {}, "neutral": 0, "sparkline": True}},
    ),
}


@pytest.mark.parametrize("case", CHANGED)
def test_what_stood_for_an_option_before_is_said_instead(case: str) -> None:
    kind, part, version, expected = CHANGED[case]
    assert made_for(version, {"type": kind, **part}) == {"type": kind, **expected}


def test_variables_links_and_annotations_are_older_too() -> None:
    given = dashboard(
        annotations={"list": [{"name": "Deploys", "placement": "inControlsMenu"}]},
        links=[{"placement": "inControlsMenu", "title": "Details"}],
        templating={
            "list": [{"hide": 3, "name": "on", "options": [{"value": "1"}, {"value": "0"}], "regexApplyTo": "text", "type": "switch"}]
        },
    )
    found = older(copy.deepcopy(given), "11")
    assert found["annotations"]["list"] == [{"name": "Deploys"}]
    assert found["links"] == [{"title": "Details"}]
    assert found["templating"]["list"] == [
        {"hide": 0, "name": "on", "options": [{"value": "1"}, {"value": "0"}], "query": "1,0", "type": "custom"}
    ]
    assert older(copy.deepcopy(given), "12") == given


def test_the_newest_profile_is_what_is_emitted() -> None:
    assert PROFILES[NEWEST][1:3] == (SCHEMA_VERSION, PLUGIN_VERSION)
    assert tuple(PROFILES) == GRAFANA_VERSIONS


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: f"{file.relative_to(CASES).parts[0]}-{file.stem}")
def test_every_dashboard_is_the_same_for_the_newest_and_sorted_and_settled_for_an_older_one(file: Path) -> None:
    text = file.read_text()
    assert older(json.loads(text), "13") == json.loads(text)
    for version in ("11", "12"):
        once = older(json.loads(text), version)
        written = json.dumps(once)
        assert written == json.dumps(once, sort_keys=True)
        assert json.dumps(older(once, version)) == written
        assert [each["id"] for each in once["panels"]] == [each["id"] for each in json.loads(text)["panels"]]
