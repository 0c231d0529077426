"""Mistakes put into right definitions are found, by the rule that they belong to.

The operators were written from what the rules are for, without reading them. `python -m tests.power` prints the whole table, and with an operator's
name the mutants that were missed; mutants that are no mistakes are not made, for the reason that the operator gives.
"""

from pathlib import Path

import pytest

from monitoring_as_code.lint.rules import RULE_NAMES
from tests.power.autoweave import autoweave
from tests.power.foreign import of_rule_files
from tests.power.operator import Operator
from tests.power.operators import OPERATORS
from tests.power.runner import Outcome, outcomes, table

# Of all mutants, the share that the rule finds which they belong to; the rest is found by others, or missed.
LEAST = 0.95


def _told(found: list[Outcome]) -> str:
    missed = [outcome for row in table(found) for outcome in row.missed]
    return "\n".join(
        f"{each.operator.rules[0]}: {each.operator.name}: {each.world}: {each.mutant.at}: {each.mutant.text}, "
        f"found by {', '.join(sorted(each.found)) or 'nobody'}"
        for each in missed
    )


def _share(found: list[Outcome]) -> float:
    return sum(outcome.by_its_rule for outcome in found) / len(found)


def test_every_operator_belongs_to_a_rule_that_there_is() -> None:
    assert {rule for operator in OPERATORS for rule in operator.rules[:1]} - set(RULE_NAMES) == set()


def test_autoweave_as_it_is_has_no_findings(root: Path) -> None:
    assert autoweave(root).findings == ()


def test_rules_find_the_mistakes_put_into_autoweave(root: Path, *, prove: bool) -> None:
    found = list(outcomes([autoweave(root)], None if prove else 3))
    assert len(found) > 150
    assert _share(found) >= LEAST, _told(found)


def test_rules_find_the_mistakes_put_into_rules_of_others(corpus: Path, *, prove: bool) -> None:
    worlds = of_rule_files(corpus / "rules")
    found = list(outcomes(worlds if prove else worlds[::6], 10 if prove else 1))  # all of them take ten minutes
    assert len(found) > 150
    assert _share(found) >= LEAST, _told(found)


def test_each_operator_makes_a_mistake_somewhere(root: Path, corpus: Path) -> None:
    worlds = [autoweave(root), *of_rule_files(corpus / "rules")]
    without = {operator.name for operator in OPERATORS if not any(True for world in worlds for _ in operator.mutants(world))}
    assert without == set()


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_each_operator_is_found_at_least_once(operator: Operator, root: Path) -> None:
    """A rule that finds none of an operator's mutants is blind to that mistake, whatever the average says."""
    world = autoweave(root)
    found = list(outcomes([world], 2, operators=(operator,)))
    if not found:
        pytest.skip("AutoWeave has nothing to make this mistake with")
    assert any(outcome.by_its_rule for outcome in found), _told(found)
