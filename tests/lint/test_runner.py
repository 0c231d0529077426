"""What holds for all rules together."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build import plan
from monitoring_as_code.config import read_config
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.lint.rules import RULE_NAMES, load, rules
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.origin import Location
from monitoring_as_code.project import load_project

IMPORTS = "from monitoring_as_code import *\n"


def lint_files(folder: Path, files: Mapping[str, str]) -> list[Diagnostic]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    config, problems = read_config(folder)
    return lint(Analysis(load_project(folder, config, problems)))


def said(found: list[Diagnostic]) -> list[str]:
    return [f"{Path(each.location.path).name}:{each.location.line} {each.rule}" if each.location else each.rule for each in found]


def test_findings_are_in_the_order_of_files_and_lines_and_every_place_is_resolved(tmp_path: Path) -> None:
    found = lint_files(
        tmp_path,
        {
            "definitions/b.py": IMPORTS + 'x = RecordingRule(name="x", expr="sum(upp)")\ny = RecordingRule(name="y", expr="sum(uppp)")\n',
            "definitions/a.py": IMPORTS + '\n\nz = RecordingRule(name="z", expr="sum(up")\n',
        },
    )
    assert said(found) == ["a.py:4 syntax-error", "b.py:2 unknown-metric", "b.py:3 unknown-metric"]
    assert all(isinstance(each.place, Location) for each in found)


def test_a_part_of_the_algebra_that_is_used_twice_is_told_once(tmp_path: Path) -> None:
    found = lint_files(
        tmp_path,
        {
            "definitions/a.py": IMPORTS
            + 'load = Gauge(name="load", help="Work.")\n'
            + 'rises = expression("rate(load[5m])")\n'
            + 'x = RecordingRule(name="x", expr=rises.sum())\n'
            + 'y = RecordingRule(name="y", expr=rises.max())\n'
        },
    )
    assert said(found) == ["a.py:3 rate-of-gauge"]


def test_a_comment_counts_in_its_own_file_only(tmp_path: Path) -> None:
    load_ = 'load = Gauge(name="load", help="Work.")\n'
    found = lint_files(
        tmp_path,
        {
            "definitions/a.py": IMPORTS + load_ + 'x = RecordingRule(name="x", expr="rate(load[5m])")\n',
            "definitions/b.py": IMPORTS + "\nnothing = 0  # mac: allow[rate-of-gauge] it only grows\n",
        },
    )
    assert said(found) == ["a.py:3 rate-of-gauge", "b.py:3 unused-suppression"]


def test_what_needs_the_whole_project_is_not_said_of_a_part_and_the_rest_is(tmp_path: Path) -> None:
    found = lint_files(
        tmp_path,
        {
            "definitions/a.py": IMPORTS
            + 'load = Gauge(name="load", help="Work.")\nother = Gauge(name="other", help="Work.")\n'
            + 'x = RecordingRule(name="x", expr="rate(load[5m]) + missing")\n'
            + 'routing = Routing(receiver="nobody")\n',
            "definitions/b.py": "raise ValueError\n",
        },
    )
    assert said(found) == ["a.py:4 rate-of-gauge", "b.py:1 definition-error"]


def test_a_project_says_how_bad_findings_of_loading_are_too(tmp_path: Path) -> None:
    found = lint_files(
        tmp_path,
        {
            "definitions/a.py": IMPORTS + '[Gauge(name="load", help="Work.")]\nother = Gauge(name="other", help="Work.")\n',
            "pyproject.toml": '[tool.mac]\nseverity = { unreached-declaration = "warning" }\n',
        },
    )
    assert [(each.rule, each.severity) for each in found] == [("unreached-declaration", Severity.WARNING)]


def test_two_runs_say_the_same(tmp_path: Path) -> None:
    files = {"definitions/a.py": IMPORTS + 'x = RecordingRule(name="x", expr="sum(upp) / sum(uppp) + rate(up[5m])")\n'}
    assert lint_files(tmp_path, files) == lint_files(tmp_path, files)


def test_an_empty_project_has_the_finding_of_loading_alone(tmp_path: Path) -> None:
    assert [each.rule for each in lint_files(tmp_path, {"definitions/__init__.py": ""})] == ["no-definitions"]


def test_rules_are_found_by_their_files(root: Path) -> None:
    files = {file.stem.replace("_", "-") for file in (root / "monitoring_as_code" / "lint" / "rules").rglob("[a-z]*.py")}
    assert set(RULE_NAMES) == files
    assert [rule.name for rule in rules()] == sorted(files)
    with pytest.raises(KeyError):
        load("no-such-rule")


def test_every_rule_that_another_yields_to_exists() -> None:
    assert {name for rule in rules() for name in rule.yields_to} <= set(RULE_NAMES)


def test_every_rule_that_loading_and_the_build_print_has_a_page(root: Path) -> None:
    words = {
        word
        for folder in ("project", "build", "config", "lint")
        for file in (root / "monitoring_as_code" / folder).rglob("*.py")
        for line in file.read_text().splitlines()
        if "Diagnostic(" in line or line.startswith(("_RULE =", "RULE =")) or (' = "' in line and line.split(" ")[0].isupper())
        for word in line.split('"')[1::2]
        if word.replace("-", "").isalpha() and "-" in word and word.islower()
    }
    assert words >= {"stale-artifact", "foreign-file", "definition-error", "invalid-declaration"}
    assert words <= set(RULE_NAMES)


def test_pages_can_be_read_without_loading_the_model() -> None:
    program = (
        "import sys; from monitoring_as_code.lint.rules import rules; [each.page for each in rules()]; print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_longest_chains_and_the_deepest_trees_are_checked_and_compiled(tmp_path: Path) -> None:
    files = {
        "definitions/a.py": IMPORTS
        + 'load = Gauge(name="load", help="Work.")\n'
        + "chain = nested = load\n"
        + "for _ in range(997):\n    chain = chain + load\n"
        + "for _ in range(196):\n    nested = nested.max()\n"
        + 'many = " or ".join(f\'load{{job="j{n}"}} > {n}\' for n in range(998))\n'
        + 'a = Alert(name="A", expr=chain > 5, severity="info", summary="x")\n'
        + 'b = Alert(name="B", expr=many, severity="info", summary="x")\n'
        + 'c = RecordingRule(name="c", expr=nested)\n'
        + 'd = Dashboard(name="D", uid="d", rows=(Row(title="r", panels=tuple(\n'
        + "    TimeSeries(title=str(n), expr=expr) for n, expr in enumerate((chain, nested, many, c.sum())))),))\n",
    }
    found = lint_files(tmp_path, files)
    assert not {"definition-error", "invalid-declaration", "syntax-error", "second-opinion"} & {each.rule for each in found}
    config, problems = read_config(tmp_path)
    assert plan(Analysis(load_project(tmp_path, config, problems))).files
