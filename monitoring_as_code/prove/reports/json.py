"""The report for programs.

One object: `holds`, `seconds`, `scenarios`, and `alerts_without_scenario`, a list of objects with `alert`; `impossible`, why it can never
fire, or ""; and `effort`, how far the search for series went that make it fire. A scenario has `alert`, `name`, `path`, `line`, `column`,
`written` (false if mac has found it), `holds`, `failures` and `alerts`. A failure has `expected`, `happened`, `why` (a list of sentences),
and its place: `path`, `line`, `column`, `end_line`, `end_column`. An alert has `alert` and `instances`; an instance has `labels` and `states`, a list of
`{"state": "pending" | "firing", "from": seconds, "to": seconds}` with the first and the last evaluation of each; and `annotations`, those at the
last evaluation at which it fires. With `--deliver` there is `delivery`: `channels`, and `alerts` with the `state` of each channel, "delivered",
"firing only", "muted" or "failed", and with `failures`. Of several environments there are `holds`, `seconds` and `environments`, by whose
names is what is said above, or `same_as`, the name of one whose proofs are the same. `findings` is there if the definitions have errors, so that nothing was run: what
`mac lint --format json` says of them. All is ASCII.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from monitoring_as_code.diagnostics import render
from monitoring_as_code.diagnostics.display import relative
from monitoring_as_code.origin import Place, locate
from monitoring_as_code.prove.reports.findings import finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.prove.delivery import Delivery
    from monitoring_as_code.prove.running import Outcome, Proof
    from monitoring_as_code.prove.timelines import Instance, Timeline


def as_json(outcome: Outcome, root: str, delivery: Delivery | None = None) -> str:
    """The whole report; paths are relative to `root` if they are below it."""
    return json.dumps(_report(outcome, root, delivery), indent=2) + "\n"


def as_json_of_several(runs: Iterable[tuple[str, Outcome, Delivery | None]], same_as: Mapping[str, str], root: str) -> str:
    """The report of several environments; `same_as` are those that were not run, each with one whose proofs are the same."""
    reports = {environment: _report(outcome, root, delivery) for environment, outcome, delivery in runs}
    found = {
        "holds": all(each["holds"] for each in reports.values()),
        "seconds": round(sum(each["seconds"] for each in reports.values()), 3),
        "environments": {**reports, **{name: {"same_as": other} for name, other in same_as.items()}},
    }
    return json.dumps(found, indent=2) + "\n"


def _report(outcome: Outcome, root: str, delivery: Delivery | None) -> dict[str, Any]:
    report: dict[str, Any] = {
        "holds": outcome.holds and (delivery is None or delivery.holds),
        "seconds": round(outcome.seconds, 3),
        "scenarios": [_scenario(each, root, written=id(each.scenario) not in outcome.found) for each in outcome.proofs],
        "alerts_without_scenario": [
            *({"alert": each.alert.name, "impossible": each.impossible, "effort": each.effort} for each in outcome.witnesses),
            *({"alert": each.name, "impossible": "", "effort": ""} for each in outcome.without),
        ],
    }
    if delivery is not None:
        from monitoring_as_code.prove.delivery.report import as_data

        report["delivery"] = as_data(delivery)
    return report


def not_run(findings: Iterable[Diagnostic], root: str) -> str:
    """The report if the definitions have errors."""
    told = json.loads(render(findings, "json", root=root))
    return json.dumps({"holds": False, "seconds": 0, "scenarios": [], "alerts_without_scenario": [], "findings": told}, indent=2) + "\n"


def _scenario(proof: Proof, root: str, *, written: bool) -> dict[str, Any]:
    scenario = proof.scenario
    location = locate(Place(scenario.origin))
    return {
        "alert": scenario.alert.name,
        "name": scenario.name,
        "path": relative(location.path, root),
        "line": location.line,
        "column": location.column,
        "written": written,
        "holds": proof.holds,
        "failures": [_failure(proof, index, root) for index in range(len(proof.verdict.failures))],
        "alerts": [_timeline(each) for each in proof.verdict.played.timelines.values()],
    }


def _failure(proof: Proof, index: int, root: str) -> dict[str, Any]:
    failure = proof.verdict.failures[index]
    found: dict[str, Any] = {"expected": failure.expected, "happened": failure.happened, "why": list(proof.reasons(index))}
    location = finding(failure, proof.scenario).location
    if location is not None:
        found |= {
            "path": relative(location.path, root),
            "line": location.line,
            "column": location.column,
            "end_line": location.end_line,
            "end_column": location.end_column,
        }
    return found


def _timeline(timeline: Timeline) -> dict[str, Any]:
    return {"alert": timeline.alert.name, "instances": [_instance(each, timeline.times) for each in timeline.instances]}


def _instance(instance: Instance, times: Sequence[int]) -> dict[str, Any]:
    states: list[dict[str, Any]] = []
    before = "inactive"
    for time, state in zip(times, instance.states, strict=True):
        if state not in (before, "inactive"):
            states.append({"state": state, "from": time / 1000})
        if state != "inactive":
            states[-1]["to"] = time / 1000
        before = state
    said = next((each for each in reversed(instance.annotations) if each is not None), None)
    return {"labels": dict(instance.labels), "states": states, "annotations": dict(said or {})}
