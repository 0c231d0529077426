"""Rows of Grafana 4, which held their panels and had twelve columns and a height in pixels."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def panels_of_rows(rows: object) -> Iterator[Json]:
    """The panels with their widths and heights of today, each row's heading before them if it was shown."""
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            continue
        panels = [each for each in row.get("panels") or () if isinstance(each, dict)]
        repeat = row.get("repeat")
        collapsed = bool(row.get("collapse") or row.get("collapsed"))
        if repeat or collapsed or (row.get("title") and row.get("showTitle", True)):
            heading: Json = {"collapsed": False, "panels": [], "title": row.get("title") or "", "type": "row"}
            yield {**heading, "repeat": repeat} if repeat else heading
        for panel in panels:
            width = panel.get("span") or 12 // max(1, len(panels))
            pixels = str(panel.get("height") or row.get("height") or "250px").removesuffix("px")
            height = max(1, round(int(pixels) / 38)) if pixels.isdecimal() else 7
            width = int(width) if isinstance(width, int | float) else 12
            yield {**panel, "gridPos": {"h": height, "w": max(1, min(24, width * 2))}}
