"""Which series are read, and of which time."""

from __future__ import annotations

from monitoring_as_code.promql.ast import Duration, Expr, Matcher, MatchOp, MatrixSelector, Subquery, VectorSelector
from monitoring_as_code.promql.durations import to_text as duration
from monitoring_as_code.promql.infer.facts import MatcherFact
from monitoring_as_code.promql.node import replace
from monitoring_as_code.prove.mutations.operators.expression import Changes, Site, operator

_NEGATED: dict[MatchOp, MatchOp] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


@operator("window", "rate(x[5m])", "rate(x[10m])")
def window(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A range is twice as long, or half as long."""
    if not isinstance(node, MatrixSelector | Subquery) or not isinstance(node.range, Duration):
        return
    length = node.range.milliseconds
    for other in (length * 2, length // 2):
        advice = f"a course that changes: for a while after it both windows differ, and what holds of the last {duration(length)} does not "
        advice += f"hold of the last {duration(other)}; say when the alert begins to be pending, or when it resolves"
        yield replace(node, range=Duration(other)), advice


@operator("offset dropped", "x offset 1d", "x")
def offset_dropped(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A selector looks at now."""
    if isinstance(node, VectorSelector | Subquery) and isinstance(node.offset, Duration):
        yield replace(node, offset=None), f"a course that changes within {duration(abs(node.offset.milliseconds))}"


@operator("matcher dropped", 'x{status="500"}', "x")
def matcher_dropped(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A selector lets all values of a label in."""
    if isinstance(node, VectorSelector):
        for index, matcher in enumerate(node.matchers):
            matchers = (*node.matchers[:index], *node.matchers[index + 1 :])
            if node.name or matchers:
                advice = f"series of `{node.name}` that do not fulfil `{_text(matcher)}`, and would make a difference"
                yield replace(node, matchers=matchers), advice


@operator("matcher negated", 'x{status="500"}', 'x{status!="500"}')
def matcher_negated(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A selector asks for the other values of a label."""
    if isinstance(node, VectorSelector):
        for matcher in node.matchers:
            other = Matcher(matcher.name, _NEGATED[matcher.op], matcher.value)
            yield _with(node, matcher, other), f"series of `{node.name}` that fulfil `{_text(matcher)}`, and that decide"


@operator("matcher's value", 'x{mode="idle"}', 'x{mode="user"}')
def matcher_value(node: Expr, site: Site) -> Changes:
    """A matcher asks for another value that the label has, or for one that it has not; of alternatives, one is missing."""
    if not isinstance(node, VectorSelector):
        return
    for matcher in node.matchers:
        fact = next(
            (each for found in site.facts.selectors if found.node is node for each in found.matchers if each.matcher is matcher), None
        )
        for value in _values(matcher, fact):
            advice = f"a series of `{node.name}` for which `{_text(matcher)}` and `{_text(replace(matcher, value=value))}` differ"
            yield _with(node, matcher, Matcher(matcher.name, matcher.op, value)), advice


def _values(matcher: Matcher, fact: MatcherFact | None) -> list[str]:
    if matcher.op in ("=", "!="):
        known = () if fact is None or fact.domain is None else fact.domain.values or ()
        other = next((value for value in sorted(known) if value != matcher.value), None)
        return [f"{matcher.value}_" if other is None else other]
    alternatives = matcher.value.split("|")
    # One of them less; what is more than a list of words is left alone.
    if len(alternatives) == 1 or not all(each.replace("_", "").replace("-", "").isalnum() for each in alternatives):
        return []
    return ["|".join(each for each in alternatives if each is not dropped) for dropped in alternatives]


def _with(node: VectorSelector, old: Matcher, new: Matcher) -> VectorSelector:
    return replace(node, matchers=tuple(new if each is old else each for each in node.matchers))


def _text(matcher: Matcher) -> str:
    return f'{matcher.name}{matcher.op}"{matcher.value}"'
