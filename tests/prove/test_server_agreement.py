"""What a proof says of alerts is what a live Prometheus makes of them: state, labels and annotations, evaluation by evaluation."""

import json
import time
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest

from monitoring_as_code import Stack, engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.lint.given import sample_times
from monitoring_as_code.project import Project
from monitoring_as_code.prove.timelines import Labels, Played, played
from monitoring_as_code.targets.prometheus import rule_group
from monitoring_as_code.targets.promtool_tests.histories import histories
from monitoring_as_code.yaml_text import Plain, to_yaml
from tests.prove.remote_write import Written, write
from tests.prove.small_projects import TICK, TICKS, Case, case

CASES = 500
AT_ONCE = 125
"""Cases in one server: more of them, and it is late for an evaluation now and then."""
STACK = Stack(name="agreement", scrape_interval=f"{TICK}ms", evaluation_interval=f"{TICK}ms", external_labels={"site": "north"})

_TICKS = '{__name__=~"c[0-9]+:tick"}'

Told: TypeAlias = dict[Labels, tuple[str, ...]]
"""The states of each alert at each evaluation."""


class Glimpse(NamedTuple):
    """An alert that fires, as the server shows it at a time, in milliseconds since 1970."""

    labels: Labels
    annotations: dict[str, str]
    time: float


class Lived(NamedTuple):
    """What the server made of a case; `complete` is false if it left out an evaluation, so that nothing can be compared."""

    start: int
    complete: bool
    told: Told
    glimpses: list[Glimpse]


def analysis_of(cases: Sequence[Case]) -> Analysis:
    return Analysis(Project("", Config(), (STACK, *(declared for each in cases for declared in each.declarations))))


def lived(cases: Sequence[Case], folder: Path) -> dict[str, Lived]:
    """The cases on a real server, all at the same time."""
    analysis = analysis_of(cases)
    groups = [rule_group(analysis, each.name, each.rules) for each in cases]
    (folder / "rules.yml").write_text(to_yaml({"groups": groups}))
    overall: dict[str, Plain] = {"evaluation_interval": f"{TICK}ms", "external_labels": STACK.external_labels}
    (folder / "prometheus.yml").write_text(to_yaml({"global": overall, "rule_files": ["rules.yml"]}))
    with engines.prometheus(folder / "prometheus.yml", "--web.enable-remote-write-receiver") as server:
        starts = _starts(server, cases)
        write(server.url, (written for each in cases for written in _written(analysis, each, starts[each.name])))
        late = time.time() * 1000 > min(starts.values())  # before an evaluation all that it sees must be there
        end = max(starts.values()) + TICKS * TICK
        glimpses: list[Glimpse] = []
        while time.time() * 1000 < end + TICK:
            time.sleep(TICK / 1000)
            now = time.time() * 1000
            shown = json.loads(server.get("/api/v1/alerts"))["data"]["alerts"]
            glimpses += [Glimpse(_labels(each["labels"]), each["annotations"], now) for each in shown if each["state"] == "firing"]
        evaluated = _samples(server, _TICKS)
        alerts = _samples(server, "ALERTS")
    found: dict[str, Lived] = {}
    for each in cases:
        times = [starts[each.name] + index * TICK for index in range(TICKS + 1)]
        complete = not late and any(labels["__name__"] == f"{each.name}:tick" and set(times) <= set(at) for labels, at in evaluated)
        name = each.scenario.alert.name
        own = [(labels, at) for labels, at in alerts if labels["alertname"] == name]
        seen = [glimpse for glimpse in glimpses if dict(glimpse.labels)["alertname"] == name]
        found[each.name] = Lived(times[0], complete, _states(own, times), seen)
    return found


def _starts(server: engines.Server, cases: Sequence[Case]) -> dict[str, int]:
    """A moment for each case, soon, at which its group will be evaluated: each has an offset of its own, which never changes."""
    until = time.monotonic() + 30
    while True:
        found = {labels["__name__"].removesuffix(":tick"): at[-1] for labels, at in _samples(server, _TICKS)}
        if len(found) == len(cases):
            break
        assert time.monotonic() < until, f"only {len(found)} of {len(cases)} groups are evaluated"
        time.sleep(0.1)
    soon = time.time() * 1000 + 2000 + 10 * len(cases)
    return {name: at + TICK * int((soon - at) // TICK) for name, at in found.items()}


def _written(analysis: Analysis, each: Case, start: int) -> Iterable[Written]:
    times = sample_times(analysis, each.scenario)
    for history in histories(analysis, each.scenario, times):
        assert not isinstance(history.values, str)
        # A scrape that does not find a series that the one before found ends it.
        before = (None, *history.values)
        samples = tuple(
            (start + at, value)
            for at, value, last in zip(times, history.values, before, strict=False)
            if value is not None or last is not None
        )
        if samples:
            yield Written({"__name__": history.name, **history.labels}, samples)


def _samples(server: engines.Server, selector: str) -> list[tuple[dict[str, str], list[int]]]:
    """The series of a selector, and the times of all their samples."""
    path = "/api/v1/query?" + urllib.parse.urlencode({"query": f"{selector}[10m]"})
    found: list[dict[str, Any]] = json.loads(server.get(path))["data"]["result"]
    return [(each["metric"], [round(at * 1000) for at, _ in each["values"]]) for each in found]


def _labels(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def _states(alerts: Iterable[tuple[dict[str, str], list[int]]], times: Sequence[int]) -> Told:
    states: dict[Labels, dict[int, str]] = {}
    for labels, at in alerts:
        own = _labels({name: value for name, value in labels.items() if name not in ("__name__", "alertstate")})
        for moment in set(at) & set(times):
            states.setdefault(own, {})[moment] = labels["alertstate"]
    return {labels: tuple(known.get(moment, "inactive") for moment in times) for labels, known in states.items()}


def told(what: Played) -> Told:
    """The states that the proof says."""
    (timeline,) = what.timelines.values()
    return {each.labels: each.states for each in timeline.instances}


def annotations_differ(what: Played, found: Lived) -> list[Glimpse]:
    """What the server showed of alerts that fire, and the proof does not say of any evaluation around that time."""
    (timeline,) = what.timelines.values()
    said = {each.labels: each.annotations for each in timeline.instances}
    wrong: list[Glimpse] = []
    for glimpse in found.glimpses:
        index = int((glimpse.time - found.start) // TICK)
        if 0 <= index <= TICKS:
            near = said.get(glimpse.labels, ())[max(0, index - 3) : index + 2]
            wrong += [] if glimpse.annotations in near else [glimpse]
    return wrong


@pytest.mark.engines("promtool", "prometheus")
def test_proofs_of_random_alerts_say_what_a_live_server_does(tmp_path: Path, prove: bool) -> None:
    left = [case(number) for number in range(CASES if prove else CASES // 10)]
    fired = glimpses = 0
    wrong: list[str] = []
    for turn in range(10 if prove else 3):
        now, left = left[:AT_ONCE], left[AT_ONCE:]
        folder = tmp_path / str(turn)
        (folder / "proofs").mkdir(parents=True)
        proofs = list(played(analysis_of(now), [each.scenario for each in now], folder / "proofs"))
        found = lived(now, folder)
        for each, proof in zip(now, proofs, strict=True):
            real = found[each.name]
            if not real.complete:  # the machine is busy; it is told of no fault
                left.append(each)
                continue
            assert not proof.error, proof.error
            fired += any("firing" in states for states in real.told.values())
            glimpses += len(real.glimpses)
            differ = annotations_differ(proof, real)
            if told(proof) != real.told or differ:
                wrong.append(f"{each.scenario.alert.expr}\nproof:  {told(proof)}\nserver: {real.told}\n{differ}")
        if not left:
            break
    assert not left, f"the server left out evaluations of {len(left)} cases in every turn"
    assert not wrong, f"{len(wrong)} differ:\n" + "\n\n".join(wrong)
    assert fired > (CASES if prove else CASES // 10) // 4, fired
    assert glimpses
