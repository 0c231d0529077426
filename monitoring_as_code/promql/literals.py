"""Numbers and strings, as Prometheus reads and writes them."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

from monitoring_as_code.promql.ast import Span
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.errors import PromQLSyntaxError, shown

_LARGEST_INTEGER = 2**63 - 1


@lru_cache(maxsize=4096)
def number(text: str) -> tuple[float, bool]:
    """The value of a number or of a duration in seconds, and whether it was a duration.

    Prometheus reads an integer with a leading zero as octal, unless a digit is 8 or 9.

    Raises:
        ValueError: what is wrong with it, as a sentence.

    >>> number("1h30m"), number("0755")
    ((5400.0, True), (493.0, False))
    """
    if text.isdigit() and len(text) < 19:
        is_octal = text[0] == "0" and "8" not in text and "9" not in text
        return float(int(text, 8 if is_octal else 10)), False
    if text[:2] in {"0x", "0X"}:
        return _hexadecimal(text), False
    if text[-1] in "smhdwy":
        try:
            return milliseconds(text) / 1000, True
        except ValueError as error:
            too_long = "longer" in str(error)
            raise ValueError(
                f"`{shown(text)}` is {'longer than Prometheus can count (about 292 years)' if too_long else 'no duration'}"
            ) from None
    lowered = text.lower()
    if lowered in {"inf", "nan"}:
        return float(lowered), False
    if not _decimal().fullmatch(text):
        raise ValueError(f"`{shown(text)}` is no number and no duration")
    plain = text.replace("_", "")
    if plain.isdigit() and plain[0] == "0" and len(plain) < 25 and "8" not in plain and "9" not in plain:
        octal = int(plain, 8)
        if octal <= _LARGEST_INTEGER:
            return float(octal), False
    value = float(plain)
    if math.isinf(value):
        raise ValueError(f"`{shown(text)}` is larger than a number can be")
    return value, False


# Beyond these Prometheus prints zeros by the dozen; both read an exponent.
_SMALL, _LARGE = 1e-30, 1e30


def number_text(value: float) -> str:
    """A number with the fewest digits that mean it; without an exponent, unless there would be hundreds of zeros.

    >>> number_text(12.5e6), number_text(2e-7), number_text(5e-324), number_text(float("inf"))
    ('12500000', '0.0000002', '5e-324', '+Inf')
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(float(value))
    if "e" in text:
        return _without_exponent(text) if _SMALL < abs(value) < _LARGE else text
    return text.removesuffix(".0")


def unquote(text: str, start: int) -> str:
    """The string that a literal stands for; bytes that are not UTF-8 become surrogates, as in Python's `surrogateescape`.

    `start` is where the literal stands in the whole text, for errors.

    Raises:
        PromQLSyntaxError: the literal is not closed, or has an unknown escape in it.
    """
    quote = text[0]
    if quote == "`" or "\\" not in text:
        if len(text) < 2 or text[-1] != quote:
            raise PromQLSyntaxError(
                "the string is never closed",
                Span(start, start + len(text)),
                f"close it with `{quote}` on the same line" if quote != "`" else "",
            )
        return text[1:-1]
    return _unescape(text, start)


@lru_cache(maxsize=1024)
def quote(text: str) -> str:
    r"""A string as a literal in double quotes; characters that cannot be seen are escaped.

    >>> print(quote('a "b"'))
    "a \"b\""
    """
    if _plain().fullmatch(text):
        return f'"{text}"'
    return '"' + _to_escape().sub(_escape, text) + '"'


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(r"[ !#-\[\]-~]*")


@cache
def _decimal() -> re.Pattern[str]:
    digits = r"\d+(?:_\d+)*"
    return re.compile(rf"(?:{digits}(?:\.(?:{digits})?)?|\.{digits})(?:[eE][+-]?{digits})?", re.ASCII)


@cache
def _to_escape() -> re.Pattern[str]:
    # A list of our own, not Unicode's categories: those grow with each version of Python, and the same text must give the same bytes.
    # Surrogates are the bytes that are not UTF-8.
    return re.compile(
        '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff\ufff0-\uffff\U000e0000-\U000e0fff]'
    )


_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_NAMED_ESCAPES = {character: f"\\{letter}" for letter, character in _ESCAPES.items()} | {'"': '\\"'}


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    named = _NAMED_ESCAPES.get(character)
    if named is not None:
        return named
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _unescape(text: str, start: int) -> str:
    quote = text[0]
    parts: list[bytes] = []
    position = 1
    end = 0
    while True:
        escape = text.find("\\", position)
        if end < position:
            end = text.find(quote, position)
            if end < 0:
                end = len(text)
        if 0 <= escape < end:
            parts.append(text[position:escape].encode())
            value, position = _escape_sequence(text, escape, start)
            parts.append(value)
        elif end < len(text):
            parts.append(text[position:end].encode())
            return b"".join(parts).decode(errors="surrogateescape")
        else:
            raise PromQLSyntaxError(
                "the string is never closed", Span(start, start + len(text)), f"close it with `{quote}` on the same line"
            )


def _escape_sequence(text: str, at: int, start: int) -> tuple[bytes, int]:
    """The bytes of the escape sequence at `at`, and where it ends."""
    letter = text[at + 1 : at + 2]
    if letter in _ESCAPES and letter:
        return _ESCAPES[letter].encode(), at + 2
    if letter == text[0]:
        return letter.encode(), at + 2
    if letter in {"x", "u", "U"}:
        first, digits, base = at + 2, {"x": 2, "u": 4, "U": 8}[letter], 16
    elif letter and letter in "01234567":
        first, digits, base = at + 1, 3, 8
    else:
        end = at + 1 + len(letter)
        raise PromQLSyntaxError(
            f"`{text[at:end]}` is no escape sequence",
            Span(start + at, start + end),
            "write `\\\\` for a backslash, or quote the string with backticks",
        )
    end = first + digits
    code_text = text[first:end]
    allowed = "01234567" if base == 8 else "0123456789abcdefABCDEF"
    if len(code_text) < digits or code_text.strip(allowed):
        raise PromQLSyntaxError(
            f"an escape sequence that begins `\\{letter}` needs {digits} {'octal' if base == 8 else 'hexadecimal'} digits",
            Span(start + at, start + min(end, len(text))),
            "write `\\\\` for a backslash, or quote the string with backticks",
        )
    code = int(code_text, base)
    if digits < 4:
        if code > 255:
            raise PromQLSyntaxError(
                f"`{text[at:end]}` is more than a byte can hold", Span(start + at, start + end), "the largest is `\\377`"
            )
        return bytes((code,)), end
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise PromQLSyntaxError(f"`{text[at:end]}` is no character of Unicode", Span(start + at, start + end))
    return chr(code).encode(), end


def _hexadecimal(text: str) -> float:
    digits = text[2:].removeprefix("_")
    try:
        value = int(digits, 16)
    except ValueError:
        raise ValueError(f"`{shown(text)}` is no number and no duration") from None
    if value > _LARGEST_INTEGER:
        raise ValueError(f"`{shown(text)}` is larger than a hexadecimal number can be")
    return float(value)


def _without_exponent(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    shift = int(exponent)
    if shift < 0:
        return f"{sign}0.{'0' * (-shift - len(whole))}{whole}{'' if fraction == '0' else fraction}"
    digits = whole + ("" if fraction == "0" else fraction)
    return sign + digits.ljust(len(whole) + shift, "0")
