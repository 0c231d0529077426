"""`mac reset`."""

from __future__ import annotations

import sys

import click

from monitoring_as_code.cli import FINE, console
from monitoring_as_code.cli.environments import RUNNING, environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings


@click.command(
    "reset",
    help="""Stop the stack and remove all that it has stored on this machine: samples, silences, logs. The definitions and build/ are not
    touched. It asks before.""",
    epilog=EXIT_CODES,
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@environment_option(RUNNING)
@click.pass_obj
def command(settings: Settings, *, yes: bool) -> int:
    """Remove what is stored, if that is wanted."""
    from monitoring_as_code.cli.operating import refusals_told, the_stack
    from monitoring_as_code.operate.place import shown_bytes

    _, engine = the_stack(settings)
    stored = engine.stored()
    if not stored:
        console.note("nothing is stored")
        return FINE
    if not yes:
        if sys.stdin is None or not sys.stdin.isatty():
            message = "nobody is there to be asked: `mac reset --yes` removes what is stored"
            raise click.ClickException(message)
        named = ", ".join(each.name if each.size_bytes is None else f"{each.name} ({shown_bytes(each.size_bytes)})" for each in stored)
        running = [each.name for each in engine.services() if each.state != "ended"]
        stopping = f"Stop {', '.join(running)}, and remove" if running else "Remove"
        if not click.confirm(f"{stopping} {named} for good?", err=True):
            console.note("nothing was removed")
            return FINE
    with refusals_told():
        engine.reset(console.note)
    console.note("removed: " + ", ".join(each.name for each in stored))
    return FINE
