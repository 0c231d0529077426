from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.variables import QueriedVariable
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading

_ON_TIME_RANGE_CHANGE = 2


@rule(WARNING, on=False)
def stale_variable(reading: Reading) -> Iterator[Finding]:
    """A variable keeps its values when the time range changes.

    Whoever goes back to last night's incident can choose only what runs now: the pods that crashed are not in the list. Ask again when the time
    range changes; that is one small query.

    BAD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service, refresh="on_dashboard_load"),),
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
                stale, at = choice.declared.refresh != "on_time_range_change", Place(choice.declared.origin, ("refresh",))
            else:
                stale, at = choice.kind == "query" and choice.data.get("refresh") != _ON_TIME_RANGE_CHANGE, choice.place
            if stale:
                message = f"`{choice.name}` keeps its values when the time range changes"
                yield Finding(message, at, "ask again on each change of the time range", declaration=board.dashboard)
