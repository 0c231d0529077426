"""What is shipped, what it needs, and what the tests run with."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code.version import __version__


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def shipped(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution, built without a network."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_holds_the_package_its_types_and_its_command_and_nothing_else(shipped: Path) -> None:
    [wheel] = shipped.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [scripts] = [archive.read(name).decode() for name in names if name.endswith("entry_points.txt")]
    info = f"monitoring_as_code_sdk-{__version__}.dist-info"
    assert {name.partition("/")[0] for name in names} == {"monitoring_as_code", info}
    assert "monitoring_as_code/py.typed" in names
    assert f"{info}/licenses/LICENSE" in names
    assert "mac = monitoring_as_code.cli:main" in scripts
    assert not [name for name in names if "__pycache__" in name]


def test_the_source_distribution_can_run_the_checks(shipped: Path) -> None:
    [archive] = shipped.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {"Makefile", "requirements-test.txt", "scripts/engines", "tests/conftest.py", "monitoring_as_code/version.py"} <= names
    assert not [name for name in names if name.startswith((".venv", ".git/", ".ci")) or "__pycache__" in name]


def test_the_version_is_written_in_one_place(root: Path) -> None:
    sources = [root / "pyproject.toml", *(root / "monitoring_as_code").rglob("*.py")]
    holding = [path.name for path in sources if re.search(rf"""["']{re.escape(__version__)}["']""", path.read_text())]
    assert holding == ["version.py"]


def test_each_dependency_has_its_reason_and_a_range(pyproject: dict[str, Any], root: Path) -> None:
    for dependency in pyproject["project"]["dependencies"]:
        assert re.fullmatch(r"[a-z0-9-]+>=[0-9.]+,<[0-9.]+", dependency)
        assert re.search(rf'# .+\.\n    "{re.escape(dependency)}"', (root / "pyproject.toml").read_text()), f"{dependency} has no reason"


def test_the_tests_run_with_pinned_packages_from_a_registry(pyproject: dict[str, Any], root: Path) -> None:
    lines = [line for line in (root / "requirements-test.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.]+", line)] == []
    pinned = {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in lines}
    wanted = [*pyproject["project"]["dependencies"], *pyproject["dependency-groups"]["test"]]
    assert {re.split(r"[>=<\[]", name)[0].lower() for name in wanted} <= pinned
