"""The table of functions, held to what Prometheus says of it."""

from collections.abc import Callable
from typing import Any

import pytest

from monitoring_as_code.promql import parse
from monitoring_as_code.promql.features import ALL_FEATURES
from monitoring_as_code.promql.functions import AGGREGATIONS, FUNCTIONS, Function
from monitoring_as_code.promql.lexer import AGGREGATIONS as AGGREGATION_WORDS

ARGUMENTS = {"scalar": "1", "string": '"a"', "vector": "up", "matrix": "up[5m]"}


def call_of(function: Function) -> str:
    arguments = ['{a="b"}' if function.name == "info" and index else ARGUMENTS[type_] for index, type_ in enumerate(function.arguments)]
    return f"{function.name}({', '.join(arguments)})"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_can_be_called_with_what_its_row_says(name: str) -> None:
    parse(call_of(FUNCTIONS[name]), features=ALL_FEATURES)


def test_the_table_agrees_with_prometheus_own(corpus: Callable[[str], list[dict[str, Any]]]) -> None:
    theirs = corpus("functions.json")
    assert {row["name"] for row in theirs} == FUNCTIONS.keys()
    for row in theirs:
        ours = FUNCTIONS[row["name"]]
        assert list(ours.arguments) == (row["arguments"] or [])
        assert (ours.returns, ours.experimental) == (row["returns"], row["experimental"])
        variadic = row["variadic"]
        assert (ours.optional, ours.repeats) == ((1, variadic) if variadic else (0, 1))


def test_the_lexer_and_the_table_know_the_same_aggregations() -> None:
    assert AGGREGATIONS.keys() == AGGREGATION_WORDS


@pytest.mark.engines("promtool")
def test_prometheus_2_42_knows_the_functions_that_the_table_says_it_knows(promtool_refuses: Callable[[list[str]], int]) -> None:
    expressions = [call_of(function) for function in FUNCTIONS.values() if function.since <= (2, 42) and function.returns == "vector"]
    assert promtool_refuses(expressions) == 0
