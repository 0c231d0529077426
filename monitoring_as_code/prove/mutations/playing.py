"""What becomes of many mutants in a scenario, in one test file of promtool's: all of them are rules beside each other.

Starting promtool and loading the series take most of the time, and an alert more takes little. So each mutant is an alert under a name of its
own, and what it reads of a changed recording rule has a name of its own, too. `for` and `keep_firing_for` are left out, and worked out here.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.given import recordings_for
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.promql.ast import Expr, VectorSelector, walk
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.durations import to_text as duration
from monitoring_as_code.promql.node import replace
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.promql.rewriting import rewritten
from monitoring_as_code.prove.mutations.states import said, states
from monitoring_as_code.prove.timelines import (
    Instance,
    Labels,
    Played,
    Timeline,
    alerts_of,
    evaluations,
    firing_in,
    pairs,
    scenario_test,
    tested,
)
from monitoring_as_code.targets.prometheus import rule_group
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.mutations.mutant import Mutant
    from monitoring_as_code.yaml_text import Plain

_Rule: TypeAlias = dict[str, Any]  # as it is emitted


class Heat(NamedTuple):
    """A scenario, the mutants that are tried on it, and the evaluations at which is asked what is said, in milliseconds."""

    scenario: Scenario
    mutants: tuple[Mutant, ...]
    spoken: tuple[int, ...] = ()


class Result(NamedTuple):
    """What became of a scenario as it is, and of each mutant, in their order."""

    unchanged: Played
    changed: tuple[Played, ...]


def played(analysis: Analysis, heats: Sequence[Heat], folder: Path) -> Generator[Result, None, None]:
    """What happens in each heat, in their order.

    `folder` is an empty one, which the caller removes.

    Raises:
        ImpossibleSeries: something that is given makes no series.
        MissingEngine: promtool is not there.
        EngineFailed: it broke down, or did not come back.
    """
    files = [_Files(analysis, heat, folder, index) for index, heat in enumerate(heats)]
    for each in files:
        each.write(range(len(each.heat.mutants)))
    for each, told in zip(files, tested([each.name for each in files], folder), strict=True):
        yield each.result(told)


class _Files:
    """The two files of a heat, and what promtool says of them."""

    def __init__(self, analysis: Analysis, heat: Heat, folder: Path, index: int) -> None:
        self.analysis = analysis
        self.heat = heat
        self.folder = folder
        self.index = index
        self.name = f"{index}.yml"
        self.alerts = alerts_of(analysis, heat.scenario)
        self.times = evaluations(analysis, heat.scenario)
        self.recordings = recordings_for(analysis, self.alerts)
        self.test = scenario_test(analysis, heat.scenario, index)
        rules: Sequence[Any] = rule_group(analysis, "", (*self.recordings, *self.alerts))["rules"]  # type: ignore[assignment]
        self.emitted: list[_Rule] = list(rules)
        if not heat.spoken:
            # Prometheus renders them at every evaluation, which takes longer than the expression.
            self.emitted = [{key: value for key, value in rule.items() if key != "annotations"} for rule in self.emitted]

    def write(self, numbers: Sequence[int]) -> None:
        """The files for these of the mutants, and for the scenario as it is."""
        count = len(self.recordings)
        rules: list[_Rule] = self.emitted[:count]
        names = [_name(-1, position) for position in range(len(self.alerts))]
        rules += [_unheld(each, name) for each, name in zip(self.emitted[count:], names, strict=True)]
        for number in numbers:
            if self._is_played(self.heat.mutants[number]):
                more, alerts = self._changed(number)
                rules += more
                names += alerts
        (self.folder / f"{self.index}.rules.yml").write_text(to_yaml({"groups": [{"name": "proof", "rules": rules}]}), encoding="utf-8")
        wrong: list[Plain] = [{"exp_labels": {"never": "so"}}]
        asked: list[Plain] = [
            {"expr": "ALERTS", "eval_time": duration(time), "exp_samples": [{"labels": "never", "value": 1}]} for time in self.times
        ]
        texts: list[Plain] = [
            {"alertname": name, "eval_time": duration(time), "exp_alerts": wrong} for time in self.heat.spoken for name in names
        ]
        (self.folder / self.name).write_text(to_yaml(self.test(alert_rule_test=texts, promql_expr_test=asked)), encoding="utf-8")

    def _is_played(self, mutant: Mutant) -> bool:
        """Whether the engine must be asked what becomes of it; what `for` and labels do is known without."""
        if mutant.expr is not None or mutant.is_speech or isinstance(mutant.subject, RecordingRule):
            return True
        labels = (mutant.fields or {}).get("labels")
        if not isinstance(labels, dict) or not isinstance(mutant.subject, Alert):
            return False
        # Where the alert has no label of its own any more, that of its expression comes through.
        given = self.analysis.value(self.analysis.use(mutant.subject)).labels
        return any(given.get(name).presence != "never" for name in mutant.subject.labels if name not in labels)

    def _changed(self, number: int) -> tuple[list[_Rule], list[str]]:
        """The rules of a mutant, and the names of the alerts among them."""
        mutant = self.heat.mutants[number]
        count = len(self.recordings)
        renamed: set[str] = set()
        rules: list[_Rule] = []
        if isinstance(mutant.subject, RecordingRule):
            renamed = self._downstream(mutant.subject.name)
            for rule, emitted in zip(self.recordings, self.emitted[:count], strict=True):
                if rule.name in renamed:
                    other = _altered(emitted, mutant) if rule is mutant.subject else dict(emitted)
                    expr = mutant.expr if rule is mutant.subject and mutant.expr is not None else self.analysis.use(rule).expr
                    rules.append({**other, "record": _record(rule.name, number), "expr": _reading(expr, renamed, number)})
        names: list[str] = []
        for position, (alert, emitted) in enumerate(zip(self.alerts, self.emitted[count:], strict=True)):
            use = self.analysis.use(alert)
            if alert is mutant.subject or any(each.name in renamed for each in self.analysis.selectors(use)):
                expr = mutant.expr if alert is mutant.subject and mutant.expr is not None else use.expr
                names.append(_name(number, position))
                other = _altered(emitted, mutant) if alert is mutant.subject else emitted
                rules.append({**_unheld(other, names[-1]), "expr": _reading(expr, renamed, number)})
        return rules, names

    def _downstream(self, name: str) -> set[str]:
        """A record, and those that read it, themselves or through others; they come after it."""
        found = {name}
        for rule in self.recordings:
            if any(each.name in found for each in self.analysis.selectors(self.analysis.use(rule))):
                found.add(rule.name)
        return found

    def result(self, told: str) -> Result:
        """What the engine says, mutants that it refuses among it."""
        refused: dict[int, str] = {}
        left = list(range(len(self.heat.mutants)))
        while (error := _error(told)) and left:
            guilty = {int(number) for number in _GUILTY.findall(error)} & set(left)
            if not guilty:  # it refuses a file before it runs a rule: half of it at a time
                return self._halves(left, refused)
            refused.update(dict.fromkeys(guilty, error))
            left = [each for each in left if each not in guilty]
            told = self._again(left)
        return self._read(told, refused)

    def _again(self, numbers: Sequence[int]) -> str:
        self.write(numbers)
        return next(tested([self.name], self.folder))

    def _halves(self, left: Sequence[int], refused: dict[int, str]) -> Result:
        good: list[int] = []
        waiting = [left[: len(left) // 2], left[len(left) // 2 :]] if len(left) > 1 else [left]
        while waiting:
            some = waiting.pop()
            error = _error(self._again(some)) if some else ""
            if not error:
                good += some
            elif len(some) == 1:
                refused[some[0]] = error
            else:
                waiting += [some[: len(some) // 2], some[len(some) // 2 :]]
        return self._read(self._again(sorted(good)), refused)

    def _read(self, told: str, refused: Mapping[int, str]) -> Result:
        error = _error(told)
        if error:
            return Result(Played(self.heat.scenario, {}, error), tuple(Played(self.heat.scenario, {}, error) for _ in self.heat.mutants))
        found, texts = _active(told)
        unchanged = self._timelines(-1, found, texts, None)
        every = []
        for number, mutant in enumerate(self.heat.mutants):
            if number in refused:
                every.append(Played(self.heat.scenario, {}, refused[number]))
            else:
                every.append(Played(self.heat.scenario, {**unchanged, **self._timelines(number, found, texts, mutant)}))
        return Result(Played(self.heat.scenario, unchanged), tuple(every))

    def _timelines(
        self, number: int, found: Mapping[str, Mapping[Labels, set[int]]], texts: Mapping[tuple[str, int], _Texts], mutant: Mutant | None
    ) -> dict[int, Timeline]:
        """Those of the alerts that a mutant changes; of all alerts, if it is none."""
        is_played = mutant is None or self._is_played(mutant)
        changes = set(self._changed(number)[1]) if mutant is not None else None
        made = {}
        for position, alert in enumerate(self.alerts):
            name = _name(number, position)
            if changes is not None and name not in changes:
                continue
            name = name if is_played else _name(-1, position)
            fields = mutant.fields if mutant is not None and mutant.subject is alert and mutant.fields else {}
            hold, keep = (milliseconds(str(fields.get(field, getattr(alert, field)))) for field in ("for_", "keep_firing_for"))
            instances = []
            for labels, active in sorted(found.get(name, {}).items()):
                course = states(self.times, [time in active for time in self.times], hold, keep)
                spoken = said(course, [texts.get((name, time), {}).get(labels) for time in self.times])
                own = {**(dict(labels) if is_played else _relabelled(labels, alert, fields)), "alertname": alert.name}
                instances.append(Instance(tuple(sorted(own.items())), course, spoken))
            made[id(alert)] = Timeline(alert, self.times, tuple(instances))
        return made


def _relabelled(labels: Labels, alert: Alert, fields: Mapping[str, object]) -> dict[str, str]:
    """The labels of an alert that has other ones of its own."""
    found = dict(labels)
    own = fields.get("labels", alert.labels)
    if isinstance(own, dict) and own is not alert.labels:
        found = {name: value for name, value in found.items() if name not in alert.labels or name in own}
        found.update({name: value for name, value in own.items() if value != alert.labels.get(name)})
    return {**found, "severity": str(fields.get("severity", found["severity"]))}


def _name(number: int, position: int) -> str:
    return f"m{number}_{position}" if number >= 0 else f"as_it_is_{position}"


def _record(name: str, number: int) -> str:
    return f"{name}:m{number}_"


# Which rules promtool names where it cannot evaluate some.
_GUILTY = re.compile(r"\brule: (?:m|\S*:m)([0-9]+)_")


def _unheld(alert: _Rule, name: str) -> _Rule:
    return {key: value for key, value in alert.items() if key not in ("for", "keep_firing_for")} | {"alert": name}


def _altered(emitted: _Rule, mutant: Mutant) -> _Rule:
    """A rule as it is emitted, with a mutant's fields; `for` and `keep_firing_for` are not there."""
    found = dict(emitted)
    for field, value in (mutant.fields or {}).items():
        match field:
            case "severity":
                found["labels"] = {**found["labels"], "severity": value}
            case "labels" if isinstance(value, dict):
                severity = {"severity": found["labels"]["severity"]} if "alert" in found else {}
                found["labels"] = {**severity, **value}
            case "summary" | "description" | "annotations" if "annotations" not in found:
                pass
            case "summary" | "description":
                found["annotations"] = {**found["annotations"], field: value}
            case "annotations" if isinstance(value, dict):
                found["annotations"] = {**found["annotations"], **value}
            case _:
                pass
    return found


def _reading(expr: Expr | None, renamed: set[str], number: int) -> str:
    """The text of an expression that reads the changed records."""
    if expr is None:
        return ""

    def change(node: Expr) -> Expr:
        if isinstance(node, VectorSelector) and node.name in renamed:
            return replace(node, name=_record(node.name, number))
        return node

    return to_text(rewritten(expr, change) if renamed and any(isinstance(node, VectorSelector) for node in walk(expr)) else expr)


_BLOCK = re.compile(r"^    (?:alertname: (?P<name>.*?), time: (?P<time>\S+), $|expr: \"ALERTS\", time: (?P<at>\S+),$)", re.MULTILINE)
_SAMPLE = re.compile(r'\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\} [-+0-9.EeInfNa]+')
_Texts: TypeAlias = dict[Labels, Mapping[str, str]]


def _error(told: str) -> str:
    return "" if _BLOCK.search(told) else told.replace("FAILED:", "").strip() or "promtool said nothing"


def _active(told: str) -> tuple[dict[str, dict[Labels, set[int]]], dict[tuple[str, int], _Texts]]:
    """When which alert was there, by its name and its labels; and what each said, by its name and the time."""
    found: dict[str, dict[Labels, set[int]]] = {}
    texts: dict[tuple[str, int], _Texts] = {}
    known: dict[str, set[int]] = {}  # the same text comes at each evaluation
    starts = list(_BLOCK.finditer(told))
    for index, start in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(told)
        _, _, got = told[start.end() : end].partition("got:")
        if start["name"] is not None:
            time = milliseconds(start["time"])
            texts[start["name"], time] = {_shared(labels): spoken for labels, spoken in firing_in(got)}
            continue
        time = milliseconds(start["at"])
        for text in _SAMPLE.findall(got):
            active = known.get(text)
            if active is None:
                labels = pairs(text)
                active = known[text] = found.setdefault(labels["alertname"], {}).setdefault(_shared(tuple(labels.items())), set())
            active.add(time)
    return found, texts


def _shared(labels: Labels) -> Labels:
    """The labels but those that tell mutants apart, and their state."""
    return tuple(sorted((name, value) for name, value in labels if name not in ("alertname", "alertstate", "__name__")))
