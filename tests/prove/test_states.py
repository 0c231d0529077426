"""What `for` and `keep_firing_for` make of a condition is what promtool's engine makes of it; and months are as evaluation by evaluation."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code import Alert, Gauge, Label, Labels, Quiet, Scenario, Series, Stack, listed
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.model.declaration import Declaration
from monitoring_as_code.model.shapes import Shape
from monitoring_as_code.project import Project
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.prove.states import Spell, spells, states
from monitoring_as_code.prove.timelines import State, played

CASES = 720
TICKS = 30
STACK = Stack(name="states", scrape_interval="15s", evaluation_interval="15s")


class Parts(Labels):
    part: Label[str]


def drawn(number: int) -> tuple[Scenario, list[Declaration]]:
    draw = random.Random(number)
    level = Gauge(name=f"level_{number}", help="A level.", labels=Parts)
    alert = Alert(
        name=f"Alert{number}",
        expr=level > 0,
        for_=draw.choice(("0s", "0s", "10s", "15s", "30s", "40s", "1m", "2m")),
        keep_firing_for=draw.choice(("0s", "0s", "10s", "15s", "20s", "45s", "1m")),
        severity="warning",
        summary="It is too high",
    )
    # Long stretches and short ones, and some in which the series is not there at all.
    share = draw.choice((0.1, 0.3, 0.5))
    series = []
    for part in ("a", "b"):
        value: float | None = 0
        values: list[float | None] = []
        for _ in range(TICKS + 1):
            value = draw.choice((0, 1, 2, None)) if draw.random() < share else value
            values.append(value)
        series.append(Series(of=level.where(Parts.part.eq(part)), values=listed(*values)))
    scenario = Scenario(name=f"case {number}", alert=alert, given=tuple(series), expect=(Quiet(),), lasts=f"{TICKS * 15}s")
    return scenario, [level, alert, scenario]


def held_in(scenario: Scenario, index: int) -> list[bool]:
    shape = scenario.given[index].values
    assert isinstance(shape, Shape)
    return [isinstance(value, float) and value > 0 for value in shape.values([tick * 15_000 for tick in range(TICKS + 1)])]


@pytest.mark.engines("promtool")
def test_states_are_those_of_promtool(tmp_path: Path, prove: bool) -> None:
    cases = [drawn(number) for number in range(CASES if prove else CASES // 10)]
    analysis = Analysis(Project("", Config(), (STACK, *(each for _, declared in cases for each in declared))))
    fired = 0
    for result in played(analysis, [scenario for scenario, _ in cases], tmp_path):
        assert not result.error, result.error
        alert = result.scenario.alert
        (timeline,) = result.timelines.values()
        told = {dict(each.labels)["part"]: each.states for each in timeline.instances}
        for index, part in enumerate(("a", "b")):
            holds = held_in(result.scenario, index)
            ours = states(timeline.times, holds, milliseconds(alert.for_), milliseconds(alert.keep_firing_for))
            assert ours == told.get(part, ("inactive",) * len(ours)), (result.scenario.name, alert.for_, alert.keep_firing_for, holds)
            fired += "firing" in ours
    assert fired > len(cases) // 2


def stretches(holds: Sequence[bool], step: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for index, now in enumerate(holds):
        if now and found and found[-1][1] == (index - 1) * step:
            found[-1] = (found[-1][0], index * step)
        elif now:
            found.append((index * step, index * step))
    return found


def state_at(found: Sequence[Spell], time: int) -> State:
    for each in found:
        if each.start <= time < each.end:
            return "firing" if each.fires is not None and time >= each.fires else "pending"
    return "inactive"


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 9), st.integers(0, 9))
def test_spells_are_states_in_few_words(holds: list[bool], hold: int, keep: int) -> None:
    times = [index * 2 for index in range(len(holds))]
    found = list(spells(stretches(holds, 2), 2, hold, keep))
    assert tuple(state_at(found, time) for time in times) == states(times, holds, hold, keep)
