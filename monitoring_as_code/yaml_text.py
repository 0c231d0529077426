"""Plain data as block YAML that every reader of YAML 1.1 and 1.2 reads the same: Go's yaml.v2 and yaml.v3, PyYAML.

A string stands bare only where no reader can take it for anything else; otherwise it is quoted, or a literal block. It is written
for speed: one regular expression a string, nothing else that depends on its length in Python.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Plain: TypeAlias = "str | int | float | bool | Mapping[str, Plain] | Sequence[Plain] | None"

# What may stand raw beyond ASCII: printable, and neither a blank, a control, a formatting mark nor a non-character; the first and the
# last of each range. A fixed list, because what Python calls printable changes with its version of Unicode, and the same data must give
# the same bytes. Classes of these in the expressions below would take 13 ms to compile, in every start.
_RAW = (
    "\xa1\xac\xae\u061b\u061d\u167f\u1681\u180d\u180f\u1fff\u2010\u2027\u2030\u205e\u2070\u2fff\u3001\ud7ff"
    "\uf900\ufdcf\ufdf0\ufefe\uff01\uff9f\uffa1\uffdf\uffe0\uffef\ufffc\ufffd\U00010000\U0001fffd\U00020000\U0002fffd\U00030000\U0003fffd"
)


class _Shape(dict[int, str]):
    """To translate a text with: ASCII stays, what may stand raw is `~`, all else a control; each character is judged once."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        after = bisect_left(_RAW, character)
        raw = after % 2 == 1 or _RAW[after : after + 1] == character
        found = self[code] = character if code < 0x80 else "~" if raw else "\0"
        return found


_SHAPE = _Shape()
# All these read the shape of a text. Bare: it starts with a character that starts nothing else (no number, no date, no indicator), and is
# one line.
_BARE = re.compile(r"[A-Za-z_/(][ -~]*")
_DURATION = re.compile(r"(?:[0-9]+(?:ms|[ywdhms]))+")
# Reads better in single quotes: it has double ones or backslashes, and nothing to escape.
_QUOTING = re.compile(r"[ !#-&(-\[\]-~]*[\"\\][ -&(-~]*")
# Every line starts with something that is no blank, so that the block's indentation is beyond doubt; an empty line is fine inside.
_LITERAL = re.compile(r"(?:[!-~][ -~]*\n+)*[!-~][ -~]*\n?")
# Reads the text itself; whether a character beyond ASCII is escaped is asked of its shape.
_TO_ESCAPE = re.compile(r"[^ !#-\[\]-~]")
# Words of YAML 1.1 that are no strings.
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\0": "\\0"}
# Readers give up on a key whose colon does not come within 1024 characters, unless a question mark announces it.
_LONGEST_KEY = 200


def to_yaml(data: Mapping[str, Plain], *, header: str = "") -> str:
    """`data` as a document, keys in their order; `header` becomes a comment above it.

    >>> print(to_yaml({"for": "5m", "on": ["yes", "a: b"], "none": {}}), end="")
    for: 5m
    "on":
      - "yes"
      - "a: b"
    none: {}
    """
    lines = [f"# {line}" for line in header.splitlines()]
    if data:
        _mapping(data, "", "", lines, {})
    else:
        lines.append("{}")
    lines.append("")
    return "\n".join(lines)


def _mapping(data: Mapping[str, Plain], pad: str, lead: str, lines: list[str], keys: dict[str, str]) -> None:
    """Each pair on lines of its own, indented by `pad`; the first one follows `lead`, which may end in a list's hyphen."""
    for key, value in data.items():
        head = keys.get(key)
        if head is None:
            text = scalar(key)
            head = keys[key] = f"{text}:" if len(text) <= _LONGEST_KEY else ""
        if not head:
            head = f"? {scalar(key)}\n{pad}:"
        if type(value) is str:
            lines.append(f"{lead}{head} {_text(value, pad)}")
        else:
            _value(value, pad, f"{lead}{head}", lines, keys)
        lead = pad


def _value(value: Plain, pad: str, head: str, lines: list[str], keys: dict[str, str]) -> None:
    """Anything behind a key or, if `head` ends in one, behind a list's hyphen."""
    if isinstance(value, Mapping) and value:
        lines.append(head)
        _mapping(value, pad + "  ", pad + "  ", lines, keys)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        lines.append(head)
        _sequence(value, pad + "  ", pad + "  ", lines, keys)
    else:
        lines.append(f"{head} {_leaf(value, pad)}")


def _sequence(data: Sequence[Plain], pad: str, lead: str, lines: list[str], keys: dict[str, str]) -> None:
    for value in data:
        if isinstance(value, Mapping) and value:
            _mapping(value, pad + "  ", f"{lead}- ", lines, keys)
        elif isinstance(value, Sequence) and not isinstance(value, str) and value:
            _sequence(value, pad + "  ", f"{lead}- ", lines, keys)
        else:
            lines.append(f"{lead}- {_leaf(value, pad)}")
        lead = pad


def _leaf(value: Plain, pad: str) -> str:
    if isinstance(value, str):
        return _text(value, pad)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    return "{}" if isinstance(value, Mapping) else "[]"


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    mantissa, exponent, power = text.partition("e")
    return text if "." in mantissa or not exponent else f"{mantissa}.0e{power}"  # YAML 1.1 asks for the point


def _text(text: str, pad: str) -> str:
    if "\n" not in text or _LITERAL.fullmatch(_shape(text)) is None:
        return scalar(text)
    inner = f"\n{pad}  "
    body = inner.join(text.removesuffix("\n").split("\n")).replace(f"{inner}\n", "\n\n")
    while f"{inner}\n" in body:
        body = body.replace(f"{inner}\n", "\n\n")
    return f"{'|' if text.endswith(chr(10)) else '|-'}{inner}{body}"


def scalar(text: str) -> str:
    """A string on one line: bare if that is certainly safe, else in quotes.

    >>> scalar("up == 0"), scalar("1e3"), scalar("a: b")
    ('up == 0', '"1e3"', '"a: b"')
    """
    shape = _shape(text)
    if _BARE.fullmatch(shape):
        if ": " not in text and " #" not in text and text[-1] not in " :" and (len(text) > 5 or text.lower() not in _WORDS):
            return text
    elif _DURATION.fullmatch(shape):
        return text
    if _QUOTING.fullmatch(shape):
        return f"'{text}'"
    return f'"{_TO_ESCAPE.sub(_escape, text)}"'


def stands_raw(character: str) -> bool:
    r"""Whether every reader takes a character for itself, outside of quotes too.

    >>> stands_raw("é"), stands_raw("\x7f")
    (True, False)
    """
    return " " <= character <= "~" or _SHAPE[ord(character)] == "~"


def _shape(text: str) -> str:
    return text if text.isascii() else text.translate(_SHAPE)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    short = _SHORT.get(character)
    if short is not None:
        return short
    code = ord(character)
    if _SHAPE[code] == "~":
        return character
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
