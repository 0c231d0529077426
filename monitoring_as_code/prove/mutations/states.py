"""What `for` and `keep_firing_for` make of a condition, as Prometheus does: no engine is asked again for what only they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitoring_as_code.prove.timelines import State


def states(times: Sequence[int], holds: Sequence[bool], hold: int, keep: int) -> tuple[State, ...]:
    """The state of one alert at each evaluation, from whether its condition holds there; all in milliseconds."""
    found: list[State] = []
    state: State = "inactive"
    since = gone = 0
    for time, now in zip(times, holds, strict=True):
        if now:
            if state == "inactive":
                state, since = "pending", time
            if state == "pending" and time - since >= hold:
                state = "firing"
            gone = -1
        else:
            gone = time if gone < 0 else gone
            if state != "firing" or time - gone >= keep:
                state = "inactive"
        found.append(state)
    return tuple(found)


def said(states: Sequence[State], texts: Sequence[Mapping[str, str] | None]) -> tuple[Mapping[str, str] | None, ...]:
    """What an alert says while it fires; what is kept firing says what it said last."""
    found: list[Mapping[str, str] | None] = []
    last: Mapping[str, str] | None = None
    for state, text in zip(states, texts, strict=True):
        last = text or last
        found.append(last if state == "firing" else None)
    return tuple(found)
