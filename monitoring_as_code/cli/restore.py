"""`mac restore`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import FINE, console
from monitoring_as_code.cli.backup import refused, stack_of, teller
from monitoring_as_code.cli.environments import RUNNING, environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from monitoring_as_code.operate.place import Place


@click.command(
    "restore",
    help="""Put what `mac backup` has saved back: BACKUP is one of its folders.

    Every byte is checked before anything is touched. Prometheus and Grafana must be stopped: a folder that is in use is refused. One
    that is not empty is refused, too, unless --force is given; what was in it is kept until the backup is in its place. Alertmanager must
    run: it is given the silences that it does not have and that have not ended.

    \b
    Examples:
      mac restore ~/.local/state/mac/backups/shop-1a2b3c4d/20260102T030405Z --stack
      mac restore backups/20260102T030405Z --prometheus-data /var/lib/prometheus
      mac restore backups/20260102T030405Z --alertmanager http://127.0.0.1:9093
    """,
    epilog=EXIT_CODES,
)
@click.argument("backup", type=click.Path(file_okay=False))
@click.option("--stack", is_flag=True, help="The samples go to the project's stack, after `mac down`.")
@click.option("--prometheus-data", metavar="DIR", type=click.Path(file_okay=False), help="Prometheus's data folder.")
@click.option("--alertmanager", metavar="URL", help="The Alertmanager that gets the silences.")
@click.option("--grafana-db", metavar="FILE", type=click.Path(dir_okay=False), help="Grafana's SQLite database.")
@click.option(
    "--grafana-postgres", metavar="FILE", type=click.Path(dir_okay=False), help="Grafana's PostgreSQL; FILE holds the connection."
)
@click.option(
    "--grafana-secret-key", metavar="FILE", type=click.Path(dir_okay=False), help="The file that Grafana reads its secret key from."
)
@click.option("--basic-auth-file", metavar="FILE", type=click.Path(dir_okay=False), help="One line `user:password`, for Alertmanager.")
@click.option("--ca-file", metavar="FILE", type=click.Path(dir_okay=False), help="The certificates that https trusts.")
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of the progress.")
@environment_option(RUNNING)
@click.pass_obj
def command(
    settings: Settings,
    *,
    backup: str,
    stack: bool,
    prometheus_data: str | None,
    alertmanager: str | None,
    grafana_db: str | None,
    grafana_postgres: str | None,
    grafana_secret_key: str | None,
    basic_auth_file: str | None,
    ca_file: str | None,
    force: bool,
    quiet: bool,
) -> int:
    """Restore what is asked for."""
    place_of_stack = stack_of(settings) if stack else None
    if stack and prometheus_data is not None:
        raise click.UsageError("`--stack` says where the samples go, and `--prometheus-data` too", click.get_current_context())
    if stack and place_of_stack is None:
        raise click.UsageError("`--stack` is about a project, and there is none here", click.get_current_context())
    from monitoring_as_code.cli.servers import servers_allowed
    from monitoring_as_code.operate.backup import Access, Api, Refused, Targets, restore

    def place(said: str | None) -> Path | None:
        return None if said is None else Path(os.path.abspath(os.path.join(settings.directory, os.path.expanduser(said))))

    try:
        access = Access(place(basic_auth_file), place(ca_file))
        asked = None if alertmanager is None else Api("Alertmanager", alertmanager, access)
        targets = Targets(place(prometheus_data), asked, place(grafana_db), place(grafana_postgres), place(grafana_secret_key))
        if place_of_stack is not None:
            from monitoring_as_code.operate.backup import own

            samples = own.targets_of(place_of_stack)
            targets = targets._replace(prometheus_data=samples.prometheus_data, prometheus_global_data=samples.prometheus_global_data)
        folder = place(backup) or Path(backup)
        if place_of_stack is not None:
            _tell_of_another(folder, place_of_stack)
        with servers_allowed(), teller(quiet=quiet) as tell:
            done = restore(folder, targets, force=force, tell=tell)
    except (Refused, OSError) as error:
        return refused(error)
    for sentence in done:
        console.out(f"{sentence}\n")
    return FINE


def _tell_of_another(folder: Path, place: Place) -> None:
    """Say that what goes to a stack is of another one: its samples have labels of their own."""
    from monitoring_as_code.operate.backup import manifest

    origin = manifest.read(folder).origin
    here = (os.path.basename(place.root), place.environment or "")
    if origin.project and origin[:2] != here:
        of, to = (f"`{project}`{f' for `{environment}`' if environment else ''}" for project, environment in (origin[:2], here))
        console.note(f"warning: this is a backup of {of}, and its samples go to {to}")
