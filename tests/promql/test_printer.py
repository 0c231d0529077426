"""Tree to text: a tree that was built means, as text, the same tree."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code.promql import parse
from monitoring_as_code.promql.ast import (
    Aggregate,
    At,
    Binary,
    BinaryOp,
    Call,
    Duration,
    Expr,
    Matcher,
    MatchOp,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    Subquery,
    Unary,
    VectorMatching,
    VectorSelector,
)
from monitoring_as_code.promql.literals import number_text, quote, unquote
from monitoring_as_code.promql.node import replace
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.promql.rewriting import rewritten
from monitoring_as_code.promql.second_opinion import disagreement

labels = st.sampled_from(["job", "le", "by", "sum", "a b", "on", "without", "inf", "日"])
names = st.sampled_from(["up", "x:y", "sum", "offset", "by", "fill", "start", "anchored", ":"])
durations = st.builds(Duration, st.integers(1, 10**12))
texts = st.text(max_size=8)
numbers = st.floats(width=64) | st.integers(-(10**20), 10**20).map(float)


@st.composite
def matchers(draw: st.DrawFn) -> Matcher:
    op: MatchOp = draw(st.sampled_from(("=", "!=", "=~", "!~")))
    value = draw(st.sampled_from(["", "a", "a.*", r"\d+", "x|y"]) if op in {"=~", "!~"} else texts)
    return Matcher(draw(labels), op, value)


selectors = st.builds(
    VectorSelector,
    names,
    st.lists(matchers(), max_size=3).map(tuple),
    st.none() | st.builds(Duration, st.integers(-(10**9), 10**9).filter(bool)),
    st.none() | st.builds(At, st.integers(-(10**12), 10**13) | st.sampled_from(["start", "end"])),
)
scalars = st.builds(NumberLiteral, numbers) | st.just(Call("time", ()))
label_lists = st.lists(labels.map(Name), max_size=2, unique_by=lambda name: name.value).map(tuple)


def vectors_of(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Instant vectors made of other ones."""
    arithmetic = st.sampled_from(["+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", ">", "<=", ">=", "</", ">/"])
    sets = st.sampled_from(["and", "or", "unless"])
    ranges = st.builds(Subquery, inner, durations, st.none() | durations, st.none() | durations) | st.builds(
        MatrixSelector, selectors, durations
    )
    return st.one_of(
        st.builds(Binary, arithmetic, inner, inner, matching=st.builds(VectorMatching, labels=label_lists, on=st.booleans())),
        st.builds(Binary, arithmetic, inner, scalars),
        st.builds(Binary, arithmetic, scalars, inner),
        st.builds(Binary, sets, inner, inner, matching=st.just(VectorMatching("many-to-many"))),
        st.builds(Unary, st.sampled_from(["-", "+"]), inner),
        st.builds(lambda argument: Call("rate", (argument,)), ranges),
        st.builds(lambda argument, number: Call("clamp_max", (argument, number)), inner, scalars),
        st.builds(
            lambda argument, grouping, without: Aggregate("sum", argument, None, grouping, without), inner, label_lists, st.booleans()
        ),
        st.builds(lambda argument, number: Aggregate("topk", argument, number), inner, scalars),
        st.builds(Paren, inner),
    )


vectors: st.SearchStrategy[Expr] = st.recursive(selectors, vectors_of, max_leaves=12)


def without_parentheses(tree: Expr) -> Expr:
    def change(node: Expr) -> Expr:
        return node.expr if isinstance(node, Paren) else node

    return rewritten(tree, change)


@given(vectors)
def test_a_tree_that_was_built_is_read_back_as_itself(tree: Expr) -> None:
    text = to_text(tree)
    read = parse(text, features={"promql-extended-range-selectors"})
    assert without_parentheses(read) == without_parentheses(tree)
    assert to_text(read) == text
    assert parse(text, features={"promql-extended-range-selectors"}) == read


@given(vectors)
def test_promql_parser_reads_a_tree_that_was_built_as_we_do(tree: Expr) -> None:
    text = to_text(tree)
    assert disagreement(text, parse(text)) is None


@given(st.text() | st.binary().map(lambda raw: raw.decode(errors="surrogateescape")))
def test_a_quoted_string_is_read_back_as_itself(text: str) -> None:
    whole = text.encode(errors="surrogateescape").decode(errors="surrogateescape") if text.isprintable() else text
    assert unquote(quote(whole), 0) == whole
    assert quote(whole).encode()
    assert "\n" not in quote(whole)


@given(numbers)
def test_a_printed_number_is_read_back_as_itself(value: float) -> None:
    assert parse(number_text(value)) == NumberLiteral(value)
    assert len(number_text(value)) < 60
    assert "e" not in number_text(value) or not 1e-30 < abs(value) < 1e30


def test_parentheses_are_added_where_the_tree_needs_them_and_nowhere_else() -> None:
    a, b, c = VectorSelector("a"), VectorSelector("b"), VectorSelector("c")
    one = NumberLiteral(-1.0)
    cases: list[tuple[Expr, str]] = [
        (binary("*", binary("+", a, b), c), "(a + b) * c"),
        (binary("+", binary("*", a, b), c), "a * b + c"),
        (binary("-", a, binary("-", b, c)), "a - (b - c)"),
        (binary("-", binary("-", a, b), c), "a - b - c"),
        (binary("^", binary("^", a, b), c), "(a ^ b) ^ c"),
        (binary("^", a, binary("^", b, c)), "a ^ b ^ c"),
        (binary("^", one, a), "(-1) ^ a"),
        (binary("^", a, one), "a ^ -1"),
        (binary("^", Unary("-", a), b), "(-a) ^ b"),
        (Unary("-", binary("^", a, b)), "-a ^ b"),
        (Unary("-", binary("*", a, b)), "-(a * b)"),
        (Unary("-", one), "-(-1)"),
        (Unary("-", Unary("-", a)), "--a"),
        (Subquery(binary("+", a, b), Duration(60_000)), "(a + b)[1m:]"),
        (Subquery(Unary("-", a), Duration(60_000)), "(-a)[1m:]"),
        (Subquery(replace(a, offset=Duration(1000)), Duration(60_000)), "a offset 1s[1m:]"),
    ]
    for tree, text in cases:
        assert to_text(tree) == text
        if not isinstance(tree, Subquery):
            assert without_parentheses(parse(text)) == tree


def binary(op: BinaryOp, left: Expr, right: Expr) -> Binary:
    both: Callable[[Expr], bool] = lambda node: not isinstance(node, NumberLiteral)  # noqa: E731
    return Binary(op, left, right, matching=VectorMatching() if both(left) and both(right) else None)


def test_a_metric_whose_name_is_no_word_of_promql_is_printed_so_that_it_is_read() -> None:
    for name in ("my.metric", "on", "bool", "inf", "Ünicode"):
        read = parse(to_text(VectorSelector(name)))
        assert isinstance(read, VectorSelector)
        assert read.matchers == (Matcher("__name__", "=", name),)
