"""promtool and amtool themselves: what they accept gives nothing, what they refuse is said with its file."""

from pathlib import Path

import pytest

from monitoring_as_code.engines import Complaint, amtool, promtool

RULES = "groups:\n- name: a\n  rules:\n  - alert: X\n    expr: {}\n"


@pytest.mark.engines("promtool")
def test_promtool_accepts_a_rule_file_and_the_configuration_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES.format("up == 0"))
    (tmp_path / "prometheus.yml").write_text("rule_files: [rules.yml]\n")
    assert promtool.check_rules(["rules.yml"], cwd=tmp_path) == []
    assert promtool.check_config("prometheus.yml", cwd=tmp_path) == []
    assert promtool.check_rules([]) == []


@pytest.mark.engines("promtool")
def test_promtool_says_which_file_and_line_is_wrong(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yml", tmp_path / "bad.yml"
    good.write_text(RULES.format("up == 0"))
    bad.write_text(RULES.format("up =="))
    [complaint] = promtool.check_rules([good, bad])
    assert (complaint.file, complaint.line, complaint.column) == (str(bad), 5, 11)
    assert "unexpected end of input" in complaint.message


@pytest.mark.engines("promtool")
def test_a_rule_that_is_there_twice_is_a_complaint(tmp_path: Path) -> None:
    (tmp_path / "r.yml").write_text("groups:\n- name: a\n  rules:\n" + "  - record: a\n    expr: up\n" * 2)
    [complaint] = promtool.check_rules(["r.yml"], cwd=tmp_path)
    assert "duplicate rule" in complaint.message


@pytest.mark.engines("promtool")
def test_a_configuration_is_checked_with_the_rule_files_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES.format("rate(up)"))
    (tmp_path / "prometheus.yml").write_text("rule_files: [rules.yml]\n")
    [complaint] = promtool.check_config("prometheus.yml", cwd=tmp_path)
    assert complaint.file.endswith("rules.yml")
    assert "expected type range vector" in complaint.message
    (tmp_path / "prometheus.yml").write_text("rule_files: [gone.yml]\n")
    assert promtool.check_config("prometheus.yml", cwd=tmp_path)[0].file == "prometheus.yml"


@pytest.mark.engines("promtool")
def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert promtool.check_rules(["no.yml"], cwd=tmp_path) == [Complaint("", "path 'no.yml' does not exist")]


@pytest.mark.engines("amtool")
def test_amtool_accepts_a_configuration_and_says_what_is_wrong_with_another(tmp_path: Path) -> None:
    (tmp_path / "good.yml").write_text("route: {receiver: a}\nreceivers: [{name: a}]\n")
    (tmp_path / "bad.yml").write_text("route: {receiver: b}\nreceivers: [{name: a}]\n")
    assert amtool.check_config(["good.yml"], cwd=tmp_path) == []
    assert amtool.check_config([]) == []
    assert amtool.check_config(["good.yml", "bad.yml"], cwd=tmp_path) == [Complaint("bad.yml", 'undefined receiver "b" used in route')]


@pytest.mark.parametrize("name", ["promtool", "amtool"])
def test_words_that_are_not_known_are_kept_whole(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / name
    path.write_text("#!/bin/sh\necho 'this went wrong otherwise'\nexit 1\n")
    path.chmod(0o755)
    monkeypatch.setenv("MAC_" + name.upper(), str(path))
    complaints = promtool.check_rules(["a.yml"]) if name == "promtool" else amtool.check_config(["a.yml"])
    assert complaints == [Complaint("", "this went wrong otherwise")]
