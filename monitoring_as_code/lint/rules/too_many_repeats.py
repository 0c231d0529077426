from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.variables import CustomVariable, QueryVariable

if TYPE_CHECKING:
    from monitoring_as_code.lint.boards import Choice
    from monitoring_as_code.lint.reading import Reading

_MOST = 10


@rule(WARNING)
def too_many_repeats(reading: Reading) -> Iterator[Finding]:
    """A panel or a row can be repeated more than ten times when the dashboard is opened.

    Each repetition is panels to draw and queries to answer, and nobody reads the eleventh. How many values the variable can have is what is
    declared of its label, by a `Literal`, `values=` or `at_most=`, or what a list has. Let people choose the first ones, with
    `include_all=False` or a `default`, or show the values as series of one panel. Where no bound is declared, nothing is said.

    BAD:

        class InService(Labels):
            service: Label[str] = label(at_most=50)

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service),),
            rows=(
                Row(
                    title="$service",
                    repeat="service",
                    panels=(TimeSeries(title="Requests", expr='sum(rate(http_requests_total{service="$service"}[$__rate_interval]))'),),
                ),
            ),
        )

    GOOD:

        class InService(Labels):
            service: Label[str] = label(at_most=50)

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service, include_all=False),),
            rows=(
                Row(
                    title="$service",
                    repeat="service",
                    panels=(TimeSeries(title="Requests", expr='sum(rate(http_requests_total{service="$service"}[$__rate_interval]))'),),
                ),
            ),
        )
    """
    for board in boards(reading):
        for repeat in board.repeats:
            choice = board.choice(repeat.name)
            most = None if choice is None else _most(reading, choice)
            if choice is not None and most is not None and most > _MOST:
                message = f"this can be there {most} times, once for each value of `{choice.name}`"
                help_ = "say `include_all=False` or a `default`, or show the values as series of one panel"
                yield Finding(
                    message, repeat.place, help_, ((choice.place, "all of them are chosen at first"),), declaration=board.dashboard
                )


def _most(reading: Reading, choice: Choice) -> int | None:
    """How many values are chosen at first, at most; None if nobody knows, or people choose them."""
    variable = choice.declared
    if not isinstance(variable, CustomVariable | QueryVariable) or not variable.include_all or variable.default is not None:
        return None
    if isinstance(variable, CustomVariable):
        return len(variable.values)
    if variable.regex or variable.matchers:
        return None
    from monitoring_as_code.model.labels import label_name

    for found in reading.query_variables:
        if found.variable is variable and found.entry is not None and found.entry.closed:
            domain = found.entry.labels.get(label_name(variable.values_of))
            if domain is not None:
                return len(domain.values) if domain.values is not None else domain.at_most
    return None
