from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.drawn import Drawn
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, definitions_only=True, yields_to=("lost-label", "unknown-label"))
def unknown_column(reading: Reading) -> Iterator[Finding]:
    """A table renames, hides, orders or sorts by a column that it does not have.

    A table has a column for each label that is left, `Time`, and `Value`; of several queries `Value #A` and `Value #B`. `rename`, `hide` and
    `order` call them so; `sort_by` says what stands above the column. Nothing is said of a table with `transformations` of its own.

    BAD:

        class Jobs(Labels):
            queue: Label[str]

        queue_length = Gauge(name="queue_length", help="Jobs that wait.", labels=Jobs)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Table(title="Waiting", expr="sum by (queue) (queue_length)", rename={"queues": "Queue"}),),
                ),
            ),
        )

    GOOD:

        class Jobs(Labels):
            queue: Label[str]

        queue_length = Gauge(name="queue_length", help="Jobs that wait.", labels=Jobs)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Table(title="Waiting", expr="sum by (queue) (queue_length)", rename={"queue": "Queue"}),),
                ),
            ),
        )
    """
    if not any(panel.type == "table" for panel in drawn(reading)):
        return
    from monitoring_as_code.model.panels.table import Table

    for panel in drawn(reading):
        table = panel.panel
        if panel.type != "table" or not panel.as_it_is or not isinstance(table, Table) or panel.renames:
            continue
        columns = _columns(reading, panel)
        if columns is None:
            continue
        given: list[tuple[str, tuple[str | int, ...]]] = [(name, ("rename", name, "[key]")) for name in table.rename]
        given += [(name, (argument, index)) for argument in ("hide", "order") for index, name in enumerate(getattr(table, argument))]
        for name, path in given:
            if name not in columns and name != "Time":
                yield _finding(name, panel, path, columns)
        titles = {table.rename.get(name, title) for name, title in columns.items() if name not in table.hide}
        titles.update(str(each.__dict__["name"]) for each in table.overrides if each.__dict__.get("name"))
        if isinstance(table.sort_by, str) and table.sort_by not in titles:
            yield _finding(table.sort_by, panel, ("sort_by",), dict.fromkeys(titles, ""))


def _finding(name: str, panel: Drawn, path: tuple[str | int, ...], known: Mapping[str, str]) -> Finding:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    help_ = did_you_mean(name, known) or f"its columns are {listed(sorted(known), 'and')}"
    return Finding(f"the table has no column `{name}`", Place(panel.panel.origin, path), help_, declaration=panel.panel)


def _columns(reading: Reading, panel: Drawn) -> dict[str, str] | None:
    """The columns and what stands above each; None if a label is there that nobody knows."""
    found = {"Time": "Time"}
    several = len(panel.shown) > 1
    for use in panel.shown:
        if use.expr is None or not (labels := reading.analysis.value(use).labels).closed:
            return None
        found.update((name, name) for name in labels.possible)
        column = f"Value #{panel.ref(use)}" if several else "Value"
        found[column] = getattr(use.part, "legend", None) or column
    return found
