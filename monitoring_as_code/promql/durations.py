"""Durations as Prometheus and Alertmanager write them: `1h30m`, units from large to small, each at most once."""

from __future__ import annotations

import re
from functools import lru_cache

_UNITS = {"y": 31_536_000_000, "w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_DURATION = re.compile("".join(rf"(?:([0-9]+){unit})?" for unit in _UNITS))
# Go's time.Duration holds nanoseconds in 64 bits.
_LONGEST_MILLISECONDS = (2**63 - 1) // 1_000_000


@lru_cache(maxsize=1024)
def milliseconds(text: str) -> int:
    """The length of a duration such as `5m`; `0` needs no unit.

    Raises:
        ValueError: `text` is no duration, or longer than about 292 years.

    >>> milliseconds("1h30m")
    5400000
    """
    if text == "0":
        return 0
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        message = f"`{text}` is no duration: write it like `30s`, `5m` or `1h30m`"
        raise ValueError(message)
    length = sum(int(count) * unit for count, unit in zip(found.groups(), _UNITS.values(), strict=True) if count)
    if length > _LONGEST_MILLISECONDS:
        message = f"`{text}` is longer than Prometheus can count (about 292 years)"
        raise ValueError(message)
    return length


@lru_cache(maxsize=1024)
def to_text(length_milliseconds: int) -> str:
    """The shortest way that Prometheus itself writes a length: weeks and days only when nothing is left over.

    >>> to_text(5_400_000)
    '1h30m'
    """
    if length_milliseconds == 0:
        return "0s"
    if length_milliseconds < 0:
        return "-" + to_text(-length_milliseconds)
    for unit in ("y", "w", "d"):
        if length_milliseconds % _UNITS[unit] == 0:
            return f"{length_milliseconds // _UNITS[unit]}{unit}"
    parts: list[str] = []
    rest = length_milliseconds
    for unit in ("h", "m", "s", "ms") if rest < _UNITS["d"] else ("d", "h", "m", "s", "ms"):
        count, rest = divmod(rest, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
