"""A label's declared values, for a finding's help."""

from __future__ import annotations

_MOST_SHOWN = 12


def known_values(values: frozenset[str] | None, wrong: str = "") -> str | None:
    """Which value was meant instead of the `wrong` one, or else which there are; nothing if nobody knows."""
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    if not values:
        return None
    near = did_you_mean(wrong, values) if wrong and not is_number(wrong) else None
    if near is not None:
        return near
    # One text for each number: a bound of buckets is written as "1" and as "1.0".
    different = {float(each) if is_number(each) else each: each for each in sorted(values, key=lambda each: (-len(each), each))}
    known = sorted(different.values(), key=lambda each: (float(each), each) if is_number(each) else (0.0, each))
    if len(known) == 1:
        return f"its only value is `{known[0]}`"
    shown = ", ".join(f"`{each}`" for each in known[:_MOST_SHOWN])
    more = len(known) - _MOST_SHOWN
    return f"its values are {shown} and {more} more" if more > 0 else f"its values are {listed(known, 'and')}"


def is_number(value: str) -> bool:
    """Whether a value is a number in a text, as the bounds of buckets are."""
    try:
        float(value)
    except ValueError:
        return False
    return True
