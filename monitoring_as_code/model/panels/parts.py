"""What several types of panel have in common: legend, tooltip, and the one value that is made of many."""

from typing import Any, Literal, TypeAlias

# How the values of a series become one; Grafana's own names.
Calculation: TypeAlias = Literal[
    "lastNotNull",
    "last",
    "firstNotNull",
    "first",
    "min",
    "max",
    "mean",
    "median",
    "sum",
    "count",
    "range",
    "delta",
    "diff",
    "diffperc",
    "stdDev",
    "variance",
    "step",
    "logmin",
    "countAll",
    "changeCount",
    "distinctCount",
    "allIsZero",
    "allIsNull",
    "p1",
    "p5",
    "p10",
    "p25",
    "p50",
    "p75",
    "p90",
    "p95",
    "p99",
]
Orientation: TypeAlias = Literal["auto", "horizontal", "vertical"]
Placement: TypeAlias = Literal["bottom", "right", "hidden"] | None
# What a cell looks like; Grafana's own names.
Cells: TypeAlias = Literal[
    "auto",
    "color-text",
    "color-background",
    "gauge",
    "sparkline",
    "pill",
    "markdown",
    "image",
    "json-view",
    "data-links",
    "actions",
]


def legend(
    placement: Placement,
    values: tuple[str, ...],
    *,
    several: bool,
    mode: Literal["list", "table"] | None = None,
    sort: tuple[str | None, bool] | None = None,
    width: int | None = None,
) -> dict[str, Any]:
    """A table of `values`, the largest first, when several series may come and any value is asked for; else a list, or nothing.

    `sort` is the heading of a column, None for that of the first value, and whether the largest comes first.
    """
    shown = several if placement is None else placement != "hidden"
    table = shown and (bool(values) and several if mode is None else mode == "table")
    found: dict[str, Any] = {
        "calcs": list(values),
        "displayMode": "table" if table else "list",
        "placement": "right" if placement == "right" else "bottom",
        "showLegend": shown,
    }
    column = (None if sort is None else sort[0]) or (heading(values[0]) if values else None)
    if table and column is not None:
        found["sortBy"] = column
        found["sortDesc"] = sort is None or sort[1]
    if width is not None:
        found["width"] = width
    return found


def tooltip(mode: str) -> dict[str, Any]:
    """All series at once, the largest first, or one."""
    return {"mode": mode, "sort": "desc" if mode == "multi" else "none"}


def reduced(calculation: str, fields: str = "", *, values: bool = False, limit: int | None = None) -> dict[str, Any]:
    """One value of each series, or with `values` each by itself, and of which fields."""
    found: dict[str, Any] = {"calcs": [calculation], "fields": fields}
    if limit is not None:
        found["limit"] = limit
    found["values"] = values
    return found


def number(value: float) -> float:
    """Whole numbers without a point, as JavaScript writes them."""
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def heading(calculation: str) -> str:
    """What stands above the column of a legend's table."""
    if calculation in _HEADINGS:
        return _HEADINGS[calculation]
    percent = calculation.removeprefix("p")
    return f"{percent}{'st' if percent == '1' else 'th'} %"


# The table is sorted by what stands above the column.
_HEADINGS = {
    "lastNotNull": "Last *",
    "last": "Last",
    "firstNotNull": "First *",
    "first": "First",
    "min": "Min",
    "max": "Max",
    "mean": "Mean",
    "median": "Median",
    "sum": "Total",
    "count": "Count",
    "range": "Range",
    "delta": "Delta",
    "diff": "Difference",
    "diffperc": "Difference percent",
    "stdDev": "StdDev",
    "variance": "Variance",
    "step": "Step",
    "logmin": "Min (above zero)",
    "countAll": "Count all",
    "changeCount": "Change Count",
    "distinctCount": "Distinct Count",
    "allIsZero": "All Zeros",
    "allIsNull": "All Nulls",
}


def joined(*, several: bool, named: bool) -> list[dict[str, Any]]:
    """The steps that make one table of all answers. The metric's name would tell their lines apart, so it is left out."""
    first: list[dict[str, Any]] = []
    if named:
        first.append({"id": "filterFieldsByName", "options": {"exclude": {"names": ["__name__"]}}})
    return [*first, {"id": "merge", "options": {}}] if several else first
