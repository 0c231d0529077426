"""`plan` collects what every target gives, and refuses what no folder can hold."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring_as_code import targets
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build import plan
from monitoring_as_code.build.plan import renderers
from monitoring_as_code.config import Config
from monitoring_as_code.project import Project


@pytest.fixture
def analysis(tmp_path: Path) -> Analysis:
    return Analysis(Project(str(tmp_path), Config()))


@pytest.fixture
def only_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that stands for targets/."""
    folder = tmp_path / "targets"
    folder.mkdir()
    monkeypatch.setattr(targets, "__path__", [str(folder)])
    known = set(sys.modules)
    yield folder
    for name in set(sys.modules) - known:
        del sys.modules[name]


def target(*artifacts: tuple[str, str]) -> str:
    return f"def render(analysis):\n    return {artifacts!r}\n"


def test_a_target_is_a_module_with_render_and_needs_no_other_word(only_planted: Path, analysis: Analysis) -> None:
    (only_planted / "planted_two.py").write_text(target(("two/b.yml", "b: ü\n")))
    (only_planted / "planted_one.py").write_text(target(("two/a.yml", "a\n"), ("one.md", "1\n")))
    (only_planted / "planted_part.py").write_text("def rendered():\n    raise AssertionError\n")
    (only_planted / "planted.tmpl").write_text("no module")
    (only_planted / "_planted.py").write_text("raise AssertionError")
    assert [name for name, _ in renderers()] == ["planted_one", "planted_two"]
    made = plan(analysis)
    assert list(made.files.items()) == [("one.md", b"1\n"), ("two/a.yml", b"a\n"), ("two/b.yml", "b: ü\n".encode())]
    assert made.problems == ()


@pytest.mark.parametrize(
    ("paths", "messages"),
    [
        (("a", "a"), ["two artifacts would be `a`"]),
        (("a", "a/b"), ["`a` would be an artifact, and the folder of `a/b`"]),
        (("a.yml", "A.yml"), ["`A.yml` and `a.yml` differ in case only, so some file systems hold one of them"]),
        (("x/a.yml", "X/b.yml"), ["`X/` and `x/` differ in case only, so some file systems hold one of them"]),
        (("a.yml", "b.yml", "x/a.yml"), []),
    ],
)
def test_paths_that_cannot_be_together_are_findings(
    only_planted: Path, analysis: Analysis, paths: tuple[str, ...], messages: list[str]
) -> None:
    (only_planted / "planted_clash.py").write_text(target(*((path, "") for path in paths)))
    problems = plan(analysis).problems
    assert [each.message for each in problems] == messages
    assert all(each.rule == "clashing-artifacts" and each.help for each in problems)


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../up", "a/../b", "./a", "a//b", "a\\b", "a\nb", "manifest.json", ".mac-staging/0"])
def test_a_path_that_is_not_below_build_is_a_mistake_of_the_target(only_planted: Path, analysis: Analysis, path: str) -> None:
    (only_planted / "planted_wrong.py").write_text(target((path, "")))
    with pytest.raises(ValueError, match="`planted_wrong` gave"):
        plan(analysis)
