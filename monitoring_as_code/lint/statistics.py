"""How much is known of a project's expressions, and which rules find something: what `mac lint --statistics` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import walk

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.promql.infer.value import Arm, Value


class Statistics(NamedTuple):
    """Counts over the distinct expressions. `unknown` has, by what is asked, how many of the `nodes` nobody can answer it for."""

    uses: int
    expressions: int
    nodes: int
    unknown: dict[str, int]
    findings: dict[str, int]


def statistics(analysis: Analysis, findings: Iterable[Diagnostic]) -> Statistics:
    """What is known of each node that has a value: plain numbers and texts are not asked about."""
    uses = [use for use in analysis.uses if use.expr is not None]
    distinct = {use.text: use for use in uses}
    unknown = dict.fromkeys(_QUESTIONS, 0)
    nodes = 0
    for use in distinct.values():
        facts = analysis.facts(use)
        for node in walk(facts.expr):
            value = facts[node]
            if value.type == "string" or all(arm.literal for arm in value.arms):
                continue
            nodes += 1
            for question, known in _QUESTIONS.items():
                unknown[question] += not all(known(value, arm) for arm in value.arms)
    return Statistics(len(uses), len(distinct), nodes, unknown, dict(sorted(Counter(each.rule for each in findings).items())))


def as_text(found: Statistics, seconds: float) -> str:
    """The statistics in lines."""
    lines = [f"{found.expressions} distinct expressions in {found.uses} places, of {found.nodes} nodes with a value"]
    for question, count in found.unknown.items():
        share = count / found.nodes if found.nodes else 0.0
        lines.append(f"  {question:<7} unknown for {count:>6} ({share:.1%})")
    lines.append(f"{sum(found.findings.values())} findings, {seconds:.2f} s of CPU time")
    lines += [f"  {rule:<28} {count:>6}" for rule, count in found.findings.items()]
    return "\n".join(lines) + "\n"


def _has_unit(_value: Value, arm: Arm) -> bool:
    return arm.literal or arm.unit is not None


def _has_kind(_value: Value, arm: Arm) -> bool:
    return arm.literal or arm.kind != "unknown"


def _has_labels(value: Value, arm: Arm) -> bool:
    return value.type == "scalar" or arm.labels.closed


def _has_range(_value: Value, arm: Arm) -> bool:
    return arm.range.low > float("-inf") or arm.range.high < float("inf")


_QUESTIONS = {"unit": _has_unit, "kind": _has_kind, "labels": _has_labels, "range": _has_range}
