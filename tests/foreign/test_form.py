"""`mac lint FILE` refuses the form of a rule file where Prometheus does, and nowhere else."""

import subprocess
from pathlib import Path

import pytest

from monitoring_as_code.config import Config
from monitoring_as_code.foreign.reading import read_files

ALERT = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n"
RECORD = "groups:\n- name: g\n  rules:\n  - record: a:b\n    expr: sum(up)\n"
REFUSED = {
    "for is a word": ALERT + "    for: abc\n",
    "for has no unit": ALERT + "    for: 5\n",
    "for is empty": ALERT + "    for: ''\n",
    "for has its units in the wrong order": ALERT + "    for: 5m1h\n",
    "keep_firing_for is negative": ALERT + "    keep_firing_for: -5m\n",
    "a rule has an unknown field": ALERT + "    fro: 5m\n",
    "annotations are misspelt": ALERT + "    annotation: {a: b}\n",
    "expr is misspelt": ALERT.replace("expr", "exrp"),
    "a label has a bad name": ALERT + "    labels: {bad-name: x}\n",
    "a label is the metric's name": ALERT + "    labels: {__name__: x}\n",
    "a label is a list": ALERT + "    labels: {a: [x]}\n",
    "labels are a list": ALERT + "    labels: [a]\n",
    "annotations are a text": ALERT + "    annotations: hello\n",
    "an annotation has a bad name": ALERT + "    annotations: {a-b: x}\n",
    "a label stands twice": ALERT + "    labels: {a: b, a: c}\n",
    "expr stands twice": ALERT + "    expr: up == 1\n",
    "labels hold themselves": ALERT + "    labels: &a {x: *a}\n",
    "a record's name has a blank": RECORD.replace("a:b", "x y"),
    "a record has a for": RECORD + "    for: 5m\n",
    "a record has annotations": RECORD + "    annotations: {a: b}\n",
    "a group's interval is none": "groups:\n- name: g\n  interval: 1x\n  rules: []\n",
    "two groups have one name": "groups:\n- name: g\n  rules: []\n- name: g\n  rules: []\n",
    "a group has no name": "groups:\n- rules: []\n",
    "a group has two names": "groups:\n- name: g\n  name: h\n  rules: []\n",
    "the file has an unknown field": "x: 1\n" + ALERT,
}
LOADED = {
    "for is zero": ALERT + "    for: 0\n",
    "for is null": ALERT + "    for:\n",
    "labels are no texts, but scalars": ALERT + "    labels: {a: true, b: null, c: 5}\n",
    "labels and annotations are null": ALERT + "    labels:\n    annotations:\n",
    "keep_firing_for is there": ALERT + "    keep_firing_for: 5m\n",
    "a record has a for of zero": RECORD + "    for: 0s\n    annotations: {}\n",
    "an interval is zero": "groups:\n- name: g\n  interval: 0s\n  rules: []\n",
    "a list is used twice": ALERT + "    labels: &a {b: c}\n    annotations: *a\n",
}
NEWER = {
    "a newer Prometheus": "groups:\n- name: g\n  query_offset: 1m\n  limit: 5\n  labels: {a: b}\n  rules: []\n",
    "Thanos": "groups:\n- name: g\n  partial_response_strategy: warn\n  rules: []\n",
}


def rules_found(folder: Path, text: str) -> list[str]:
    path = folder / "given.yml"
    path.write_text(text)
    return [each.rule for each in read_files([str(path)], str(folder), Config()).problems]


@pytest.mark.parametrize("name", REFUSED)
def test_one_error_tells_of_a_form_that_prometheus_refuses(name: str, tmp_path: Path) -> None:
    assert rules_found(tmp_path, REFUSED[name]) == ["invalid-rule-file"]


@pytest.mark.parametrize("name", [*LOADED, *NEWER])
def test_a_form_that_some_prometheus_reads_is_no_finding(name: str, tmp_path: Path) -> None:
    assert rules_found(tmp_path, (LOADED | NEWER)[name]) == []


@pytest.mark.engines("promtool")
@pytest.mark.parametrize("name", [*REFUSED, *LOADED])
def test_promtool_agrees(name: str, tmp_path: Path) -> None:
    (tmp_path / "given.yml").write_text((REFUSED | LOADED)[name])
    done = subprocess.run(["promtool", "check", "rules", str(tmp_path / "given.yml")], capture_output=True, check=False)
    assert (done.returncode != 0) == (name in REFUSED)


def test_a_list_of_other_groups_is_not_held_to_the_form(tmp_path: Path) -> None:
    assert rules_found(tmp_path, "groups:\n- title: Family\n  members: [Ann]\n") == []
