"""What an alert's template or a panel's legend reads; Prometheus itself says which templates it refuses."""

import json
from pathlib import Path

import pytest

from monitoring_as_code.engines import promtool
from monitoring_as_code.promql.template import LabelUse, alert_template, legend

CASES = [
    tuple(line.split(" =>", 1)) for line in (Path(__file__).parent / "template.txt").read_text().splitlines() if not line.startswith("# ")
]


def shown(use: LabelUse) -> str:
    name = f"({use.name})" if use.guarded else use.name
    return "^" + name if use.source == "external" else name


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_labels_that_a_template_reads(text: str, expected: str) -> None:
    found = alert_template(text)
    if found.fault is not None:
        said = "! " + text[slice(*found.fault.span)]
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


@pytest.mark.parametrize(
    ("text", "names"),
    [("{{service}}", ["service"]), ("{{ service }} p95 {{le}}", ["service", "le"]), ("{{__auto}} $job {x}", []), ("{{ }}{{a.b}}", ["a.b"])],
)
def test_labels_that_a_legend_reads(text: str, names: list[str]) -> None:
    found = legend(text)
    assert [use.name for use in found] == names
    assert [text[slice(*use.span)] for use in found] == names
