from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.lint.columns import columns_of, unknown_to_steps
from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.panel import Query
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.drawn import Drawn
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.panels.barchart import BarChart
    from monitoring_as_code.model.panels.table import Table


@rule(WARNING, definitions_only=True, yields_to=("lost-label", "unknown-label"))
def unknown_column(reading: Reading) -> Iterator[Finding]:
    """A table renames, hides, orders, sorts or changes a column that it does not have, or bars are named by one.

    A table has a column for each label that is left, `Time`, and `Value`; of several queries `Value #A` and `Value #B`. `rename`, `hide` and
    `order` call them so; `sort_by`, overrides and the table's own `transformations` say what stands above the column. Behind a step that makes
    other columns nothing is known. Bars need a label that is left, which names them.

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
    if not any(panel.type in ("table", "barchart") for panel in drawn(reading)):
        return
    from monitoring_as_code.model.panels.barchart import BarChart
    from monitoring_as_code.model.panels.table import Table

    for panel in drawn(reading):
        if panel.renames:
            continue
        if isinstance(panel.panel, Table):
            yield from _of_table(reading, panel, panel.panel)
        elif isinstance(panel.panel, BarChart) and panel.as_it_is:
            yield from _of_bars(reading, panel, panel.panel)


def _of_table(reading: Reading, panel: Drawn, table: Table) -> Iterator[Finding]:
    columns = columns_of(reading, panel) if table.answer == "table" and all(_is_table(use) for use in panel.shown) else None
    if columns is None:
        return
    given: list[tuple[str, tuple[str | int, ...]]] = [(name, ("rename", name, "[key]")) for name in table.rename]
    given += [(name, (argument, index)) for argument in ("hide", "order") for index, name in enumerate(getattr(table, argument))]
    for name, path in given:
        if name not in columns and name != "Time":
            yield _finding(name, panel, Place(table.origin, path), columns)
    titles = {table.rename.get(name, title) for name, title in columns.items() if name not in table.hide}
    # A column that was renamed is found by its old name, too, by overrides and by some steps.
    found = titles.union(name for name in columns if name not in table.hide)
    if table.transformations:
        for part, path, name in unknown_to_steps(table.transformations, {*found, "Time"}):
            yield _finding(name, panel, Place(part.origin, path), dict.fromkeys(titles, ""))
        return
    for each in table.overrides:
        if each.by == "name" and isinstance(each.series, str) and each.series not in found and "$" not in each.series:
            yield _finding(each.series, panel, Place(each.origin, ("series",)), dict.fromkeys(titles, ""))
    titles.update(str(each.__dict__["name"]) for each in table.overrides if each.__dict__.get("name"))
    if isinstance(table.sort_by, str) and table.sort_by not in titles:
        yield _finding(table.sort_by, panel, Place(table.origin, ("sort_by",)), dict.fromkeys(titles, ""))


def _of_bars(reading: Reading, panel: Drawn, bars: BarChart) -> Iterator[Finding]:
    columns = (
        columns_of(reading, panel)
        if all(_is_table(use) and getattr(use.part, "instant", None) is not False for use in panel.shown)
        else None
    )
    if columns is None or not panel.shown:
        return
    labels = {name for name in columns if name != "Time" and not name.startswith("Value") and name != "__name__"}
    if not labels:
        message = "no label is left to name the bars, and Grafana draws none without"
        yield Finding(message, Place(bars.origin), "group by a label, or show a `Stat`", declaration=bars)
        return
    titles = {title for name, title in columns.items() if name not in ("Time", "__name__")}
    for argument in ("x_field", "color_by_field"):
        name = getattr(bars, argument)
        if name is not None and name not in titles:
            yield _finding(name, panel, Place(bars.origin, (argument,)), dict.fromkeys(titles, ""))


def _is_table(use: Use) -> bool:
    """Whether the answer comes as a table."""
    return isinstance(use.part, Query) and use.part.format in (None, "table")


def _finding(name: str, panel: Drawn, at: Place, known: Mapping[str, str]) -> Finding:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    what = "table" if panel.type == "table" else "answer"
    help_ = did_you_mean(name, known) or f"its columns are {listed(sorted(known), 'and')}"
    return Finding(f"the {what} has no column `{name}`", at, help_, declaration=panel.panel)
