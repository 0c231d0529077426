"""`mac test --mutate`: which small changes of the alerts no scenario notices."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.progress import Progress

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.chart import Look


def mutate(
    analysis: Analysis, names: Sequence[str], form: str, *, root: str, look: Look, verbose: bool, quiet: bool, witnessed: bool
) -> int:
    """Change the alerts of these names, or all and the routing; print what became of it, and give the exit code.

    Raises:
        EngineFailed: promtool broke down, or did not come back.
    """
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.mutations import report
    from monitoring_as_code.prove.mutations.running import mutants, study

    started = monotonic()
    alerts = [each for each in analysis.project.of(Alert) if each.name in names] if names else None
    tried = mutants(analysis, alerts)
    with Progress("changing", len(tried)) as progress:
        found = study(analysis, _scenarios(analysis, alerts, witnessed=witnessed), tried, progress.advance, whole=alerts is None)
    seconds = monotonic() - started
    if form == "json":
        console.out(report.as_json(found, root, seconds), machine=True)
    elif form == "github":
        from monitoring_as_code.diagnostics import render

        console.out(render(report.findings(found), "github", root=root))
    elif not quiet or found.survivors or found.useless:
        console.out(report.as_text(found, root, look, seconds, verbose=verbose))
    return FINDINGS if found.survivors or found.failing or found.useless else FINE


def _scenarios(analysis: Analysis, alerts: Sequence[Alert] | None, *, witnessed: bool) -> list[Scenario]:
    """All that are declared; and what is found for alerts without one."""
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario

    found = list(analysis.project.of(Scenario))
    if witnessed:
        proved = {id(each.alert) for each in found}
        without = [each for each in (analysis.project.of(Alert) if alerts is None else alerts) if id(each) not in proved]
        if without:
            from monitoring_as_code.prove.witnesses import witnesses

            found += [scenario for each in witnesses(analysis, without) for scenario in each.scenarios]
    return found
