"""A case is a file of three parts: the finding's fields, a file in which «» mark its place and ‹› a related one, and what users see.

`MAC_GOLDEN=write` writes the last part anew, to be read before it is committed.
"""

import ast
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code.diagnostics import Diagnostic, Severity, ordered, render, summary
from monitoring_as_code.diagnostics.display import visible, width
from monitoring_as_code.diagnostics.nearest import did_you_mean, listed, nearest
from monitoring_as_code.origin import Location

FOLDER = Path(__file__).parent / "diagnostics"
CASES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def marked(path: Path, source: str, opening: str, closing: str) -> Location:
    """The place between the marks, which are the only ones in their lines."""
    start, end = (
        source[: source.index(mark)].replace("«", "").replace("»", "").replace("‹", "").replace("›", "") for mark in (opening, closing)
    )
    line, end_line = start.count("\n") + 1, end.count("\n") + 1
    return Location(str(path), line, len(start) - start.rfind("\n"), end_line, len(end) - end.rfind("\n"))


def finding(folder: Path, fields: dict[str, Any], source: str) -> Diagnostic:
    path = folder / "definitions" / "file.py"
    path.parent.mkdir()
    path.write_bytes(source.replace("«", "").replace("»", "").replace("‹", "").replace("›", "").encode())
    place = marked(path, source, "«", "»")
    if "text" in fields:
        place = place._replace(exact=False, text=fields["text"], span=fields["span"])
    related = ((marked(path, source, "‹", "›"), fields["related"]),) if "related" in fields else ()
    return Diagnostic("a-rule", Severity(fields.get("severity", "error")), fields["message"], place, fields.get("help"), related)


def parts(name: str) -> tuple[dict[str, Any], str, str]:
    head, source, expected = (FOLDER / f"{name}.txt").read_bytes().decode().split("-----\n")
    return {key: ast.literal_eval(value) for key, value in (line.split(": ", 1) for line in head.splitlines())}, source, expected


@pytest.mark.parametrize("name", CASES)
def test_shows(name: str, tmp_path: Path) -> None:
    fields, source, expected = parts(name)
    shown = render([finding(tmp_path, fields, source)], "text", root=tmp_path)
    if os.environ.get("MAC_GOLDEN") == "write":
        content = (FOLDER / f"{name}.txt").read_bytes().decode()
        (FOLDER / f"{name}.txt").write_bytes((content[: content.rindex("-----\n") + 6] + shown).encode())
    assert shown == expected


@pytest.mark.parametrize("name", CASES)
def test_carets_are_as_wide_as_what_is_above_them(name: str, tmp_path: Path) -> None:
    fields, source, _ = parts(name)
    lines = render([finding(tmp_path, fields, source)], "text", root=tmp_path).split("\n")
    for above, below in pairwise(lines):
        if below.strip(" |") and not below.strip(" |^"):
            assert width(below) <= width(above) + 1


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
@pytest.mark.parametrize("name", CASES)
def test_on_a_terminal_lines_of_files_are_cut_so_that_they_fit_and_what_is_meant_is_seen(name: str, columns: int, tmp_path: Path) -> None:
    fields, source, _ = parts(name)
    found = finding(tmp_path, fields, source)
    whole = render([found], "text", root=tmp_path, columns=100_000).split("\n")
    lines = render([found], "text", root=tmp_path, columns=columns).split("\n")
    assert len(lines) == len(whole)
    for above, below, wanted, carets in zip(lines, lines[1:], whole, whole[1:], strict=False):
        if below.strip(" |") and not below.strip(" |^"):
            start, length = width(below.rstrip("^")), below.count("^")
            assert width(above) <= columns
            assert width(below) <= columns
            assert length == carets.count("^") or length >= columns - 20
            if width(above) == len(above):
                assert above[start : start + length] == wanted[width(carets.rstrip("^")) :][:length]


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
@pytest.mark.parametrize("name", CASES)
def test_no_form_lets_a_control_character_out(name: str, form: str, tmp_path: Path) -> None:
    fields, source, _ = parts(name)
    shown = render([finding(tmp_path, fields, source)], form, root=tmp_path)
    assert all(character == "\n" or visible(character) == character for character in shown)
    assert shown.encode()
    assert str(tmp_path) not in shown


def test_colours_are_all_that_a_terminal_adds(tmp_path: Path) -> None:
    import re

    found = finding(tmp_path, *parts("related")[:2])
    painted = render([found], "text", root=tmp_path, colour=True)
    assert "\x1b[1;31m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render([found], "text", root=tmp_path)


def test_json_has_all_that_is_known(tmp_path: Path) -> None:
    exact, text = render([finding(tmp_path, *parts("related")[:2])], "json", root=tmp_path), parts("not-exact")
    assert json.loads(exact) == [
        {
            "rule": "a-rule",
            "severity": "error",
            "message": "alert `A` is declared twice",
            "help": None,
            "path": "definitions/file.py",
            "line": 12,
            "column": 1,
            "end_line": 12,
            "end_column": 2,
            "related": [
                {"message": "first declared\nhere", "path": "definitions/file.py", "line": 9, "column": 1, "end_line": 9, "end_column": 2}
            ],
        }
    ]
    (tmp_path / "other").mkdir()
    (found,) = json.loads(render([finding(tmp_path / "other", *text[:2])], "json", root=tmp_path))
    assert (found["text"], found["span"]) == ("sum(\n  漢 + up2\n)", [11, 14])
    assert (found["path"], found["line"], found["column"]) == ("other/definitions/file.py", 1, 5)


def test_json_without_findings_is_an_empty_list(tmp_path: Path) -> None:
    assert render([], "json", root=tmp_path) == "[]\n"


def test_github_gets_one_command_a_finding_and_nothing_else(tmp_path: Path) -> None:
    place = Location(str(tmp_path / "a,b:c%.py"), 3, 5, 3, 9)
    found = [
        Diagnostic("a-rule", Severity.ERROR, "50% of\n::error::x", place, "do\n::warning::this"),
        Diagnostic("b-rule", Severity.WARNING, "no place"),
    ]
    assert render(found, "github", root=tmp_path).splitlines() == [
        "::warning title=b-rule::no place",
        "::error file=a%2Cb%3Ac%25.py,line=3,endLine=3,col=5,endColumn=8,title=a-rule::50%25 of\\n::error::x%0Ado%0A::warning::this",
    ]


def test_sarif_lists_each_rule_once_and_points_to_it(tmp_path: Path) -> None:
    place = Location(str(tmp_path / "ä b.py"), 3, 5, 3, 9)
    outside = Location("/elsewhere/x.py", 1, 1, 1, 2)
    found = [
        Diagnostic("b-rule", Severity.ERROR, "one", place, "do this", ((outside, "see here"),)),
        Diagnostic("a-rule", Severity.WARNING, "two", outside),
        Diagnostic("b-rule", Severity.ERROR, "three"),
    ]
    log = json.loads(render(found, "sarif", root=tmp_path))
    (run,) = log["runs"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert run["tool"]["driver"]["rules"] == [{"id": "a-rule"}, {"id": "b-rule"}]
    assert [(each["ruleId"], each["ruleIndex"], each["level"], each["message"]["text"]) for each in run["results"]] == [
        ("b-rule", 1, "error", "three"),
        ("a-rule", 0, "warning", "two"),
        ("b-rule", 1, "error", "one\ndo this"),
    ]
    inside = run["results"][2]["locations"][0]["physicalLocation"]
    assert inside["artifactLocation"] == {"uri": "%C3%A4%20b.py", "uriBaseId": "%SRCROOT%"}
    assert inside["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert run["results"][2]["relatedLocations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///elsewhere/x.py"}


def test_findings_are_in_the_order_of_the_files(tmp_path: Path) -> None:
    def at(path: str, line: int, column: int, rule: str) -> Diagnostic:
        return Diagnostic(rule, Severity.ERROR, "m", Location(str(tmp_path / path), line, column, line, column))

    wanted = [
        Diagnostic("z", Severity.ERROR, "m"),
        at("a", 2, 1, "z"),
        at("a", 10, 1, "b"),
        at("a", 10, 2, "a"),
        at("a", 10, 2, "b"),
        at("b", 1, 1, "a"),
    ]
    assert ordered(reversed(wanted)) == wanted
    assert ordered([*wanted, *wanted]) == wanted


@pytest.mark.parametrize(
    "errors, warnings, words",
    [(0, 0, "no findings"), (1, 0, "1 error"), (3, 1, "3 errors, 1 warning"), (0, 2, "2 warnings")],
)
def test_the_summary_counts(errors: int, warnings: int, words: str) -> None:
    found = [Diagnostic("r", Severity.ERROR, "m")] * errors + [Diagnostic("r", Severity.WARNING, "m")] * warnings
    assert summary(found) == words


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_text_of_pages_in_a_message_is_cropped(form: str, tmp_path: Path) -> None:
    said = render([Diagnostic("syntax-error", Severity.ERROR, f"`{'x' * 1_000_000}` is no PromQL")], form, root=tmp_path)
    assert len(said) < 5000
    assert "is no PromQL" in said


def test_a_form_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no form `xml`"):
        render([], "xml", root=tmp_path)


def test_a_file_that_cannot_be_read_is_still_named(tmp_path: Path) -> None:
    shown = render([Diagnostic("r", Severity.ERROR, "m", Location(str(tmp_path / "gone.py"), 3, 1, 3, 2))], "text", root=tmp_path)
    assert shown == "error[r]: m\n --> gone.py:3:1\n\n1 error\n"


@pytest.mark.parametrize(
    "name, found",
    [("sumary", ["summary"]), ("Severity", ["severity"]), ("exp", ["expr"]), ("zzz", [])],
)
def test_the_nearest_name_is_what_was_meant(name: str, found: list[str]) -> None:
    assert nearest(name, ["summary", "severity", "expr", "labels"]) == found


def test_names_are_a_phrase() -> None:
    assert (listed([]), listed(["a"]), listed(["a", "b", "c"], "and")) == ("", "`a`", "`a`, `b` and `c`")
    assert did_you_mean("expr", ["for_", "expt", "exposition"]) == "did you mean `expt`?"
    assert did_you_mean("zzz", ["expr"]) is None
