"""All values that a regular expression matches, where there are finitely many: of `[1-5][0-9]{2}` there are 500."""

from __future__ import annotations

from functools import cache

MOST_VALUES = 2000
_ONE = frozenset({""})
_DIGITS = "0123456789"
_WORD = _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_SPECIAL = frozenset("\\.+*?()|[]{}^$")


@cache
def all_values(pattern: str) -> frozenset[str] | None:
    """Every value that an RE2 expression matches as a whole; None if they are too many, or nobody here understands it.

    >>> sorted(all_values("(north|south)-[12]"))
    ['north-1', 'north-2', 'south-1', 'south-2']
    """
    try:
        values, end = _alternatives(pattern, 0)
    except (_NotFiniteError, RecursionError):
        return None
    return values if end == len(pattern) else None


class _NotFiniteError(Exception):
    """There are too many values, or they are not understood."""


def _alternatives(pattern: str, at: int) -> tuple[frozenset[str], int]:
    found: frozenset[str] = frozenset()
    while True:
        values, at = _sequence(pattern, at)
        found |= values
        if not pattern.startswith("|", at):
            return found, at
        at += 1


def _sequence(pattern: str, at: int) -> tuple[frozenset[str], int]:
    found = _ONE
    while at < len(pattern) and pattern[at] not in "|)":
        values, at = _atom(pattern, at)
        least, most, at = _repetition(pattern, at)
        for count in range(most):
            longer = _joined(found, values)
            found = longer if count < least else found | longer
    return found, at


def _joined(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    if len(left) * len(right) > MOST_VALUES:
        raise _NotFiniteError
    return frozenset(one + other for one in left for other in right)


def _atom(pattern: str, at: int) -> tuple[frozenset[str], int]:
    character = pattern[at]
    if character == "(":
        at += 3 if pattern.startswith("(?:", at) else 1
        values, at = _alternatives(pattern, at)
        if not pattern.startswith(")", at):
            raise _NotFiniteError
        return values, at + 1
    if character == "[":
        return _set(pattern, at + 1)
    if character == "\\":
        return frozenset(_escape(pattern, at)), at + 2
    if character in _SPECIAL:
        raise _NotFiniteError
    return frozenset({character}), at + 1


def _escape(pattern: str, at: int) -> str:
    r"""The characters that an escape stands for, such as the ten of `\d`."""
    escaped = pattern[at + 1 : at + 2]
    if escaped in ("d", "w"):
        return _DIGITS if escaped == "d" else _WORD
    if not escaped or escaped.isalnum():
        raise _NotFiniteError
    return escaped


def _set(pattern: str, at: int) -> tuple[frozenset[str], int]:
    if pattern.startswith(("^", "]"), at):
        raise _NotFiniteError
    found: set[str] = set()
    while at < len(pattern) and pattern[at] != "]":
        if pattern[at] == "\\":
            found.update(_escape(pattern, at))
            at += 2
        elif pattern[at + 1 : at + 2] == "-" and pattern[at + 2 : at + 3] not in ("]", "\\", ""):
            if ord(pattern[at + 2]) - ord(pattern[at]) > MOST_VALUES:
                raise _NotFiniteError
            found.update(map(chr, range(ord(pattern[at]), ord(pattern[at + 2]) + 1)))
            at += 3
        elif pattern[at] == "[":  # [[:alpha:]]
            raise _NotFiniteError
        else:
            found.add(pattern[at])
            at += 1
    if at >= len(pattern):
        raise _NotFiniteError
    return frozenset(found), at + 1


def _repetition(pattern: str, at: int) -> tuple[int, int, int]:
    """How often the last atom stands at least and at most, and where the pattern goes on."""
    if pattern.startswith("?", at):
        least, most, at = 0, 1, at + 1
    elif pattern.startswith("{", at):
        counts, closed, _ = pattern[at + 1 :].partition("}")
        low, several, high = counts.partition(",")
        if not (closed and low.isdecimal() and (not several or high.isdecimal())):
            raise _NotFiniteError
        least, most, at = int(low), int(high or low), at + len(counts) + 2
        if most > MOST_VALUES:
            raise _NotFiniteError
    else:
        least, most = 1, 1
    if pattern.startswith(("*", "+", "?", "{"), at):
        raise _NotFiniteError
    return least, most, at
