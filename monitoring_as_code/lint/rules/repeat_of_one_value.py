from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def repeat_of_one_value(reading: Reading) -> Iterator[Finding]:
    """A panel or a row is repeated for a variable that holds one value at a time.

    There is never more than the one that is chosen, so nothing is repeated. Let people choose several, `multi=True` or
    `include_all=True`, or leave the repetition out.

    BAD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service, multi=False, include_all=False),),
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
            service: Label[str]

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
    """
    for board in boards(reading):
        for repeat in board.repeats:
            choice = board.choice(repeat.name)
            if choice is not None and not choice.several:
                message = f"this is repeated for each value of `{choice.name}`, which holds one at a time"
                help_ = "let several be chosen, or do not repeat it"
                yield Finding(message, repeat.place, help_, ((choice.place, "one value"),), declaration=board.dashboard)
