"""What expressions give in a scenario, from evaluation to evaluation: asked of promtool by the same trick as the alerts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.prove.timelines import Labels, evaluations, pairs, scenario_test, tested, unquoted, write_rules
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.yaml_text import Plain

Sample: TypeAlias = tuple[Labels, float]


class Course(NamedTuple):
    """What an expression gives at each of some times: samples with their labels, the metric's name among them as `__name__`."""

    times: tuple[int, ...]
    samples: tuple[tuple[Sample, ...], ...]

    @property
    def empty(self) -> bool:
        """Whether it gives nothing, ever."""
        return not any(self.samples)


class Question(NamedTuple):
    """Expressions, as text, whose courses in a scenario are wanted."""

    scenario: Scenario
    expressions: tuple[str, ...]


def courses(analysis: Analysis, questions: Sequence[Question], folder: Path) -> Iterator[dict[str, Course]]:
    """The courses of each question's expressions, by the expression; `folder` is an empty one, which the caller removes.

    An expression that the engine cannot evaluate has an empty course.
    """
    files: list[str] = []
    for index, (scenario, expressions) in enumerate(questions):
        times = evaluations(analysis, scenario)
        write_rules(analysis, scenario, folder / f"{index}.rules.yml")
        test = scenario_test(analysis, scenario, index)
        wrong: list[Plain] = [{"labels": "never", "value": 1}]
        probes: list[Plain] = [{"expr": each, "eval_time": to_text(time), "exp_samples": wrong} for each in expressions for time in times]
        (folder / f"{index}.yml").write_text(to_yaml(test(promql_expr_test=probes)), encoding="utf-8")
        files.append(f"{index}.yml")
    for (scenario, expressions), told in zip(questions, tested(files, folder), strict=True):
        times = evaluations(analysis, scenario)
        found = _answers(told)
        yield {each: Course(times, tuple(found.get((each, time), ()) for time in times)) for each in expressions}


_ANSWER = re.compile(r'^    expr: "((?:[^"\\]|\\.)*)", time: (\S+),', re.MULTILINE)
_SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)?\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\} ([-+0-9.EeInfNa]+)')


def _answers(told: str) -> dict[tuple[str, int], tuple[Sample, ...]]:
    starts = list(_ANSWER.finditer(told))
    found = {}
    for index, start in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(told)
        _, _, got = told[start.end() : end].partition("got: ")
        samples = (
            (tuple(sorted({**({"__name__": name} if name else {}), **pairs(labels)}.items())), float(value))
            for name, labels, value in _SAMPLE.findall(got)
        )
        found[unquoted(start[1]), milliseconds(start[2])] = tuple(samples)
    return found
