"""Grafana's database is whole in a backup, however busy it is, and comes back with its key."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from monitoring_as_code.operate import backup
from monitoring_as_code.operate.backup.grafana import read_through


def test_a_database_that_is_written_into_is_whole(grafana: Path, tmp_path: Path, prove: bool) -> None:
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        with closing(sqlite3.connect(grafana, timeout=60)) as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO dashboard (data) VALUES (?)", ("y" * 3000,))
                connection.execute("UPDATE dashboard SET data = data || 'z' WHERE id % 7 = 0")
                connection.commit()
                written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        rows = []
        for number in range(20 if prove else 4):
            made = backup.make(backup.Sources(grafana_db=grafana), tmp_path / str(number))
            assert made.manifest.grafana is not None
            rows.append(made.manifest.grafana.rows)
            assert sorted(path.name for path in (made.folder / "grafana").iterdir()) == ["grafana.db"]
    finally:
        stop.set()
        writer.join()
    assert rows == sorted(rows)
    assert rows[-1] > rows[0], "nothing was written meanwhile"


def test_it_comes_back_with_its_key_and_without_the_old_log(made: backup.Made, tmp_path: Path) -> None:
    target, key = tmp_path / "new" / "grafana.db", tmp_path / "new" / "secret_key"
    target.parent.mkdir()
    target.write_bytes(b"old")
    target.with_name("grafana.db-wal").write_bytes(b"of the old one")
    targets = backup.Targets(grafana_db=target, grafana_secret_key=key)
    with pytest.raises(backup.Refused, match=r"grafana.db` is there already"):
        backup.restore(made.folder, targets)
    assert target.read_bytes() == b"old"
    backup.restore(made.folder, targets, force=True)
    assert read_through(target) == (2, 50)
    assert key.read_text() == "SW2YcwTIb9zpOOhoPsMm"
    assert key.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in target.parent.iterdir()) == ["grafana.db", "secret_key"]


def test_a_database_without_its_key_is_warned_of(grafana: Path, tmp_path: Path) -> None:
    made = backup.make(backup.Sources(grafana_db=grafana), tmp_path / "backups")
    assert made.warnings[0].startswith("Grafana's secret key is not in the backup")
    with pytest.raises(backup.Refused, match="holds no secret key of Grafana"):
        backup.restore(made.folder, backup.Targets(grafana_secret_key=tmp_path / "key"))


@pytest.mark.parametrize(
    "content, why",
    [(b"no database at all, but long enough", "cannot be backed up: file is not a database"), (b"", "is not Grafana's: it has no table")],
)
def test_what_is_not_grafanas_is_refused(content: bytes, why: str, tmp_path: Path) -> None:
    file = tmp_path / "grafana.db"
    file.write_bytes(content)
    with pytest.raises(backup.Refused, match=why):
        backup.make(backup.Sources(grafana_db=file), tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_database_that_somebody_has_open_is_not_replaced(made: backup.Made, grafana: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getpid", lambda: 0)  # we are somebody else
    with closing(sqlite3.connect(grafana)) as connection:
        connection.execute("SELECT count(*) FROM dashboard").fetchone()
        with pytest.raises(backup.Refused, match=r"is in use: process [0-9]+ has it open"):
            backup.restore(made.folder, backup.Targets(grafana_db=grafana), force=True)
