"""`mac conform`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.access import access_of, access_options, check_url, usage
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.pages import page_at, page_options, timeout_of

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.conform import Conformance, Contract, Finding
    from monitoring_as_code.conform.source import Source
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.engines.access import Access


@click.command(
    "conform",
    help="""Hold a page of metrics to the declarations: a URL, a FILE, or - for standard input.

    It finds what is missing, not declared, of another kind, with other help, labels, values or buckets, over its budget, hidden by the labels
    of the scrape, or scraped twice; and what is wrong with the page itself, also where Prometheus takes it.

    The page is the application's own, and is held to all metrics that are in no Exporter; `--job` names a scrape job or an exporter whose
    metrics it has instead. With `--server`, Prometheus is asked what it knows of the targets: whether they are up, what types they give,
    how many series there are.

    \b
    Examples:
      mac conform http://localhost:3001/metrics
      mac conform metrics.txt --format github
      curl -s backend:3001/metrics | mac conform -
      mac conform http://localhost:9100/metrics --job node
      mac conform --server http://localhost:9090
    """,
    epilog=EXIT_CODES,
)
@click.argument("source", required=False, metavar="[URL|FILE|-]")
@click.option("--server", metavar="URL", help="Ask this Prometheus; the URL ends where `/api/v1` begins.")
@click.option("--job", metavar="NAME", help="The scrape job or exporter whose metrics the page has.")
@click.option("--header", "headers", metavar="'NAME: VALUE'", multiple=True, help="A header for the server, which is no secret; may recur.")
@access_options
@page_options
@click.option("--report", metavar="FILE", type=click.Path(), help="Write what was seen of each metric, as JSON.")
@click.option("--format", "form", type=click.Choice(["text", "json", "github", "sarif"]), default="text", help="How findings are written.")
@click.pass_obj
def command(
    settings: Settings,
    *,
    source: str | None,
    server: str | None,
    job: str | None,
    headers: tuple[str, ...],
    header_file: str | None,
    bearer_token_file: str | None,
    basic_auth_file: str | None,
    ca_file: str | None,
    timeout: str,
    max_size: int,
    report: str | None,
    form: str,
) -> int:
    """Print all findings."""
    from monitoring_as_code.cli.session import open_project, show

    if source is None and server is None:
        raise usage("name a page: a URL, a file or `-`; or a Prometheus, by `--server URL`")
    if report is not None and source is None:
        raise usage("`--report` is about a page: name a URL, a file or `-`")
    if source == "":
        raise usage("name a page: a URL, a file or `-`")
    for url in (source if source is not None and "://" in source else None, server):
        if url is not None:
            check_url(url)
    access = _with_headers(access_of((bearer_token_file, basic_auth_file, header_file, ca_file), timeout_of(timeout)), headers)
    session = open_project(settings)
    broken = _broken(session)
    if broken:
        show(session, settings, broken, form)
        console.note("nothing was held to anything: the definitions have errors")
        return FINDINGS
    contract = _contract(session.analysis, job)
    found: list[Diagnostic] = []
    silent: frozenset[str] | None = None
    if source is not None:
        told, silent = _of_page(session, contract, page_at(settings, source, access, max_size), report)
        found += told
    if server is not None:
        found += _of_server(session, contract, server, access, silent)
    show(session, settings, found, form)
    return FINDINGS if found else FINE


def _broken(session: Session) -> list[Diagnostic]:
    from monitoring_as_code.diagnostics import Severity

    return [each for each in session.analysis.project.problems if each.severity is Severity.ERROR]


def _contract(analysis: Analysis, job: str | None) -> Contract:
    from monitoring_as_code.conform import NoSuchJob, contract_of
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    try:
        contract = contract_of(analysis, job)
    except NoSuchJob as error:
        known = did_you_mean(error.name, error.known) or (f"there are {listed(error.known, 'and')}" if error.known else "none is declared")
        raise usage(f"there is no scrape job and no exporter `{error.name}`: {known}") from None
    if not contract.metrics and not contract.shipped:
        raise click.ClickException("no metric is declared that the page could be held to" + ("" if job else ": `--job` names an exporter"))
    return contract


def _with_headers(access: Access, headers: tuple[str, ...]) -> Access:
    found = dict(access.headers)
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip() or not header.isascii() or " " in name.strip() or not header.isprintable():
            raise usage(f"`--header {header}` is no header: write it like `--header 'X-Scope-OrgID: shop'`")
        if name.strip().lower() == "authorization":
            raise usage("a secret on the command line is seen by all on this machine: use --bearer-token-file or --basic-auth-file")
        found[name.strip()] = value.strip()
    return access._replace(headers=found)


def _of_page(session: Session, contract: Contract, source: Source, report: str | None) -> tuple[list[Diagnostic], frozenset[str]]:
    """What is told of the page, and the metrics of which it says that they are silent."""
    from monitoring_as_code.conform import conformance, diagnostics, wanted_lines
    from monitoring_as_code.conform.excuses import configured, unexcused
    from monitoring_as_code.conform.source import Unavailable

    project = session.analysis.project
    try:
        found = conformance(source.lines(), contract, openmetrics=source.openmetrics, told=source.told)
        findings = unexcused(found.findings, project)
        texts = source.texts(wanted_lines(findings))
    except Unavailable as error:
        raise click.ClickException(str(error)) from None
    if report is not None:
        _write(report, found, findings, source)
    seen = found.sighting
    seen_here = f"{_count(len(seen.metrics), 'metric')} with {_count(seen.samples, 'sample')}"
    if contract.shipped and not contract.metrics:
        console.note(f"{seen_here} judged by the page alone: the definitions name no metric of {contract.served_by}")
    else:
        what = "metric" if contract.shipped else "declaration"
        console.note(f"{seen_here} held to {_count(len(contract.metrics), what)}{' that the definitions name' if contract.shipped else ''}")
    silent = frozenset(
        each.declared.name for each in findings if each.rule in ("silent-metric", "missing-metric") and each.declared is not None
    )
    return configured(diagnostics(findings, source.name, texts, is_file=source.is_file), project), silent


def _of_server(session: Session, contract: Contract, url: str, access: Access, silent: frozenset[str] | None) -> list[Diagnostic]:
    """What the server says beyond a page that was held, on which these metrics were `silent`; None for no page."""
    from monitoring_as_code.conform import diagnostics, scraped_twice
    from monitoring_as_code.conform.excuses import configured, unexcused
    from monitoring_as_code.conform.server import Prometheus, ask_server
    from monitoring_as_code.conform.source import Unavailable

    project = session.analysis.project
    try:
        findings = [*ask_server(Prometheus(url, access), contract)]
    except Unavailable as error:
        raise click.ClickException(str(error)) from None
    if silent is not None:
        findings = [each for each in findings if each.rule != "silent-metric" or each.declared is None or each.declared.name not in silent]
    else:
        findings += scraped_twice(contract.every_job)
    return configured(diagnostics(unexcused(findings, project), url, {}, is_file=False), project)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _write(path: str, found: Conformance, findings: list[Finding], source: Source) -> None:
    import json

    from monitoring_as_code.conform.report import as_data

    told = as_data(found.sighting, findings, os.path.basename(source.name) if source.is_file else source.name)
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise click.ClickException(f"`{path}` cannot be written: {error.strerror}") from None
