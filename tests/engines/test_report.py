"""What the real programs print becomes data; the texts are theirs."""

import pytest

from monitoring_as_code.engines import Complaint, reported

CASES = {
    "accepted": ("Checking good.yml\n  SUCCESS: 1 rules found\n\n", []),
    "promtool-rules": (
        "Checking good.yml\n  SUCCESS: 1 rules found\n\nChecking bad.yml\n  FAILED:\n"
        'bad.yml: 5:11: group "a", rule 1, "X": could not parse expression: 1:6: parse error: unexpected end of input\n'
        'bad.yml: 11:3: groupname: "a" is repeated in the same file\n\n',
        [
            Complaint("bad.yml", 'group "a", rule 1, "X": could not parse expression: 1:6: parse error: unexpected end of input', 5, 11),
            Complaint("bad.yml", 'groupname: "a" is repeated in the same file', 11, 3),
        ],
    ),
    "one-complaint-of-two-lines": (
        "Checking bad.yml\n  FAILED:\nbad.yml: yaml: unmarshal errors:\n  line 3: field foo not found in type rulefmt.RuleGroup\n",
        [Complaint("bad.yml", "yaml: unmarshal errors:\nline 3: field foo not found in type rulefmt.RuleGroup")],
    ),
    "said-twice": (
        "Checking bad.yml\n  FAILED:\nbad.yml: yaml: line 1: no\nbad.yml: yaml: line 1: no\n",
        [Complaint("bad.yml", "yaml: line 1: no")],
    ),
    "lint": (
        "Checking d.yml\n  FAILED:\nlint error 1 duplicate rule(s) found.\nMetric: a\nLabel(s):\nMight cause inconsistency\n\n",
        [Complaint("d.yml", "lint error 1 duplicate rule(s) found.\nMetric: a\nLabel(s):\nMight cause inconsistency")],
    ),
    "promtool-config": (
        'Checking prom.yml\n  FAILED: "missing.yml" does not point to an existing file\n',
        [Complaint("prom.yml", '"missing.yml" does not point to an existing file')],
    ),
    "promtool-config-and-its-rules": (
        "Checking p.yml\n  SUCCESS: 1 rule files found\n SUCCESS: p.yml is valid prometheus config file syntax\n\n"
        'Checking bad.yml\n  FAILED:\n     bad.yml: 8:13: group "a", rule 3: no\n     bad.yml: 9:1: nor this\n',
        [Complaint("bad.yml", 'group "a", rule 3: no', 8, 13), Complaint("bad.yml", "nor this", 9, 1)],
    ),
    "amtool": (
        "Checking 'am2.yml'  FAILED: undefined receiver \"b\" used in route\n\nChecking 'am4.yml'  SUCCESS\nFound:\n - global config\n\n"
        "amtool: error: failed to validate 1 file(s)\n",
        [Complaint("am2.yml", 'undefined receiver "b" used in route')],
    ),
    "amtool-template": (
        "Checking 'am1.yml'  SUCCESS\nFound:\n - global config\n - 1 templates\n  FAILED: template: t.tmpl:1: unclosed action\n\n",
        [Complaint("am1.yml", "template: t.tmpl:1: unclosed action")],
    ),
    "no-such-file": (
        "promtool: error: path 'no.yml' does not exist, try --help\n",
        [Complaint("", "path 'no.yml' does not exist")],
    ),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("output", "complaints"), CASES.values(), ids=CASES)
def test_each_complaint_has_its_file_and_its_place(output: str, complaints: list[Complaint]) -> None:
    assert reported(output) == complaints


def test_a_complaint_reads_as_a_place_and_a_sentence() -> None:
    assert str(Complaint("a.yml", "no", 3, 4)) == "a.yml:3:4: no"
    assert str(Complaint("a.yml", "no")) == "a.yml: no"
    assert str(Complaint("", "no")) == "no"
