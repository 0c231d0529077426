from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Edit, Fix
from monitoring_as_code.lint.boards import board_of
from monitoring_as_code.lint.places import matcher_place, name_place, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import Span, Variable, VectorSelector

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.origin import Place
    from monitoring_as_code.promql.ast import Matcher


@rule(ERROR, yields_to=("syntax-error",), of_expressions=True)
def several_values_for_one(reading: Reading) -> Iterator[Finding]:
    """A variable that may hold several values stands where one is wanted.

    Of `a` and `b` Grafana makes the pattern `(a|b)`. After `=` that is a text which no label has, so the panel is right as long as one
    value is chosen, and empty as soon as there are two, or All. Write `=~`, which is right for one value as well. As a window or in `by (...)`
    no pattern can stand at all. Where the panel or its row is repeated for the variable, there is one value at a time.

    BAD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service),),
            rows=(
                Row(
                    title="All",
                    panels=(TimeSeries(title="Requests", expr='sum(rate(http_requests_total{service="$service"}[$__rate_interval]))'),),
                ),
            ),
        )

    GOOD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service),),
            rows=(
                Row(
                    title="All",
                    panels=(TimeSeries(title="Requests", expr='sum(rate(http_requests_total{service=~"$service"}[$__rate_interval]))'),),
                ),
            ),
        )
    """
    for use, node in _selectors(reading):
        for matcher in node.matchers:
            if matcher.op in ("=", "!="):
                for variable in matcher.variables:
                    if _several(reading, use, variable):
                        yield _of_matcher(use, node, matcher, variable)
    for use, matrix in reading.matrices:
        if isinstance(matrix.range, Variable) and _several(reading, use, matrix.range):
            at = place(use, matrix, matrix.range.span if use.written is not None else None)
            yield _finding(use, matrix.range, ("a window is one duration", "let people choose one: `multi=False, include_all=False`"), at)
    for use, aggregate in reading.aggregates:
        for index, name in enumerate(aggregate.grouping):
            if isinstance(name, Variable) and ":" not in name.text and _several(reading, use, name):
                at = name_place(use, aggregate, name, "without" if aggregate.without else "by", index)
                yield _finding(use, name, ("labels are separated by commas", f"write `${{{name.name}:csv}}`"), at)


def _selectors(reading: Reading) -> Iterator[tuple[Use, VectorSelector]]:
    """The selectors of dashboards, and what narrows their variables."""
    for use in reading.uses:
        if use.in_dashboard:
            yield from ((use, each.node) for each in reading.facts(use).selectors)
    for each in reading.query_variables:
        if each.use is not None and isinstance(each.use.expr, VectorSelector):
            yield each.use, each.use.expr


def _several(reading: Reading, use: Use, variable: Variable) -> bool:
    board = board_of(reading, use)
    choice = None if board is None else board.choice(variable.name)
    if board is None or choice is None or not choice.several:
        return False
    return variable.name not in board.scopes.get(id(use.part), ())


def _of_matcher(use: Use, selector: VectorSelector, matcher: Matcher, variable: Variable) -> Finding:
    wanted = "!~" if matcher.op == "!=" else "=~"
    fix = None
    if use.written is not None and matcher.span.start >= 0 and matcher.value == variable.text:
        between = Span(matcher.name_span.end, matcher.value_span.start)
        fix = Fix(f"write `{wanted}`", (Edit(matcher_place(use, selector, matcher, between), wanted),))
    at = matcher_place(use, selector, matcher, matcher.value_span)
    why = (f"`{matcher.op}` compares with one text", f'write `{matcher.name}{wanted}"{matcher.value}"`')
    return _finding(use, variable, why, at, fix)


def _finding(use: Use, variable: Variable, why: tuple[str, str], at: Place, fix: Fix | None = None) -> Finding:
    message = f"`{variable.text}` may be several values, which Grafana writes as `(a|b)`, but {why[0]}"
    return Finding(message, at, why[1], declaration=use.declaration, fix=fix)
