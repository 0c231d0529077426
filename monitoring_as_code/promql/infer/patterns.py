"""Regular expressions of matchers against values, without RE2 where a simpler means says the same: RE2's module costs 10 ms to import."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TypeAlias

from monitoring_as_code.promql.regexes import matches, problem

Test: TypeAlias = Callable[[str], bool]

_META = frozenset("\\.+*?()|[]{}^$")


@cache
def _alike() -> re.Pattern[str]:
    """What `re` and RE2 read alike, and `re` matches in linear time: no anchors, no nested repetition, none counted but of a class, no look-around."""
    return re.compile(
        r"(?:[A-Za-z0-9_ :/,=@#%&~<>;'\"!-]|\\[.\-/]|\.|\[\^?[A-Za-z0-9_.-]+\](?:\{[1-9]\}(?![*+?{]))?|[(|]|\)(?![*+?{])|(?<![*+?(|])[*+?](?![*+?]))*",
        re.ASCII,
    )


@lru_cache(maxsize=4096)
def literals(pattern: str) -> frozenset[str] | None:
    """The values that a pattern names one by one, as `a|b` and `(?:a|b)` do; None when it is no such list."""
    if not any(character in _META for character in pattern):
        return frozenset((pattern,))
    inner = pattern
    if inner.endswith(")") and inner.startswith("(") and inner.count("(") == 1 and inner.count(")") == 1:
        inner = inner[3:-1] if inner.startswith("(?:") else inner[1:-1]
    plain = inner.replace("\\.", "\0").replace("\\-", "\1")
    if any(character in _META and character != "|" for character in plain):
        return None
    return frozenset(plain.replace("\0", ".").replace("\1", "-").split("|"))


@lru_cache(maxsize=4096)
def tester(pattern: str) -> Test | None:
    """A function that tells whether the pattern matches a whole value, as Prometheus anchors it; None for a pattern that is no RE2."""
    if pattern == ".*":
        return lambda _: True
    if pattern == ".+":
        return bool
    named = literals(pattern)
    if named is not None:
        return named.__contains__
    if _alike().fullmatch(pattern):
        try:
            compiled = re.compile(pattern, re.DOTALL | re.ASCII)
        except re.error:
            return None
        return lambda value: compiled.fullmatch(value) is not None
    return None if problem(pattern) else lambda value: matches(pattern, value)


@lru_cache(maxsize=4096)
def grouped(pattern: str) -> Callable[[str], re.Match[str] | None] | None:
    """RE2's match of whole values, with its groups; None for a pattern that is no RE2."""
    if problem(pattern):
        return None
    import re2

    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    match: Callable[[str], re.Match[str] | None] = re2.compile(pattern, options).fullmatch
    return match
