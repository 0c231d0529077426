"""promql-parser's reading, and where it is known to differ from Prometheus."""

import subprocess
import sys

import pytest

from monitoring_as_code.promql import parse
from monitoring_as_code.promql.ast import Binary, VectorMatching, VectorSelector, walk
from monitoring_as_code.promql.features import ALL_FEATURES
from monitoring_as_code.promql.operators import PRECEDENCE
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.promql.second_opinion import KNOWN_DIFFERENCES, Difference, ask, disagreement, without_known_differences


@pytest.mark.parametrize("difference", KNOWN_DIFFERENCES, ids=lambda difference: difference.name)
def test_each_known_difference_is_still_there(difference: Difference) -> None:
    """When this fails, promql-parser has caught up: remove the row."""
    tree = parse(difference.example, features=ALL_FEATURES)
    text = to_text(tree)
    if "crash" in difference.name:  # which would write to the terminal
        code = (
            "from monitoring_as_code.promql import parse; from monitoring_as_code.promql.second_opinion import ask;"
            f"print(ask({text!r}, parse({text!r})))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert "crashes" in done.stdout
    else:
        assert ask(text, tree) is not None


@pytest.mark.parametrize("difference", KNOWN_DIFFERENCES, ids=lambda difference: difference.name)
def test_a_known_difference_is_no_disagreement(difference: Difference) -> None:
    tree = parse(difference.example, features=ALL_FEATURES)
    assert disagreement(to_text(tree), tree) is None


@pytest.mark.parametrize("difference", KNOWN_DIFFERENCES, ids=lambda difference: difference.name)
def test_a_known_difference_excuses_nothing_beside_it(difference: Difference) -> None:
    example = parse(difference.example, features=ALL_FEATURES)
    tree, other = (Binary("+", example, VectorSelector(name), matching=VectorMatching()) for name in ("y", "z"))
    assert disagreement(to_text(tree), tree) is None
    assert ask(to_text(without_known_differences(other)), without_known_differences(tree)) is not None


@pytest.mark.parametrize("difference", KNOWN_DIFFERENCES, ids=lambda difference: difference.name)
def test_an_ordinary_expression_is_no_known_difference(difference: Difference) -> None:
    tree = parse(
        "sum by (job) (rate(errors_total{code=~'5..|[a-z]+'}[5m] offset 1m)) / on (job) group_left (x)"
        " topk by (job) (3, max_over_time((up > 0)[1h:5m] @ 10)) ^ -2"
    )
    assert all(difference.replacement(node) is None for node in walk(tree))


@pytest.mark.parametrize(
    "text, other",
    [
        ("a + b", "a - b"),
        ("a + b", "b + a"),
        ("a + on (x) b", "a + ignoring (x) b"),
        ("a + on (x) group_left () b", "a + on (x) b"),
        ("a == bool b", "a == b"),
        ("sum(a)", "avg(a)"),
        ("sum by (x) (a)", "sum without (x) (a)"),
        ("topk(1, a)", "topk(2, a)"),
        ("rate(a[5m])", "rate(a[6m])"),
        ("rate(a[5m])", "irate(a[5m])"),
        ("a offset 1m", "a"),
        ("a @ 1.000", "a @ 2.000"),
        ("a @ start()", "a @ end()"),
        ('a{b="c"}', 'a{b!="c"}'),
        ('a{b=~"c"}', 'a{b=~"d"}'),
        ("-a", "a"),
        ("max_over_time(a[1h:1m])", "max_over_time(a[1h:])"),
        ("a + 1", "a + 2"),
        ("a + fill (1) b", "a + fill_left (1) b"),
    ],
)
def test_a_difference_in_any_part_is_said(text: str, other: str) -> None:
    tree = parse(other, features=ALL_FEATURES)
    assert disagreement(text, tree) == f"promql-parser reads `{text}` as `{text}`"
    assert disagreement(other, tree) is None


@pytest.mark.parametrize("first", PRECEDENCE)
def test_operators_bind_as_tightly_for_promql_parser_as_for_us(first: str) -> None:
    for second in PRECEDENCE:
        if {first, second}.isdisjoint({"</", ">/"}):  # which it does not know
            text = f"a {first} b {second} -c"
            assert disagreement(text, parse(text)) is None


def test_parentheses_that_the_printer_adds_are_no_difference() -> None:
    tree = Binary("*", Binary("+", VectorSelector("a"), VectorSelector("b")), VectorSelector("c"))
    assert disagreement(to_text(tree), tree) is None
    assert disagreement("a + b * c", tree) is not None


def test_what_promql_parser_refuses_is_said_in_its_words() -> None:
    assert disagreement("a b", VectorSelector("a")) == "promql-parser refuses `a b`: invalid promql query"


@pytest.mark.parametrize(
    "text",
    [
        "topk($n, sum by ($labels) (rate($metric[$window] offset $back @ $time)))",
        'a{x="$y", $filters} > $threshold',
        "max_over_time($metric[$range:$step])",
        "$left / on ($labels) group_left ($more) $right",
        "clamp_max($metric, ($limit))",
        '${prefix}_total{job=~"${job:regex}"}',
    ],
)
def test_grafanas_variables_are_replaced_before_it_is_asked(text: str) -> None:
    tree = parse(text, variables=True)
    assert disagreement(to_text(tree), tree) is None


def test_it_is_not_asked_of_a_pattern_that_is_larger_than_it_takes() -> None:
    text = 'a{b=~"' + "|".join(f"value{number}" for number in range(100_000)) + '"}'
    tree = parse(text)
    assert ask(text, tree) is not None
    assert disagreement(text, tree) is None
