"""What the alerts of a scenario do from evaluation to evaluation, as promtool's engine says.

promtool compares, and does not tell. So it is given expectations that are wrong on purpose, at every evaluation, and what it got is read:
all alerts with their states, labels and rendered annotations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from monitoring_as_code.engines import require
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.prove.staging import staged
from monitoring_as_code.targets.promtool_tests.inputs import (
    alerts_of,
    evaluation_interval,
    evaluations,
    inputs,
    notation,
    quoted,
)
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.yaml_text import Plain

__all__ = [
    "Instance",
    "Labels",
    "Played",
    "State",
    "Timeline",
    "alerts_of",
    "by_file",
    "evaluation_interval",
    "evaluations",
    "firing_in",
    "notation",
    "pairs",
    "played",
    "quoted",
    "scenario_test",
    "tested",
    "unquoted",
    "write_rules",
]

State: TypeAlias = Literal["inactive", "pending", "firing"]
Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Label names and values, sorted by name."""


class Instance(NamedTuple):
    """One alert of a rule: its labels, `alertname` and those of the rule included; its state at each evaluation; and, at those at which
    it fires, its annotations as they are sent, by their names.
    """

    labels: Labels
    states: tuple[State, ...]
    annotations: tuple[Mapping[str, str] | None, ...]


class Timeline(NamedTuple):
    """All that becomes of one alert; `times` are the evaluations, in milliseconds from the start."""

    alert: Alert
    times: tuple[int, ...]
    instances: tuple[Instance, ...]


class Played(NamedTuple):
    """A scenario, and what became of each alert that it speaks of. `error` is what the engine said if it could not evaluate a rule."""

    scenario: Scenario
    timelines: Mapping[int, Timeline]
    """By the `id()` of the alert."""
    error: str = ""


def played(analysis: Analysis, scenarios: Iterable[Scenario], folder: Path) -> Generator[Played, None, None]:
    """What happens in each scenario, in their order, as soon as it is known: a batch at a time, two batches at once.

    `folder` is an empty one, which the caller removes.

    Raises:
        ImpossibleSeries: something that is given makes no series.
        MissingEngine: promtool is not there.
        EngineFailed: it broke down, or did not come back.
    """
    plans = [(scenario, alerts_of(analysis, scenario), evaluations(analysis, scenario)) for scenario in scenarios]
    files: list[str] = []
    for index, (scenario, alerts, times) in enumerate(plans):
        write_rules(analysis, scenario, folder / f"{index}.rules.yml")
        (folder / f"{index}.yml").write_text(to_yaml(_test(analysis, scenario, alerts, times, index)), encoding="utf-8")
        files.append(f"{index}.yml")
    for (scenario, alerts, times), told in zip(plans, tested(files, folder), strict=True):
        yield _played(scenario, alerts, times, told)


# Its exit codes, whether the tests hold or not.
_TESTED = (0, 1)
# A process of promtool starts in 30 ms, and takes about 15 ms for a file.
_BATCH = 20


def tested(files: Sequence[str], folder: Path) -> Iterator[str]:
    """What `promtool test rules` says of each file of a folder, in their order.

    Raises EngineFailed if it does not say something of every one: a verdict needs all of it.
    """
    if not files:
        return
    promtool = require("promtool")

    def test(some: Sequence[str]) -> dict[str, str]:
        answer = promtool.run("test", "rules", *some, cwd=folder, temporary=folder, timeout_seconds=60 + 4 * len(some))
        said = by_file(answer.output, some)
        if answer.code not in _TESTED or len(said) < len(some):
            raise promtool.failed(answer)
        return said

    # Two work at a time, each on one processor only: an even number of batches, all of one size.
    rounds = -(-len(files) // (2 * _BATCH))
    size = -(-len(files) // (2 * rounds))
    batches = [files[start : start + size] for start in range(0, len(files), size)]
    if len(batches) == 1:
        said = test(files)
        yield from (said.get(file, "") for file in files)
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(2)
    try:
        for batch, said in zip(batches, pool.map(test, batches), strict=True):
            yield from (said.get(file, "") for file in batch)
    finally:
        pool.shutdown(cancel_futures=True)  # who has seen enough waits for what runs, and for nothing more


def write_rules(analysis: Analysis, scenario: Scenario, file: Path) -> None:
    """The rule file of a scenario: its alerts, and the recording rules that they need."""
    groups: list[Plain] = [*staged(analysis, scenario.alert, scenario.starts, alerts_of(analysis, scenario))]
    file.write_text(to_yaml({"groups": groups}), encoding="utf-8")


def scenario_test(analysis: Analysis, scenario: Scenario, index: int) -> Callable[..., dict[str, Plain]]:
    """Makes promtool's test of a scenario, whose rules are in `<index>.rules.yml`, with what is asked of it."""
    test = inputs(analysis, scenario)
    step = to_text(evaluation_interval(analysis, scenario.alert))
    order: list[Plain] = [group["name"] for group in staged(analysis, scenario.alert, scenario.starts, alerts_of(analysis, scenario))]

    def asking(**probes: Plain) -> dict[str, Plain]:
        # Without an order promtool takes the groups in one of its own.
        tests: list[Plain] = [{**test, **probes}]
        return {"rule_files": [f"{index}.rules.yml"], "evaluation_interval": step, "group_eval_order": order, "tests": tests}

    return asking


def _test(analysis: Analysis, scenario: Scenario, alerts: Sequence[Alert], times: Sequence[int], index: int) -> dict[str, Plain]:
    names = dict.fromkeys(alert.name for alert in alerts)
    wrong: list[Plain] = [{"exp_labels": {"never": "so"}}]
    never: list[Plain] = [{"labels": "never", "value": 1}]
    return scenario_test(analysis, scenario, index)(
        alert_rule_test=[{"alertname": name, "eval_time": to_text(time), "exp_alerts": wrong} for time in times for name in names],
        promql_expr_test=[{"expr": "ALERTS", "eval_time": to_text(time), "exp_samples": never} for time in times],
    )


def by_file(output: str, files: Sequence[str]) -> dict[str, str]:
    """What `promtool test rules` says of each test file, which it takes in this order; Prometheus 3.5 does not name them."""
    found: dict[str, str] = {}
    for file, block in zip(files, re.split(r"^(?=  (?:FAILED:|SUCCESS)$)", output, flags=re.MULTILINE)[1:], strict=False):
        found[file] = block.partition("Unit Testing:  ")[0]
    return found


_BLOCK = re.compile(r"^    (?:alertname: (?P<name>.*?), time: (?P<time>\S+), $|expr: \"ALERTS\", time: (?P<at>\S+),$)", re.MULTILINE)
_PAIR = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_SAMPLE = re.compile(r'\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\} [-+0-9.EeInfNa]+')


def _played(scenario: Scenario, alerts: Sequence[Alert], times: tuple[int, ...], told: str) -> Played:
    starts = list(_BLOCK.finditer(told))
    if not starts:
        return Played(scenario, {}, told.replace("FAILED:", "").strip() or "promtool said nothing")
    states: dict[Labels, dict[int, State]] = {}
    annotations: dict[Labels, dict[int, Mapping[str, str]]] = {}
    for index, found in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(told)
        _, _, got = told[found.end() : end].partition("got:")
        if found["name"] is not None:
            time = _go_milliseconds(found["time"])
            for labels, said in firing_in(got):
                annotations.setdefault(labels, {})[time] = said
        else:
            time = _go_milliseconds(found["at"])
            for sample in _SAMPLE.finditer(got):
                labelled = pairs(sample.group(1))
                state = labelled.pop("alertstate", "")
                del labelled["__name__"]
                states.setdefault(tuple(sorted(labelled.items())), {})[time] = "firing" if state == "firing" else "pending"
    found_by_alert: dict[int, list[Instance]] = {id(alert): [] for alert in alerts}
    for labels in sorted(states):
        alert = _alert_of(labels, alerts)
        if alert is not None:
            known = states[labels]
            said_at = annotations.get(labels, {})
            instance = Instance(labels, tuple(known.get(time, "inactive") for time in times), tuple(said_at.get(time) for time in times))
            found_by_alert[id(alert)].append(instance)
    return Played(scenario, {id(alert): Timeline(alert, times, tuple(found_by_alert[id(alert)])) for alert in alerts})


def _alert_of(labels: Labels, alerts: Sequence[Alert]) -> Alert | None:
    """The alert whose own labels these contain; of two of one name that with the most of them."""
    known = dict(labels)
    fitting = [
        alert
        for alert in alerts
        if known.get("alertname") == alert.name
        and known.get("severity") == alert.severity
        and all("{{" in value or known.get(name, "") == value for name, value in alert.labels.items())
    ]
    return max(fitting, key=lambda alert: len(alert.labels), default=None)


def firing_in(got: str) -> Iterator[tuple[Labels, Mapping[str, str]]]:
    """The labels and the annotations of each alert in what promtool got."""
    for block in re.split(r"^ +[0-9]+:$", got, flags=re.MULTILINE)[1:]:
        labels, _, said = block.partition("Annotations:")
        yield tuple(sorted(pairs(labels).items())), pairs(said)


def pairs(text: str) -> dict[str, str]:
    """Label names and values as promtool prints them: `a="b", c="d"`."""
    return {name: unquoted(value) for name, value in _PAIR.findall(text)}


def unquoted(text: str) -> str:
    """What a text in Go's quotes stands for, the quotes taken off."""
    if "\\" not in text:
        return text
    import ast

    value: str = ast.literal_eval(f'"{text}"')  # Go's escapes of a quoted string are Python's
    return value


def _go_milliseconds(text: str) -> int:
    return milliseconds(text)
