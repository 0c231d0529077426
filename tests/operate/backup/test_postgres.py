"""Grafana's database in PostgreSQL goes and comes by a real server, and its password is on no command line."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring_as_code.operate import backup
from monitoring_as_code.operate.backup.postgres import environment_of


def server_programs() -> Path | None:
    """Debian keeps them out of the PATH, a folder for each version."""
    found = shutil.which("initdb")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return Path(found).parent if found else places[-1].parent if places else None


@pytest.fixture
def postgres() -> Iterator[tuple[Path, Path]]:
    """A server on a socket of its own: the folder of the socket, and a file with the connection."""
    programs = server_programs()
    if programs is None or shutil.which("pg_dump") is None:
        pytest.skip("there is no PostgreSQL on this machine; on Debian or Ubuntu: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="mac-postgres-"))
    keeper: list[str] = []
    if os.geteuid() == 0:  # it refuses to run as root
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("there is no user `postgres`, and PostgreSQL refuses to run as root")
        os.chown(folder, user.pw_uid, user.pw_gid)
        keeper = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def run(program: str, *arguments: str) -> None:
        command = [*keeper, str(programs / program), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)

    password = folder / "password"
    password.write_text("s3cret word")
    password.chmod(0o644)
    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "grafana", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        connection = folder / "connection"
        connection.write_text(f"host={folder} user=grafana password='s3cret word' dbname=postgres\n")
        yield folder, connection
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def ask(connection: Path, query: str) -> str:
    environment = {**os.environ, **environment_of(connection)}
    done = subprocess.run(["psql", "-At", "-c", query], env=environment, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


def test_it_goes_and_comes(postgres: tuple[Path, Path], tmp_path: Path) -> None:
    _, connection = postgres
    ask(
        connection,
        "CREATE TABLE dashboard (id int PRIMARY KEY, data text); INSERT INTO dashboard SELECT n, 'x' FROM generate_series(1, 100) n",
    )
    made = backup.make(backup.Sources(grafana_postgres=connection), tmp_path / "backups")
    assert made.manifest.grafana is not None
    assert (made.manifest.grafana.kind, made.manifest.grafana.tables) == ("postgres", 1)
    assert (made.folder / "grafana" / "grafana.dump").stat().st_mode & 0o777 == 0o600
    assert backup.verify(made.folder) == made.manifest
    ask(connection, "DELETE FROM dashboard WHERE id > 10; CREATE TABLE later (id int)")
    targets = backup.Targets(grafana_postgres=connection)
    with pytest.raises(backup.Refused, match="the database has 2 tables already"):
        backup.restore(made.folder, targets)
    backup.restore(made.folder, targets, force=True)
    assert ask(connection, "SELECT count(*) FROM dashboard") == "100"


def test_a_wrong_password_is_told_without_it(postgres: tuple[Path, Path], tmp_path: Path) -> None:
    folder, _ = postgres
    connection = tmp_path / "connection"
    connection.write_text(f"host={folder} user=grafana password=wr0ng dbname=postgres")
    with pytest.raises(backup.Refused, match="password authentication failed") as refused:
        backup.make(backup.Sources(grafana_postgres=connection), tmp_path / "backups")
    assert "wr0ng" not in refused.value.message
    assert list((tmp_path / "backups").iterdir()) == []


CONNECTIONS = {
    "postgres://ann:p%40ss@db.example:5433/grafana?sslmode=verify-full": {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "ann",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "grafana",
        "PGSSLMODE": "verify-full",
    },
    "host=/run/postgresql dbname=grafana": {"PGHOST": "/run/postgresql", "PGDATABASE": "grafana"},
    "postgresql:///grafana": {"PGDATABASE": "grafana"},
}


@pytest.mark.parametrize("text", CONNECTIONS)
def test_both_ways_to_write_a_connection_are_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "connection").write_text(f"{text}\n")
    assert environment_of(tmp_path / "connection") == CONNECTIONS[text]


@pytest.mark.parametrize("text", ["", "nonsense", "host=a", "postgres://a:b@c", "postgres://a@b:port/c", "a\nb", "dbname='a"])
def test_what_is_no_connection_is_refused_without_being_shown(text: str, tmp_path: Path) -> None:
    (tmp_path / "connection").write_text(text)
    with pytest.raises(backup.Refused, match="holds no connection to PostgreSQL"):
        environment_of(tmp_path / "connection")


def test_a_word_that_is_not_known_is_told(tmp_path: Path) -> None:
    (tmp_path / "connection").write_text("dbname=a gssencmode=prefer")
    with pytest.raises(backup.Refused, match="has `gssencmode`, which is not known here"):
        environment_of(tmp_path / "connection")
