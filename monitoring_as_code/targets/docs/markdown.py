"""Text as Markdown: what is only text stays text, whatever it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# What Markdown, GitHub's mathematics and HTML would read as theirs.
_SPECIAL = re.compile(r"[\\`*_\[\]~$|]")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_HTML_SPECIAL = re.compile("[&<>]")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
# Most texts have nothing to escape.
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ,.;:'\"/%()-]*[A-Za-z0-9.)])?")
# A heading, a list's item, a line under a heading.
_START = re.compile(r"^(\d*)([#+=.)-])")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029<>()|\\`]")
# Line breaks and other controls; a table's row and a heading are one line.
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


def escaped(text: str) -> str:
    """Text on one line that shows as it is written, in a paragraph, a heading or a table's cell.

    >>> escaped("less < more & more")
    'less &lt; more &amp; more'
    """
    if _PLAIN.fullmatch(text):
        return text
    one_line = _one_line(text)
    return _START.sub(r"\1\\\2", _HTML_SPECIAL.sub(_entity, _SPECIAL.sub(r"\\\g<0>", one_line)))


def prose(text: str, indent: str = "") -> str:
    """Markdown that somebody wrote for people, without what would be HTML; later lines are indented, to stay in their list's item."""
    if "`" not in text:
        return _lines(_HTML_SPECIAL.sub(_entity, text), indent)
    parts: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        parts += [_HTML_SPECIAL.sub(_entity, text[end : code.start()]), code.group()]
        end = code.end()
    parts.append(_HTML_SPECIAL.sub(_entity, text[end:]))
    return _lines("".join(parts), indent)


def _lines(text: str, indent: str) -> str:
    return f"\n{indent}".join(line.rstrip() for line in text.strip().splitlines())


def code(text: str) -> str:
    """A code span on one line; safe in a table's cell too.

    >>> code("sum (up) == 0")
    '`sum (up) == 0`'
    """
    one_line = _one_line(text)
    if not one_line:
        return ""
    fence = _fence(one_line, 1)
    pad = " " if one_line.startswith("`") or one_line.endswith("`") else ""
    # GitHub reads `\|` in a table as a bar even in code; elsewhere nothing with a bar is written as a span.
    return f"{fence}{pad}{one_line.replace('|', chr(92) + '|')}{pad}{fence}"


def block(text: str, language: str = "") -> str:
    """A block of code, whose fence is longer than any in the text."""
    fence = _fence(text, 3)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _one_line(text: str) -> str:
    if text.isprintable() and "  " not in text:  # most are: nothing to look for
        return text.strip()
    return _CONTROLS.sub(" ", text).strip()


def _fence(text: str, least: int) -> str:
    """More backticks than stand together in the text, and `least` at least."""
    longest = max(map(len, re.findall("`+", text))) if "`" in text else 0
    return "`" * max(least, longest + 1)


def link(text: str, url: str) -> str:
    """A link that shows `text` as it is written."""
    return f"[{escaped(text)}]({_NOT_IN_URL.sub(_percent, url)})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; empty without rows."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads), *lines]) + "\n"


def _entity(found: re.Match[str]) -> str:
    return _HTML[found.group()]


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode())
