"""A failure as a finding, with its place in the definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity, ordered
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.failure import Failure
    from monitoring_as_code.prove.running import Outcome
    from monitoring_as_code.prove.witnesses import Witness

RULE = "scenario"


def finding(failure: Failure, scenario: Scenario, reasons: Sequence[str] = ()) -> Diagnostic:
    """What is told of a failure, its place resolved."""
    message = f"expected that {failure.expected}, but {failure.happened}"
    made = Diagnostic(RULE, Severity.ERROR, message, failure.place or Place(scenario.origin), "\n".join(reasons) or None)
    return ordered([made])[0]


def cannot_fire(analysis: Analysis, witness: Witness, reasons: Sequence[str] = ()) -> Diagnostic:
    """What is told of an alert that can never fire."""
    place = analysis.use(witness.alert).place()
    message = f"`{witness.alert.name}` can never fire"
    return ordered([Diagnostic(RULE, Severity.ERROR, message, place, "\n".join(reasons) or None)])[0]


def findings(analysis: Analysis, outcome: Outcome) -> list[Diagnostic]:
    """What is told of all that does not hold; the help names the scenario and says why."""
    return [
        finding(failure, proof.scenario, (f"in the scenario `{proof.scenario.name}`", *proof.reasons(index)))
        for proof in outcome.proofs
        for index, failure in enumerate(proof.verdict.failures)
    ] + [cannot_fire(analysis, each, (each.impossible,)) for each in outcome.witnesses if each.impossible]
