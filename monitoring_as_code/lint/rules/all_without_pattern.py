from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.variables import QueriedVariable
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, on=False)
def all_without_pattern(reading: Reading) -> Iterator[Finding]:
    """The choice All of a variable is a list of all values, not a pattern.

    With 300 pods each query is a regular expression of 300 alternatives, which Prometheus tests against every series and which may be too long
    for a request; and what comes up after the page was loaded is not in it. Give All a pattern of its own, such as `.+`.

    BAD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service, all_value=""),),
            rows=(
                Row(
                    title="All",
                    panels=(TimeSeries(title="Requests", expr='sum(rate(http_requests_total{service=~"$service"}[$__rate_interval]))'),),
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
    for board in boards(reading):
        for choice in board.choices:
            if isinstance(choice.declared, QueriedVariable):
                without = choice.declared.include_all and not choice.declared.all_value
            else:
                without = choice.kind == "query" and choice.data.get("includeAll") is True and not choice.data.get("allValue")
            if without:
                message = f"All of `{choice.name}` is a list of all its values"
                at = choice.place if choice.declared is None else Place(choice.declared.origin, ("all_value",))
                yield Finding(message, at, "give All the pattern `.+`", declaration=board.dashboard)
