from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.boards import Board
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def empty_row(reading: Reading) -> Iterator[Finding]:
    """A row has a heading and no panels.

    Its panels were moved or deleted, and it was left behind; Grafana shows "(0 panels)". Remove it, or give it its panels.

    BAD:

        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)), Row(title="Orders")),
        )

    GOOD:

        board = Dashboard(name="Shop", uid="shop", rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),))
    """
    for board in boards(reading):
        if board.is_json:
            yield from _of_json(board)
            continue
        for row in board.dashboard.rows:
            if not row.panels and row.title:
                yield _finding(board, row.title, Place(row.origin, ("title",)))


def _of_json(board: Board) -> Iterator[Finding]:
    panels = [panel for panel in board.panels if len(panel.path) == 2]
    for index, panel in enumerate(panels):
        after = panels[index + 1] if index + 1 < len(panels) else None
        inside = panel.data.get("panels")
        if not panel.is_row or inside:
            continue
        # The panels of an open row stand behind it, in today's files.
        open_ = panel.path[0] == "panels" and panel.data.get("collapsed") is not True
        if not open_ or after is None or after.is_row:
            yield _finding(board, str(panel.data.get("title") or ""), panel.place)


def _finding(board: Board, title: str, at: Place) -> Finding:
    message = f"there is no panel below `{title}`" if title else "this row has no panels"
    return Finding(message, at, "remove the row, or give it panels", declaration=board.dashboard)
