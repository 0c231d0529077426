from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.boards import Board
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.dashboard import Dashboard

# They work without being named anywhere: a data source is a default, filters apply to all queries by themselves.
_BY_THEMSELVES = frozenset({"datasource", "adhoc", "groupby", "system"})


@rule(WARNING, everywhere=True)
def unused_variable(reading: Reading) -> Iterator[Finding]:
    """A dashboard has a variable that nothing on it uses.

    People choose a service, and the panels stay as they are: they take what they see for that service. A variable counts as used by queries,
    titles, links, annotations, `repeat` and other variables; filters and data sources are used by themselves. One that a link carries to
    a dashboard which has a variable of that name is used there.

    BAD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service),),
            rows=(Row(title="All", panels=(TimeSeries(title="Requests", expr="sum(rate(http_requests_total[$__rate_interval]))"),)),),
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
    every = boards(reading)
    for board in every:
        used = {variable.name for said in board.texts for variable in said.variables}
        used.update(name for choice in board.choices for name in choice.depends_on if name != choice.name)
        used.update(repeat.name.lstrip("$") for repeat in board.repeats)
        for choice in board.choices:
            if choice.name in used or choice.kind in _BY_THEMSELVES or _is_carried(reading, board, choice.name, every):
                continue
            help_ = f'use it, such as in `=~"${choice.name}"`, or remove it'
            yield Finding(f"nothing uses the variable `{choice.name}`", choice.place, help_, declaration=board.dashboard)


def _is_carried(reading: Reading, board: Board, name: str, every: tuple[Board, ...]) -> bool:
    """Whether a link takes the variable to a dashboard that has it, or that nobody knows."""
    for link in board.links:
        if not link.carries:
            continue
        if not reading.project.complete:
            return True
        tags = frozenset(getattr(link.part, "tags", ()))
        for other in every:
            if other is not board and other.choice(name) is not None and _leads_to(other.dashboard, tags, link.uid):
                return True
    return False


def _leads_to(dashboard: Dashboard, tags: frozenset[str], uid: str | None) -> bool:
    return dashboard.uid == uid if uid else bool(tags) and tags <= {*dashboard.tags, "mac"}
