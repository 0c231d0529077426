"""Whatever the text, there is a tree or a PromQLSyntaxError, and soon."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import Expr, children, walk
from monitoring_as_code.promql.features import ALL_FEATURES
from monitoring_as_code.promql.height import MAX_HEIGHT, MAX_NESTING, height_of
from monitoring_as_code.promql.infer import infer
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.promql.rewriting import without_variables

MANY = 20_000
PIECES = [
    *"(){}[],:=~!<>+-*/%^@#$\"'`\\ \n.0159aeX_é",
    *(
        "up",
        "sum",
        "by",
        "on",
        "rate",
        "rate(",
        "offset",
        "start()",
        "bool",
        "group_left",
        "5m",
        "[5m]",
        "[5m:1m]",
        '"a"',
        '{a="b"}',
        "1e3",
        "0x1",
    ),
    *("$x", "${y:regex}", "[[z]]", "and", "inf", "anchored", "fill(", "step()", "=~", "\\u00", '=~"(', "\ud800", "\x00"),
]
texts = st.text() | st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(texts, st.booleans(), st.sampled_from([frozenset(), ALL_FEATURES]))
def test_every_text_gives_a_tree_that_prints_and_is_read_back_or_an_error_in_it(
    text: str, variables: bool, features: frozenset[str]
) -> None:
    tree = parsed(text, variables, features)
    if isinstance(tree, PromQLSyntaxError):
        assert 0 <= tree.span.start <= tree.span.end <= len(text)
        assert tree.message
        return
    assert parse(to_text(tree), variables=variables, features=features) == tree
    assert all(0 <= node.span.start <= node.span.end <= len(text) for node in walk(tree))
    neutral = to_text(without_variables(tree))
    assert to_text(parse(neutral, features=ALL_FEATURES)) == neutral


def parsed(text: str, variables: bool, features: frozenset[str]) -> Expr | PromQLSyntaxError:
    try:
        return parse(text, variables=variables, features=features)
    except PromQLSyntaxError as error:
        return error


TOO_DEEP = {
    "parentheses": "(" * MANY + "1" + ")" * MANY,
    "open parentheses": "(" * MANY,
    "signs": "-" * MANY + "up",
    "a power": " ^ ".join(["up"] * MANY),
    "calls": "abs(" * MANY + "up" + ")" * MANY,
    "aggregations": "sum by (a) (" * MANY + "up" + ")" * MANY,
    "subqueries": "rate(" * MANY + "up" + "[5m:])" * MANY,
    "a mixture": "-(abs(sum(1 + " * MANY,
    "a duration in parentheses": "up[" + "(" * MANY + "5m" + ")" * MANY + "]",
    "a sum of durations": "up[" + " + ".join(["5m"] * MANY) + "]",
    "signs of a duration": "up offset " + "-" * MANY + "5m",
}


@pytest.mark.parametrize("text", TOO_DEEP.values(), ids=TOO_DEEP)
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(PromQLSyntaxError, match="nested more than 200 levels deep"):
        parse(text, features=ALL_FEATURES)


@pytest.mark.parametrize("operator", [" + ", " or ", " > bool "])
def test_a_chain_that_is_too_long_is_refused_for_that_and_not_for_being_nested(operator: str) -> None:
    with pytest.raises(PromQLSyntaxError, match="chain of more than 1000 operators"):
        parse(operator.join(["up"] * MANY))


JUST_SO = {
    "parentheses": "(" * (MAX_NESTING - 1) + "up" + ")" * (MAX_NESTING - 1),
    "signs": "-" * (MAX_NESTING - 1) + "up",
    "a power": " ^ ".join(["up"] * MAX_NESTING),
    "calls": "abs(" * (MAX_NESTING - 1) + "up" + ")" * (MAX_NESTING - 1),
    "aggregations": "sum by (a) (" * (MAX_NESTING - 1) + "up" + ")" * (MAX_NESTING - 1),
    "subqueries": "rate(" * (MAX_NESTING // 2 - 1) + "up" + "[5m:])" * (MAX_NESTING // 2 - 1),
    "a duration": "up[" + "(" * (MAX_NESTING - 2) + "5m" + ")" * (MAX_NESTING - 2) + "]",
}


@pytest.mark.parametrize("text", JUST_SO.values(), ids=JUST_SO)
def test_the_deepest_trees_leave_recursive_walks_room_below_pythons_limit(text: str) -> None:
    assert sys.getrecursionlimit() >= 1000
    tree = parse(text, features=ALL_FEATURES)
    height, level = 0, [tree]
    while level:
        height, level = height + 1, [child for node in level for child in children(node)]
    assert height == height_of(tree).levels <= MAX_NESTING
    assert height_of(tree).nesting <= MAX_NESTING
    assert parse(to_text(tree), features=ALL_FEATURES) == tree
    assert repr(tree)


@pytest.mark.parametrize("operator", [" + ", " or ", " > bool "])
def test_the_longest_chains_are_read_printed_compared_and_understood_below_pythons_limit(operator: str) -> None:
    text = operator.join(["up"] * MAX_HEIGHT)
    tree = parse(text)
    assert height_of(tree) == (2, MAX_HEIGHT)
    assert to_text(tree) == text
    assert parse(to_text(tree)) == tree
    assert parse(text.removesuffix("up") + "down") != tree
    assert infer(tree, Catalogue()).value.type == "vector"


MEGABYTE = 1_000_000
LONG = {
    "a name": "a" * MEGABYTE,
    "a number": "1" * MEGABYTE,
    "a hexadecimal number": "0x" + "f" * MEGABYTE,
    "no number": "1" * MEGABYTE + "x",
    "digits and underscores": "1_" * (MEGABYTE // 2),
    "a duration": "1m" * (MEGABYTE // 2),
    "a string": '"' + "x" * MEGABYTE + '"',
    "escapes": '"' + r"\n" * (MEGABYTE // 2) + '"',
    "an open string of backslashes": '"' + "\\" * (MEGABYTE + 1),
    "quotes": '"' * MEGABYTE,
    "braces": "{" * MEGABYTE,
    "brackets": "[" * MEGABYTE,
    "matchers": "up{" + ",".join(['a="b"'] * (MEGABYTE // 6)) + "}",
    "a pattern": 'up{a=~"' + "x|" * (MEGABYTE // 2) + '"}',
    "a pattern with groups": 'up{a=~"' + "(a)?" * (MEGABYTE // 4) + '"}',
    "labels": "sum by (" + ",".join(["a"] * (MEGABYTE // 2)) + ") (up)",
    "arguments": 'label_join(up, "a", "b"' + ', "c"' * (MEGABYTE // 5) + ")",
    "spaces": " " * MEGABYTE,
    "a comment": "#" * MEGABYTE,
    "dots": "." * MEGABYTE,
    "dollars": "$" * MEGABYTE,
    "open variables": "${a:" * (MEGABYTE // 4),
    "open variables in brackets": "[[a:" * (MEGABYTE // 4),
    "open variables in a range": "up[" + "${a:" * (MEGABYTE // 4) + "]",
    "operators": "+*" * (MEGABYTE // 2),
}


@pytest.mark.parametrize("variables", [False, True])
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_megabyte_is_read_or_refused(text: str, variables: bool) -> None:
    tree = parsed(text, variables, ALL_FEATURES)
    if isinstance(tree, PromQLSyntaxError):
        assert len(tree.message) < 300
    else:
        assert tree.span == (0, len(text))
