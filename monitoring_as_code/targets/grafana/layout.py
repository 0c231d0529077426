"""Where panels stand: rows of panels become lines that fill Grafana's 24 columns, and nothing overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitoring_as_code.model.panel import Panel

COLUMNS = 24


class Position(NamedTuple):
    """Grafana's `gridPos`."""

    h: int
    w: int
    x: int
    y: int


def positions(panels: Sequence[Panel], y: int) -> tuple[list[Position], int]:
    """The place of each panel from line `y` on, and the first line below all of them.

    The panels of a line are as tall as the tallest of them: Grafana moves panels up into a gap, and would so change the dashboard.
    """
    found: list[Position] = []
    for line in _lines(panels):
        height = max(panel.least_height for panel in line)
        x = 0
        for width in _widths(line):
            found.append(Position(height, width, x, y))
            x += width
        y += height
    return found, y


def _lines(panels: Sequence[Panel]) -> Iterator[Sequence[Panel]]:
    greedy: list[list[Panel]] = []
    left = 0
    for panel in panels:
        width = panel.width or panel.least_width
        if width > left:
            greedy.append([])
            left = COLUMNS
        greedy[-1].append(panel)
        left -= width
    if len(greedy) < 2 or any(panel.width for panel in panels):
        yield from greedy
        return
    # Four panels in a line and a last one alone look worse than three and two.
    share, more = divmod(len(panels), len(greedy))
    even: list[Sequence[Panel]] = []
    start = 0
    for index in range(len(greedy)):
        end = start + share + (index < more)
        even.append(panels[start:end])
        start = end
    yield from even if all(sum(panel.least_width for panel in line) <= COLUMNS for line in even) else greedy


def _widths(line: Sequence[Panel]) -> Iterator[int]:
    """The given widths; the panels without one share what is left."""
    free = sum(panel.width is None for panel in line)
    left = COLUMNS - sum(panel.width or 0 for panel in line)
    for panel in line:
        if panel.width is not None:
            yield panel.width
            continue
        share = -(-left // free)
        yield share
        left -= share
        free -= 1
