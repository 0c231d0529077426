"""What may be shown on a terminal or in a log: no control characters, known widths, short paths."""

from __future__ import annotations

import os
from unicodedata import category, combining, east_asian_width

# Joiners: scripts and emoji need them, and they do nothing else.
_HARMLESS = frozenset("\u200c\u200d")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """The text on one line, with all that could move the cursor, colour, hide or reorder it written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def source_line(text: str) -> str:
    """The same for a line of a file, where a tab is four columns."""
    return visible(text.replace("\t", "    "))


def width(text: str) -> int:
    """The columns that a visible text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_character_width, text))


def relative(path: str, root: str) -> str:
    """The path from `root` on if it is inside, with slashes; else as it is."""
    inside = path.removeprefix(root.rstrip(os.sep) + os.sep) if root else path
    return inside.replace(os.sep, "/")


def _visible_character(character: str) -> str:
    if character.isprintable() or character in _HARMLESS:
        return character
    if category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        number = ord(character)
        return _NAMED.get(character) or (
            f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
        )
    return character


def _character_width(character: str) -> int:
    if combining(character) or character in _HARMLESS or category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1
