"""Puts a backup back where services look for it."""

from collections.abc import Callable
from pathlib import Path

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.backup import alertmanager, files, grafana, manifest, occupied, postgres, prometheus, replacing
from monitoring_as_code.operate.backup.api import Api
from monitoring_as_code.operate.backup.manifest import Manifest, PrometheusPart
from monitoring_as_code.operate.backup.refusal import Refused


class Targets(NamedTuple):
    """Where to; what is None stays as it is. Prometheus and Grafana must be stopped, Alertmanager must run."""

    prometheus_data: Path | None = None
    alertmanager: Api | None = None
    grafana_db: Path | None = None
    grafana_postgres: Path | None = None
    grafana_secret_key: Path | None = None
    prometheus_global_data: Path | None = None
    """It is left as it is by a backup without a global Prometheus."""


def restore(folder: Path, targets: Targets, *, force: bool = False, tell: Callable[[str], None] = files.unheard) -> list[str]:
    """What was done, a sentence each. Without `force`, nothing that is there is replaced.

    Every byte of the backup is looked at before anything is touched.

    Raises:
        Refused: nothing was changed, or, where the text says so, up to a service.
    """
    said = manifest.read(folder)
    if said.prometheus_global is None:
        targets = targets._replace(prometheus_global_data=None)
    _asked_for(folder, said, targets)
    tell("reading every file")
    manifest.check(folder, said)
    _ready(targets, force=force)
    done = []
    if targets.prometheus_data is not None and said.prometheus is not None:
        tell("copying the blocks")
        done.append(_blocks(folder, said, said.prometheus, targets.prometheus_data, prometheus.FOLDER, force=force))
    if targets.prometheus_global_data is not None and said.prometheus_global is not None:
        tell("copying the blocks of the global Prometheus")
        name = prometheus.GLOBAL_FOLDER
        done.append(_blocks(folder, said, said.prometheus_global, targets.prometheus_global_data, name, force=force))
    if targets.grafana_db is not None:
        grafana.restore(folder, targets.grafana_db)
        done.append(f"`{targets.grafana_db}` is Grafana's database as backed up")
    if targets.grafana_postgres is not None:
        postgres.restore(folder, targets.grafana_postgres)
        done.append("PostgreSQL has Grafana's database as backed up")
    if targets.grafana_secret_key is not None:
        grafana.restore_key(folder, targets.grafana_secret_key)
        done.append(f"`{targets.grafana_secret_key}` holds Grafana's secret key")
    if targets.alertmanager is not None:
        made, there, ended = alertmanager.restore(targets.alertmanager, alertmanager.silences_in(folder))
        done.append(f"Alertmanager has {made + there} silences of the backup: {made} new, {there} it had already; {ended} have ended since")
    return done


def _asked_for(folder: Path, said: Manifest, targets: Targets) -> None:
    if not any(targets):
        raise Refused(
            "nothing is named that is to be restored", "name where to: `--prometheus-data DIR`; `mac restore --help` has the others"
        )
    kind = said.grafana.kind if said.grafana is not None else None
    absent = [
        (targets.prometheus_data, said.prometheus is not None, "no samples"),
        (targets.alertmanager, said.alertmanager is not None, "no silences"),
        (targets.grafana_db, kind == "sqlite", "no database of Grafana in SQLite"),
        (targets.grafana_postgres, kind == "postgres", "no database of Grafana in PostgreSQL"),
        (targets.grafana_secret_key, said.grafana is not None and said.grafana.secret_key, "no secret key of Grafana"),
    ]
    for target, there, what in absent:
        if target is not None and not there:
            raise Refused(f"`{folder}` holds {what}", "`mac backup verify` says what it holds")


def _ready(targets: Targets, *, force: bool) -> None:
    """All that can be refused is refused before anything is touched."""
    again = "`--force` replaces it; it is removed once the backup is in its place"
    for data in (targets.prometheus_data, targets.prometheus_global_data):
        if data is None or not data.exists():
            continue
        if not data.is_dir():
            raise Refused(f"`{data}` is no folder")
        with occupied.free(data):
            there = replacing.held(data)
            if there and not force and not replacing.unfinished(data):
                raise Refused(f"`{data}` is not empty: it has `{there[0]}`" + (f" and {len(there) - 1} more" if there[1:] else ""), again)
    for file in (targets.grafana_db, targets.grafana_secret_key):
        if file is not None and file.exists():
            if not file.is_file():
                raise Refused(f"`{file}` is no file")
            if file == targets.grafana_db:
                occupied.not_open(file)
            if not force:
                raise Refused(f"`{file}` is there already", again)
    if targets.grafana_postgres is not None and not force:
        tables = postgres.tables_there(targets.grafana_postgres)
        if tables:
            raise Refused(f"the database has {tables} tables already", "`--force` replaces them, all at once or not at all")
    if targets.alertmanager is not None:
        targets.alertmanager.json("/api/v2/status")


def _blocks(folder: Path, said: Manifest, part: PrometheusPart, data: Path, name: str, *, force: bool) -> str:
    files.folder(data)
    top = f"{name}/"
    entries = {path.removeprefix(top): entry for path, entry in said.files.items() if path.startswith(top)}
    with occupied.free(data):
        if replacing.unfinished(data):
            replacing.put_back(data)
            if replacing.held(data) and not force:
                raise Refused(
                    f"`{data}` is as it was before a restore that was interrupted, and not empty", "`--force` replaces what is in it"
                )
        replacing.replace(data, folder / name, entries)
    return f"`{data}` has {part.samples:,} samples; Prometheus can be started on it"
