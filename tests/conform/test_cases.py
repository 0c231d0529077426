"""Each finding is seen to be found and to be absent: declarations, a page, and what is said of them. `MAC_UPDATE=1` writes what is said."""

import os
import re
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.conform import conformance, contract_of, diagnostics, wanted_lines
from monitoring_as_code.diagnostics import render
from monitoring_as_code.exposition import is_openmetrics
from monitoring_as_code.lint.rules import RULE_NAMES, load
from monitoring_as_code.project import load_project

FOLDER = Path(__file__).parent / "cases"
CASE = re.compile(
    r"^## (?P<title>.*?)\n+(?P<said>.*?)```python\n(?P<definitions>.*?)```\n+```text\n(?P<page>.*?)```\n+```console\n(?P<told>.*?)```\n",
    re.DOTALL | re.MULTILINE,
)
PRELUDE = """\
from typing import Literal
from monitoring_as_code import Alert, Counter, Exporter, Gauge, Histogram, Info, Label, Labels, RecordingRule, ScrapeJob, Stack, Summary
from monitoring_as_code import bytes_, label, milliseconds, percent, ratio, seconds

"""
# What nobody sees in a page that is written down here.
STAND_INS = {"\N{SYMBOL FOR DELETE}": "\udcff", "\N{SYMBOL FOR CARRIAGE RETURN}": "\r", "\N{SYMBOL FOR START OF HEADING}": "\ufeff"}
# What only a Prometheus can say; test_server.py sees these.
OF_A_SERVER = {"target-down", "missing-target", "disagreeing-targets"}


def cases() -> list[tuple[str, re.Match[str]]]:
    return [(f"{file.stem}: {case['title']}", case) for file in sorted(FOLDER.glob("*.md")) for case in CASE.finditer(file.read_text())]


def told(folder: Path, case: re.Match[str]) -> str:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "shop.py").write_text(PRELUDE + case["definitions"])
    project = load_project(str(folder), Config())
    assert not project.problems, render(project.problems, "text", root=folder)
    job = re.search(r"--job (\S+?)`", case["said"])
    page = case["page"]
    if "without its last line break" in case["said"]:
        page = page.removesuffix("\n")
    for shown, meant in STAND_INS.items():
        page = page.replace(shown, meant)
    lines = page.split("\n")
    contract = contract_of(Analysis(project), job and job[1])
    findings = conformance(lines, contract, openmetrics=is_openmetrics(page), told="As a file." not in case["said"]).findings
    texts = {number: lines[number - 1] for number in wanted_lines(findings)}
    return render(diagnostics(findings, "the page", texts, is_file=False), "text", root=folder)


@pytest.mark.parametrize("name", [name for name, _ in cases()])
def test_a_page_gets_the_findings_that_are_written_below_it(name: str, tmp_path: Path) -> None:
    case = dict(cases())[name]
    found = told(tmp_path, case)
    if os.environ.get("MAC_UPDATE"):
        file = FOLDER / f"{name.partition(':')[0]}.md"
        file.write_text(file.read_text().replace(case[0], case[0].replace(f"```console\n{case['told']}```", f"```console\n{found}```")))
        return
    assert found == case["told"]


def test_every_finding_is_seen_and_is_seen_to_be_absent() -> None:
    mine = {name for name in RULE_NAMES if "`mac conform` finds this" in load(name).page} - OF_A_SERVER
    seen: dict[str, list[str]] = {
        file.stem: [case["told"] for name, case in cases() if name.startswith(f"{file.stem}:")] for file in FOLDER.glob("*.md")
    }
    assert mine <= seen.keys()
    for rule in mine:
        assert any(f"[{rule}]" in said for said in seen[rule]), rule
        assert any(f"[{rule}]" not in said for said in seen[rule]), rule


def test_what_is_right_is_right_as_a_whole() -> None:
    """A case that is called `fine` has no finding of any kind."""
    for name, case in cases():
        if name.partition(": ")[2].startswith("fine"):
            assert case["told"] == "no findings\n", name
