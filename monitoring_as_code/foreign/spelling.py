"""From a character of a YAML or JSON text to the characters of the file that spell it, and back: how a changed text is spelt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, TypeAlias

from monitoring_as_code.origin.literal import Run, Spelling

Style: TypeAlias = Literal["plain", "single", "double", "literal", "folded", "json"]

_BLANK = " \t\r\n"
_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", "N": "\x85"}
_ESCAPES |= {"_": "\xa0", "L": "\u2028", "P": "\u2029"}


@cache
def _escape() -> re.Pattern[str]:
    # After an escaped line break, blanks are layout.
    return re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|x..|u....|U.{8}|\n[ \t]*|[\s\S])")


def spelling(style: Style, value: str, text: str, start: int, end: int) -> Spelling | None:
    """How a value is spelt by the characters of a text from `start` up to `end`, quotes included; None if that does not add up."""
    if style in ("literal", "folded"):
        header = text.find("\n", start, end)
        runs = None if header < 0 else _aligned(value, text, header + 1, end)
    elif style == "plain":
        runs = _folded(value, _units(style, text, start, end))
    else:
        end -= 1
        runs = _folded(value, _units(style, text, start + 1, end))
    if runs is None:
        return None
    last = runs[-1].source + runs[-1].width if runs else start
    return Spelling(runs, len(value), end if style in ("plain", "single", "double", "json") else last)


def respelt(style: Style, text: str) -> str | None:
    """How a text is written inside of a value of this style; None if it cannot be written there without a new form of the whole."""
    if style == "json":
        import json

        return json.dumps(text, ensure_ascii=False)[1:-1]
    if not text.isprintable():
        return None
    if style == "double":
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("'", "''") if style == "single" else text


def _units(style: Style, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The parts of a flow scalar: where each is, how long, and the character that it stands for, or none."""
    position = start
    while position < end:
        character = text[position]
        if character == "\\" and style in ("double", "json"):
            token = _escape().match(text, position, end)
            shown = character if token is None else token[0]
            yield position, len(shown), _escaped(shown)
            position += len(shown)
        elif character in _BLANK and style != "json":
            stop = position
            while stop < end and text[stop] in _BLANK:
                stop += 1
            breaks = text.count("\n", position, stop)
            spelt = text[position:stop] if not breaks else " " if breaks == 1 else "\n" * (breaks - 1)
            yield from ((position + index, 1, blank) for index, blank in enumerate(spelt))
            position = stop
        else:
            width = 2 if style == "single" and character == "'" else 1
            yield position, width, character
            position += width


def _escaped(token: str) -> str:
    """What an escape stands for: one character, or nothing for an escaped line break."""
    kind = token[1]
    if kind in "xuU":
        digits = re.findall(r"[0-9a-fA-F]{2,}", token)
        if len(digits) == 2:
            return chr(0x10000 + ((int(digits[0], 16) & 0x3FF) << 10) + (int(digits[1], 16) & 0x3FF))
        return chr(int(digits[0], 16)) if digits else kind
    return "" if kind == "\n" else _ESCAPES.get(kind, kind)


def _folded(value: str, units: Iterator[tuple[int, int, str]]) -> list[Run] | None:
    runs: list[Run] = []
    for source, width, character in units:
        if character:
            if len(runs) >= len(value) or value[len(runs)] != character:
                return None
            runs.append(Run(len(runs), source, width))
    return runs if len(runs) == len(value) else None


def _aligned(value: str, text: str, start: int, end: int) -> list[Run] | None:
    """The same for a block scalar, in which only blanks come and go."""
    runs: list[Run] = []
    position = start
    for index, character in enumerate(value):
        if character in _BLANK:
            # A blank of the value is one of the file, if that has the same one there; else it stands where the blanks begin.
            found = position
            while found < end and text[found] in _BLANK and text[found] != character and "\n" in (character, text[found]):
                found += 1
            position = found if found < end and text[found] == character else position
            runs.append(Run(index, min(position, max(end - 1, start))))
            position += position < end and text[position] in _BLANK
        else:
            while position < end and text[position] in _BLANK:
                position += 1
            if position >= end or text[position] != character:
                return None
            runs.append(Run(index, position))
            position += 1
    return runs
