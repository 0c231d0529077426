from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.board_json import JsonPanel
    from monitoring_as_code.lint.boards import Board
    from monitoring_as_code.lint.reading import Reading

# Types that show nothing but what queries give.
_ASKING = frozenset(
    {
        "barchart",
        "bargauge",
        "gauge",
        "graph",
        "heatmap",
        "histogram",
        "logs",
        "piechart",
        "singlestat",
        "stat",
        "state-timeline",
        "status-history",
        "table",
        "table-old",
        "timeseries",
    }
)


@rule(WARNING)
def panel_without_query(reading: Reading) -> Iterator[Finding]:
    """A panel asks for nothing, or hides all that it asks for.

    It says "No data" for ever, on a page on which that is an alarm elsewhere. Panels of text, of alerts and of dashboards need no query.

    BAD:

        board = Dashboard(name="Shop", uid="shop", rows=(Row(title="All", panels=(Stat(title="Up"),)),))

    GOOD:

        board = Dashboard(name="Shop", uid="shop", rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),))
    """
    for board in boards(reading):
        if board.is_json:
            yield from _of_json(board)
            continue
        for row in board.dashboard.rows:
            for panel in row.panels:
                if not isinstance(panel, QueryPanel) or (panel.type == "raw" and not _asks(getattr(panel, "json_data", {}))):
                    continue
                if panel.expr is not None:
                    continue
                if not panel.queries and not getattr(panel, "json_data", {}).get("targets"):
                    message, help_ = f"`{panel.title}` asks for nothing", "say `expr` or `queries`"
                    yield Finding(message, Place(panel.origin), help_, declaration=board.dashboard)
                elif panel.queries and all(query.hidden for query in panel.queries):
                    message = f"`{panel.title}` hides all its queries"
                    yield Finding(message, Place(panel.origin), "show one of them", declaration=board.dashboard)


def _asks(data: Mapping[str, object]) -> bool:
    return data.get("type") in _ASKING and "libraryPanel" not in data


def _of_json(board: Board) -> Iterator[Finding]:
    # A panel may be there only for what others take over from it.
    shared = any(_source(target) == "-- Dashboard --" for panel in board.panels for target in (panel.data, *panel.targets))
    for panel in board.panels:
        if not _asks(panel.data) or panel.is_row:
            continue
        asking = [target for target in panel.targets if not _is_empty(target)]
        words = "asks for nothing" if not asking else "hides all its queries"
        if not asking or (not shared and all(target.get("hide") is True for target in asking)):
            yield Finding(f"{_called(panel)} {words}", panel.place, "give it a query, or remove it", declaration=board.dashboard)


def _is_empty(target: dict[str, object]) -> bool:
    """Whether there is a place for PromQL, and none in it."""
    expr = target.get("expr")
    return isinstance(expr, str) and not expr.strip() and not any(target.get(each) for each in ("query", "rawSql", "rawQuery", "target"))


def _source(holder: dict[str, object]) -> object:
    source = holder.get("datasource")
    return source.get("uid") if isinstance(source, dict) else source


def _called(panel: JsonPanel) -> str:
    title = panel.data.get("title")
    return f"`{title}`" if isinstance(title, str) and title else "this panel"
