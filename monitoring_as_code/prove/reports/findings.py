"""A failure as a finding, with its place in the definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity, ordered
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.failure import Failure
    from monitoring_as_code.prove.running import Proof

RULE = "scenario"


def finding(failure: Failure, scenario: Scenario, reasons: Sequence[str] = ()) -> Diagnostic:
    """What is told of a failure, its place resolved."""
    message = f"expected that {failure.expected}, but {failure.happened}"
    made = Diagnostic(RULE, Severity.ERROR, message, failure.place or Place(scenario.origin), "\n".join(reasons) or None)
    return ordered([made])[0]


def findings(proofs: Iterable[Proof]) -> list[Diagnostic]:
    """What is told of all failures; the help names the scenario and says why."""
    return [
        finding(failure, proof.scenario, (f"in the scenario `{proof.scenario.name}`", *proof.reasons(index)))
        for proof in proofs
        for index, failure in enumerate(proof.verdict.failures)
    ]
