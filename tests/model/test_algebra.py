"""Python in, PromQL out."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest

import monitoring_as_code as mac
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.printer import to_text

CASES = re.findall(r"^(?!#)(\S.*)\n    (.*)$", Path(__file__).with_name("algebra.txt").read_text(encoding="utf-8"), re.MULTILINE)


class Http(mac.Labels):
    method: mac.Label[Literal["GET", "POST"]]
    status: mac.Label[str]


served = mac.Counter(name="http_requests_total", help="Requests served.", labels=Http)
latency = mac.Histogram(name="http_request_duration_seconds", help="Time.", labels=Http, unit=mac.seconds, buckets=(0.1, 1.0))
active = mac.Gauge(name="http_requests_active", help="Requests in flight.", labels=Http)
NAMES: dict[str, Any] = {
    **{name: getattr(mac, name) for name in ("hours", "milliseconds", "percent", "expression", "rate_interval")},
    "Http": Http,
    "served": served,
    "latency": latency,
    "active": active,
    "pauses": mac.Summary(name="gc_pause_seconds", help="Pauses.", quantiles=(0.5, 0.99)),
    "ratio_rule": mac.RecordingRule(name="level:errors:ratio", expr=active / 2),
}


@pytest.mark.parametrize(("python", "expected"), CASES, ids=[python for python, _ in CASES])
def test_python_becomes_the_promql_that_it_reads_like(python: str, expected: str) -> None:
    node = eval(python, dict(NAMES)).node
    assert to_text(node) == expected
    assert to_text(parse(expected, variables=True)) == expected


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (lambda: bool(active > 1), "neither true nor false"),
        (
            lambda: active + served,  # type: ignore[operator]
            "take its `.rate(...)` or `.increase(...)` first",
        ),
        (
            lambda: active + "1",  # type: ignore[operator]
            "takes a vector, a number or a quantity, and not a `str`",
        ),
        (lambda: served.rate("5 minutes"), "`5 minutes` is no duration"),
        (lambda: active.sum(by=("a",), without=("b",)), "not both"),
        (lambda: mac.expression("sum("), "`sum(`"),
    ],
)
def test_a_mistake_says_what_to_do(mistake: Callable[[], object], said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        mistake()
    assert said in str(caught.value) or said.startswith("`sum")


def test_a_node_knows_the_python_that_made_it() -> None:
    condition = active > 1
    origin = condition.node.origin
    assert origin is not None
    assert origin.code.co_name == "test_a_node_knows_the_python_that_made_it"


def test_the_public_names_are_those_that_type_checkers_see() -> None:
    import ast

    tree = ast.parse(Path(mac.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert sorted(seen) == mac.__all__ == sorted(mac._MODULE_OF)
    for name in mac.__all__:
        assert not isinstance(getattr(mac, name), ModuleType), "a module of that name would take its place"
