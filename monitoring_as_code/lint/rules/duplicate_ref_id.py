from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def duplicate_ref_id(reading: Reading) -> Iterator[Finding]:
    """Two queries of a panel have the same `refId`.

    Grafana keeps answers by that name: one of both takes the other's place, and overrides, transformations and expressions that name it
    mean either. Give each query a letter of its own. Queries of definitions get theirs by themselves.

    BAD:

        {
          "title": "Parcels",
          "panels": [
            {
              "type": "timeseries",
              "title": "Parcels",
              "targets": [{"refId": "A", "expr": "sum(parcels_waiting)"}, {"refId": "A", "expr": "sum(parcels_late)"}]
            }
          ]
        }

    GOOD:

        {
          "title": "Parcels",
          "panels": [
            {
              "type": "timeseries",
              "title": "Parcels",
              "targets": [{"refId": "A", "expr": "sum(parcels_waiting)"}, {"refId": "B", "expr": "sum(parcels_late)"}]
            }
          ]
        }
    """
    for board in boards(reading):
        for panel in board.panels:
            first: dict[str, int] = {}
            for index, target in enumerate(panel.targets):
                name = target.get("refId")
                if isinstance(name, str) and name and first.setdefault(name, index) != index:
                    related = ((panel.at("targets", first[name], "refId"), "the first one"),)
                    message = f"another query of this panel is called `{name}`, too"
                    at = panel.at("targets", index, "refId")
                    yield Finding(message, at, "give it a letter of its own", related, declaration=board.dashboard)
