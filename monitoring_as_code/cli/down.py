"""`mac down`."""

from __future__ import annotations

import click

from monitoring_as_code.cli import FINE, console
from monitoring_as_code.cli.environments import RUNNING, environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings


@click.command(
    "down",
    help="""Stop the stack that `mac up` has started. What it has stored is kept, and its logs: the next `mac up` goes on with them.
    Secrets are removed. `mac reset` removes all.""",
    epilog=EXIT_CODES,
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing if all is well.")
@environment_option(RUNNING)
@click.pass_obj
def command(settings: Settings, *, quiet: bool) -> int:
    """Stop all services."""
    from monitoring_as_code.cli.operating import refusals_told, the_stack

    _, engine = the_stack(settings)
    with refusals_told():
        stopped = engine.stop(console.note)
    if not quiet:
        console.note(f"stopped: {', '.join(stopped)}" if stopped else "nothing runs")
    return FINE
