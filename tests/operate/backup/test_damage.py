"""A backup that is not what was backed up is refused, with the file named, and nothing is touched."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from monitoring_as_code.operate import backup
from monitoring_as_code.operate.backup import manifest


def database(folder: Path) -> Path:
    return folder / "grafana" / "grafana.db"


def removed(folder: Path) -> None:
    database(folder).unlink()


def changed(folder: Path) -> None:
    with database(folder).open("r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))


def truncated(folder: Path) -> None:
    os.truncate(database(folder), 4096)


def emptied(folder: Path) -> None:
    os.truncate(database(folder), 0)


def extended(folder: Path) -> None:
    with database(folder).open("ab") as file:
        file.write(b"\0")


def foreign_file(folder: Path) -> None:
    (folder / "grafana" / "extra").write_text("")


def link(folder: Path) -> None:
    database(folder).rename(folder.parent / "elsewhere")
    database(folder).symlink_to(folder.parent / "elsewhere")


def linked_folder(folder: Path) -> None:
    (folder / "grafana").rename(folder.parent / "elsewhere")
    (folder / "grafana").symlink_to(folder.parent / "elsewhere")


def manifest_without_end(folder: Path) -> None:
    file = folder / manifest.NAME
    os.truncate(file, file.stat().st_size - 20)


def manifest_of_other_numbers(folder: Path) -> None:
    file = folder / manifest.NAME
    file.write_text(file.read_text().replace('"rows": 50', '"rows": 51'))


def manifest_that_leads_out(folder: Path) -> None:
    said = json.loads((folder / manifest.NAME).read_text())
    del said["checksum"]
    said["files"]["../elsewhere"] = said["files"].pop("grafana/grafana.db")
    said["checksum"] = manifest._checksum(said)
    (folder / manifest.NAME).write_text(json.dumps(said))


def manifest_that_counted_otherwise(folder: Path) -> None:
    said = json.loads((folder / manifest.NAME).read_text())
    del said["checksum"]
    said["services"]["grafana"]["rows"] += 1
    said["checksum"] = manifest._checksum(said)
    (folder / manifest.NAME).write_text(json.dumps(said))


DAMAGES: dict[Callable[[Path], None], str] = {
    removed: "grafana.db` is gone",
    changed: "grafana.db` is not what was backed up: its checksum differs",
    truncated: r"grafana.db` has 4.0 KiB \(4096 bytes\), and was backed up with \d+ bytes",
    emptied: "grafana.db` has 0 B",
    extended: "grafana.db` has",
    foreign_file: "grafana/extra` was not backed up",
    link: "grafana.db` is neither a file nor a folder",
    linked_folder: "grafana` is neither a file nor a folder",
    manifest_without_end: "manifest.json` is damaged",
    manifest_of_other_numbers: "manifest.json` is damaged",
    manifest_that_leads_out: "manifest.json` is damaged",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_backup_is_refused_by_both_commands(damage: Callable[[Path], None], made: backup.Made, tmp_path: Path) -> None:
    assert backup.verify(made.folder) == made.manifest
    damage(made.folder)
    with pytest.raises(backup.Damaged, match=DAMAGES[damage]):
        backup.verify(made.folder)
    target = tmp_path / "restored.db"
    with pytest.raises(backup.Damaged, match=DAMAGES[damage]):
        backup.restore(made.folder, backup.Targets(grafana_db=target))
    assert not target.exists()


def test_counts_that_differ_are_found_by_verifying(made: backup.Made) -> None:
    manifest_that_counted_otherwise(made.folder)
    with pytest.raises(backup.Damaged, match="has 50 rows, and was backed up with 51"):
        backup.verify(made.folder)


def test_one_that_was_interrupted_is_no_backup(made: backup.Made) -> None:
    (made.folder / manifest.NAME).unlink()
    with pytest.raises(backup.Refused, match=r"is no backup: it has no `manifest.json`"):
        backup.verify(made.folder)
    assert backup.backups_in(made.folder.parent) == []


@pytest.mark.parametrize(
    "text, why",
    [
        ('{"format": "mac-backup/2"}', "is of the form `mac-backup/2`, and this `mac` knows `mac-backup/1`"),
        ('{"files": {}}', "is no manifest of a backup by `mac`"),
        ("[]", "is damaged"),
        ('{"format": "mac-backup/1"}', "is damaged"),
    ],
)
def test_a_foreign_manifest_is_refused(text: str, why: str, made: backup.Made) -> None:
    (made.folder / manifest.NAME).write_text(text)
    with pytest.raises(backup.Refused, match=why):
        backup.verify(made.folder)


def test_only_its_owner_reads_it(made: backup.Made) -> None:
    paths = [made.folder, *made.folder.rglob("*")]
    assert {(path.is_dir(), path.stat().st_mode & 0o777) for path in paths} == {(True, 0o700), (False, 0o600)}
    assert "SW2Y" not in (made.folder / manifest.NAME).read_text()


def test_verifying_leaves_it_as_it_was(made: backup.Made) -> None:
    before = {path: path.stat().st_mtime_ns for path in made.folder.parent.rglob("*")}
    backup.verify(made.folder)
    assert {path: path.stat().st_mtime_ns for path in made.folder.parent.rglob("*")} == before
