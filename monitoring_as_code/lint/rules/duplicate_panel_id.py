from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def duplicate_panel_id(reading: Reading) -> Iterator[Finding]:
    """Two panels of a dashboard have the same id.

    Links to a panel (`?viewPanel=4`), alerts' links and annotations find panels by their ids. Grafana gives one of both another id when it
    loads the dashboard, so they lead to the wrong panel, or to none. Panels of definitions get ids by themselves.

    BAD:

        {
          "title": "Parcels",
          "panels": [
            {"id": 1, "type": "stat", "title": "Waiting", "targets": [{"refId": "A", "expr": "sum(parcels_waiting)"}]},
            {"id": 1, "type": "stat", "title": "Late", "targets": [{"refId": "A", "expr": "sum(parcels_late)"}]}
          ]
        }

    GOOD:

        {
          "title": "Parcels",
          "panels": [
            {"id": 1, "type": "stat", "title": "Waiting", "targets": [{"refId": "A", "expr": "sum(parcels_waiting)"}]},
            {"id": 2, "type": "stat", "title": "Late", "targets": [{"refId": "A", "expr": "sum(parcels_late)"}]}
          ]
        }
    """
    for board in boards(reading):
        first: dict[int, Place] = {}
        for panel in board.panels:
            number = panel.data.get("id")
            if isinstance(number, int) and number > 0:
                at = panel.at("id")
                if first.setdefault(number, at) is not at:
                    message = f"another panel has the id {number}, too"
                    yield Finding(message, at, "give it another number", ((first[number], "the first one"),), declaration=board.dashboard)
