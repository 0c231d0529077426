"""The same definitions give the same bytes, whatever the hash seed, the working directory, the place of the project and the Python."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest


def built(
    root: Path, project: Path, arguments: Sequence[str] = (), *, python: str = sys.executable, seed: str = "0", **more: str
) -> dict[str, bytes]:
    """The artifacts that the repository's own definitions give when they are copied to `project` and built."""
    shutil.copytree(root / "definitions", project / "definitions", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", project)
    cwd = Path(more.pop("cwd", str(project)))
    done = subprocess.run(
        [python, "-m", "monitoring_as_code", *arguments, "build"],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONHASHSEED": seed} | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    build = project / "build"
    return {path.relative_to(build).as_posix(): path.read_bytes() for path in sorted(build.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def reference(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return built(root, tmp_path_factory.mktemp("reference") / "project")


def test_the_committed_build_is_what_the_definitions_give(root: Path, reference: dict[str, bytes]) -> None:
    committed = {path.relative_to(root / "build").as_posix(): path.read_bytes() for path in (root / "build").rglob("*") if path.is_file()}
    assert committed == reference


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_hash_seed_changes_nothing(root: Path, tmp_path: Path, reference: dict[str, bytes], seed: str) -> None:
    assert built(root, tmp_path / "project", seed=seed) == reference


def test_the_places_of_the_project_and_of_the_caller_change_nothing(root: Path, tmp_path: Path, reference: dict[str, bytes]) -> None:
    assert built(root, tmp_path / "a b" / "ü", cwd=str(tmp_path / "a b" / "ü" / "definitions")) == reference
    assert built(root, tmp_path / "other", ["-C", "other"], cwd=str(tmp_path)) == reference


@pytest.mark.parametrize("environment", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"TZ": "Asia/Tokyo"}, {"PYTHONOPTIMIZE": "2"}], ids=str)
def test_the_environment_changes_nothing(root: Path, tmp_path: Path, reference: dict[str, bytes], environment: dict[str, str]) -> None:
    assert built(root, tmp_path / "project", **environment) == reference


@pytest.mark.parametrize("python", ["python3.11", "python3.12", "python3.13"])
def test_the_python_version_changes_nothing(root: Path, tmp_path: Path, reference: dict[str, bytes], python: str) -> None:
    program = "import click, promql_parser, pydantic_core, re2, sys; print('%d.%d' % sys.version_info[:2])"
    found = shutil.which(os.environ.get(f"MAC_{python.upper().replace('.', '_')}") or python)
    if found is None:
        pytest.skip(f"there is no {python} on the path")
    asked = subprocess.run([found, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    if asked.returncode or f"python{asked.stdout.strip()}" != python:
        pytest.skip(f"{python} has not the packages that mac needs: {(asked.stderr.strip().splitlines() or ['it is another version'])[-1]}")
    assert built(root, tmp_path / "project", python=found) == reference
