"""Regular expressions as Prometheus reads them: RE2, anchored at both ends, the dot matching newlines too."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# What RE2 certainly takes, without asking it: plain characters, dots, `.*`, `.+` and bars, classes of letters and digits such as
# `[1-5][0-9]{2}`. Importing RE2 costs 4 ms.
_CLASS = r"\[(?:0-9|1-[2-9]|a-[fz]|A-[FZ]|\w(?!-))+\](?:[*+?]|\{[1-9]\})?"
_simple = re.compile(rf"(?:[\w\-/:,;=@%&~<>!\"'# ]|\.[*+]?|\||{_CLASS})*", re.ASCII).fullmatch


def problem(pattern: str) -> str | None:
    """What RE2 has against a pattern, in a few words; None when it is fine."""
    return None if _simple(pattern) else _problem(pattern)


@lru_cache(maxsize=4096)
def matches(pattern: str, value: str) -> bool:
    """Whether a label of that value is chosen by `=~ pattern`.

    >>> matches("5..", "503"), matches("5", "503")
    (True, False)
    """
    return _compiled(pattern).search(value) is not None


def whole(pattern: str) -> Callable[[str], bool]:
    """What says whether a value is matched as a whole; for many values, of which none is remembered."""
    search = _compiled(pattern).search
    return lambda value: search(value) is not None


def _compiled(pattern: str) -> Any:  # noqa: ANN401 (re2 ships no types)
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(f"^(?s:{pattern})$", options)


@lru_cache(maxsize=4096)
def _problem(pattern: str) -> str | None:
    import re2

    if _single_byte().search(pattern):
        return "RE2 in Go has no `\\C`"
    try:
        _compiled(pattern)
    except re2.error as error:
        text = error.args[0]
        text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
        return text.replace(f"^(?s:{pattern})$", pattern)
    except UnicodeEncodeError:
        return "it is not UTF-8"
    return None


@cache
def _single_byte() -> re.Pattern[str]:
    return re.compile(r"(?<!\\)(?:\\\\)*\\C")
