"""A value that a regular expression matches as a whole: one of the shortest, for examples."""

from __future__ import annotations

import re
from functools import lru_cache

from monitoring_as_code.promql.infer.patterns import tester

# What stands for any character, and for one of a class, as people would choose it.
_USUAL = "a1A0bBz9Z_-./: "


@lru_cache(maxsize=1024)
def shortest(pattern: str) -> str | None:
    """One of the shortest values that an RE2 expression matches; None if none was found.

    It is a guess by the usual syntax that is then asked of the expression itself, so what is returned does match.

    >>> shortest("[1-5][0-9]{2}"), shortest("(north|south)-.+"), shortest("i-[0-9a-f]{4}")
    ('100', 'north-a', 'i-0000')
    """
    test = tester(pattern)
    if test is None:
        return None
    try:
        found, end = _alternatives(pattern, 0)
    except (_UnknownError, RecursionError):
        return None
    return found if end == len(pattern) and test(found) else None


class _UnknownError(Exception):
    """A part of the syntax that is not understood here."""


def _alternatives(pattern: str, at: int) -> tuple[str, int]:
    found: str | None = None
    while True:
        other, at = _sequence(pattern, at)
        if found is None or len(other) < len(found):
            found = other
        if not pattern.startswith("|", at):
            return found, at
        at += 1


def _sequence(pattern: str, at: int) -> tuple[str, int]:
    found: list[str] = []
    while at < len(pattern) and pattern[at] not in "|)":
        atom, at = _atom(pattern, at)
        least, at = _least(pattern, at)
        found.append(atom * least)
    return "".join(found), at


def _atom(pattern: str, at: int) -> tuple[str, int]:
    character = pattern[at]
    if character == "(":
        group = re.compile(r"\((?:\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?:))?").match(pattern, at)
        assert group is not None  # noqa: S101 - a bracket is one
        if pattern.startswith("(?", at) and group.end() == at + 1:
            flags = re.compile(r"\(\?[imsU]*(?:-[imsU]+)?\)").match(pattern, at)
            if flags is None:
                raise _UnknownError
            return "", flags.end()
        inner, at = _alternatives(pattern, group.end())
        if not pattern.startswith(")", at):
            raise _UnknownError
        return inner, at + 1
    if character == "[":
        return _set(pattern, at)
    if character == "\\":
        return _escape(pattern, at)
    if character in "^$":
        return "", at + 1
    return ("a" if character == "." else character), at + 1


_ESCAPES = {"d": "0", "w": "a", "s": " ", "D": "a", "S": "a", "W": "-", "n": "\n", "t": "\t", "b": "", "A": "", "z": ""}


def _escape(pattern: str, at: int) -> tuple[str, int]:
    escaped = pattern[at + 1 : at + 2]
    if escaped in _ESCAPES:
        return _ESCAPES[escaped], at + 2
    if escaped.isalnum():
        raise _UnknownError
    return escaped, at + 2


def _set(pattern: str, at: int) -> tuple[str, int]:
    """One character of a class: its first one, or if it says what it has not, one that is left."""
    first = at + (2 if pattern.startswith("[^", at) else 1)
    end = first + pattern.startswith("]", first)  # a bracket that stands first is no end
    while end < len(pattern) and pattern[end] != "]":
        if pattern.startswith("[:", end):
            end = pattern.find(":]", end) + 1
            if not end:
                raise _UnknownError
        end += 2 if pattern[end] == "\\" else 1
    test = tester(pattern[at : end + 1])
    if test is None:
        raise _UnknownError
    candidates = (pattern[first], *_USUAL) if first == at + 1 and pattern[first] not in "\\[" else tuple(_USUAL)
    found = next((each for each in (*candidates, *map(chr, range(33, 127))) if test(each)), None)
    if found is None:
        raise _UnknownError
    return found, end + 1


def _least(pattern: str, at: int) -> tuple[int, int]:
    """How often the last atom must stand, and where the pattern goes on."""
    least = 1
    counted = re.compile(r"[*?+]|\{([0-9]+)(?:,[0-9]*)?\}").match(pattern, at)
    if counted is not None:
        least = 1 if counted.group() == "+" else int(counted[1] or 0)
        at = counted.end()
        if pattern.startswith("?", at):  # lazy
            at += 1
    return least, at
