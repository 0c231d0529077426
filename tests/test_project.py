"""A case is a file of a project's files and what is said of them, whole; `MAC_GOLDEN=write` writes that part anew."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import Alert, Exporter, Gauge
from monitoring_as_code.config import read_config
from monitoring_as_code.diagnostics import render
from monitoring_as_code.model.declaration import Declaration
from monitoring_as_code.project import Project, load_project

FOLDER = Path(__file__).parent / "project"
CASES = sorted(path.stem for path in FOLDER.glob("*.txt"))
HEAD = "from monitoring_as_code import Alert, Exporter, Gauge, RuleGroup\n"
QUEUE = HEAD + 'queue = Gauge(name="queue", help="Jobs.")\n'


@pytest.fixture(autouse=True)
def _no_definitions_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of applications import this repository's own definitions, as applications do, and may have run in this process."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "definitions"]:
        monkeypatch.delitem(sys.modules, name)


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def load(root: Path, files: dict[str, str | bytes] | None = None) -> Project:
    write(root, files or {})
    config, problems = read_config(root)
    return load_project(root, config, problems)


def shown(project: Project) -> str:
    return render(project.problems, "text", root=project.root)


def names(project: Project) -> list[str]:
    return [each.name for each in project.declarations]


@pytest.mark.parametrize("name", CASES)
def test_says_of(name: str, tmp_path: Path) -> None:
    content = (FOLDER / f"{name}.txt").read_text()
    *files, expected = content.removeprefix("=== ").split("\n=== ")
    expected = expected.removeprefix("findings\n")
    said = shown(load(tmp_path, dict((each + "\n").split("\n", 1) for each in files)))  # type: ignore[arg-type]
    if os.environ.get("MAC_GOLDEN") == "write":
        (FOLDER / f"{name}.txt").write_text(content[: content.rindex("=== findings\n") + 13] + said)
    assert said == expected


def test_declarations_are_found_in_names_and_containers_in_the_order_of_modules_and_lines(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        {
            "definitions/b.py": HEAD
            + """
z = Gauge(name="b1", help="")
many = [Gauge(name="b2", help=""), (Gauge(name="b3", help=""), {"k": Gauge(name="b4", help="")})]
a = z
""",
            "definitions/a.py": "from .b import z\n" + HEAD + 'x = Gauge(name="a1", help="")\n',
            "definitions/teams/billing.py": "from ..a import x\n" + HEAD + 'y = Gauge(name="t1", help="")\n',
        },
    )
    assert shown(project) == "no findings\n"
    assert names(project) == ["a1", "b1", "b2", "b3", "b4", "t1"]
    where = [(found.module.name, found.variable) for each in project.declarations if (found := project.declared(each))]
    assert where == [("a", "x"), ("b", "z"), ("b", "many[0]"), ("b", "many[1][0]"), ("b", "many[1][1]['k']"), ("teams.billing", "y")]
    assert [each.name for each in project.modules] == ["a", "b", "teams.billing"]
    assert project.complete


def test_what_is_inside_of_a_declaration_is_declared_and_has_a_holder(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        {
            "definitions/a.py": HEAD
            + """
group = RuleGroup(name="g", rules=(Alert(name="A", expr="up == 0", severity="warning", summary="x"),))
node = Exporter(name="node", metrics=(Gauge(name="n1", help=""), Gauge(name="n2", help="")))
named = node.metrics[1]
"""
        },
    )
    assert shown(project) == "no findings\n"
    assert names(project) == ["g", "A", "node", "n1", "n2"]
    assert [holder and holder.name for holder in map(project.holder, project.declarations)] == [None, "g", None, "node", "node"]
    assert [each.name for each in project.of(Gauge)] == ["n1", "n2"]
    assert [each.name for each in project.of(Alert)] == ["A"]
    assert project.of(Exporter) is project.of(Exporter)


def test_an_exporters_metric_is_the_exporters_even_if_another_declaration_shows_it_first(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        {
            "definitions/a.py": """
from monitoring_as_code.model.checking import Instance
from monitoring_as_code import Gauge
from monitoring_as_code.model.declaration import Declaration
from .b import node

class Shown(Declaration):
    metric: Instance[Gauge]

shown = Shown(name="shown", metric=node.metrics[0])
""",
            "definitions/b.py": HEAD + 'node = Exporter(name="node", metrics=(Gauge(name="n1", help=""),))\n',
        },
    )
    assert [(each.name, holder and holder.name) for each in project.declarations for holder in [project.holder(each)]] == [
        ("shown", None),
        ("node", None),
        ("n1", "node"),
    ]


def test_a_container_that_holds_itself_is_no_trouble(tmp_path: Path) -> None:
    assert names(load(tmp_path, {"definitions/a.py": QUEUE + "many = [queue]\nmany.append(many)\n"})) == ["queue"]


@pytest.mark.parametrize("name", ["http", "logging", "types", "json", "yaml", "monitoring_as_code"])
def test_a_module_named_like_a_library_does_not_hide_it(name: str, tmp_path: Path) -> None:
    project = load(tmp_path, {f"definitions/{name}.py": QUEUE + f"import {name}\nassert 'definitions' not in {name}.__file__\n"})
    assert (shown(project), names(project)) == ("no findings\n", ["queue"])


@pytest.mark.parametrize("name", ["json", "yaml", "email"])
def test_a_folder_named_like_a_library_is_still_the_projects_own(name: str, tmp_path: Path) -> None:
    before = sys.modules.get(name)
    project = load(
        tmp_path,
        {"pyproject.toml": f'[tool.mac]\ndefinitions = "{name}"\n', f"{name}/a.py": QUEUE, f"{name}/b.py": "from .a import queue\n"},
    )
    assert (shown(project), names(project)) == ("no findings\n", ["queue"])
    assert sys.modules.get(name) is before


def test_what_is_loaded_leaves_nothing_behind(tmp_path: Path) -> None:
    path, modules, finders = list(sys.path), dict(sys.modules), list(sys.meta_path)
    project = load(tmp_path, {"definitions/a.py": "import application.queues\n" + QUEUE, "application/queues.py": "x = 1\n"})
    assert shown(project) == "no findings\n"
    assert (sys.path, sys.meta_path) == (path, finders)
    assert not [name for name in sys.modules if name.startswith(("definitions", "application"))]
    assert modules.items() <= sys.modules.items()


def test_two_projects_do_not_see_each_other(tmp_path: Path) -> None:
    one = load(
        tmp_path / "one",
        {"definitions/a.py": "from app import name\n" + HEAD + 'x = Gauge(name=name, help="")\n', "app.py": 'name = "one"\n'},
    )
    two = load(
        tmp_path / "two",
        {"definitions/a.py": "from app import name\n" + HEAD + 'x = Gauge(name=name, help="")\n', "app.py": 'name = "two"\n'},
    )
    assert (names(one), names(two)) == (["one"], ["two"])


def test_a_file_that_was_edited_within_the_second_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    now = tmp_path.stat().st_mtime_ns
    for name in ("one", "two", "six"):
        write(tmp_path, {"definitions/a.py": HEAD + f'x = Gauge(name="{name}", help="")\n'})
        os.utime(tmp_path / "definitions" / "a.py", ns=(now, now))
        assert names(load(tmp_path)) == [name]


def test_bytecode_is_kept_of_a_file_that_has_settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    write(tmp_path, {"definitions/a.py": QUEUE})
    os.utime(tmp_path / "definitions" / "a.py", (1_700_000_000, 1_700_000_000))
    assert names(load(tmp_path)) == ["queue"]
    assert list((tmp_path / "definitions" / "__pycache__").glob("a.*.pyc"))
    again = load(tmp_path)
    assert names(again) == ["queue"]
    assert again.declarations[0].origin.code.co_filename == str(tmp_path / "definitions" / "a.py")


def test_a_folder_that_cannot_be_written_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    write(tmp_path, {"definitions/a.py": QUEUE, "definitions/__pycache__": "a file, so that no folder can be made"})
    os.utime(tmp_path / "definitions" / "a.py", (1_700_000_000, 1_700_000_000))
    assert names(load(tmp_path)) == ["queue"]


def test_what_definitions_print_stays_out_of_the_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(tmp_path, {"definitions/a.py": QUEUE + "print('hello')\n"})
    assert capsys.readouterr() == ("", "hello\n")


def test_ctrl_c_is_not_a_finding(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(tmp_path, {"definitions/a.py": "raise KeyboardInterrupt\n"})
    assert "definitions" not in sys.modules


@pytest.mark.parametrize(
    "content, message, line, column",
    [
        (b'x = 1\ny = "\xc3\xa9 \xff"\n', "this file must be UTF-8, but it has a byte 0xff here", 2, 8),
        (b'x = 1\r\ny = "\xff"\r\n', "this file must be UTF-8, but it has a byte 0xff here", 2, 6),
        (b"\xef\xbb\xbfx = '\xff'\n", "this file must be UTF-8, but it has a byte 0xff here", 1, 6),
        (b"# coding: ascii\nx = '\xc3\xa9'\n", "this file must be ascii, but it has a byte 0xc3 here", 2, 6),
        (b"# coding: klingon\n", "there is no encoding `klingon`", 1, 11),
        (b"x = 1\ny = '\0'\n", "a Python file cannot have a null byte", 2, 6),
        (b"\xff\xfex\0", "this file must be UTF-8, but it has a byte 0xff here", 1, 1),
        (b"x = " + b"-" * 300_000 + b"1\n", "this file is nested too deeply for Python", 1, 1),
    ],
    ids=["not UTF-8", "with CRLF", "with a signature", "not what it says", "an unknown encoding", "a null byte", "UTF-16", "too deep"],
)
def test_bytes_that_are_no_python_are_told_at_the_character(content: bytes, message: str, line: int, column: int, tmp_path: Path) -> None:
    project = load(tmp_path, {"definitions/a.py": content, "definitions/b.py": QUEUE})
    (found,) = project.problems
    assert found.location is not None
    assert (found.message, found.location.line, found.location.column) == (message, line, column)
    assert names(project) == ["queue"]
    assert not project.complete


def test_a_project_of_declarations_needs_no_files() -> None:
    gauge: Declaration = Gauge(name="queue", help="")
    project = Project("/nowhere", read_config("/nowhere")[0], [gauge])
    assert project.of(Gauge) == (gauge,)
    assert (project.declared(gauge), project.holder(gauge)) == (None, None)


def test_an_invalid_declaration_raises_where_nothing_is_loaded() -> None:
    fields: dict[str, Any] = {"name": "a b"}
    with pytest.raises(ValueError, match="is no metric name"):
        Gauge(**fields)
