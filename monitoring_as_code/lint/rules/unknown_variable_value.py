from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matcher_place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.lint.values import known_values
from monitoring_as_code.model.labels import label_name
from monitoring_as_code.model.variables import ConstantVariable, CustomVariable
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.catalogue import Domain
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Matcher

# Their values are numbers, of which there is more than one spelling.
_NUMBERS = frozenset({"le", "quantile"})
# Grafana's words for all values at once.
_ALL = frozenset({"All", "$__all"})


@rule(ERROR, yields_to=("syntax-error", "unknown-label"), of_expressions=True)
def unknown_variable_value(reading: Reading) -> Iterator[Finding]:
    """A value of a variable is none that the label has which it is compared with.

    The variable's list was written by hand. Whoever chooses such a value sees an empty dashboard, and takes it for a quiet one. What a
    label can have is declared by a `Literal`, `values=` or `pattern=`.

    BAD:

        class Http(Labels):
            method: Label[Literal["GET", "POST", "PUT"]]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(CustomVariable(name="method", values=("GET", "post")),),
            rows=(
                Row(
                    title="All",
                    panels=(TimeSeries(title="Requests", expr='sum(rate(http_requests_total{method=~"$method"}[$__rate_interval]))'),),
                ),
            ),
        )

    GOOD:

        class Http(Labels):
            method: Label[Literal["GET", "POST", "PUT"]]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(CustomVariable(name="method", values=("GET", "POST")),),
            rows=(
                Row(
                    title="All",
                    panels=(TimeSeries(title="Requests", expr='sum(rate(http_requests_total{method=~"$method"}[$__rate_interval]))'),),
                ),
            ),
        )
    """
    yield from _chosen_at_first(reading)
    told: set[tuple[int, str, str]] = set()
    for use, selector in reading.selectors:
        for fact in selector.matchers if use.in_dashboard else ():
            matcher, domain = fact.matcher, fact.domain
            if domain is None or matcher.name in _NUMBERS or len(matcher.variables) != 1 or matcher.value != matcher.variables[0].text:
                continue
            variable = _variable(use, matcher)
            if variable is None:
                continue
            for index, value in enumerate(_values(variable)):
                key = (id(variable), matcher.name, value)
                if key not in told and _is_outside(variable, matcher, value, domain):
                    told.add(key)
                    related = ((matcher_place(use, selector.node, matcher, matcher.span), "compared here"),)
                    pattern = "" if domain.values else f": its values match `{domain.pattern}`"
                    message = f"`{matcher.name}` is never `{value}`{pattern}"
                    help_ = known_values(domain.values, value)
                    yield Finding(message, _place(variable, index, value), help_, related, declaration=use.declaration)


def _chosen_at_first(reading: Reading) -> Iterator[Finding]:
    """What a variable begins with, though the label that it is about never has this value."""
    for found in reading.query_variables:
        variable = found.variable
        domain = None if found.entry is None else found.entry.labels.get(label_name(variable.values_of))
        if domain is None or domain.values is None or variable.regex:
            continue
        several = isinstance(variable.default, tuple)
        for index, value in enumerate(variable.default if isinstance(variable.default, tuple) else (variable.default,)):
            if value and value not in domain.values and value not in _ALL:
                at = Place(variable.origin, ("default", index) if several else ("default",))
                message = f"`{label_name(variable.values_of)}` is never `{value}`"
                yield Finding(message, at, known_values(domain.values, value), declaration=found.dashboard)


def _variable(use: Use, matcher: Matcher) -> CustomVariable | ConstantVariable | None:
    for variable in getattr(use.declaration, "variables", ()):
        if isinstance(variable, CustomVariable | ConstantVariable) and variable.name == matcher.variables[0].name:
            return variable
    return None


def _values(variable: CustomVariable | ConstantVariable) -> tuple[str, ...]:
    return tuple(variable.values) if isinstance(variable, CustomVariable) else (variable.value,)


def _place(variable: CustomVariable | ConstantVariable, index: int, value: str) -> Place:
    if isinstance(variable, ConstantVariable):
        return Place(variable.origin, ("value",))
    return Place(variable.origin, ("values", value, "[key]") if isinstance(variable.values, dict) else ("values", index))


def _is_outside(variable: CustomVariable | ConstantVariable, matcher: Matcher, value: str, domain: Domain) -> bool:
    """Whether no value of the label is chosen by this one: a pattern if the variable holds just one, and its matcher takes patterns."""
    several = isinstance(variable, CustomVariable) and (variable.multi or variable.include_all)
    if matcher.op in ("=~", "!~") and not several and ":" not in matcher.value:
        if domain.values is None or value == "":
            return False
        test = _tester(value)
        return test is not None and not test("") and not any(map(test, domain.values))
    if value == "" or "$" in value:
        return False
    if domain.values is not None:
        return value not in domain.values
    test = None if domain.pattern is None else _tester(domain.pattern)
    return test is not None and not test(value)


def _tester(pattern: str) -> Callable[[str], bool] | None:
    from monitoring_as_code.promql.infer.patterns import tester

    return tester(pattern)
