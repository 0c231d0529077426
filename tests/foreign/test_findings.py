"""What is found in files of others, as a user sees it: each case of the *.md files here is a file, and what `mac lint FILE` prints.

`MAC_UPDATE=1` writes what is printed into the files. A block `prometheus` is the exposition that the file is checked against.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.config import Config
from monitoring_as_code.diagnostics import Diagnostic, render
from monitoring_as_code.foreign.expositions import learn
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.lint.runner import lint

HERE = Path(__file__).parent
NOTHING = "no findings\n"


class Case(NamedTuple):
    file: Path
    name: str
    section: str
    blocks: dict[str, str]


def cases() -> Iterator[Case]:
    for file in sorted(HERE.glob("*.md")):
        for section in re.split(r"^(?=## )", file.read_text(), flags=re.MULTILINE)[1:]:
            blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL))
            yield Case(file, section.split("\n", 1)[0].removeprefix("## "), section, blocks)


def found_in(folder: Path, blocks: dict[str, str]) -> list[Diagnostic]:
    """The findings in the file that a case shows."""
    kind = "yaml" if "yaml" in blocks else "json"
    path = folder / f"given.{kind}"
    path.write_text(blocks[kind])
    known = Catalogue(complete=False)
    if "prometheus" in blocks:
        (folder / "metrics.prom").write_text(blocks["prometheus"])
        known, problems = learn([str(folder / "metrics.prom")])
        assert not problems
    return lint(Analysis(read_files([str(path)], str(folder), Config()), known))


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.file.stem}: {case.name}") for case in cases()])
def test_findings_in_files_of_others_stand_at_their_characters(case: Case, tmp_path: Path) -> None:
    found = found_in(tmp_path, case.blocks)
    printed = render(found, "text", root=tmp_path) if found else NOTHING
    if os.environ.get("MAC_UPDATE") and printed != case.blocks.get("text", NOTHING):
        bare = re.sub(r"\n```text\n.*?^```\n", "", case.section, flags=re.MULTILINE | re.DOTALL).rstrip("\n")
        shown = "" if printed == NOTHING else f"\n\n```text\n{printed}```"
        case.file.write_text(case.file.read_text().replace(case.section, f"{bare}{shown}\n\n").rstrip("\n") + "\n")
    else:
        assert printed == case.blocks.get("text", NOTHING)


def test_what_a_project_asks_of_alerts_is_asked_of_rule_files_in_their_language(tmp_path: Path) -> None:
    path = tmp_path / "given.yaml"
    path.write_text('groups: [{name: a, rules: [{alert: Late, expr: sum(parcels_late) > 5, annotations: {summary: "late"}}]}]\n')
    config = Config(required_labels=("team",), required_annotations=("runbook_url",))
    found = lint(Analysis(read_files([str(path)], str(tmp_path), config), Catalogue(complete=False)))
    helps = {each.rule: each.help for each in found}
    assert helps["missing-label"] == "write `labels: {team: ...}`"
    assert helps["missing-annotation"] == "write `annotations: {runbook_url: ...}`"
