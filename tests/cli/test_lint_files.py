"""`mac lint FILE...` in a terminal: what it is checked against, forms, exit codes, and `--fix`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RULES = """\
groups:
  - name: parcels
    rules:
      - alert: ParcelsLate
        expr: |
          sum by (depot) (rate(parcels_late[5m]{city=~"Oslo"})) > 1
"""
GOOD = "groups:\n  - name: parcels\n    rules:\n      - record: depot:parcels_late:max\n        expr: max by (depot) (parcels_late)\n"
NEEDLESS = 'groups:\n- name: a\n  rules:\n  - record: depot:x:max\n    expr: max by (depot) (x{city=~"Oslo"})  # why\n'
DEFINITIONS = """\
from monitoring_as_code import Gauge, ScrapeJob, Stack

parcels_late = Gauge(name="parcels_late", help="Parcels that are late.", unused="others read it")
stack = Stack(name="parcels", jobs=(ScrapeJob(name="depots", targets=("depots:80",)),))
"""


def mac(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "monitoring_as_code", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_without_a_project_a_file_is_checked_by_what_it_says_itself(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(GOOD)
    run = mac(tmp_path, "lint", "rules.yml")
    assert (run.returncode, run.stdout) == (0, "no findings\n")


def test_in_a_project_a_file_is_checked_against_the_declared_metrics(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "parcels.py").write_text(DEFINITIONS)
    (tmp_path / "rules.yml").write_text(GOOD)
    run = mac(tmp_path, "lint", "rules.yml", "--format", "json")
    assert run.returncode == 1
    (finding,) = json.loads(run.stdout)
    assert finding["rule"] == "unknown-label"
    assert (finding["path"], finding["line"], finding["column"]) == ("rules.yml", 5, 23)
    assert finding["related"][0]["path"] == "definitions/parcels.py"


def test_a_folder_is_walked_and_what_is_neither_rules_nor_dashboard_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "of" / "others").mkdir(parents=True)
    (tmp_path / "of" / "compose.yaml").write_text("services: {}\n")
    (tmp_path / "of" / "package.json").write_text("{}")
    (tmp_path / "of" / "notes.txt").write_bytes(b"\xff")
    (tmp_path / "of" / "others" / "rules.yml").write_text(NEEDLESS)
    run = mac(tmp_path, "lint", "of", "--format", "json")
    assert [(each["rule"], each["path"]) for each in json.loads(run.stdout)] == [("needless-regex", "of/others/rules.yml")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: no such file or directory"),
        (b"groups: \xff\n", "this is not UTF-8"),
        (b"\x00\x01\x02", "this is no text"),
    ],
)
def test_a_file_that_nobody_can_read_is_one_finding(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "rules.yml").write_bytes(content)
    run = mac(tmp_path, "lint", "rules.yml")
    assert run.returncode == 1
    assert said in run.stdout
    assert run.stdout.endswith("1 error\n")


def test_an_exposition_that_is_none_is_a_finding_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(GOOD)
    (tmp_path / "metrics.txt").write_text("up 1\nup{ 1\n")
    run = mac(tmp_path, "lint", "rules.yml", "--metrics", "metrics.txt")
    assert run.returncode == 1
    assert "metrics.txt:2:1" in run.stdout


def test_metrics_without_files_is_wrong_usage(tmp_path: Path) -> None:
    assert mac(tmp_path, "lint", "--metrics", "metrics.txt").returncode == 2


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_fix_mends_a_file_says_so_and_leaves_everything_else_as_it_is(tmp_path: Path, ends: str) -> None:
    file = tmp_path / "rules.yml"
    file.write_bytes(NEEDLESS.replace("\n", ends).encode())
    file.chmod(0o640)
    run = mac(tmp_path, "lint", "--fix", "rules.yml")
    assert (run.returncode, run.stdout) == (0, "no findings\n")
    assert run.stderr == 'mended rules.yml:5:35: write `city="Oslo"` [needless-regex]\n1 file with 1 expression checked\n'
    assert file.read_bytes() == NEEDLESS.replace("=~", "=").replace("\n", ends).encode()
    assert file.stat().st_mode & 0o777 == 0o640
    again = mac(tmp_path, "lint", "--fix", "rules.yml")
    assert (again.stdout, again.stderr) == ("no findings\n", "1 file with 1 expression checked\n")


def test_statistics_say_how_much_is_known(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES)
    run = mac(tmp_path, "lint", "--statistics", "rules.yml")
    assert "0 distinct expressions in 0 places" in run.stdout
    (tmp_path / "rules.yml").write_text(NEEDLESS)
    run = mac(tmp_path, "lint", "--statistics", "rules.yml")
    assert "1 distinct expressions in 1 places, of 2 nodes with a value" in run.stdout
    assert "needless-regex" in run.stdout


@pytest.mark.parametrize("given", ["folder", "folder/pipe.yml"])
def test_where_nothing_is_checked_is_a_finding_and_a_pipe_is_not_waited_for(tmp_path: Path, given: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "folder" / "pipe.yml")
    run = mac(tmp_path, "lint", given)
    assert (run.returncode, run.stderr) == (1, "0 files with 0 expressions checked\n")
    assert "error[unreadable-file]" in run.stdout


@pytest.mark.parametrize("content", [GOOD.replace("groups", "grops"), "groups: 5\n", GOOD + "  - name: b\n    rules: 5\n"])
def test_in_a_folder_no_rules_vanish(tmp_path: Path, content: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "good.yml").write_text(GOOD)
    (tmp_path / "folder" / "typo.yml").write_text(content)
    run = mac(tmp_path, "lint", "folder")
    assert run.returncode == 1
    assert run.stdout.startswith("error[invalid-rule-file]")
    assert run.stdout.endswith("\n1 error\n")


@pytest.mark.parametrize("folder", ["definitions", "elsewhere"])
def test_what_is_wrong_with_the_configuration_is_told_with_files_too(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "parcels.py").write_text(DEFINITIONS)
    (tmp_path / "pyproject.toml").write_text('[tool.mac]\ndisable = ["nope"]\n')
    (tmp_path / "rules.yml").write_text("groups: []\n")
    run = mac(tmp_path, "lint", "rules.yml")
    assert run.returncode == 1
    assert "`nope`" in run.stdout
