from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, on=False)
def missing_description(reading: Reading) -> Iterator[Finding]:
    """A dashboard has no description, or one of its panels has no title or description.

    Who comes here at night did not make the page. A description says what the panel shows, how it looks when all is well, and what to do if it
    does not; that of a dashboard says which question it answers. A panel that shows one metric needs none: it has the metric's `help`.

    BAD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(TimeSeries(title="Requests", expr="sum(rate(http_requests_total[$__rate_interval]))"),)),),
        )

    GOOD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        board = Dashboard(
            name="Shop",
            uid="shop",
            description="Are the people who shop well served?",
            rows=(Row(title="All", panels=(TimeSeries(title="Requests", expr="sum(rate(http_requests_total[$__rate_interval]))"),)),),
        )
    """
    for board in boards(reading):
        dashboard = board.dashboard
        text = dashboard.__dict__["json_data"].get("description") if board.is_json else dashboard.description
        if not text:
            yield _finding(f"the dashboard `{dashboard.name}`", "description", Place(dashboard.origin, ("name",)))
        for panel in board.panels:
            if panel.is_row or not panel.targets:
                continue
            title = panel.data.get("title")
            called = f"`{title}`" if title else "this panel"
            for argument in ("title", "description"):
                if not panel.data.get(argument):
                    yield _finding(called, argument, panel.place)
        for each in (panel for row in dashboard.rows for panel in row.panels if not board.is_json):
            if isinstance(each, QueryPanel) and not each.title:
                yield _finding("this panel", "title", Place(each.origin))
            if isinstance(each, QueryPanel) and not each.description and not _help(reading, each):
                yield _finding(f"`{each.title}`", "description", Place(each.origin))


def _finding(called: str, missing: str, at: Place) -> Finding:
    helps = {"title": "say in a few words what it shows", "description": "say what it shows, what is good, and what to do otherwise"}
    return Finding(f"{called} has no {missing}", at, helps[missing])


def _help(reading: Reading, panel: QueryPanel) -> str:
    """What is shown instead of a description: the help of the metric, if there is one."""
    helps = set()
    for use in reading.analysis.queries(panel):
        arm = None if use.expr is None else reading.analysis.value(use).arm
        helps.add("" if arm is None or arm.entry is None else arm.entry.metric.help)
    return helps.pop() if len(helps) == 1 else ""
