"""Grafana's variables in a text: `$name`, `${name}`, `${name:format}`, `[[name]]`, `[[name:format]]`.

A name does not begin with a digit, because `$1` is what label_replace() calls its first group.
"""

from __future__ import annotations

import re
from functools import cache

from monitoring_as_code.promql.ast import Span, Variable

PATTERN = r"\$[a-zA-Z_]\w*|\$\{[a-zA-Z_]\w*(?:[.:][^{}$\n]*)?\}|\[\[[a-zA-Z_]\w*(?:[.:][^\[\]\n]*)?\]\]"


def may_hold_variables(text: str) -> bool:
    """Whether it is worth looking: no variable is without `$` or `[[`."""
    return "$" in text or "[[" in text


def find_variables(text: str, offset: int = 0) -> tuple[Variable, ...]:
    """The variables in `text`, whose first character is the `offset`-th of a longer text.

    >>> [variable.name for variable in find_variables("${job:regex}-$stage")]
    ['job', 'stage']
    """
    if not may_hold_variables(text):
        return ()
    return tuple(
        Variable(_name(found.group()), found.group(), Span(offset + found.start(), offset + found.end()))
        for found in _pattern().finditer(text)
    )


def as_variable(text: str, start: int) -> Variable | None:
    """`text` as one variable, which may have more glued to it (`${days}d`); None when there is none in it."""
    inside = find_variables(text)
    return Variable(inside[0].name, text, Span(start, start + len(text))) if inside else None


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(PATTERN, re.ASCII)


def _name(text: str) -> str:
    return text.strip("${}[]").split(":", 1)[0].split(".", 1)[0]
