"""`mac learn`."""

from __future__ import annotations

import os
import re

import click

from monitoring_as_code.cli import FINE, console
from monitoring_as_code.cli.access import access_of, access_options, check_url
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.pages import page_at, page_options, timeout_of
from monitoring_as_code.cli.settings import Settings


@click.command(
    "learn",
    help="""Write declarations of the metrics that a program exposes, to stdout or a file.

    PAGES are addresses of /metrics pages, files with such pages, or `-` for stdin. Several are taken together: other instances of the
    program, or other moments, show more of what its labels can be. Where they contradict each other, and where a label looks unbounded, is
    said on stderr.

    What is written is a start, to be read and committed: names, kinds, helps and buckets are as the page says; units follow from names; the
    values of a label are listed where they look like all there are, and else bounded by a few times what was seen.

    \b
    Examples:
      mac learn http://localhost:8000/metrics
      mac learn monday.txt tuesday.txt -o definitions/shop.py
      mac learn http://localhost:9187/metrics --exporter postgres -o definitions/postgres.py
      curl -s localhost:9090/federate?match[]=up | mac learn - --job node
    """,
    epilog=EXIT_CODES,
)
@click.argument("pages", nargs=-1, required=True, metavar="PAGES...")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file; one that is there stays.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option("--exporter", metavar="NAME", help="The metrics are those of another program: put them into an Exporter.")
@click.option("--match", "wanted", metavar="REGEX", default="", help="Only metrics whose name matches somewhere.")
@click.option("--job", metavar="NAME", help="Only series with this label `job`, of a page with several.")
@click.option(
    "--values", "most_values", type=click.IntRange(min=0), default=12, show_default=True, help="List at most so many values of a label."
)
@access_options
@page_options
@click.pass_obj
def command(
    settings: Settings,
    *,
    pages: tuple[str, ...],
    output: str | None,
    force: bool,
    exporter: str | None,
    wanted: str,
    job: str | None,
    most_values: int,
    bearer_token_file: str | None,
    basic_auth_file: str | None,
    header_file: str | None,
    ca_file: str | None,
    timeout: str,
    max_size: int,
) -> int:
    """Write the declarations, and say what somebody should look at."""
    from monitoring_as_code.conform.source import Unavailable
    from monitoring_as_code.diagnostics.display import visible
    from monitoring_as_code.exposition import ExpositionError, parse
    from monitoring_as_code.foreign.learning import Page, learnt
    from monitoring_as_code.foreign.learning.declarations import declarations

    try:
        re.compile(wanted)
    except re.error as error:
        raise click.BadParameter(f"`{wanted}` is no regular expression: {error}", param_hint="--match") from None
    if exporter is not None and not (exporter.strip() and exporter.isprintable()):
        raise click.BadParameter("a name needs at least one character, and none that cannot be printed", param_hint="--exporter")
    path = None if output is None else os.path.join(settings.directory, output)
    if path is not None and not force and os.path.lexists(path):
        raise click.ClickException(f"`{output}` is there already: choose another file, or say `--force`")
    access = access_of((bearer_token_file, basic_auth_file, header_file, ca_file), timeout_of(timeout))
    read: list[Page] = []
    for where in pages:
        name = os.path.basename(where)
        try:
            if "://" in where:
                check_url(where)
            source = page_at(settings, where, access, max_size)
            name = source.name if where == "-" or "://" in where else name
            read.append(Page(name, parse(source.text())))
        except Unavailable as error:
            raise click.ClickException(str(error)) from None
        except ExpositionError as error:
            raise click.ClickException(f"`{name}` is no exposition: line {error.line}: {visible(error.message)}") from None
    found = learnt(read, most_values=most_values, wanted=wanted, job=job)
    if not found.metrics:
        raise click.ClickException("there is no metric to declare" + (f" that matches `{wanted}`" if wanted else " on the page"))
    text = declarations(found, source=", ".join(page.name for page in read), exporter=exporter)
    for note in found.notes:
        console.note(f"note: {visible(note)}")
    if path is None:
        console.out(text, machine=True)
        return FINE
    try:
        with open(path, "w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise click.ClickException(f"`{output}` cannot be written: {error.strerror}") from None
    count = len(found.metrics)
    console.note(f"{count} metric{'' if count == 1 else 's'} declared in {output}: read them, then run `mac lint`")
    return FINE
