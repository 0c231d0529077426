"""Where panels stand: rows of panels become lines that fill Grafana's 24 columns, and nothing overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitoring_as_code.light import NamedTuple
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

    Panels whose places were said come first, the others in lines below them. The panels of a line are as tall as the tallest of them.
    Where there is a hole above a panel, it is moved up: Grafana would do that, and so change the dashboard.
    """
    said = [panel.place for panel in panels if panel.x is not None or panel.y is not None]
    if not said:
        return _filled(panels, y)
    places = [Position(height, width, x, y + top) for x, top, width, height in (place for place in said if place is not None)]
    rest, below = _filled([panel for panel in panels if panel.x is None and panel.y is None], max(each.y + each.h for each in places))
    settled, below = _settled([*places, *rest], y)
    of_said, of_rest = iter(settled[: len(places)]), iter(settled[len(places) :])
    return [next(of_rest if panel.x is None and panel.y is None else of_said) for panel in panels], below


def _settled(places: Sequence[Position], y: int) -> tuple[list[Position], int]:
    """The places, each as far up as those above it allow."""
    found = list(places)
    below = [y] * COLUMNS
    for index in sorted(range(len(found)), key=lambda index: (found[index].y, found[index].x)):
        height, width, x, _ = found[index]
        top = max(below[x : x + width])
        found[index] = Position(height, width, x, top)
        below[x : x + width] = [top + height] * width
    return found, max(below)


def _filled(panels: Sequence[Panel], y: int) -> tuple[list[Position], int]:
    """Panels side by side, as many in a line as fit."""
    found: list[Position] = []
    top, x = y, COLUMNS
    holes = False
    for line in _lines(panels):
        holes = holes or x < COLUMNS  # right of the line above
        height = max(panel.least_height for panel in line)
        x = 0
        for width in _widths(line):
            found.append(Position(height, width, x, top))
            x += width
        top += height
    return _settled(found, y) if holes else (found, top)


def _columns(panel: Panel) -> int | None:
    """The width that was said; Grafana gives all columns to a panel that it repeats side by side, whatever its width."""
    return COLUMNS if panel.repeat is not None and panel.repeat_direction == "horizontal" else panel.columns


def _lines(panels: Sequence[Panel]) -> Iterator[Sequence[Panel]]:
    greedy: list[list[Panel]] = []
    left = 0
    for panel in panels:
        width = _columns(panel) or panel.least_width
        if width > left:
            greedy.append([])
            left = COLUMNS
        greedy[-1].append(panel)
        left -= width
    if len(greedy) < 2 or any(_columns(panel) for panel in panels):
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
    said = [_columns(panel) for panel in line]
    free = said.count(None)
    left = COLUMNS - sum(width or 0 for width in said)
    for width in said:
        if width is not None:
            yield width
            continue
        share = -(-left // free)
        yield share
        left -= share
        free -= 1
