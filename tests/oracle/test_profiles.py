"""Every dashboard that there is, made for each Grafana and in every form, is what that Grafana's own types say."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import Config
from monitoring_as_code.project import load_project
from monitoring_as_code.targets.grafana.profiles import PROFILES
from tests.oracle.schema import Schema

ROOT = Path(__file__).parents[2]
# What these two are about is JSON that is passed on, and an id of every character: `ON_PURPOSE` in test_schema.py.
CASES = sorted(
    file.parent for file in ROOT.glob("tests/targets/*/definitions.py") if file.parent.name not in ("grafana-raw", "grafana-hostile")
)


def projects(folder: Path) -> list[Path]:
    """The folders of AutoWeave and of all cases."""
    for case in CASES:
        (folder / case.name / "definitions").mkdir(parents=True)
        shutil.copy(case / "definitions.py", folder / case.name / "definitions" / "case.py")
    return [ROOT, *(folder / case.name for case in CASES)]


@pytest.mark.parametrize("version", PROFILES)
def test_every_dashboard_is_what_its_grafana_stores(version: str, schemas: Callable[[str], Schema], tmp_path: Path) -> None:
    schema = schemas(version)
    config = Config(grafana_version=version, grafana_resources=() if version == "11" else ("v1", "v2"))
    found: list[str] = []
    judged = 0
    for root in projects(tmp_path):
        for path, text in plan(Analysis(load_project(root, config))).files.items():
            if not path.startswith(("grafana/dashboards/", "grafana/resources/")):
                continue
            judged += 1
            violations = schema.violations if path.startswith("grafana/dashboards/") else schema.resource_violations
            found += [f"{root.name} {path} {each}" for each in violations(json.loads(text))]
    assert "\n".join(found) == ""
    assert judged > (30 if version == "11" else 90)
