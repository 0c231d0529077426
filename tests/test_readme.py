"""What the README and the pages for users show is what happens."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from monitoring_as_code.config import Config, read_config
from monitoring_as_code.lint.runner import rules

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# A page, and how many commands it shows at least.
PAGES = {
    "README.md": 10,
    "docs/conformance.md": 4,
    "docs/coverage.md": 5,
    "docs/dashboards.md": 5,
    "docs/middleware.md": 1,
    "docs/environments.md": 7,
    "docs/instruments.md": 3,
    "docs/operations.md": 11,
    "docs/learning.md": 2,
    "docs/proofs.md": 10,
    "docs/versions.md": 5,
}
# Those whose commands drive real programs.
ENGINES = {"README.md": ("promtool",), "docs/operations.md": ("promtool",), "docs/proofs.md": ("promtool",)}
# Those that are about AutoWeave, and begin with its definitions.
OF_AUTOWEAVE = ("docs/operations.md",)


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("page", [pytest.param(page, marks=pytest.mark.engines(*ENGINES.get(page, ()))) for page in PAGES])
def test_its_commands_print_what_it_says(page: str, tmp_path: Path) -> None:
    commands = 0
    text = (ROOT / page).read_text(encoding="utf-8")
    if page in OF_AUTOWEAVE:
        shutil.copytree(ROOT / "definitions", tmp_path / "definitions", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for kind, path, body in re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if kind == "python":
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(body, encoding="utf-8")
        elif kind == "console":
            for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
                if not command.startswith("pip "):
                    assert run(command, tmp_path).rstrip() == output.rstrip(), command
                    commands += 1
    assert commands >= PAGES[page]


def test_every_page_with_examples_is_among_them() -> None:
    pages = (ROOT / "docs").glob("*.md")
    assert {str(page.relative_to(ROOT)) for page in pages if "```python " in page.read_text(encoding="utf-8")} <= PAGES.keys()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"allow\[([a-z-]+)\]|# (?:rules|what weighs)[^\n]*?[\[{] ?\"?([a-z-]+)", README))))
def test_the_rules_that_it_names_are_there(name: tuple[str, str]) -> None:
    assert (name[0] or name[1]) in {rule.name for rule in rules()}


def test_its_configuration_is_every_key_with_what_holds_without_it(tmp_path: Path) -> None:
    shown = re.search(r"^```toml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert shown is not None
    (tmp_path / "pyproject.toml").write_text(shown[1], encoding="utf-8")
    assert read_config(tmp_path) == (Config(), ())
    assert set(tomllib.loads(shown[1])["tool"]["mac"]) == {field.replace("_", "-") for field in Config._fields}


def test_its_first_finding_is_one_of_those_that_it_shows_later() -> None:
    shown = re.findall(r"^error\[.*$", README, re.MULTILINE)
    assert shown[0] == shown[1]
