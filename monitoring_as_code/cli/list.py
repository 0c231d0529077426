"""`mac list`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from monitoring_as_code.cli.inventory import Item

KINDS = ("metrics", "recording-rules", "alerts", "dashboards", "receivers")


@click.command(
    "list",
    help="""Show what is declared: in a line each, what it is, where it is declared, and what uses it.

    \b
    Examples:
      mac list                       everything
      mac list metrics               metrics only, with the alerts, rules and dashboards that ask for them
      mac list alerts --format json  for a script
    """,
    epilog=EXIT_CODES,
)
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How the list is written.")
@environment_option()
@click.pass_obj
def command(settings: Settings, *, kind: str | None, form: str) -> int:
    """List the declarations of one kind, or all."""
    from monitoring_as_code.cli.inventory import inventory
    from monitoring_as_code.cli.session import open_project

    session = open_project(settings)
    project = session.analysis.project
    found = {each: inventory(session.analysis, each) for each in ((kind,) if kind else KINDS)}
    if form == "json":
        from monitoring_as_code.pydantic_engine import to_json

        items = [item._asdict() for listed in found.values() for item in listed]
        console.out(to_json(items, indent=2).decode() + "\n", machine=True)
    else:
        coloured = console.colours(settings.colour)
        console.out("\n".join(_section(name, items, coloured=coloured) for name, items in found.items() if items or kind))
    if project.complete:
        return FINE
    console.note("some definitions could not be loaded, so this is not all: `mac lint` says why")
    return FINDINGS


def _section(name: str, items: list[Item], *, coloured: bool) -> str:
    from monitoring_as_code.diagnostics.display import visible, width

    def bold(text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if coloured else text

    lines = [bold(f"{name} ({len(items)})")]
    cells = [(visible(item.name), visible(item.what), f"{item.path}:{item.line}".replace(os.sep, "/")) for item in items]
    widest = [max((width(row[column]) for row in cells), default=0) for column in range(3)]
    for row, item in zip(cells, items, strict=True):
        padded = [cell + " " * (widest[column] - width(cell)) for column, cell in enumerate(row)]
        users = ", ".join(map(visible, item.used_by))
        lines.append(f"  {bold(padded[0])}  {padded[1]}  {padded[2]}  {users}".rstrip())
    return "\n".join(lines) + "\n"
