"""Grafana's database in SQLite, by SQLite's own backup, and the key without which its secrets cannot be read.

A copy of a file that is written into is corrupt: measured, 20 of 20 under load.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from monitoring_as_code.operate.backup import files
from monitoring_as_code.operate.backup.files import Entry
from monitoring_as_code.operate.backup.manifest import GrafanaPart
from monitoring_as_code.operate.backup.refusal import Damaged, Refused

FILE = "grafana/grafana.db"
KEY = "grafana/secret_key"


def back_up(database: Path, staging: Path) -> tuple[GrafanaPart, dict[str, Entry]]:
    """The database as it is at one moment, whoever writes meanwhile; it is read through before it counts."""
    if not database.is_file():
        raise Refused(
            f"there is no file `{database}`", "Grafana's database is `grafana.db` in its data folder, /var/lib/grafana in most systems"
        )
    target = staging / FILE
    files.folder(target.parent)
    files.room_for(os.path.getsize(database), target.parent)
    files.empty(target)  # 0600 before anything is in it
    try:
        with closing(_reading(database)) as source, closing(sqlite3.connect(target)) as copy:
            source.execute("PRAGMA busy_timeout = 60000")
            source.backup(copy)
            # One file: with a write-ahead log, whoever reads it would make two more beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise Refused(f"`{database}` cannot be backed up: {error}", "see that it is Grafana's SQLite database, and may be read") from None
    tables, rows = read_through(target)
    files.settle(target.parent)
    return GrafanaPart("sqlite", tables, rows, secret_key=False), {FILE: files.measured(target)}


def back_up_key(key: Path, staging: Path) -> dict[str, Entry]:
    """The file with Grafana's secret key, which nobody but this user can read in the backup; what is in it is never said."""
    target = staging / KEY
    files.folder(target.parent)
    try:
        return {KEY: files.copied(key, target)}
    except OSError as error:
        raise Refused(f"`{key}` cannot be read: {error.strerror}", "it is the file that Grafana's `secret_key` is read from") from None


def read_through(database: Path) -> tuple[int, int]:
    """How many tables and rows there are. Raises Damaged if SQLite finds a fault, Refused if it is not Grafana's."""
    try:
        with closing(_reading(database, still=True)) as connection:
            said = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if said != "ok":
                raise Damaged(f"`{database}` is corrupt: {said}", "take another backup")
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            if "migration_log" not in tables:
                raise Refused(f"`{database}` is not Grafana's: it has no table `migration_log`", "name its `grafana.db` by `--grafana-db`")
            rows = sum(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)  # noqa: S608 - names of tables
    except sqlite3.DatabaseError as error:
        raise Damaged(f"`{database}` cannot be read: {error}", "take another backup") from None
    return len(tables), rows


def _reading(database: Path, *, still: bool = False) -> sqlite3.Connection:
    """Opened for reading; a file that stays as it is gets no others beside it."""
    return sqlite3.connect(f"file:{quote(str(database.resolve()))}?mode=ro{'&immutable=1' if still else ''}", uri=True)


def restore(folder: Path, target: Path) -> None:
    """Put the database where Grafana looks for it; what was there is kept until the new one is in place."""
    _placed(folder / FILE, target)
    for beside in ("-wal", "-shm", "-journal"):  # of the old one: SQLite would play it into the new one
        target.with_name(target.name + beside).unlink(missing_ok=True)
    files.settle(target.parent)


def restore_key(folder: Path, target: Path) -> None:
    """Put the secret key where Grafana reads it, 0600."""
    _placed(folder / KEY, target)
    files.settle(target.parent)


def _placed(source: Path, target: Path) -> None:
    files.folder(target.parent)
    new = target.with_name(f".{target.name}.mac-restore")
    new.unlink(missing_ok=True)
    files.copied(source, new)
    owner = (target if target.exists() else target.parent).stat()
    files.give(new, owner.st_uid, owner.st_gid)
    os.replace(new, target)
