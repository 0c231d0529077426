"""The columns of a table, or of what bars are made of, and what a panel's own steps read of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from monitoring_as_code.lint.drawn import Drawn
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Part
    from monitoring_as_code.model.panels.drawing import Step

Path: TypeAlias = "tuple[str | int, ...]"

# The arguments of a step that name fields: a text, several, or a dict by them. By the classes' names, so that none need be imported.
_READ: Mapping[str, tuple[str, ...]] = {
    "BinaryOperation": ("left", "right"),
    "ConvertFieldType": ("field",),
    "CumulativeFunction": ("field",),
    "ExtractFields": ("source",),
    "FilterFieldsByName": ("names",),
    "FormatString": ("field",),
    "FormatTime": ("field",),
    "GroupBy": ("by", "calculate"),
    "GroupingToMatrix": ("columns", "rows", "values"),
    "JoinByField": ("field",),
    "Organize": ("rename", "hide", "only", "order"),
    "PartitionByValues": ("by",),
    "ReduceRow": ("of",),
    "RowsToFields": ("names", "values"),
    "SortBy": ("field",),
    "UnaryOperation": ("field",),
    "WindowFunction": ("field",),
}
# Behind these the columns are those before.
_KEEP = frozenset({"ConvertFieldType", "FilterByValue", "FormatString", "FormatTime", "Limit", "SortBy"})


def columns_of(reading: Reading, panel: Drawn) -> dict[str, str] | None:
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


def unknown_to_steps(steps: tuple[Step, ...], known: Collection[str]) -> Iterator[tuple[Part, Path, str]]:
    """The fields that steps read and that are not among those `known`: up to the first step behind which there may be others."""
    for step in steps:
        if step.disabled:
            continue
        kind = type(step).__name__
        if step.query is not None or (kind not in _READ and kind not in _KEEP):
            return
        for part, path, name in _read(step, kind):
            if name not in known and "$" not in name:
                yield part, path, name
        if kind not in _KEEP:
            return


def _read(step: Step, kind: str) -> Iterator[tuple[Part, Path, str]]:
    for each in getattr(step, "filters", ()) if kind == "FilterByValue" else ():
        yield each, ("field",), each.field
    for argument in _READ.get(kind, ()):
        given = getattr(step, argument)
        if isinstance(given, str):
            yield step, (argument,), given
        elif isinstance(given, dict):
            yield from ((step, (argument, name, "[key]"), name) for name in given)
        elif isinstance(given, tuple):
            yield from ((step, (argument, index), name) for index, name in enumerate(given))
