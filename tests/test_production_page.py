"""The definitions of docs/production.md give a stack that lint finds nothing wrong with, and that the real programs accept."""

import re
from pathlib import Path

import pytest

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import Config
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.security import web_password_file, web_users_file
from monitoring_as_code.project import load_project


def loaded(root: Path, folder: Path) -> Analysis:
    page = (root / "docs" / "production.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (folder / "definitions").mkdir()
    (folder / "definitions" / "stack.py").write_text(example, "utf-8")
    project = load_project(folder, Config(), ())
    assert not project.problems
    return Analysis(project)


def test_lint_finds_nothing_in_the_example(root: Path, tmp_path: Path) -> None:
    found = lint(loaded(root, tmp_path))
    # Its metric stands for those of an exporter, and there is no alert.
    assert [each for each in found if each.rule not in ("missing-dead-mans-switch", "metric-without-panel", "unused-metric")] == []


@pytest.mark.engines("promtool")
def test_promtool_accepts_every_configuration_of_the_example(root: Path, tmp_path: Path) -> None:
    files = {path: text for path, text in plan(loaded(root, tmp_path)).files.items() if path.startswith("prometheus/")}
    configurations = [path for path in files if path.endswith(("prometheus.yml", "-1.yml", "-2.yml"))]
    assert sorted(configurations) == ["prometheus/global/prometheus.yml", "prometheus/prometheus-1.yml", "prometheus/prometheus-2.yml"]
    for path in configurations:
        # Its secrets are not here.
        text = re.sub(r"\n *(?:ca_file|password_file): .*", "", files[path].decode())
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
        assert engines.promtool.check_config(tmp_path / path) == []


def test_the_secrets_are_called_as_the_page_says(root: Path) -> None:
    page = (root / "docs" / "production.md").read_text("utf-8")
    for service in ("prometheus", "alertmanager", "prometheus-global"):
        for path in (web_users_file(service), web_password_file(service)):
            assert f"`{path.removeprefix('/run/secrets/')}`" in page
