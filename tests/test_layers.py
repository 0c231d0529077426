"""The import contract of pyproject.toml holds, and would be seen to fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"


def contract(root: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on the package in a folder, in a process of its own: it looks the package up on the path."""
    return subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_imports_point_one_way_and_siblings_do_not_import_each_other(root: Path) -> None:
    done = contract(root)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "promql/planted.py",
            "import monitoring_as_code.analysis",
            "monitoring_as_code.promql is not allowed to import monitoring_as_code.analysis",
        ),
        (
            "engines/planted.py",
            "import monitoring_as_code.lint",
            "monitoring_as_code.engines is not allowed to import monitoring_as_code.lint",
        ),
        (
            "origin.py",
            "import monitoring_as_code.diagnostics",
            "monitoring_as_code.origin is not allowed to import monitoring_as_code.diagnostics",
        ),
        ("model/planted.py", "import grafanalib", "monitoring_as_code.model is not allowed to import grafanalib"),
        ("utilities.py", "", "utilities"),
    ],
    ids=["upwards", "sibling", "upwards-from-the-bottom", "client-library", "a-module-without-a-layer"],
)
def test_the_contract_is_broken_by_an_import_that_it_forbids(root: Path, tmp_path: Path, file: str, text: str, said: str) -> None:
    shutil.copytree(root / "monitoring_as_code", tmp_path / "monitoring_as_code", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    planted = tmp_path / "monitoring_as_code" / file
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(text + "\n" + (planted.read_text() if planted.exists() else ""))
    done = contract(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert said in " ".join(done.stdout.split())
