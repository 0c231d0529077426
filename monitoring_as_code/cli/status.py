"""`mac status`."""

from __future__ import annotations

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings


@click.command(
    "status",
    help="""Show how the stack of `mac up` is, what is wrong with it, and where to look: services that have ended, targets that are down, rules
    that fail, notifications that were refused, channels that are not configured, a disk that fills; and the alerts that fire.

    It exits with 1 if the stack does not run, or if something is wrong. A channel that is not configured is only a warning.
    """,
    epilog=EXIT_CODES,
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How it is written.")
@click.pass_obj
def command(settings: Settings, *, form: str) -> int:
    """Ask, and show."""
    from monitoring_as_code.cli.operating import the_stack
    from monitoring_as_code.operate.health import health
    from monitoring_as_code.operate.report import as_data, as_text

    place, engine = the_stack(settings)
    found = health(place, engine)
    if form == "json":
        import json

        console.out(json.dumps(as_data(found, place), indent=2, ensure_ascii=False) + "\n", machine=True)
    elif found.services:
        console.out(as_text(found, place))
    else:
        console.out("the stack does not run: `mac up` starts it\n")
    return FINE if found.holds else FINDINGS
