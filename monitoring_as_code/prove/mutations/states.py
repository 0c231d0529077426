"""What an alert says in the states that `for` and `keep_firing_for` make of its condition: no engine is asked again for these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.prove.states import states

__all__ = ["said", "states"]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitoring_as_code.prove.timelines import State


def said(states: Sequence[State], texts: Sequence[Mapping[str, str] | None]) -> tuple[Mapping[str, str] | None, ...]:
    """What an alert says while it fires; what is kept firing says what it said last."""
    found: list[Mapping[str, str] | None] = []
    last: Mapping[str, str] | None = None
    for state, text in zip(states, texts, strict=True):
        last = text or last
        found.append(last if state == "firing" else None)
    return tuple(found)
