"""The test files: which rules they load, in which order these are evaluated, and a test for each scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.lint.given import ImpossibleSeries, recordings_for
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.promql.durations import to_text
from monitoring_as_code.targets.promtool_tests.checks import checks
from monitoring_as_code.targets.promtool_tests.inputs import (
    alerts_of,
    clock_readers,
    evaluation_interval,
    inputs,
    reads_slower_groups,
)
from monitoring_as_code.targets.provenance import generated
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitoring_as_code.analysis import Analysis, Group
    from monitoring_as_code.yaml_text import Plain

_HEAD = """\
{generated}
Run by `promtool test rules` on this file. A test asks ALERTS, the series that Prometheus makes of its alerts.
promtool knows neither annotations in part nor routing: who is reached, and with which words, is proved by `mac test`."""


def files(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """A path and a text for each file."""
    homes = {id(rule): group for group in analysis.groups for rule in group.rules}
    usual = "1m" if analysis.stack is None else analysis.stack.evaluation_interval
    by_file: dict[tuple[str, str], list[Scenario]] = {}
    for scenario in analysis.project.of(Scenario):
        group = homes.get(id(scenario.alert))
        if group is not None:
            # A file has one interval, at which promtool evaluates all groups.
            step = to_text(evaluation_interval(analysis, scenario.alert))
            by_file.setdefault((group.file, step), []).append(scenario)
    named: set[str] = set()
    for (file, step), scenarios in by_file.items():
        name = file if file not in named and (step == usual or (file, usual) not in by_file) else f"{file}.every-{step}"
        named.add(name)
        tests = [test for scenario in scenarios if (test := _test(analysis, scenario)) is not None]
        if tests:
            groups = _groups(analysis, scenarios, homes)
            data: dict[str, Plain] = {
                "rule_files": [f"../rules/{each}.yml" for each in dict.fromkeys(group.file for group in groups)],
                "evaluation_interval": step,
                # Without it promtool takes the groups in an order of its own.
                "group_eval_order": [group.name for group in groups],
                "tests": tests,
            }
            yield f"prometheus/tests/{name}.yml", to_yaml(data, header=_HEAD.format(generated=generated(analysis, scenarios)))


def _groups(analysis: Analysis, scenarios: Sequence[Scenario], homes: dict[int, Group]) -> list[Group]:
    """The groups of all files that the scenarios' alerts and the recording rules below them are in, in the order of their evaluation."""
    alerts = list({id(alert): alert for scenario in scenarios for alert in alerts_of(analysis, scenario)}.values())
    needed = {homes[id(rule)].file for rule in (*recordings_for(analysis, alerts), *alerts) if id(rule) in homes}
    return [group for group in analysis.groups if group.file in needed]


def _can_say(analysis: Analysis, scenario: Scenario) -> bool:
    """Whether promtool can play a scenario on the rules as they are.

    Its clock starts in 1970, all groups have one interval, and what looks back by an offset would see what came before a scenario.
    """
    alerts = alerts_of(analysis, scenario)
    if reads_slower_groups(analysis, scenario.alert, alerts):
        return False
    left_out = clock_readers(analysis) | _late_rules(analysis)
    return not left_out or not any(id(rule) in left_out for rule in (*recordings_for(analysis, alerts), *alerts))


def _late_rules(analysis: Analysis) -> frozenset[int]:
    """The rules that look at how things were, by their `id()`."""
    return frozenset(id(rule) for group in analysis.groups if group.query_offset is not None for rule in group.rules)


def _test(analysis: Analysis, scenario: Scenario) -> dict[str, Plain] | None:
    if not _can_say(analysis, scenario):
        return None
    asked: list[Plain] = [*checks(analysis, scenario)]
    try:
        # A name says which scenario it is when promtool shows what failed.
        return (
            {"name": f"{scenario.alert.name}: {scenario.name}", **inputs(analysis, scenario), "promql_expr_test": asked} if asked else None
        )
    except ImpossibleSeries:
        return None  # lint has a word for it
