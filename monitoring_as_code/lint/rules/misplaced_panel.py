from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.board_json import JsonPanel
    from monitoring_as_code.lint.reading import Reading

_COLUMNS = 24


@rule(WARNING)
def misplaced_panel(reading: Reading) -> Iterator[Finding]:
    """Panels overlap, or reach beyond the 24 columns.

    Grafana moves them when it loads the dashboard, each below what it lies on, and everything that follows with them: nobody sees the page
    that was drawn, and who saves it has a change that he never made. Panels of definitions are placed by themselves.

    BAD:

        {
          "title": "Parcels",
          "panels": [
            {
              "type": "stat",
              "title": "Waiting",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "targets": [{"refId": "A", "expr": "sum(parcels_waiting)"}]
            },
            {
              "type": "stat",
              "title": "Late",
              "gridPos": {"x": 8, "y": 4, "w": 12, "h": 8},
              "targets": [{"refId": "A", "expr": "sum(parcels_late)"}]
            }
          ]
        }

    GOOD:

        {
          "title": "Parcels",
          "panels": [
            {
              "type": "stat",
              "title": "Waiting",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "targets": [{"refId": "A", "expr": "sum(parcels_waiting)"}]
            },
            {
              "type": "stat",
              "title": "Late",
              "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8},
              "targets": [{"refId": "A", "expr": "sum(parcels_late)"}]
            }
          ]
        }
    """
    for board in boards(reading):
        placed: dict[tuple[str | int, ...], list[_Box]] = {}
        for panel in board.panels:
            box = _box(panel)
            if box is None:
                continue
            if box.right > _COLUMNS:
                message = f"this reaches up to column {box.right} of {_COLUMNS}"
                yield Finding(message, panel.at("gridPos"), "make it narrower, or let it begin further left", declaration=board.dashboard)
            beside = placed.setdefault(panel.path[:-1], [])
            other = next((each for each in beside if each.overlaps(box)), None)
            if other is not None:
                title = other.panel.data.get("title")
                message = f"this lies on `{title}`" if isinstance(title, str) and title else "this lies on another panel"
                related = ((other.panel.at("gridPos"), "the other one"),)
                yield Finding(message, panel.at("gridPos"), "move one of both", related, declaration=board.dashboard)
            beside.append(box)


class _Box(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int
    panel: JsonPanel

    def overlaps(self, other: _Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def _box(panel: JsonPanel) -> _Box | None:
    """Where a panel lies; None if nobody says so, or if Grafana itself made it, of one that is repeated."""
    place = panel.data.get("gridPos")
    if not isinstance(place, dict) or "repeatPanelId" in panel.data:
        return None
    x, y, w, h = (place.get(name) for name in ("x", "y", "w", "h"))
    if not (isinstance(x, int) and isinstance(y, int) and isinstance(w, int) and isinstance(h, int)):
        return None
    return _Box(x, y, x + w, y + h, panel)
