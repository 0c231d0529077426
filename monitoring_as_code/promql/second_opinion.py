"""What promql-parser, a parser in Rust that others wrote, makes of an expression that we are about to emit.

Where it is known to differ from Prometheus, the construct is replaced by one that it knows and that has the same shape, and it is asked
again: so the rest of the expression is still checked. Each known difference is a row of `KNOWN_DIFFERENCES` with an example that the
tests try; a row goes when promql-parser has caught up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import (
    Aggregate,
    At,
    Binary,
    Call,
    Duration,
    DurationExpr,
    Expr,
    Matcher,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    StringLiteral,
    Subquery,
    Unary,
    Variable,
    VectorMatching,
    VectorSelector,
    walk,
)
from monitoring_as_code.promql.node import replace
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.promql.rewriting import rewritten, without_variables
from monitoring_as_code.promql.selector_parser import is_choosy

# It takes quadratic time for chains, and refuses patterns that compile to more than ten megabytes; what is longer goes unasked.
_MOST_OPERATORS = 300
_MOST_CHARACTERS = 100_000


class Difference(NamedTuple):
    """One thing that promql-parser reads otherwise than Prometheus.

    `replacement` gives, for a node that is such a case, one of the same shape that it knows, and None for every other node.
    """

    name: str
    example: str
    replacement: Callable[[Expr], Expr | None]


def disagreement(text: str, expr: Expr) -> str | None:
    """How promql-parser's reading of `text` differs from `expr`, our own, as a sentence; None when it agrees.

    `text` is what is emitted: the canonical printing of `expr`. Grafana's variables are replaced by neutral values first; a known
    difference is no disagreement.
    """
    # Most texts need no look at their trees: an operator takes two characters at least, a variable and a timestamp have a mark.
    if len(text) > _MOST_CHARACTERS:
        return None
    if len(text) > 2 * _MOST_OPERATORS and sum(isinstance(node, Binary) for node in walk(expr)) > _MOST_OPERATORS:
        return None
    timestamps = "@" in text and any(_negative_timestamp(node) for node in walk(expr))
    if "$" in text or "[[" in text:
        # Mostly they are ranges, for which the text tells enough, and in values of labels, which it reads as any other text.
        plain = text.replace("[$__rate_interval]", "[5m]").replace("[$__interval]", "[5m]")
        if not timestamps and ask(plain, expr) is None:
            return None
        neutral = without_variables(expr)
        if neutral is not expr:
            expr, text = neutral, to_text(neutral)
    # It must not see a negative timestamp at all: it writes the stack of its crash to the terminal.
    if not timestamps:
        found = ask(text, expr)
        if found is None:
            return None
        known = without_known_differences(expr)
        return found if known == expr else ask(to_text(known), known)
    known = without_known_differences(expr)
    return ask(to_text(known), known)


def without_known_differences(expr: Expr) -> Expr:
    """The expression with a plain construct for each that promql-parser is known to read otherwise."""

    def plain(node: Expr) -> Expr:
        for difference in KNOWN_DIFFERENCES:
            node = difference.replacement(node) or node
        return node

    return rewritten(expr, plain)


def ask(text: str, expr: Expr) -> str | None:
    """How promql-parser's reading of `text` differs from `expr`, known differences included."""
    import promql_parser

    try:
        theirs = promql_parser.parse(text)
        same = _theirs(theirs) == _ours(expr)
    except ValueError as error:
        return f"promql-parser refuses `{text}`: {error}"
    except BaseException as error:
        # A panic of Rust is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        return f"promql-parser crashes on `{text}`: {error}"
    return None if same else f"promql-parser reads `{text}` as `{' '.join(theirs.prettify().split())}`"


def _ours(node: Expr) -> tuple[Any, ...]:
    """A tree as plain data, without what promql-parser does not keep, and without parentheses, which a tree that was built has not."""
    match node:
        case NumberLiteral(value=value):
            return "number", _number(value)
        case StringLiteral(value=value):
            return "string", value
        case VectorSelector():
            matchers = [(matcher.name, matcher.op, matcher.value) for matcher in node.matchers]
            if node.name:
                matchers.append(("__name__", "=", node.name))
            return "selector", sorted(matchers), _length(node.offset), _our_at(node.at)
        case MatrixSelector(selector=selector):
            return "range", _ours(selector), _length(node.range)
        case Subquery():
            return "subquery", _ours(node.expr), _length(node.range), _length(node.step), _length(node.offset), _our_at(node.at)
        case Call(function=function, args=args):
            return "call", function, [_ours(argument) for argument in args]
        case Aggregate():
            param = None if node.param is None else _ours(node.param)
            return "aggregation", node.op, _ours(node.expr), param, sorted(_labels(node.grouping)), node.without
        case Binary():
            return "operator", node.op, _ours(node.left), _ours(node.right), node.bool_modifier, _our_matching(node.matching)
        case Unary(op=op, expr=inside):
            return ("minus", _ours(inside)) if op == "-" else _ours(inside)
        case Paren(expr=inside):
            return _ours(inside)
        case Variable(text=text):
            return "variable", text


def _theirs(node: Any) -> tuple[Any, ...]:  # noqa: ANN401 (promql_parser ships no types)
    match type(node).__name__:
        case "NumberLiteral":
            return "number", _number(node.val)
        case "StringLiteral":
            return "string", node.val
        case "VectorSelector":
            matchers = [(matcher.name, _MATCH_OPS[str(matcher.op)], matcher.value) for matcher in node.matchers.matchers]
            if node.name:
                matchers.append(("__name__", "=", node.name))
            return "selector", sorted(matchers), _milliseconds(node.offset), _their_at(node.at)
        case "MatrixSelector":
            return "range", _theirs(node.vector_selector), _milliseconds(node.range)
        case "SubqueryExpr":
            offset = _milliseconds(node.offset)
            return "subquery", _theirs(node.expr), _milliseconds(node.range), _milliseconds(node.step), offset, _their_at(node.at)
        case "Call":
            return "call", node.func.name, [_theirs(argument) for argument in node.args]
        case "AggregateExpr":
            modifier = node.modifier
            param = None if node.param is None else _theirs(node.param)
            labels = [] if modifier is None else modifier.labels
            without = modifier is not None and str(modifier.type).endswith("Without")
            return "aggregation", str(node.op), _theirs(node.expr), param, sorted(labels), without
        case "BinaryExpr":
            modifier = node.modifier
            matching = None if modifier is None else _their_matching(modifier)
            bool_modifier = modifier is not None and modifier.return_bool
            return "operator", str(node.op), _theirs(node.lhs), _theirs(node.rhs), bool_modifier, matching
        case "UnaryExpr":
            return "minus", _theirs(node.expr)
        case "ParenExpr":
            return _theirs(node.expr)
        case other:
            return (other,)


_MATCH_OPS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
_CARDS = {
    "OneToOne": "one-to-one",
    "ManyToOne": "many-to-one",
    "OneToMany": "one-to-many",
    "ManyToMany": "one-to-one",
}  # the operator says which


def _number(value: float) -> str:
    return "NaN" if math.isnan(value) else repr(float(value))


def _labels(labels: tuple[Name | Variable, ...]) -> list[str]:
    return [label.value if isinstance(label, Name) else label.text for label in labels]


def _our_matching(matching: VectorMatching | None) -> tuple[Any, ...] | None:
    if matching is None or matching in _PLAIN_MATCHINGS:
        return None
    card = "one-to-one" if matching.card == "many-to-many" else matching.card
    return card, matching.on, _labels(matching.labels), _labels(matching.include), _fill(matching.fill_left), _fill(matching.fill_right)


_PLAIN_MATCHINGS = (VectorMatching(), VectorMatching("many-to-many"))


def _their_matching(modifier: Any) -> tuple[Any, ...] | None:  # noqa: ANN401
    card = _CARDS[str(modifier.card).rpartition(".")[2]]
    on = modifier.matching is not None and str(modifier.matching.type).endswith("Include")
    labels = [] if modifier.matching is None else modifier.matching.labels
    fills = _fill(modifier.fill_values.lhs), _fill(modifier.fill_values.rhs)
    if card == "one-to-one" and not on and not labels and fills == ("", ""):
        return None
    return card, on, labels, modifier.group_labels or [], *fills


def _fill(value: float | None) -> str:
    return "" if value is None else _number(value)


def _length(duration: Duration | DurationExpr | Variable | None) -> int:
    if isinstance(duration, Variable):
        return _SOME_DURATION.milliseconds
    return duration.milliseconds if isinstance(duration, Duration) else 0


def _milliseconds(delta: Any) -> int:  # noqa: ANN401
    return 0 if delta is None else round(delta.total_seconds() * 1000)


def _our_at(at: At | None) -> int | str | None:
    return None if at is None else at.value if isinstance(at.value, int | str) else at.value.text


def _their_at(at: Any) -> int | str | None:  # noqa: ANN401
    if at is None:
        return None
    match str(at.type).rpartition(".")[2]:
        case "Start":
            return "start"
        case "End":
            return "end"
        case _:
            milliseconds: int = round(at.at.timestamp() * 1000)
            return milliseconds


def _trim_operator(node: Expr) -> Expr | None:
    if isinstance(node, Binary) and node.op in {"</", ">/"}:
        return replace(node, op="<" if node.op == "</" else ">", bool_modifier=True)
    return None


def _anchoring(node: Expr) -> Expr | None:
    return replace(node, anchoring="") if isinstance(node, VectorSelector) and node.anchoring else None


def _metric_named_like_a_modifier(node: Expr) -> Expr | None:
    if isinstance(node, VectorSelector) and node.name.lower() in _NEW_WORDS:
        return replace(node, name="other")
    return None


def _label_named_like_a_modifier(node: Expr) -> Expr | None:
    if isinstance(node, Aggregate) and not _NEW_WORDS.isdisjoint(_labels(node.grouping)):
        return replace(node, grouping=_other_labels(node.grouping))
    if isinstance(node, Binary) and node.matching is not None:
        labels, include = node.matching.labels, node.matching.include
        if not _NEW_WORDS.isdisjoint(_labels(labels + include)):
            return replace(node, matching=replace(node.matching, labels=_other_labels(labels), include=_other_labels(include)))
    return None


def _other_labels(labels: tuple[Name | Variable, ...]) -> tuple[Name | Variable, ...]:
    return tuple([Name(f"other_{label.value}") if isinstance(label, Name) and label.value in _NEW_WORDS else label for label in labels])


def _computed_offset(node: Expr) -> Expr | None:
    if isinstance(node, VectorSelector | Subquery) and isinstance(node.offset, DurationExpr):
        return replace(node, offset=_SOME_DURATION)
    return None


def _computed_range(node: Expr) -> Expr | None:
    if isinstance(node, MatrixSelector | Subquery) and isinstance(node.range, DurationExpr):
        return replace(node, range=_SOME_DURATION)
    return None


def _computed_step(node: Expr) -> Expr | None:
    return replace(node, step=_SOME_DURATION) if isinstance(node, Subquery) and isinstance(node.step, DurationExpr) else None


def _info_of_everything(node: Expr) -> Expr | None:
    if not isinstance(node, Call) or node.function != "info" or len(node.args) != 2:
        return None
    vector, selector = node.args
    if not isinstance(selector, VectorSelector) or any(is_choosy(matcher) for matcher in selector.matchers):
        return None
    return replace(node, args=(vector, replace(selector, matchers=(*selector.matchers, Matcher("other", "=", "x")))))


def _raw_bytes(node: Expr) -> Expr | None:
    if isinstance(node, StringLiteral) and not _is_unicode(node.value):
        return replace(node, value="x")
    if isinstance(node, VectorSelector) and not all(_is_unicode(matcher.value) for matcher in node.matchers):
        return _with_values(node, lambda matcher: not _is_unicode(matcher.value))
    return None


def _negative_timestamp(node: Expr) -> Expr | None:
    if isinstance(node, VectorSelector | Subquery) and node.at is not None and isinstance(node.at.value, int) and node.at.value < 0:
        return replace(node, at=At(0))
    return None


def _only_in_re2(syntax: str) -> Callable[[Expr], Expr | None]:
    """For selectors with a pattern in which `syntax`, itself a pattern of Python's, is found."""

    def replacement(node: Expr) -> Expr | None:
        import re

        def has_it(matcher: Matcher) -> bool:
            return matcher.op in {"=~", "!~"} and re.search(syntax, matcher.value) is not None

        if isinstance(node, VectorSelector) and any(has_it(matcher) for matcher in node.matchers):
            return _with_values(node, has_it)
        return None

    return replacement


def _with_values(selector: VectorSelector, chosen: Callable[[Matcher], bool]) -> VectorSelector:
    matchers = [replace(matcher, value="x") if chosen(matcher) else matcher for matcher in selector.matchers]
    return replace(selector, matchers=tuple(matchers))


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


_NEW_WORDS = frozenset({"anchored", "smoothed"})
_SOME_DURATION = Duration(300_000)

KNOWN_DIFFERENCES: tuple[Difference, ...] = (
    Difference("the operators that trim native histograms are unknown", "h </ 5", _trim_operator),
    Difference("`anchored` and `smoothed` are unknown", "rate(a[5m] anchored)", _anchoring),
    Difference("a metric cannot be named `anchored` or `smoothed`", 'anchored{job="x"}', _metric_named_like_a_modifier),
    Difference("nor can a label in a list", "sum by (smoothed) (a)", _label_named_like_a_modifier),
    Difference("computed offsets are unknown", "a offset (5m + 1s)", _computed_offset),
    Difference("computed ranges are unknown", "rate(a[2 * 5m])", _computed_range),
    Difference("computed steps are unknown", "rate(a[1h:step()])", _computed_step),
    Difference("the second argument of `info()` has to choose", 'info(a, {version=~".*"})', _info_of_everything),
    Difference("a byte that is not UTF-8 is read as a character of Latin 1", r'label_replace(a, "b", "\xff", "c", "d")', _raw_bytes),
    Difference("reading a timestamp before 1970 crashes", "a @ -5", _negative_timestamp),
    Difference(r"quoting in a regular expression, `\Q...\E`, is refused", r"a{b=~`\Qx.y\E`}", _only_in_re2(r"\\Q")),
    Difference("an octal escape in a regular expression is refused", r"a{b=~`\101`}", _only_in_re2(r"\\[0-7]")),
    Difference("a `[` inside of a class of characters is refused", "a{b=~`[x[y]`}", _only_in_re2(r"\[[^\]]*\[(?!:)")),
    Difference("a `-` after a class in a class of characters is refused", r"a{b=~`[\d-z]`}", _only_in_re2(r"\[[^\]]*\\[dDsSwW]-[^\]]")),
)
