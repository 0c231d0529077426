"""What `for` and `keep_firing_for` make of a condition, as Prometheus does: no engine is asked for what only they decide.

All times are in milliseconds. An alert is told from others by its final labels, those of the rule included, as Prometheus does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitoring_as_code.prove.timelines import State


def states(times: Sequence[int], holds: Sequence[bool], hold: int, keep: int) -> tuple[State, ...]:
    """The state of one alert at each evaluation, from whether its condition holds there."""
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


class Spell(NamedTuple):
    """A time in which an alert is not inactive: pending from `start`, firing from `fires`, at `end` no longer.

    `fires` is None if its condition did not hold for long enough.
    """

    start: int
    fires: int | None
    end: int


def spells(held: Iterable[tuple[int, int]], step: int, hold: int, keep: int) -> Iterator[Spell]:
    """The same as `states`, of months: from the first and the last evaluation of each time in which the condition held without a break.

    Evaluations are `step` apart, and `held` is in order.
    """
    open_spell: Spell | None = None
    for first, last in held:
        if open_spell is not None and open_spell.fires is not None and first <= open_spell.end:  # it was kept firing until now
            start: int = open_spell.start
            fires: int | None = open_spell.fires
        else:
            if open_spell is not None:
                yield open_spell
            ripe = first + -(-hold // step) * step
            start, fires = first, ripe if ripe <= last else None
        # The first evaluation without the condition starts the clock of `keep_firing_for`.
        kept = 0 if fires is None else -(-keep // step) * step
        open_spell = Spell(start, fires, last + step + kept)
    if open_spell is not None:
        yield open_spell
