"""`mac logs`."""

from __future__ import annotations

import click

from monitoring_as_code.cli import FINE, console
from monitoring_as_code.cli.environments import RUNNING, environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings


@click.command(
    "logs",
    help="""Show what the services of `mac up` have logged: the last lines of one, or of all by time. They are there when a service has
    ended, too, until `mac reset`.

    \b
    Examples:
      mac logs prometheus
      mac logs -f
    """,
    epilog=EXIT_CODES,
)
@click.argument("service", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on with what is logged from now on, until Ctrl-C.")
@click.option("-n", "--lines", metavar="N", default=100, type=click.IntRange(min=0), help="How many of the last lines; 100 if not said.")
@environment_option(RUNNING)
@click.pass_obj
def command(settings: Settings, *, service: str | None, follow: bool, lines: int) -> int:
    """Print the end, and what follows."""
    from monitoring_as_code.cli.operating import refusals_told, the_stack
    from monitoring_as_code.operate.logs import shown

    _, engine = the_stack(settings)
    with refusals_told():
        logs = engine.logs()
        if service is not None and service not in logs:
            there = f"there are {', '.join(logs)}" if logs else "`mac up` has not started anything yet"
            message = f"there is no log of `{service}`: {there}"
            raise click.ClickException(message)
        if not logs:
            console.note("there are no logs: `mac up` has not started anything yet")
            return FINE
        found = engine.lines(logs if service is None else (service,), lines, follow=follow)
        for text in shown(found, logs) if service is None else (line.text for line in found):
            console.out(f"{text}\n")
    return FINE
