"""Every rule finds what its page calls bad, and every case of tests/lint/*.md gives the findings that stand there, as a user sees them.

A case is a heading that says what holds, definitions or a dashboard in JSON, and what `mac lint` prints of them; without the latter nothing must be found.
`MAC_UPDATE=1` writes what is printed into the files.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.config import read_config
from monitoring_as_code.diagnostics import Diagnostic, render
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.lint.rules import RULE_NAMES, load
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.project import load_project

HERE = Path(__file__).parent
# In front of every example, on a line of its own.
IMPORTS = "from typing import Literal; from monitoring_as_code import *; from monitoring_as_code.units import *\n"
# Examples that are not about the stack or routing need not say what is scraped and where alerts go.
STACK = """\
from monitoring_as_code import ScrapeJob, Stack

stack = Stack(name="example", jobs=(ScrapeJob(name="backend", targets=("backend:8080",)),), alertmanagers=("alertmanager:9093",))
"""
ROUTING = """\
from monitoring_as_code import Receiver, Routing, Slack

team = Receiver(name="team", integrations=(Slack(channel="#team"),))
routing = Routing(receiver=team)
"""
NOTHING = "no findings\n"


def findings(folder: Path, definitions: str, config: str = "") -> list[Diagnostic]:
    """What is found in a project of one file, or in one dashboard of others."""
    (folder / "pyproject.toml").write_text(config)
    if definitions.startswith("{"):
        (folder / "dashboard.json").write_text(definitions)
        read, _ = read_config(folder)
        return lint(Analysis(read_files([str(folder / "dashboard.json")], str(folder), read), Catalogue(complete=False)))
    (folder / "definitions").mkdir()
    (folder / "definitions" / "example.py").write_text(IMPORTS + definitions)
    if variables := re.findall(r"^# \.env: (.+)$", definitions, flags=re.MULTILINE):
        (folder / ".env").write_text("\n".join(variables))
    if "Stack(" not in definitions:
        (folder / "definitions" / "stack.py").write_text(STACK)
    if "Routing(" not in definitions:
        (folder / "definitions" / "routing.py").write_text(ROUTING)
    read, problems = read_config(folder)
    return lint(Analysis(load_project(folder, read, problems)))


def config_of(name: str, example: str) -> str:
    """The configuration of an example: what its comment says, or what turns a rule on that is off where nothing is said."""
    said = "".join(line.removeprefix("# ") for line in example.splitlines(keepends=True) if line.startswith("# "))
    return said if "[tool.mac]" in said or load(name).on else f'[tool.mac]\nenable = ["{name}"]\n'


class Case(NamedTuple):
    """One case of a file; `block` is the text that the expected output stands in, with its fences."""

    file: Path
    name: str
    text: str
    definitions: str
    config: str
    expected: str


def cases() -> Iterator[Case]:
    for file in sorted(HERE.glob("*.md")):
        for section in re.split(r"^(?=## )", file.read_text(), flags=re.MULTILINE):
            if not section.startswith("## "):
                continue
            blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL))
            yield Case(
                file,
                section.split("\n", 1)[0].removeprefix("## "),
                section,
                blocks["python"] if "python" in blocks else blocks["json"],
                blocks.get("toml", ""),
                blocks.get("text", NOTHING),
            )


@pytest.mark.parametrize("name", RULE_NAMES)
def test_a_page_says_in_a_sentence_what_is_found_and_shows_how_it_is_right(name: str) -> None:
    rule = load(name)
    assert rule.name == name
    assert rule.summary.endswith(".")
    assert rule.good or rule.check is None  # what is not about definitions has no example of them
    assert rule.bad or rule.check is None or name == "second-opinion"


@pytest.mark.parametrize("name", RULE_NAMES)
def test_what_is_bad_is_found_by_its_rule_and_by_no_other(name: str, tmp_path: Path) -> None:
    for number, example in enumerate(load(name).bad):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = findings(folder, example, config_of(name, example))
        assert {each.rule for each in found} == {name}, render(found, "text", root=folder)


@pytest.mark.parametrize("name", RULE_NAMES)
def test_what_is_good_is_found_by_no_rule(name: str, tmp_path: Path) -> None:
    for number, example in enumerate(load(name).good):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = findings(folder, example, config_of(name, example))
        assert not found, render(found, "text", root=folder)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.file.stem}: {case.name}") for case in cases()])
def test_findings_are_what_a_user_reads(case: Case, tmp_path: Path) -> None:
    found = findings(tmp_path, case.definitions, case.config)
    printed = render(found, "text", root=tmp_path) if found else NOTHING
    if os.environ.get("MAC_UPDATE") and printed != case.expected:
        bare = re.sub(r"\n```text\n.*?^```\n", "", case.text, flags=re.MULTILINE | re.DOTALL).rstrip("\n")
        shown = "" if printed == NOTHING else f"\n\n```text\n{printed}```"
        updated = bare + shown + "\n\n"
        case.file.write_text(case.file.read_text().replace(case.text, updated).rstrip("\n") + "\n")
    else:
        assert printed == case.expected
