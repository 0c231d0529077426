"""Each folder beside this file is a case: `definitions.py` goes in, the files below `expected/` come out.

A case names what it is about by having the file in `expected/`; what else its definitions give is not compared. A new case needs no
code: write `definitions.py`, run `MAC_UPDATE=1 pytest tests/targets -k <case>`, which writes all that comes out, remove what the case
is not about, and read the rest. The same command brings the files of a case up to date.
"""

import os
import shutil
from functools import cache
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import read_config
from monitoring_as_code.project import load_project

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/definitions.py"))
UPDATE = bool(os.environ.get("MAC_UPDATE"))


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("projects")


@cache
def planned(projects: Path, case: str) -> dict[str, bytes]:
    """All that a case's definitions give."""
    root = projects / case
    (root / "definitions").mkdir(parents=True)
    # A module's name is the name of its rule file.
    shutil.copy(HERE / case / "definitions.py", root / "definitions" / "case.py")
    config, problems = read_config(HERE / case)  # of a case that is about what pyproject.toml says
    assert not problems
    project = load_project(root, config)
    assert not project.problems, "\n".join(f"{each.location}: {each.message}" for each in project.problems)
    made = plan(Analysis(project))
    assert not made.problems
    return made.files


@pytest.mark.parametrize("case", CASES)
def test_the_definitions_give_the_expected_files(case: str, projects: Path) -> None:
    files = planned(projects, case)
    expected = HERE / case / "expected"
    named = sorted(str(path.relative_to(expected)) for path in expected.rglob("*") if path.is_file())
    if UPDATE:
        for path in named:
            (expected / path).unlink()
        for path in [path for path in files if path in named] if named else files:
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_bytes(files[path])
        return
    assert named, "the case has no expected files: MAC_UPDATE=1 writes them"
    for path in named:
        assert path in files, f"{path} is no longer made; made are {', '.join(files)}"
        assert files[path].decode() == (expected / path).read_bytes().decode(), path
