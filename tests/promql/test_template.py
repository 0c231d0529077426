"""What an alert's template or a panel's legend reads; Prometheus itself says which templates it refuses."""

import json
import re
from pathlib import Path

import pytest

from monitoring_as_code.engines import promtool
from monitoring_as_code.engines.program import require
from monitoring_as_code.promql.template import LabelUse, alert_template, legend

CASES = [
    tuple(line.split(" =>", 1)) for line in (Path(__file__).parent / "template.txt").read_text().splitlines() if not line.startswith("# ")
]


# One that has all the labels which the cases ask for.
EXPR = "vector(1)"
for label in ("job", "pod", "node", "queue"):
    EXPR = f'label_replace({EXPR}, "{label}", "a", "", "")'


def shown(use: LabelUse) -> str:
    name = f"({use.name})" if use.guarded else use.name
    return "^" + name if use.source == "external" else name


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_a_template_reads_and_what_is_wrong_with_it(text: str, expected: str) -> None:
    found = alert_template(text)
    if found.fault is not None:
        said = "! " + text[slice(*found.fault.span)]
    elif found.failures:
        said = "? " + " ".join(text[slice(*failure.span)] for failure in found.failures)
    else:
        said = " ".join(map(shown, found.labels))
        assert all(text[slice(*use.span)] == use.name for use in found.labels)
    assert said == expected.strip()


@pytest.mark.engines("promtool")
def test_prometheus_refuses_the_templates_that_have_a_fault_and_no_others(tmp_path: Path) -> None:
    for number, (text, _) in enumerate(CASES):
        rule = {"alert": "A", "expr": "up == 0", "annotations": {"summary": text}}
        file = tmp_path / f"{number}.yml"
        file.write_text(json.dumps({"groups": [{"name": "g", "rules": [rule]}]}))
        refused = bool(promtool.check_rules([file]))
        assert refused == (alert_template(text).fault is not None), text


@pytest.mark.engines("promtool")
def test_prometheus_fails_to_fill_in_the_templates_that_must_fail_and_no_others(tmp_path: Path) -> None:
    read = [text for text, _ in CASES if alert_template(text).fault is None]
    rules = [{"alert": f"A{number}", "expr": EXPR, "annotations": {"summary": text}} for number, text in enumerate(read)]
    asked = [{"eval_time": "1m", "alertname": rule["alert"], "exp_alerts": [{"exp_annotations": {"summary": "\0wrong"}}]} for rule in rules]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
    (tmp_path / "test.yml").write_text(json.dumps({"rule_files": ["rules.yml"], "tests": [{"alert_rule_test": asked}]}))
    answer = require("promtool").run("test", "rules", str(tmp_path / "test.yml"))
    got = dict(re.findall(r"alertname: (A\d+), .*?got:(.*?)(?=alertname: A\d+, |\Z)", answer.output, re.DOTALL))
    assert len(got) == len(read)
    for rule, text in zip(rules, read, strict=True):
        failed = "error expanding template" in got[rule["alert"]] or "%!" in got[rule["alert"]]
        assert failed == bool(alert_template(text).failures), (text, got[rule["alert"]])


@pytest.mark.parametrize(
    ("text", "names"),
    [("{{service}}", ["service"]), ("{{ service }} p95 {{le}}", ["service", "le"]), ("{{__auto}} $job {x}", []), ("{{ }}{{a.b}}", ["a.b"])],
)
def test_labels_that_a_legend_reads(text: str, names: list[str]) -> None:
    found = legend(text)
    assert [use.name for use in found] == names
    assert [text[slice(*use.span)] for use in found] == names
