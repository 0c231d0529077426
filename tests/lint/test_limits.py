"""Intervals of comparisons: which exclude each other, which hold each other."""

from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.lint.limits import Limit, limit_of
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.infer import infer

_OPS = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__, "==": float.__eq__}
_comparisons = st.tuples(st.sampled_from(sorted(_OPS)), st.integers(0, 4))


def _limit(text: str) -> Limit:
    expr = parse(text)
    found = limit_of(infer(expr, Catalogue()), expr)
    assert found is not None
    return found


def _passing(*comparisons: tuple[str, int]) -> set[float]:
    """Which of the numbers in and between the thresholds pass."""
    return {half / 2 for half in range(-1, 10) if all(_OPS[op](half / 2, float(value)) for op, value in comparisons)}


@given(_comparisons, _comparisons)
def test_two_comparisons_exclude_each_other_when_no_number_passes_both(one: tuple[str, int], other: tuple[str, int]) -> None:
    left, right = _limit(f"x {one[0]} {one[1]}"), _limit(f"x {other[0]} {other[1]}")
    assert left.both(right).empty == (not _passing(one, other))
    assert _limit(f"(x {one[0]} {one[1]}) {other[0]} {other[1]}").empty == (not _passing(one, other))


@given(_comparisons, _comparisons)
def test_one_holds_the_other_when_all_that_passes_this_passes_that(one: tuple[str, int], other: tuple[str, int]) -> None:
    left, right = _limit(f"x {one[0]} {one[1]}"), _limit(f"x {other[0]} {other[1]}")
    assert left.holds(right) == (_passing(other) <= _passing(one))


def test_a_constant_may_stand_on_the_left() -> None:
    assert _limit("5 < x") == _limit("x > 5")
