"""Mutates worlds, lints each mutant, and says who found what."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.lint.runner import lint
from tests.power.operator import Mutant, Operator
from tests.power.operators import OPERATORS
from tests.power.world import World, changed


class Outcome(NamedTuple):
    """What lint said of one mutant: `found` are the rules that have more findings than before."""

    world: str
    operator: Operator
    mutant: Mutant
    found: frozenset[str]

    @property
    def by_its_rule(self) -> bool:
        return not self.found.isdisjoint(self.operator.rules)


def outcomes(worlds: Iterable[World], sample: int | None = None, operators: Iterable[Operator] = OPERATORS) -> Iterator[Outcome]:
    """The outcome of every mutant, or of `sample` of each operator and world."""
    operators = tuple(operators)
    for world in worlds:
        before = _rules(world.findings)
        for operator in operators:
            mutants = list(_distinct(operator, world))
            if sample is not None and len(mutants) > sample:
                mutants = random.Random(f"{operator.name} {world.name}").sample(mutants, sample)
            for mutant in mutants:
                after = _rules(lint(Analysis(changed(world.project, mutant.changes, mutant.added))))
                yield Outcome(world.name, operator, mutant, frozenset(after - before))


def _distinct(operator: Operator, world: World) -> Iterator[Mutant]:
    seen = set()
    for mutant in operator.mutants(world):
        if (mutant.at, mutant.text) not in seen:
            seen.add((mutant.at, mutant.text))
            yield mutant


def _rules(findings: Iterable[Diagnostic]) -> Counter[str]:
    return Counter(each.rule for each in findings)


class Row(NamedTuple):
    """How an operator fared."""

    operator: Operator
    mutants: int
    found: int
    by_others: int
    missed: tuple[Outcome, ...]


def table(found: Iterable[Outcome]) -> list[Row]:
    """A row for each operator that had mutants."""
    by_operator: dict[str, list[Outcome]] = {}
    for outcome in found:
        by_operator.setdefault(outcome.operator.name, []).append(outcome)
    rows = []
    for group in by_operator.values():
        own = [outcome for outcome in group if outcome.by_its_rule]
        others = [outcome for outcome in group if not outcome.by_its_rule and outcome.found]
        rows.append(Row(group[0].operator, len(group), len(own), len(others), tuple(each for each in group if not each.by_its_rule)))
    return rows
