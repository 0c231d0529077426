"""docs/dashboard-linter.md is true: each fault that dashboard-linter finds is found by the rule that stands there, and by no other."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.foreign.expositions import learn
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.lint.rules import RULE_NAMES
from monitoring_as_code.lint.runner import lint

Json = dict[str, Any]

EXPOSITION = """\
# HELP parcels_total Parcels.
# TYPE parcels_total counter
parcels_total{depot="north"} 4
"""
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def variable(name: str) -> Json:
    return {
        "name": name,
        "type": "query",
        "datasource": SOURCE,
        "query": f"label_values(parcels_total, {name})",
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
    }


GOOD: Json = {
    "title": "Parcels",
    "uid": "parcels",
    "description": "Do the parcels move?",
    "editable": False,
    "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}, variable("job"), variable("instance")]},
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Parcels",
            "description": "Parcels of all depots.",
            "datasource": SOURCE,
            "fieldConfig": {"defaults": {"unit": "reqps"}, "overrides": []},
            "targets": [
                {
                    "refId": "A",
                    "datasource": SOURCE,
                    "expr": 'sum(rate(parcels_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))',
                }
            ],
        }
    ],
}


def variables(board: Json) -> list[Json]:
    found: list[Json] = board["templating"]["list"]
    return found


def panel(board: Json) -> Json:
    found: Json = board["panels"][0]
    return found


def query(expr: str) -> Callable[[Json], object]:
    return lambda board: panel(board)["targets"][0].update(expr=expr)


BROKEN: dict[str, list[Callable[[Json], object]]] = {
    "template-datasource-rule": [lambda board: panel(board)["targets"][0].update(datasource={"type": "prometheus", "uid": "P18"})],
    "template-job-rule": [lambda board: variables(board)[1].pop("allValue")],
    "template-instance-rule": [lambda board: variables(board)[2].pop("allValue")],
    "template-label-promql-rule": [lambda board: variables(board)[1].update(query='label_values(parcels_total{depot=="a"}, job)')],
    "template-on-time-change-reload-rule": [
        lambda board: variables(board)[1].update(refresh=1),
        lambda board: variables(board)[2].pop("refresh"),
    ],
    "panel-datasource-rule": [lambda board: panel(board).update(datasource="Prometheus")],
    "panel-title-description-rule": [lambda board: panel(board).pop("description"), lambda board: panel(board).update(title="")],
    "panel-units-rule": [lambda board: panel(board)["fieldConfig"]["defaults"].update(unit="percentUnit")],
    "panel-no-targets-rule": [lambda board: board["panels"].append({**panel(board), "id": 2, "targets": []})],
    "target-promql-rule": [query('sum(rate(parcels_total{job=~"$job", instance=~"$instance"}[$__rate_interval])')],
    "target-rate-interval-rule": [query('sum(rate(parcels_total{job=~"$job", instance=~"$instance"}[5m]))')],
    "target-job-rule": [
        lambda board: panel(board)["targets"].append(
            {"refId": "B", "datasource": SOURCE, "expr": 'sum(rate(parcels_total{instance=~"$instance"}[$__rate_interval]))'}
        )
    ],
    "target-instance-rule": [
        lambda board: panel(board)["targets"].append(
            {"refId": "B", "datasource": SOURCE, "expr": 'sum(rate(parcels_total{job=~"$job"}[$__rate_interval]))'}
        )
    ],
    "target-counter-agg-rule": [query('sum(parcels_total{job=~"$job", instance=~"$instance"})')],
    "uneditable-dashboard": [lambda board: board.update(editable=True), lambda board: board.pop("editable")],
}


def page(root: Path) -> str:
    return (root / "docs" / "dashboard-linter.md").read_text()


def table(root: Path) -> dict[str, str]:
    """Our rule for each of theirs, as the page says."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (?:\[([a-z-]+)\]\(rules/\2\.md\)|none) \|", page(root), flags=re.MULTILINE)
    return dict(rows)


def found_in(board: Json, root: Path, folder: Path) -> set[str]:
    (folder / "board.json").write_text(json.dumps(board))
    (folder / "metrics.prom").write_text(EXPOSITION)
    enabled = re.findall(r'^    "([a-z-]+)",$', page(root), flags=re.MULTILINE)
    known, problems = learn([str(folder / "metrics.prom")])
    assert not problems
    project = read_files([str(folder / "board.json")], str(folder), Config(enable=tuple(enabled)))
    return {finding.rule for finding in lint(Analysis(project, known))}


def test_the_table_has_all_17_rules_and_names_rules_that_there_are(root: Path) -> None:
    rules = table(root)
    assert len(rules) == 17
    assert set(rules) == {*BROKEN, "target-logql-rule", "target-logql-auto-rule"}
    assert {rule for rule in rules.values() if rule} <= set(RULE_NAMES)
    assert {theirs for theirs, ours in rules.items() if not ours} == {"target-logql-rule", "target-logql-auto-rule"}


def test_a_dashboard_that_dashboard_linter_passes_has_no_findings(root: Path, tmp_path: Path) -> None:
    assert not found_in(GOOD, root, tmp_path)


@pytest.mark.parametrize(("theirs", "number"), [(theirs, number) for theirs, faults in BROKEN.items() for number in range(len(faults))])
def test_what_dashboard_linter_finds_is_found_by_the_rule_that_stands_for_it(theirs: str, number: int, root: Path, tmp_path: Path) -> None:
    board = deepcopy(GOOD)
    BROKEN[theirs][number](board)
    assert found_in(board, root, tmp_path) == {table(root)[theirs]}
