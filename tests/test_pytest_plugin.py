"""`pytest --mac` runs scenarios as tests; a run that does not ask is not touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEFINITIONS = """\
from monitoring_as_code import *

waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
jam = Alert(name="Jam", expr=waiting > 100, for_="2m", severity="warning", summary="jobs", runbook="https://example.com/jam")
routing = Routing(receiver=Receiver(name="chat", integrations=(Slack(channel="#jobs"),)))
many = Scenario(name="many jobs wait", alert=jam, given=(Series(of=waiting, values=constant(101)),), expect=(Fires(within="2m"),))
wrong = Scenario(name="few jobs wait", alert=jam, given=(Series(of=waiting, values=constant(10)),), expect=(Fires(within="2m"),))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "jobs.py").write_text(DEFINITIONS, "utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text("def test_own(): pass\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.mac]\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n', "utf-8")
    return tmp_path


def run_pytest(root: Path, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "monitoring_as_code.pytest_plugin", "-p", "no:cacheprovider", "-v", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_nothing_is_collected_or_imported_unless_asked(root: Path, project: Path) -> None:
    (project / "tests" / "test_own.py").write_text(
        "import sys\n\n\ndef test_own():\n    assert 'monitoring_as_code.analysis' not in sys.modules\n", "utf-8"
    )
    done = run_pytest(root, project)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    # The plugin, the empty package above it and its version are all there is.
    listed = (
        "import sys, pytest; before = set(sys.modules); import monitoring_as_code.pytest_plugin; print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", listed], cwd=root, capture_output=True, encoding="utf-8", check=True)
    assert [name for name in done.stdout.split() if name.startswith("monitoring_as_code.")] == ["monitoring_as_code.pytest_plugin"]


@pytest.mark.engines("promtool")
def test_scenarios_are_tests_beside_the_others(root: Path, project: Path) -> None:
    done = run_pytest(root, project, "--mac")
    assert done.returncode == 1
    assert "tests/test_own.py::test_own PASSED" in done.stdout
    assert "definitions/jobs.py::Jam::many jobs wait PASSED" in done.stdout
    assert "definitions/jobs.py::Jam::few jobs wait FAILED" in done.stdout
    assert "error[scenario]: expected that `Jam` fires within 2m, but it never fires" in done.stdout
    assert "= why: `jobs_waiting` is 10 at most" in done.stdout
    assert "pytest_plugin.py" not in done.stdout, "no traceback of ours"


@pytest.mark.engines("promtool")
def test_a_setting_asks_as_well_and_pytest_chooses_among_them(root: Path, project: Path) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("mac = true\n")
    done = run_pytest(root, project, "-k", "many")
    assert done.returncode == 0, done.stdout
    assert "1 passed, 2 deselected" in done.stdout
    assert "1 passed" in run_pytest(root, project, "tests").stdout, "who names files gets these files"


def test_definitions_with_errors_are_an_error_of_the_collection(root: Path, project: Path) -> None:
    (project / "definitions" / "jobs.py").write_text(DEFINITIONS.replace("waiting > 100", '"jobs_waitin > 1"'), "utf-8")
    done = run_pytest(root, project, "--mac")
    assert done.returncode == 2
    assert "error[unknown-metric]" in done.stdout


def test_errors_are_told_once_whatever_the_number_of_files(root: Path, project: Path) -> None:
    (project / "definitions" / "jobs.py").write_text(DEFINITIONS.replace("waiting > 100", '"jobs_waitin > 1"'), "utf-8")
    (project / "definitions" / "others.py").write_text("", "utf-8")
    done = run_pytest(root, project, "--mac")
    assert done.stdout.count("error[unknown-metric]") == 1
    assert f"as said of {project / 'definitions' / 'jobs.py'}" in done.stdout


def test_without_the_engine_nothing_is_proven_and_the_run_fails(root: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAC_PROMTOOL", "/nowhere/promtool")
    done = run_pytest(root, project, "--mac", "-k", "Jam")
    assert done.returncode == 1
    assert "2 failed, 1 deselected" in done.stdout
    assert "apt-get install prometheus" in done.stdout
    assert "pytest_plugin.py" not in done.stdout, "no traceback of ours"


@pytest.mark.engines("promtool")
def test_a_project_may_be_named_from_elsewhere(root: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = run_pytest(root, elsewhere, "--mac", "--rootdir", str(elsewhere), str(project / "definitions"), "-k", "many")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 deselected" in done.stdout


def test_without_a_project_the_option_is_refused(root: Path, tmp_path: Path) -> None:
    done = run_pytest(root, tmp_path, "--mac")
    assert done.returncode == 4
    assert "there is no project" in done.stderr
