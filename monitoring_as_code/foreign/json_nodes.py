"""JSON with the place of each part. The text is known to be JSON."""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # undocumented, and the only fast reader of one string

from monitoring_as_code.foreign.document import Node

_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^,\]}\s]+")


def nodes(text: str) -> Node:
    """The whole text."""
    return _value(text, _blank(text, 1 if text.startswith("\ufeff") else 0))


def _blank(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return position if found is None else found.end()


def _value(text: str, start: int) -> Node:
    first = text[start]
    if first == '"':
        return _string(text, start)
    if first not in "{[":
        scalar = _SCALAR.match(text, start)
        return Node(start, start if scalar is None else scalar.end())
    items: list[tuple[Node | None, Node]] = []
    position = _blank(text, start + 1)
    while text[position] not in "}]":
        key = None
        if first == "{":
            key = _string(text, position)
            position = _blank(text, _blank(text, key.end) + 1)  # behind the colon
        value = _value(text, position)
        items.append((key, value))
        position = _blank(text, value.end)
        if text[position] == ",":
            position = _blank(text, position + 1)
    return Node(start, position + 1, items=tuple(items))


def _string(text: str, start: int) -> Node:
    value, end = scanstring(text, start + 1, False)
    return Node(start, end, "json", value)
