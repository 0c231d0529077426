"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], at_most: int = 3, likeness: float = 0.6) -> list[str]:
    """The known names that are most like a wrong one, best first; none if none is like it."""
    from difflib import get_close_matches

    # In lower case, since `Severity` for `severity` is the likeliest slip; sorted, so that equals come out the same way each time.
    by_lower = {each.lower(): each for each in sorted(known, reverse=True)}
    return [by_lower[found] for found in get_close_matches(name.lower(), sorted(by_lower), n=at_most, cutoff=likeness)]


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """`did you mean `x` or `y`?`, or nothing."""
    found = nearest(name, known)
    return f"did you mean {listed(found)}?" if found else None


def listed(names: Iterable[str], joined: str = "or") -> str:
    """Names in backticks as a phrase: "`a`, `b` or `c`"."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {joined} {quoted[-1]}" if quoted else ""
