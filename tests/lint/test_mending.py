"""What `mac lint --fix` makes of definitions and of files of others."""

from pathlib import Path
from typing import cast

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.config import Config
from monitoring_as_code.diagnostics import Diagnostic, Edit, Fix, Severity
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.lint.mending import mended
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.origin import Anchor, Place
from monitoring_as_code.project import load_project

HEAD = "from monitoring_as_code import *\n\nclass L(Labels):\n    a: Label[str]\n\nx = Counter(name='x_total', help='X.', labels=L)\n"
# A declaration, and what becomes of it; None if it must stay as it is.
LITERALS = {
    "plain": ("""r = RecordingRule(name="j:x:r", expr='sum(rate(x_total{a=~"b"}[5m]))')""", """'sum(rate(x_total{a="b"}[5m]))'"""),
    "quotes that must be escaped": (
        r"""r = RecordingRule(name="j:x:r", expr="sum(rate(x_total{a=~'b'}[5m]))")""",
        r'''"sum(rate(x_total{a=\"b\"}[5m]))"''',
    ),
    "raw": (r"""r = RecordingRule(name="j:x:r", expr=r'sum(rate(x_total{a=~"^b.*$"}[5m]))')""", """r'sum(rate(x_total{a=~"b.*"}[5m]))'"""),
    "raw, in quotes that cannot be escaped": (r"""r = RecordingRule(name="j:x:r", expr=r"sum(rate(x_total{a=~'b'}[5m]))")""", None),
    "three quotes": ('r = RecordingRule(name="j:x:r", expr="""sum(\n  rate(x_total{a=~"b"}[5m])\n)""")', 'a=\\"b\\"}[5m]'),
    "in two parts": (
        'r = RecordingRule(name="j:x:r", expr=("sum(rate(" \'x_total{a=~"b"}[5m]\' "))"))',
        """'x_total{a="b"}[5m]'""",
    ),
    "across two parts": ("""r = RecordingRule(name="j:x:r", expr='sum(rate(x_total{a=~"b' '"}[5m]))')""", None),
    "a name that others may use": ("""Q = 'sum(rate(x_total{a=~"b"}[5m]))'\nr = RecordingRule(name="j:x:r", expr=Q)""", None),
    "an f-string": ("""r = RecordingRule(name="j:x:r", expr=f'sum(rate(x_total{{a=~"b"}}[5m]))')""", None),
}


def of_definitions(folder: Path) -> list[Diagnostic]:
    return [each for each in lint(Analysis(load_project(str(folder), Config()))) if each.fix is not None]


@pytest.mark.parametrize("name", LITERALS)
def test_a_literal_of_python_is_mended_in_its_own_form_or_not_at_all(name: str, tmp_path: Path) -> None:
    declaration, wanted = LITERALS[name]
    (tmp_path / "definitions").mkdir()
    file = tmp_path / "definitions" / "example.py"
    file.write_text(f"{HEAD}{declaration}\n")
    found = of_definitions(tmp_path)
    assert [each.rule for each in found] == ["needless-regex"]
    result = mended(found)
    if wanted is None:
        assert not result.texts
        return
    text = result.texts[str(file)]
    assert wanted in text
    file.write_text(text)
    assert not of_definitions(tmp_path)


def of_file(path: Path) -> list[Diagnostic]:
    return lint(Analysis(read_files([str(path)], str(path.parent), Config()), Catalogue(complete=False)))


RULES = """\
groups:
  - name: a   # a comment stays
    rules:
      - record: a:b:c
        expr: 'sum(rate(x_total{a=~"b", c=~"^d.$"}[5m]))'
      - record: a:b:d
        expr: |
          # why
          histogram_quantile(0.9, sum(rate(y_bucket{a!~"b"}[5m])))
"""


def test_fixes_that_do_not_touch_each_other_are_made_at_once_and_only_their_characters_change(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(RULES)
    text = mended(of_file(file)).texts[str(file)]
    assert text == RULES.replace('a=~"b"', 'a="b"').replace("^d.$", "d.").replace('a!~"b"', 'a!="b"')
    file.write_text(text)
    assert not mended(of_file(file)).texts


def one(anchor: Anchor, *edits: tuple[tuple[int, int], str], safe: bool = True) -> Diagnostic:
    """A finding that edits the text `abcdef` of a file."""
    fix = Fix("change it", tuple(Edit(Place(anchor, ("expr",), span, "abcdef"), text) for span, text in edits), safe)
    return Diagnostic("some-rule", Severity.ERROR, "wrong", Place(anchor), fix=fix)


@pytest.fixture
def anchor(tmp_path: Path) -> Anchor:
    file = tmp_path / "rules.yml"
    file.write_text("groups:\n- name: a\n  rules:\n  - {record: r, expr: abcdef}\n")
    (rule,) = (each for each in read_files([str(file)], str(tmp_path), Config()).declarations if each.name == "r")
    return cast("Anchor", rule.origin)


def test_of_two_fixes_that_overlap_the_first_is_made(anchor: Anchor) -> None:
    result = mended([one(anchor, ((0, 3), "x")), one(anchor, ((2, 4), "y")), one(anchor, ((5, 6), "z"))])
    assert len(result.findings) == 2
    assert "expr: xdez}" in next(iter(result.texts.values()))


def test_a_fix_is_made_as_a_whole_or_not_at_all(anchor: Anchor) -> None:
    assert not mended([one(anchor, ((0, 1), "x"), ((1, 2), "{ }"))]).texts


def test_a_fix_that_changes_the_meaning_is_made_only_when_that_is_asked_for(anchor: Anchor) -> None:
    finding = one(anchor, ((0, 1), "x"), safe=False)
    assert not mended([finding]).texts
    assert mended([finding], unsafe=True).texts
