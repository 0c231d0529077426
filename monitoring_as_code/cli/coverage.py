"""`mac coverage`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.access import access_of, access_options, check_url, usage
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.pages import page_at, page_options, timeout_of
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.conform.coverage import Coverage
    from monitoring_as_code.conform.coverage.scraped import Scraped
    from monitoring_as_code.engines.access import Access
    from monitoring_as_code.foreign.application import Recordings
    from monitoring_as_code.foreign.sightings import SeenMetric

_FAILING = ("declared", "registered", "emitted", "scraped", "panel", "alert", "scenario", "budget")


@click.command(
    "coverage",
    help="""Show of each metric how far its way is known: whether it is declared, registered, emitted, scraped, on a panel, in an alert, in a scenario.

    What nobody was asked is `?`: `--source` reads the application's Python code for calls that record, `--exposition` a page of metrics,
    `--server` asks Prometheus. Without them, what `sources` and `conformance` in pyproject.toml say is read.

    \b
    Examples:
      mac coverage
      mac coverage --source app --exposition http://localhost:3001/metrics
      mac coverage --server http://localhost:9090 --format html > coverage.html
      mac coverage --source app --fail-on registered --fail-on panel
      mac coverage --fail-on alert --min 50
    """,
    epilog=EXIT_CODES,
)
@click.option("--source", "sources", metavar="PATH", multiple=True, help="A folder or file of the application's Python code; may recur.")
@click.option("--exposition", "pages", metavar="URL|FILE|-", multiple=True, help="A page of metrics; may recur.")
@click.option("--server", metavar="URL", help="Ask this Prometheus; the URL ends where `/api/v1` begins.")
@access_options
@page_options
@click.option("--fail-on", "failing", type=click.Choice(_FAILING), multiple=True, help="A column in which no metric may lack; may recur.")
@click.option(
    "--min",
    "least",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="How many of the metrics must have it: in the columns of --fail-on, or in all that are known.",
)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", help="How it is written.")
@environment_option()
@click.pass_obj
def command(
    settings: Settings,
    *,
    sources: tuple[str, ...],
    pages: tuple[str, ...],
    server: str | None,
    bearer_token_file: str | None,
    basic_auth_file: str | None,
    header_file: str | None,
    ca_file: str | None,
    timeout: str,
    max_size: int,
    failing: tuple[str, ...],
    least: float | None,
    form: str,
) -> int:
    """Print what is known, and say whether it is enough."""
    from monitoring_as_code.cli.session import errors, open_project, show
    from monitoring_as_code.conform.coverage import coverage
    from monitoring_as_code.conform.coverage.reports import lacking

    for url in (server, *(page for page in pages if "://" in page)):
        if url is not None:
            check_url(url)
    access = access_of((bearer_token_file, basic_auth_file, header_file, ca_file), timeout_of(timeout))
    session = open_project(settings)
    analysis = session.analysis
    broken = [each for each in analysis.project.problems if errors([each])]
    if broken:
        show(session, settings, broken)
        console.note("nothing was looked for: the definitions have errors")
        return FINDINGS
    recorded = _recorded(settings, analysis, sources)
    seen = _seen(settings, analysis, pages, access, max_size)
    scraped = None if server is None else _scraped(analysis, server, access)
    found = coverage(analysis, recorded, seen, scraped)
    wanted = failing or (() if least is None else tuple(each for each in _FAILING if _known(found, each)))
    for column in wanted:
        if not _known(found, column):
            raise usage(f"nothing is known of `{column}`: {_HOW[column]}")
    _print(found, settings, form)
    told = lacking(found, wanted, 100 if least is None else least)
    if "declared" in failing and found.undeclared:
        count = len(found.undeclared)
        told.append(f"{count} {'name is' if count == 1 else 'names are'} used or seen that nobody has declared")
    for each in told:
        console.note(each)
    return FINDINGS if told else FINE


_HOW = {
    "registered": "`--source` or `--exposition` tells",
    "emitted": "`--exposition` tells",
    "scraped": "`--server` tells",
    "budget": "`--exposition` or `--server` tells, of metrics with a budget",
    "panel": "no panel's metrics can be told",
    "alert": "no alert's metrics can be told",
    "scenario": "no scenario's metrics can be told",
}


def _known(found: Coverage, column: str) -> bool:
    if column == "budget":
        return any(row.budget is not None and row.measured is not None for row in found.rows)
    return column == "declared" or found.share(column).known > 0


def _print(found: Coverage, settings: Settings, form: str) -> None:
    if form == "html":
        from monitoring_as_code.conform.coverage.page import as_html

        console.out(as_html(found), machine=True)
        return
    from monitoring_as_code.conform.coverage.reports import as_json, as_text

    machine = form == "json"
    console.out(as_json(found) if machine else as_text(found, colour=console.colours(settings.colour)), machine=machine)


def _recorded(settings: Settings, analysis: Analysis, sources: tuple[str, ...]) -> Recordings | None:
    from monitoring_as_code.foreign.application import NoSources, recordings

    # Those that are given are relative to where the command works.
    given = tuple(os.path.abspath(os.path.join(settings.directory, each)) for each in sources) or analysis.project.config.sources
    if not given:
        return None
    try:
        found = recordings(analysis.project, given)
    except NoSources as error:
        raise click.ClickException(str(error)) from None
    for path, why in found.unread.items():
        console.note(f"`{path}` cannot be read: {why}; so what no other file records may be recorded there")
    return found


def _seen(settings: Settings, analysis: Analysis, pages: tuple[str, ...], access: Access, max_size: int) -> list[dict[str, SeenMetric]]:
    from monitoring_as_code.foreign.sightings import NoReport, read_report

    config = analysis.project.config
    if pages or config.conformance is None:
        return [_page(settings, analysis, each, access, max_size) for each in pages]
    try:
        found = read_report(analysis.project.root, config.conformance)
    except NoReport as error:
        raise click.ClickException(str(error)) from None
    console.note(f"what is emitted is what `{config.conformance}` says")
    return [found]


def _page(settings: Settings, analysis: Analysis, given: str, access: Access, max_size: int) -> dict[str, SeenMetric]:
    from monitoring_as_code.conform.observed import observe
    from monitoring_as_code.conform.report import as_data
    from monitoring_as_code.conform.source import Unavailable
    from monitoring_as_code.foreign.sightings import metrics_in
    from monitoring_as_code.instrument.own import dropped
    from monitoring_as_code.model.metric import Metric

    try:
        source = page_at(settings, given, access, max_size)
        known = {each.name: each for each in (dropped, *analysis.project.of(Metric))}
        sighting = observe(source.lines(), known, openmetrics=source.openmetrics)
    except Unavailable as error:
        raise click.ClickException(str(error)) from None
    if sighting.page.refused:
        raise click.ClickException(f"`{given}` is no page of metrics: `mac conform {given}` says what is wrong")
    return metrics_in(as_data(sighting, (), given))


def _scraped(analysis: Analysis, url: str, access: Access) -> Scraped:
    from monitoring_as_code.conform.coverage.scraped import ask_scraped
    from monitoring_as_code.conform.server import Prometheus
    from monitoring_as_code.conform.source import Unavailable

    named = {selector.name for use in analysis.uses for selector in analysis.selectors(use)}
    try:
        return ask_scraped(Prometheus(url, access), analysis, named)
    except Unavailable as error:
        raise click.ClickException(str(error)) from None
