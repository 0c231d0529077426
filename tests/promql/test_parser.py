"""Text to tree: what is accepted and how it prints, what is refused and where, and where each piece stands."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import (
    Aggregate,
    At,
    Binary,
    Call,
    Duration,
    Expr,
    Matcher,
    MatrixSelector,
    Name,
    NumberLiteral,
    Span,
    StringLiteral,
    Subquery,
    Variable,
    VectorMatching,
    VectorSelector,
    walk,
)
from monitoring_as_code.promql.features import ALL_FEATURES
from monitoring_as_code.promql.printer import to_text

HERE = Path(__file__).parent
ERRORS = HERE / "errors.txt"
_SEPARATOR = "\n\n----\n\n"


def canonical_cases() -> list[tuple[str, str, str]]:
    """(section, what is written, how it prints)."""
    cases: list[tuple[str, str, str]] = []
    section = ""
    for line in (HERE / "canonical.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            section = line[2:].strip()
        elif line.startswith("    "):
            cases[-1] = (section, cases[-1][1], line.strip())
        elif line and not line.startswith("# "):
            cases.append((section, line, line))
    return cases


def read(section: str, text: str) -> Expr:
    return parse(text, variables=section == "variables", features={section} & ALL_FEATURES)


@pytest.mark.parametrize("section, text, printed", canonical_cases())
def test_a_text_prints_in_canonical_form_and_means_the_same(section: str, text: str, printed: str) -> None:
    tree = read(section, text)
    assert to_text(tree) == printed
    assert read(section, printed) == tree


@pytest.mark.parametrize("section, text", [(section, text) for section, text, _ in canonical_cases() if section in ALL_FEATURES])
def test_experimental_syntax_is_refused_with_the_name_of_its_flag(section: str, text: str) -> None:
    with pytest.raises(PromQLSyntaxError) as caught:
        parse(text, features=ALL_FEATURES - {section})
    assert f"`{section}`" in caught.value.message


@pytest.mark.parametrize(
    "text", [text for section, text, _ in canonical_cases() if section == "variables" and "$1" not in text and '=~"$job"' not in text]
)
def test_a_rule_cannot_use_grafanas_variables(text: str) -> None:
    with pytest.raises(PromQLSyntaxError) as caught:
        parse(text)
    assert "is a variable of Grafana" in caught.value.message
    assert "$" in text[slice(*caught.value.span)] or "[[" in text[slice(*caught.value.span)]
    assert "rules run in Prometheus" in caught.value.help


@pytest.mark.engines("promtool")
def test_promtool_takes_what_is_printed_of_the_language_that_it_knows(promtool_refuses: Callable[[list[str]], int]) -> None:
    assert promtool_refuses([printed for section, _, printed in canonical_cases() if section == "2.42"]) == 0


@pytest.mark.engines("promtool")
def test_promtool_refuses_what_we_refuse(promtool_refuses: Callable[[list[str]], int]) -> None:
    # Prometheus 3 has renamed this function; and a rule without an expression is refused in other words.
    texts = [text for text in map(case_text, error_cases()) if text and not text.startswith("holt_winters")]
    assert promtool_refuses(texts) == len(texts)


def rendered(text: str) -> str:
    """A refused text with carets under the characters that are wrong, and what is said of them."""
    with pytest.raises(PromQLSyntaxError) as caught:
        parse(text, features=ALL_FEATURES)
    error = caught.value
    start, end = error.span
    assert 0 <= start <= end <= len(text)
    before = text[:start]
    line_start = before.rfind("\n") + 1
    carets = " " * (start - line_start) + "^" * max(end - start, 1)
    lines = text.split("\n")
    lines.insert(before.count("\n") + 1, carets)
    return "\n".join([*lines, error.message, f"help: {error.help}" if error.help else "no help"])


def error_cases() -> list[str]:
    return ERRORS.read_text(encoding="utf-8").rstrip("\n").split(_SEPARATOR)


def case_text(case: str) -> str:
    """The text of a case: all but the carets and the two lines below."""
    return "\n".join(line for line in case.split("\n")[:-2] if not line.strip() or line.strip("^ "))


@pytest.mark.parametrize("case", error_cases(), ids=case_text)
def test_a_mistake_is_shown_at_its_characters_with_the_way_out(case: str) -> None:
    """`MAC_UPDATE=1` writes what is said now into errors.txt, to be read."""
    said = rendered(case_text(case))
    if os.environ.get("MAC_UPDATE"):
        cases = [rendered(case_text(known)) for known in error_cases()]
        ERRORS.write_text(_SEPARATOR.join(cases) + "\n", encoding="utf-8")
    assert said == case


def test_messages_are_sentences_without_a_stop_and_never_longer_than_a_line_or_two() -> None:
    for case in error_cases():
        message = case.split("\n")[-2]
        assert not message.endswith("."), message
        assert len(message) < 200, message


def test_every_piece_of_a_selector_knows_where_it_stands() -> None:
    text = 'rate(errors{job="a", code=~"5.."}[5m] @ 10 offset 1h)'
    call = parse(text)
    assert isinstance(call, Call)
    assert (cut(text, call.span), cut(text, call.name_span)) == (text, "rate")
    matrix = call.args[0]
    assert isinstance(matrix, MatrixSelector)
    assert cut(text, matrix.span) == text[5:-1]
    assert cut(text, matrix.range.span) == "5m"
    selector = matrix.selector
    assert cut(text, selector.span) == 'errors{job="a", code=~"5.."}'
    assert cut(text, selector.name_span) == "errors"
    assert selector.at is not None
    assert cut(text, selector.at.span) == "@ 10"
    assert isinstance(selector.offset, Duration)
    assert cut(text, selector.offset.span) == "1h"
    assert [(cut(text, matcher.name_span), cut(text, matcher.value_span)) for matcher in selector.matchers] == [
        ("job", '"a"'),
        ("code", '"5.."'),
    ]
    assert cut(text, selector.matchers[1].span) == 'code=~"5.."'


def test_every_piece_of_an_operation_knows_where_it_stands() -> None:
    text = "sum by (a, b) (x) /  on (a) group_left (c) topk(3, y) without (d)"
    binary = parse(text)
    assert isinstance(binary, Binary)
    assert cut(text, binary.op_span) == "/"
    assert binary.matching is not None
    assert cut(text, binary.matching.span) == "on (a) group_left (c)"
    left, right = binary.left, binary.right
    assert isinstance(left, Aggregate)
    assert isinstance(right, Aggregate)
    assert (cut(text, left.span), cut(text, left.op_span)) == ("sum by (a, b) (x)", "sum")
    assert [cut(text, label.span) for label in left.grouping] == ["a", "b"]
    assert cut(text, right.span) == "topk(3, y) without (d)"
    assert right.without
    assert [cut(text, label.span) for label in right.grouping] == ["d"]


def test_spans_count_characters_and_not_bytes() -> None:
    text = 'up{city="Zürich"} + 日'
    with pytest.raises(PromQLSyntaxError) as caught:
        parse(text)
    assert cut(text, caught.value.span) == "日"


def test_a_variable_in_a_label_value_knows_where_it_stands() -> None:
    text = r'up{path=~"\\d+/${name:regex}/[[zone]]$"}'
    selector = parse(text, variables=True)
    assert isinstance(selector, VectorSelector)
    found = selector.matchers[0].variables
    assert [(variable.name, cut(text, variable.span)) for variable in found] == [("name", "${name:regex}"), ("zone", "[[zone]]")]


def test_a_group_of_a_regular_expression_is_no_variable() -> None:
    selector = parse('up{path="$1 ${2} [[3]] $"}', variables=True)
    assert isinstance(selector, VectorSelector)
    assert selector.matchers[0].variables == ()


def test_a_refused_regular_expression_leaves_the_terminal_alone(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PromQLSyntaxError):
        parse('up{job=~"(x"}')
    assert capfd.readouterr() == ("", "")


def test_a_subquery_without_a_step_has_none() -> None:
    tree = parse("max_over_time(up[1h:] offset 5m)")
    assert isinstance(tree, Call)
    assert tree.args == (Subquery(VectorSelector("up"), Duration(3_600_000), None, Duration(300_000)),)


def test_a_sign_before_a_number_is_the_numbers_own() -> None:
    assert parse("- 5") == NumberLiteral(-5.0)
    assert parse("-5 ^ 2") != parse("(-5) ^ 2")


def test_an_operator_between_vectors_always_says_how_they_match() -> None:
    plain, joined, scaled = parse("a + b"), parse("a and b"), parse("a + 1")
    assert isinstance(plain, Binary)
    assert isinstance(joined, Binary)
    assert isinstance(scaled, Binary)
    assert plain.matching == VectorMatching()
    assert joined.matching == VectorMatching("many-to-many")
    assert scaled.matching is None


def test_a_name_in_quotes_is_a_matcher() -> None:
    assert parse('{"my.metric"}') == VectorSelector("", (Matcher("__name__", "=", "my.metric"),))


def test_bytes_that_are_not_utf_8_survive() -> None:
    tree = parse(r'label_replace(up, "a", "\xff\303\251", "b", "")')
    assert isinstance(tree, Call)
    assert tree.args[2] == StringLiteral("\udcffé")
    assert to_text(tree.args[2]) == r'"\xffé"'


def test_the_order_of_matchers_means_nothing() -> None:
    assert parse('up{a="1", b="2"}') == parse('up{b="2", a="1"}')
    assert parse('up{a="1", b="2"}') != parse('up{a="1", b="1"}')


def test_variables_are_nodes_by_their_place() -> None:
    tree = parse("topk($n, sum by ($labels) (rate($metric[$window] offset $back @ $time)))", variables=True)
    assert isinstance(tree, Aggregate)
    assert tree.param == Variable("n", "$n")
    inner = tree.expr
    assert isinstance(inner, Aggregate)
    assert inner.grouping == (Variable("labels", "$labels"),)
    [matrix] = [node for node in walk(tree) if isinstance(node, MatrixSelector)]
    assert matrix.range == Variable("window", "$window")
    assert matrix.selector.name == "$metric"
    assert matrix.selector.offset == Variable("back", "$back")
    assert matrix.selector.at == At(Variable("time", "$time"))


def test_a_label_of_a_list_keeps_its_name_without_quotes() -> None:
    tree = parse('sum by ("a.b", c) (up)')
    assert isinstance(tree, Aggregate)
    assert tree.grouping == (Name("a.b"), Name("c"))


def cut(text: str, span: Span) -> str:
    return text[span.start : span.end]
