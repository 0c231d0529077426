"""`mac build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console
from monitoring_as_code.cli.group import EXIT_CODES, Settings
from monitoring_as_code.config import GRAFANA_RESOURCES, GRAFANA_VERSIONS

if TYPE_CHECKING:
    from monitoring_as_code.build import Written
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.config import Config
    from monitoring_as_code.diagnostics import Diagnostic

# More are a count: a list that scrolls away is not read.
_MOST_NAMED = 10


def _forms(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    forms = tuple(dict.fromkeys(each.strip() for each in value.split(",") if each.strip()))
    for form in forms:
        if form not in GRAFANA_RESOURCES:
            message = f"there is no form `{form}`: write `v1`, `v2` or `v1,v2`"
            raise click.BadParameter(message)
    return forms


@click.command(
    "build",
    help="""Compile the definitions into build/: rules and configuration for Prometheus, Alertmanager's configuration,
    Grafana's dashboards, and documentation. Commit what it writes.

    The same checks run as in `mac lint`. With an error nothing is written; warnings are shown.
    Only files that differ are written, and only files that mac made are changed or removed.

    \b
    Examples:
      mac build                  write what differs
      mac build --check          write nothing; say what is not up to date (for CI)
      mac build --grafana 12     dashboards for Grafana 12; `grafana-version` in pyproject.toml makes that last
      mac -C services/shop build
    """,
    epilog=EXIT_CODES,
)
@click.option("--check", is_flag=True, help="Write nothing: fail if a build would change something, or could not be done.")
@click.option("--grafana", type=click.Choice(GRAFANA_VERSIONS), help="The Grafana that dashboards are made for, this time.")
@click.option(
    "--resources",
    metavar="FORMS",
    callback=_forms,
    help="Write dashboards as resources of Grafana's API, too, this time: `v1`, `v2` or `v1,v2`.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing if all is well.")
@click.pass_obj
def command(settings: Settings, *, check: bool, grafana: str | None, resources: tuple[str, ...] | None, quiet: bool) -> int:
    """Build, or say whether that would change something."""
    from monitoring_as_code.build import BrokenManifestError, CannotWriteError, freshness, plan, write
    from monitoring_as_code.cli.checking import check_all
    from monitoring_as_code.cli.session import errors, open_project, show, shown_path

    session = open_project(settings, lambda config: _changed(config, grafana, resources))
    findings = check_all(session.analysis)
    if errors(findings):
        return _refuse(session, settings, findings)
    wanted = plan(session.analysis)
    if wanted.problems:
        return _refuse(session, settings, [*findings, *wanted.problems])
    if check:
        try:
            stale = freshness(session.build, wanted.files)
        except OSError as error:
            console.note(f"mac: `{error.filename}` cannot be read: {error.strerror}")
            return CANNOT_RUN
        if stale:
            show(session, settings, stale)
            return FINDINGS
        if not quiet:
            console.note(f"{shown_path(session.build)} is up to date: {_files(len(wanted.files))}")
        return FINE
    try:
        done = write(session.build, wanted.files, waiting=lambda: console.note("another `mac build` is writing here: waiting for it"))
    except BrokenManifestError as error:
        return _refuse(session, settings, [*findings, error.finding])
    except CannotWriteError as error:
        console.note(f"mac: {error}; nothing is lost, build again when that is mended")
        return CANNOT_RUN
    if done.problems:
        return _refuse(session, settings, [*findings, *done.problems])
    if findings:
        show(session, settings, findings)
    if not quiet:
        _tell(done)
        _remind(session)
    return FINE


def _changed(config: Config, grafana: str | None, resources: tuple[str, ...] | None) -> Config:
    """The configuration as the options want it."""
    changed = config._replace(
        grafana_version=config.grafana_version if grafana is None else grafana,
        grafana_resources=config.grafana_resources if resources is None else resources,
    )
    if changed.grafana_version == "11" and changed.grafana_resources:
        message = "Grafana 11 takes classic dashboards only: leave out `--resources`, or make them for 12 or 13"
        raise click.UsageError(message)
    return changed


def _remind(session: Session) -> None:
    """What an option changed is for this time only, and every other command would call it stale."""
    from monitoring_as_code.config import read_config

    config, _ = read_config(session.root)
    used = session.analysis.project.config
    wanted = []
    if used.grafana_version != config.grafana_version:
        wanted.append(f'grafana-version = "{used.grafana_version}"')
    if used.grafana_resources != config.grafana_resources:
        forms = ", ".join(f'"{form}"' for form in used.grafana_resources)
        wanted.append(f"grafana-resources = [{forms}]")
    if wanted:
        console.note(f"`mac lint` compares with pyproject.toml; to keep this, write under [tool.mac]: {', '.join(wanted)}")


def _refuse(session: Session, settings: Settings, findings: list[Diagnostic]) -> int:
    from monitoring_as_code.cli.session import show

    show(session, settings, findings)
    console.note("nothing was written")
    return FINDINGS


def _tell(done: Written) -> None:
    changes = [*(f"  + {path}" for path in done.written), *(f"  - {path}" for path in done.removed)]
    for line in changes[:_MOST_NAMED]:
        console.note(line)
    if len(changes) > _MOST_NAMED:
        console.note(f"  and {len(changes) - _MOST_NAMED} more")
    console.note(f"{len(done.written)} written, {len(done.removed)} removed, {done.unchanged} unchanged")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
