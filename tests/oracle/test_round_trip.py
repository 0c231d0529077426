"""The second opinion: what grafana-foundation-sdk reads of a dashboard it writes again, key by key."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it would rather read the V2 form, which no file provisions
    from grafana_foundation_sdk.models.dashboard import Dashboard

ROOT = Path(__file__).parents[2]
EMITTED = sorted([*ROOT.glob("build/**/dashboards/**/*.json"), *ROOT.glob("tests/targets/*/expected/**/dashboards/**/*.json")])

# What it loses: its classes are of an older Grafana than 13.2, whose types have all of these (`test_schema.py`).
GAPS = {
    "gauge": {
        "options.barShape",
        "options.barWidthFactor",
        "options.effects",
        "options.endpointMarker",
        "options.neutral",
        "options.segmentCount",
        "options.segmentSpacing",
        "options.shape",
        "options.sparkline",
        "options.textMode",
    },
    "logs": {"options.displayedFields", "options.timestampResolution"},
    "piechart": {"options.sort"},
    "table": {
        "fieldConfig.defaults.custom.footer",
        "fieldConfig.defaults.custom.wrapHeaderText",
        "fieldConfig.defaults.custom.wrapText",
        "options.enablePagination",
        "options.frozenColumns",
        "options.maxRowHeight",
        "options.pageSize",
    },
    "timeseries": {
        "fieldConfig.defaults.custom.showValues",
        "fieldConfig.defaults.links.oneClick",
        "options.legend.limit",
        "options.timeCompare",
    },
    "variable": {"defaultKeys", "filters"},
}


def lost(before: object, after: object, way: tuple[str, ...] = (), kind: str = "dashboard") -> Iterator[tuple[str, str]]:
    """Where two differ: the type of the panel, and the path from there on, without the numbers of lists."""
    if isinstance(before, dict) and isinstance(after, dict):
        if "gridPos" in before or way[-2:] == ("templating", "list"):
            kind, way = ("variable" if "gridPos" not in before else before.get("type", "library")), ()
        for key in before:
            if key in after:
                yield from lost(before[key], after[key], (*way, key), kind)
            else:
                yield kind, ".".join((*way, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from lost(one, other, way, kind)
    elif before != after:
        yield kind, ".".join(way)


@pytest.fixture(scope="module")
def differences() -> dict[Path, set[tuple[str, str]]]:
    plugins.register_default_plugins()
    found = {}
    for file in EMITTED:
        dashboard: dict[str, Any] = json.loads(file.read_text("utf-8"))
        found[file] = set(lost(dashboard, json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))))
    return found


def test_nothing_is_lost_but_what_the_sdk_does_not_know(differences: dict[Path, set[tuple[str, str]]]) -> None:
    known = {(kind, path) for kind, paths in GAPS.items() for path in paths}
    unknown = {str(file.relative_to(ROOT)): sorted(each - known) for file, each in differences.items() if each - known}
    # JSON that a user wrote may say what this SDK does not know: the types of `test_schema.py` judge it.
    assert {file: each for file, each in unknown.items() if "grafana-raw" not in file} == {}


def test_the_sdk_still_loses_what_is_listed(differences: dict[Path, set[tuple[str, str]]]) -> None:
    """Once a newer one keeps it, it goes from the list."""
    found = set().union(*differences.values())
    assert {(kind, path) for kind, paths in GAPS.items() for path in paths} - found == set()
