"""What the rules about joins call an error is one that Prometheus gives: each page's example, on series that its declarations allow."""

from pathlib import Path

import pytest

from monitoring_as_code import engines

# Two values of the label in question, on each of two services.
_SERIES = """\
      - series: 'a{service="x", status="200"}'
        values: '1'
      - series: 'a{service="x", status="500"}'
        values: '1'
"""
_RULES = """\
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
SERIES    promql_expr_test:
      - expr: EXPR
        eval_time: 0
        exp_samples: []
"""


@pytest.mark.engines("promtool")
@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("sum by (service, status) (a) / on (service) sum by (service, status) (a)", "many-to-many matching not allowed"),
        ("sum by (service) (a) * on (service) group_left sum by (service, status) (a)", "many-to-many matching not allowed"),
        ("sum by (service, status) (a) * on (service) group_right sum by (service) (a)", "many-to-many matching not allowed"),
        ("sum by (service, status) (a) / on (service) sum by (service) (a)", "many-to-one matching must be explicit"),
        ("sum by (service) (a) / ignoring (status) sum by (service, status) (a)", "many-to-many matching not allowed"),
        (
            "sum by (service, status) (a) * on (service) group_left (status) max by (service, status) (a{status='200'})",
            "grouping labels must ensure unique matches",
        ),
    ],
)
def test_prometheus_refuses_what_the_rules_about_joins_find(expr: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "test.yml").write_text(_RULES.replace("SERIES", _SERIES).replace("EXPR", expr))
    assert said in engines.require("promtool").run("test", "rules", "test.yml", cwd=tmp_path).output


@pytest.mark.engines("promtool")
@pytest.mark.parametrize(
    "expr",
    [
        "sum by (service, status) (a) / on (service) group_left sum by (service) (a)",
        "sum by (service, status) (a) / on (service) group_left topk by (service) (1, a)",
        "sum by (service, status) (a) / on (service) group_left sum by (service, status) (a{status='200'})",
    ],
)
def test_prometheus_answers_where_they_are_silent(expr: str, tmp_path: Path) -> None:
    (tmp_path / "test.yml").write_text(_RULES.replace("SERIES", _SERIES).replace("EXPR", expr))
    said = engines.require("promtool").run("test", "rules", "test.yml", cwd=tmp_path).output
    assert "got" in said
    assert "error" not in said
