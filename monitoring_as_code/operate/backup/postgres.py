"""Grafana's database in PostgreSQL, by pg_dump and pg_restore.

How to get there comes in a file, and goes to the programs by their environment: what stands on a command line, every user can read.
"""

import os
import shlex
import shutil
import subprocess
import urllib.parse
from pathlib import Path

from monitoring_as_code.operate.backup import files
from monitoring_as_code.operate.backup.files import Entry
from monitoring_as_code.operate.backup.manifest import GrafanaPart
from monitoring_as_code.operate.backup.refusal import Damaged, Refused

FILE = "grafana/grafana.dump"
# Words of a connection, and the variables that libpq reads them from.
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}


def back_up(connection: Path, staging: Path) -> tuple[GrafanaPart, dict[str, Entry]]:
    """A dump at one moment, in pg_dump's own form, whose table of contents is read back."""
    target = staging / FILE
    files.folder(target.parent)
    files.empty(target)  # 0600 before anything is in it
    _run("pg_dump", "--format=custom", "--no-password", f"--file={target}", environment=environment_of(connection))
    tables = contents(target)
    return GrafanaPart("postgres", tables, 0, secret_key=False), {FILE: files.measured(target)}


def contents(dump: Path) -> int:
    """How many tables with data a dump has. Raises Damaged if pg_restore cannot read it."""
    try:
        listed = _run("pg_restore", "--list", str(dump), environment={})
    except Refused as refused:
        if shutil.which("pg_restore") is None:
            raise
        raise Damaged(f"`{dump}` cannot be read: {refused.message}", "take another backup") from None
    return sum(" TABLE DATA " in line for line in listed.splitlines())


def restore(folder: Path, connection: Path) -> None:
    """Put the dump in place of what is there, wholly or not at all."""
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        "--no-password",
        f"--dbname={environment_of(connection)['PGDATABASE']}",
        str(folder / FILE),
        environment=environment_of(connection),
    )


def tables_there(connection: Path) -> int:
    """How many tables the database has now."""
    query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    return int(_run("psql", "--no-password", "--no-psqlrc", "-At", "-c", query, environment=environment_of(connection)).strip())


def environment_of(connection: Path) -> dict[str, str]:
    """The variables for a connection: `postgres://user:password@host/database`, or `host=... user=...`, as libpq reads them."""
    wrong = Refused(
        f"`{connection}` holds no connection to PostgreSQL", "write one line into it: `postgres://grafana:password@127.0.0.1:5432/grafana`"
    )
    try:
        text = connection.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"`{connection}` cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from None
    try:
        words = (
            _of_url(text) if text.startswith(("postgres://", "postgresql://")) else dict(word.split("=", 1) for word in shlex.split(text))
        )
    except ValueError:
        raise wrong from None
    if not words.get("dbname") or "\n" in text:
        raise wrong
    unknown = sorted(words.keys() - _VARIABLES.keys())
    if unknown:
        raise Refused(
            f"`{connection}` has `{unknown[0]}`, which is not known here", "known are " + ", ".join(f"`{word}`" for word in _VARIABLES)
        )
    return {_VARIABLES[word]: value for word, value in words.items() if value}


def _of_url(text: str) -> dict[str, str]:
    parts = urllib.parse.urlsplit(text)
    named = {
        "host": parts.hostname,
        "port": None if parts.port is None else str(parts.port),
        "user": parts.username,
        "password": parts.password,
        "dbname": parts.path.removeprefix("/"),
    }
    words = {word: urllib.parse.unquote(value) for word, value in named.items() if value}
    return {**words, **dict(urllib.parse.parse_qsl(parts.query, strict_parsing=bool(parts.query)))}


def _run(program: str, *arguments: str, environment: dict[str, str]) -> str:
    found = shutil.which(program)
    if found is None:
        raise Refused(
            f"`{program}` is not on this machine", "on Debian or Ubuntu: apt-get install postgresql-client; it must be as new as the server"
        )
    # What is set for another database must not decide where this one is.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [found, *arguments],
        env={**inherited, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Refused(f"`{program}` ends with {done.returncode}: {said[0] if said else 'it says nothing'}", "see the server's log")
    return done.stdout
