"""`mac backup`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console
from monitoring_as_code.cli.environments import RUNNING, environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from monitoring_as_code.operate.backup import Manifest, Refused
    from monitoring_as_code.operate.place import Place


@click.group(
    "backup",
    invoke_without_command=True,
    help="""Back up what cannot be compiled again: Prometheus's samples, Alertmanager's silences, Grafana's database with its key.

    Prometheus makes a snapshot of itself, which its admin API must allow; it is copied and removed, and a Prometheus is started on the
    copy and counts. A backup is a folder named after its moment, whole and verified or not there at all, and only you can read it.

    Without a service named, it is the project's stack, which must run by `mac up --admin-api`. Other services must be on this machine:
    Prometheus says where its data are; in a container it means another place, so say which.

    \b
    Examples:
      mac backup
      mac backup --prometheus http://127.0.0.1:9091 --alertmanager http://127.0.0.1:9093 --keep 7
      mac backup --grafana-db /var/lib/grafana/grafana.db --grafana-secret-key /etc/grafana/secret_key
      mac backup verify                 is the newest one still good?
      mac backup verify FOLDER
      mac backup list
    """,
    epilog=EXIT_CODES,
)
@click.option(
    "--to", "to", metavar="DIR", type=click.Path(file_okay=False), help="Where backups are; below ~/.local/state/mac/backups if not said."
)
@click.option("--prometheus", metavar="URL", help="Back up this Prometheus.")
@click.option("--prometheus-data", metavar="DIR", type=click.Path(file_okay=False), help="Its data folder, as this machine sees it.")
@click.option("--alertmanager", metavar="URL", help="Back up the silences of this Alertmanager.")
@click.option("--grafana-db", metavar="FILE", type=click.Path(dir_okay=False), help="Back up Grafana's SQLite database.")
@click.option(
    "--grafana-postgres", metavar="FILE", type=click.Path(dir_okay=False), help="The same in PostgreSQL; FILE holds the connection."
)
@click.option(
    "--grafana-secret-key", metavar="FILE", type=click.Path(dir_okay=False), help="The key that Grafana's secrets are written with."
)
@click.option(
    "--basic-auth-file", metavar="FILE", type=click.Path(dir_okay=False), help="One line `user:password`, for Prometheus and Alertmanager."
)
@click.option("--ca-file", metavar="FILE", type=click.Path(dir_okay=False), help="The certificates that https trusts.")
@click.option("--keep", metavar="N", type=click.IntRange(min=1), help="Remove older backups, so that N whole ones stay.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of the progress.")
@environment_option(RUNNING)
@click.pass_context
def command(
    context: click.Context,
    *,
    to: str | None,
    prometheus: str | None,
    prometheus_data: str | None,
    alertmanager: str | None,
    grafana_db: str | None,
    grafana_postgres: str | None,
    grafana_secret_key: str | None,
    basic_auth_file: str | None,
    ca_file: str | None,
    keep: int | None,
    quiet: bool,
) -> int:
    """Make a backup, unless another command follows."""
    settings: Settings = context.obj
    base = settings.directory
    from monitoring_as_code.operate.backup import own

    stack = stack_of(settings)
    top = _place(base, to) or own.usual_folder(stack)
    if context.invoked_subcommand is not None:
        context.obj = (settings, top, quiet)
        return FINE
    if grafana_db is not None and grafana_postgres is not None:
        raise click.UsageError("Grafana has one database: `--grafana-db` or `--grafana-postgres`", context)
    if grafana_secret_key is not None and grafana_db is None and grafana_postgres is None:
        raise click.UsageError("`--grafana-secret-key` goes with Grafana's database", context)
    from monitoring_as_code.cli.servers import servers_allowed
    from monitoring_as_code.operate import backup

    try:
        access = backup.Access(_place(base, basic_auth_file), _place(base, ca_file))
        sources = backup.Sources(
            None if prometheus is None else backup.Api("Prometheus", prometheus, access),
            _place(base, prometheus_data),
            None if alertmanager is None else backup.Api("Alertmanager", alertmanager, access),
            _place(base, grafana_db),
            _place(base, grafana_postgres),
            _place(base, grafana_secret_key),
        )
        if stack is not None and sources == backup.Sources():
            sources = own.sources_of(stack) or sources
        with servers_allowed(), teller(quiet=quiet) as tell:
            made = backup.make(sources, top, tell)
        removed, wrong = backup.keep(top, keep) if keep is not None else ([], [])
    except (backup.Refused, OSError) as error:
        return refused(error)
    console.out(f"{made.folder}\n{described(made.manifest)}")
    for warning in made.warnings:
        console.note(f"warning: {warning}")
    for each in removed:
        console.note(f"removed {each}")
    for refusal in wrong:
        console.note(f"kept, but not counted: {refusal.message}")
    return FINDINGS if wrong else FINE


@command.command("verify")
@click.argument("folders", metavar="[FOLDER]...", nargs=-1, type=click.Path(file_okay=False))
@click.pass_obj
def verify(given: tuple[Settings, Path, bool], folders: tuple[str, ...]) -> int:
    """Hold backups to their manifests, and let a Prometheus read them; the newest one, if none is named."""
    from monitoring_as_code.cli.servers import servers_allowed
    from monitoring_as_code.operate import backup

    settings, top, quiet = given
    chosen = [Path(settings.directory) / each for each in folders] or backup.backups_in(top)[-1:]
    if not chosen:
        console.note(f"mac: there is no backup in `{top}`; `--to`, before `verify`, names another place")
        return CANNOT_RUN
    worst = FINE
    for folder in chosen:
        try:
            with servers_allowed(), teller(quiet=quiet) as tell:
                said = backup.verify(folder, tell)
            console.out(f"{folder} is whole\n{described(said)}")
        except (backup.Refused, OSError) as error:
            worst = max(worst, refused(error))
    return worst


@command.command("list")
@click.pass_obj
def listed(given: tuple[Settings, Path, bool]) -> int:
    """Show the backups that there are, oldest first, without reading them through."""
    from monitoring_as_code.operate import backup
    from monitoring_as_code.operate.backup import manifest

    _, top, _ = given
    worst = FINE
    for folder in backup.backups_in(top):
        try:
            console.out(f"{folder}\n{described(manifest.read(folder))}")
        except backup.Refused as error:
            worst = max(worst, refused(error))
    return worst


def described(said: Manifest) -> str:
    """What a backup holds, for people: a line for each service."""
    import time

    from monitoring_as_code.operate.backup.files import human

    lines = []
    if said.origin.project:
        environment = f", environment `{said.origin.environment}`" if said.origin.environment else ""
        server = f"; of its replicas of Prometheus `{said.origin.server}`" if said.origin.server else ""
        lines.append(f"  the stack of `{said.origin.project}`{environment}{server}")
    for what, part in (("Prometheus", said.prometheus), ("global Prometheus", said.prometheus_global)):
        if part is None:
            continue
        first, last = (time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment / 1000)) for moment in (part.first, part.last))
        when = f", {first} to {last} UTC" if part.samples else ""
        lines.append(f"  {what} {part.version}: {part.samples:,} samples of {part.series:,} series{when}")
    if said.alertmanager is not None:
        lines.append(f"  Alertmanager {said.alertmanager.version}: {said.alertmanager.silences} silences")
    if said.grafana is not None:
        part_of = f"{said.grafana.rows:,} rows in " if said.grafana.kind == "sqlite" else ""
        key = "with its secret key" if said.grafana.secret_key else "without its secret key"
        lines.append(f"  Grafana: {part_of}{said.grafana.tables} tables, {key}")
    lines.append(f"  {len(said.files)} files, {human(said.size)}")
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def teller(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """What the progress is told to: one line on a terminal, which is gone at the end; elsewhere nothing, as cron mails what is said."""
    shown = not quiet and sys.stderr is not None and sys.stderr.isatty()

    def tell(sentence: str) -> None:
        if shown:
            sys.stderr.write(f"\r{sentence}\x1b[K")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        tell("")


def refused(error: Refused | OSError) -> int:
    """Say why; the exit code."""
    from monitoring_as_code.operate.backup import Damaged, Refused

    if not isinstance(error, Refused):
        if error.filename is None:
            raise error
        console.note(f"mac: `{os.fsdecode(error.filename)}` cannot be used: {error.strerror}")
        return CANNOT_RUN
    console.note(f"mac: {error.message}")
    if error.help:
        console.note(f"  help: {error.help}")
    return FINDINGS if isinstance(error, Damaged) else CANNOT_RUN


def _place(base: str, said: str | None) -> Path | None:
    return None if said is None else Path(os.path.abspath(os.path.join(base, os.path.expanduser(said))))


def stack_of(settings: Settings) -> Place | None:
    """Where the stack of the project keeps what it remembers; None if there is no project here."""
    from monitoring_as_code.cli.operating import place_in
    from monitoring_as_code.config import find_root

    root = find_root(settings.directory)
    return None if root is None else place_in(root, settings)
