"""Makes a backup: everything or nothing."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.backup import alertmanager, files, grafana, manifest, postgres, prometheus
from monitoring_as_code.operate.backup.api import Api
from monitoring_as_code.operate.backup.counting import COUNTING
from monitoring_as_code.operate.backup.files import Entry
from monitoring_as_code.operate.backup.manifest import AlertmanagerPart, GrafanaPart, Manifest, Origin, PrometheusPart
from monitoring_as_code.operate.backup.refusal import Refused
from monitoring_as_code.version import __version__

# What folders are called that are no backups yet, or none any more.
MAKING, REMOVING = ".mac-making-", ".mac-removing-"


class Sources(NamedTuple):
    """What is backed up; what is None is not.

    `prometheus_data` is the server's data folder as seen from here; without it, the server is asked. `grafana_postgres` is a file with the
    connection.
    """

    prometheus: Api | None = None
    prometheus_data: Path | None = None
    alertmanager: Api | None = None
    grafana_db: Path | None = None
    grafana_postgres: Path | None = None
    grafana_secret_key: Path | None = None
    prometheus_global: Api | None = None
    prometheus_global_data: Path | None = None
    origin: Origin = Origin()


class Made(NamedTuple):
    """A backup that is whole, and what its maker should know."""

    folder: Path
    manifest: Manifest
    warnings: tuple[str, ...]


def make(sources: Sources, to: Path, tell: Callable[[str], None] = files.unheard) -> Made:
    """A new backup in the folder `to`, verified.

    Raises:
        Refused: there is none, and nothing is left of the attempt.
        engines.MissingEngine, engines.ServerFailed: no Prometheus could be started on it.
    """
    asked = (sources.prometheus, sources.alertmanager, sources.grafana_db, sources.grafana_postgres, sources.prometheus_global)
    if not any(source is not None for source in asked):
        raise Refused(
            "nothing is named that is to be backed up, and nothing of `mac up` runs here",
            "name it: `--prometheus http://127.0.0.1:9091`; `mac backup --help` has the others",
        )
    if sources.prometheus is not None or sources.prometheus_global is not None:
        from monitoring_as_code import engines

        engines.require("prometheus")  # before anybody has worked for nothing
    files.folder(to)
    with files.alone(to):
        sweep(to)
        name = _name(to)
        staging = files.folder(to / f"{MAKING}{name}")
        try:
            said = _filled(sources, staging, name, tell)
            files.written(manifest.text_of(said), staging / manifest.NAME)
            files.settle(*(Path(where) for where, _, _ in os.walk(staging)))
            staging.rename(to / name)
            files.settle(to)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    return Made(to / name, said, _warnings(said))


def _filled(sources: Sources, staging: Path, name: str, tell: Callable[[str], None]) -> Manifest:
    entries: dict[str, Entry] = {}
    samples: PrometheusPart | None = None
    of_all: PrometheusPart | None = None
    silences: AlertmanagerPart | None = None
    database: GrafanaPart | None = None
    # What is quick to fail comes first.
    if sources.alertmanager is not None:
        tell("reading Alertmanager's silences")
        silences, found = alertmanager.back_up(sources.alertmanager, staging)
        entries |= found
    if sources.grafana_db is not None or sources.grafana_postgres is not None:
        tell("copying Grafana's database")
        database, found = _database(sources, staging)
        entries |= found
    if sources.prometheus is not None:
        samples, found = prometheus.back_up(sources.prometheus, sources.prometheus_data, staging, tell)
        entries |= found
    if sources.prometheus_global is not None:
        of_all, found = prometheus.back_up(
            sources.prometheus_global, sources.prometheus_global_data, staging, tell, prometheus.GLOBAL_FOLDER
        )
        entries |= found
    return Manifest(name, __version__, samples, silences, database, entries, of_all, sources.origin)


def _database(sources: Sources, staging: Path) -> tuple[GrafanaPart | None, dict[str, Entry]]:
    if sources.grafana_db is not None:
        part, entries = grafana.back_up(sources.grafana_db, staging)
    elif sources.grafana_postgres is not None:
        part, entries = postgres.back_up(sources.grafana_postgres, staging)
    else:
        return None, {}
    if sources.grafana_secret_key is None:
        return part, entries
    return part._replace(secret_key=True), entries | grafana.back_up_key(sources.grafana_secret_key, staging)


def _name(to: Path) -> str:
    """The moment, in UTC; a second one within the second is the next's."""
    now = int(time.time())
    while (to / (name := time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now)))).exists():
        now += 1
    return name


def _warnings(said: Manifest) -> tuple[str, ...]:
    warnings = []
    if said.grafana is not None and not said.grafana.secret_key:
        warnings.append(
            "Grafana's secret key is not in the backup: without it, the passwords of data sources cannot be read; `--grafana-secret-key`"
        )
    if said.prometheus is not None and not said.prometheus.samples:
        warnings.append("Prometheus had no samples")
    return tuple(warnings)


def sweep(to: Path) -> None:
    """Remove what runs have left that were killed, their snapshots first. The folder must be locked."""
    for left in sorted(to.iterdir()):
        if left.is_symlink() or not left.name.startswith((MAKING, REMOVING, COUNTING)):
            continue
        if left.name.startswith(MAKING):
            prometheus.remove_snapshot(left)
        shutil.rmtree(left)
