"""What is said of patterns without RE2, which takes long to import, is what RE2 says."""

from __future__ import annotations

import re2
from hypothesis import example, given
from hypothesis import strategies as st

from monitoring_as_code.promql import regexes
from monitoring_as_code.promql.infer import patterns

PIECES = st.sampled_from(
    [
        "a",
        "z",
        "0",
        "9",
        "5",
        "-",
        "_",
        ".",
        "*",
        "+",
        "?",
        "|",
        "^",
        "[",
        "]",
        "{",
        "}",
        "[0-9]",
        "[1-5]",
        "[^a-f]",
        "{2}",
        "{0}",
        "(",
        ")",
        "\\.",
    ]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


@given(TEXTS)
@example("[1-5][0-9]{2}")
@example("[z-a]")
@example("[0-9-z]")
@example("[0-9]{2}{3}")
@example("[5-1]")
@example("[a-0]")
def test_a_pattern_that_is_taken_without_re2_is_one(pattern: str) -> None:
    if regexes._simple(pattern):
        re2.compile(f"^(?s:{pattern})$")


@given(TEXTS, st.text("az059-_.", max_size=6))
@example("[1-5][0-9]{2}", "503")
@example("[1-5][0-9]{2}", "5033")
@example("[0-9]{2}", "5")
@example("[0-9]{2}+", "55")
@example("[0-9]{2}?", "55")
def test_a_value_is_matched_as_re2_does(pattern: str, value: str) -> None:
    test = patterns.tester(pattern)
    if regexes.problem(pattern) is None:
        assert test is not None
        assert test(value) == regexes.matches(pattern, value)
    else:
        assert test is None


def test_the_usual_pattern_of_a_status_needs_no_re2() -> None:
    assert regexes._simple("[1-5][0-9]{2}")
    assert patterns._alike().fullmatch("[1-5][0-9]{2}")
