"""The values of a pattern are those that RE2 matches, when all of them are claimed to be known."""

from itertools import product

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code.lint.finite_pattern import all_values

PATTERNS = st.recursive(
    st.sampled_from(["a", "b", r"\.", "[ab]", "[a-c]", r"[b\-]", "", "-", r"\d"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        inner.map(lambda one: f"({one})?"),
        inner.map(lambda one: f"(?:{one}){{1,2}}"),
        inner.map(lambda one: f"({one})*"),
    ),
    max_leaves=5,
)
SHORT = ["".join(characters) for length in range(4) for characters in product("abc.-1", repeat=length)]


@given(PATTERNS)
def test_all_values_are_those_that_re2_matches(pattern: str) -> None:
    values = all_values(pattern)
    if values is None:
        return
    assert all(re2.fullmatch(pattern, value) for value in values)
    assert {value for value in SHORT if re2.fullmatch(pattern, value)} <= values


@pytest.mark.parametrize(
    ("pattern", "count"),
    [("[1-5][0-9]{2}", 500), ("GET|PUT", 2), ("", 1), ("v?", 2), (r"2\d\d", 100), ("[ab]{2,3}", 12)],
)
def test_there_are_so_many(pattern: str, count: int) -> None:
    values = all_values(pattern)
    assert values is not None
    assert len(values) == count


@pytest.mark.parametrize(
    "pattern", [".", "a+", "a*", "[^a]", "(?i)a", "a{2,}", r"\pL", "[[:alpha:]]", "(a", "a)", "a??", "[0-9]{9}", "^a", r"\w\w\w", "a{"]
)
def test_nothing_is_claimed_of_what_is_endless_or_not_understood(pattern: str) -> None:
    assert all_values(pattern) is None
