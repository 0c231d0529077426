"""`mac test --deliver`: what comes over the channels, beside what the scenarios prove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.cli import console

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.delivery import Delivery
    from monitoring_as_code.prove.timelines import Played


def delivered(analysis: Analysis, plays: Sequence[Played], names: Sequence[str]) -> Delivery:
    """Hand the alerts of these names, or all, to a real Alertmanager.

    Raises:
        click.ClickException: it is missing or did not start.
    """
    from monitoring_as_code.cli.servers import servers_allowed
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.delivery import deliver

    with servers_allowed():
        return deliver(analysis, plays, [each for each in analysis.project.of(Alert) if each.name in names] if names else None)


def show(delivery: Delivery, form: str, *, root: str, unicode: bool, quiet: bool) -> None:
    """Print what came, for people or as annotations of a pull request."""
    if form == "github":
        from monitoring_as_code.diagnostics import render
        from monitoring_as_code.prove.delivery.report import findings

        console.out(render(findings(delivery), "github", root=root))
    elif not quiet or not delivery.holds:
        from monitoring_as_code.prove.delivery.report import ASCII, UNICODE, as_text, summary

        table = as_text(delivery, UNICODE if unicode else ASCII)
        console.out(f"\n{table}\n{summary(delivery)}\n" if not delivery.why else f"\n{table}")
