"""Coverage as a table for a terminal, and as data for programs."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from monitoring_as_code.conform.coverage.cells import COLUMNS
from monitoring_as_code.diagnostics.display import visible, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitoring_as_code.conform.coverage.cells import Cell, Coverage, Row

WORDS = {"yes": "yes", "no": "no", "unknown": "?", "excused": "-"}
_COLOURS = {"yes": "32", "no": "31", "unknown": "33", "excused": "2"}
# Of what is listed, all are.
SHOWN = COLUMNS[1:]


def as_text(coverage: Coverage, *, colour: bool) -> str:
    """A table for each owner of metrics, the shares of the columns, and what nobody has declared."""

    def painted(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour and text else text

    heads = ("metric", "kind", *SHOWN, "series", "recorded at")
    cells = [
        (row, (visible(row.metric), row.kind, *(WORDS[row.cells[each].state] for each in SHOWN), series(row), _at(row)))
        for row in coverage.rows
    ]
    widest = [max(map(width, column)) for column in zip(heads, *(each for _, each in cells), strict=True)]
    lines = []
    for owner, group in groupby(cells, key=lambda each: each[0].owner):
        lines.append(painted(visible(owner), "1"))
        lines.append(_line(heads, widest, ["2"] * len(heads), painted))
        for row, texts in group:
            codes = ["", "", *(_COLOURS[row.cells[each].state] for each in SHOWN), "31" if row.is_over_budget else "", ""]
            lines.append(_line(texts, widest, codes, painted))
        lines.append("")
    lines.append(_shares(coverage))
    if coverage.undeclared:
        lines += ["", painted("used or seen, but not declared", "1")]
        for each in coverage.undeclared:
            lines.append(f"  {painted(visible(each.name), '31')}: {'; '.join(map(visible, (*each.used_by, *each.seen)))}")
    return "\n".join(lines) + "\n"


def _line(texts: Sequence[str], widest: Sequence[int], codes: Sequence[str], painted: Any) -> str:  # noqa: ANN401 - a function of this module
    padded = [(text, " " * (most - width(text)), code) for text, most, code in zip(texts, widest, codes, strict=True)]
    return ("  " + "  ".join((painted(text, code) if code else text) + pad for text, pad, code in padded)).rstrip()


def series(row: Row) -> str:
    """How many combinations of label values there are, of how many there may be."""
    if row.measured is None:
        return "" if row.budget is None else f"? of {row.budget:,}"
    return f"{row.measured:,}" if row.budget is None else f"{row.measured:,} of {row.budget:,}"


def _at(row: Row) -> str:
    first, *others = row.recorded_at or ("",)
    return visible(first) + (f" (and {len(others)} more)" if others else "")


def _shares(coverage: Coverage) -> str:
    parts = []
    for column in SHOWN:
        share = coverage.share(column)
        parts.append(f"{column} {share.having} of {share.known}" if share.known else f"{column} ?")
    over = sum(row.is_over_budget for row in coverage.rows)
    return ", ".join(parts) + (f"; {over} over budget" if over else "")


def as_json(coverage: Coverage) -> str:
    """One object: `shares` by column, `metrics` and `undeclared`. A cell that nobody knows of is null, one that does not count is "excused"."""
    states: dict[str, object] = {"yes": True, "no": False, "unknown": None, "excused": "excused"}

    def cell(each: Cell) -> dict[str, object]:
        return {"is": states[each.state], "said": list(each.said)}

    data = {
        "version": 1,
        "shares": {column: {"having": share.having, "known": share.known} for column in COLUMNS for share in (coverage.share(column),)},
        "metrics": [
            {
                "name": row.metric,
                "kind": row.kind,
                "of": row.owner,
                "path": row.path,
                "line": row.line,
                "recorded_at": list(row.recorded_at),
                **{column: cell(row.cells[column]) for column in COLUMNS},
                "budget": row.budget,
                "combinations": row.measured,
                "series_each": row.series_each,
            }
            for row in coverage.rows
        ],
        "undeclared": [{"name": each.name, "used_by": list(each.used_by), "seen": list(each.seen)} for each in coverage.undeclared],
    }
    return json.dumps(data, indent=2) + "\n"


def lacking(coverage: Coverage, columns: Iterable[str], least: float) -> list[str]:
    """A sentence for each column that has less than the `least` percent of its metrics; `budget` is one, too."""
    found = []
    for column in columns:
        if column == "budget":
            over = [row for row in coverage.rows if row.is_over_budget]
            known = sum(row.budget is not None and row.measured is not None for row in coverage.rows)
            having = known - len(over)
            words = "within its budget"
        else:
            share = coverage.share(column)
            having, known, over, words = share.having, share.known, list(coverage.lacking(column)), _WORDS[column]
        if known and 100 * having < least * known:
            names = ", ".join(f"`{row.metric}`" for row in over[:5]) + (f" and {len(over) - 5} more" if len(over) > 5 else "")
            wanted = "all" if least == 100 else f"at least {least:g} %"
            found.append(f"{having} of {known} metrics are {words}, {wanted} must be: not {names}")
    return found


_WORDS = {
    "declared": "declared",
    "registered": "registered",
    "emitted": "emitted",
    "scraped": "scraped",
    "panel": "on a panel",
    "alert": "in an alert",
    "scenario": "in a scenario",
}
