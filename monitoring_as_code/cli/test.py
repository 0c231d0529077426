"""`mac test`."""

from __future__ import annotations

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.group import EXIT_CODES, Settings


@click.command("test", help="""Prove every alert on the real engine.""", epilog=EXIT_CODES)
@click.pass_obj
def command(settings: Settings) -> int:
    """Prove the scenarios."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from monitoring_as_code.cli.session import open_project
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.timelines import played
    from monitoring_as_code.prove.verdicts import verdict

    session = open_project(settings)
    failed = 0
    with TemporaryDirectory(prefix="mac-") as folder:
        for each in played(session.analysis, session.analysis.project.of(Scenario), Path(folder)):
            found = verdict(session.analysis, each)
            failed += not found.holds
            console.note(f"{'ok' if found.holds else 'FAILED'} {each.scenario.alert.name}: {each.scenario.name}")
            for failure in found.failures:
                console.note(f"  {failure.expected}, but {failure.happened}; {failure.why}")
    return FINDINGS if failed else FINE
