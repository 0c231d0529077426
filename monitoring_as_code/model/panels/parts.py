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
    "stdDev",
]
Orientation: TypeAlias = Literal["auto", "horizontal", "vertical"]
Placement: TypeAlias = Literal["bottom", "right", "hidden"] | None


def legend(placement: Placement, values: tuple[str, ...], *, several: bool) -> dict[str, Any]:
    """A table of `values`, the largest first, when several series may come and any value is asked for; else a list, or nothing."""
    shown = several if placement is None else placement != "hidden"
    place = "right" if placement == "right" else "bottom"
    if not (shown and values and several):
        return {"calcs": list(values), "displayMode": "list", "placement": place, "showLegend": shown}
    return {
        "calcs": list(values),
        "displayMode": "table",
        "placement": place,
        "showLegend": True,
        "sortBy": _HEADINGS[values[0]],
        "sortDesc": True,
    }


def tooltip(mode: str) -> dict[str, Any]:
    """All series at once, the largest first, or one."""
    return {"mode": mode, "sort": "desc" if mode == "multi" else "none"}


def reduced(calculation: str) -> dict[str, Any]:
    """One value of each series."""
    return {"calcs": [calculation], "fields": "", "values": False}


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
    "stdDev": "StdDev",
}
