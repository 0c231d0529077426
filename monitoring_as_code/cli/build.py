"""`mac build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console
from monitoring_as_code.cli.group import EXIT_CODES, Settings

if TYPE_CHECKING:
    from monitoring_as_code.build import Written
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.diagnostics import Diagnostic

# More are a count: a list that scrolls away is not read.
_MOST_NAMED = 10


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
      mac -C services/shop build
    """,
    epilog=EXIT_CODES,
)
@click.option("--check", is_flag=True, help="Write nothing: fail if a build would change something, or could not be done.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing if all is well.")
@click.pass_obj
def command(settings: Settings, *, check: bool, quiet: bool) -> int:
    """Build, or say whether that would change something."""
    from monitoring_as_code.build import BrokenManifestError, CannotWriteError, freshness, plan, write
    from monitoring_as_code.cli.checking import check_all
    from monitoring_as_code.cli.session import errors, open_project, show, shown_path

    session = open_project(settings)
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
    return FINE


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
