"""`--keep` removes nothing but older, whole backups of ours."""

import os
from pathlib import Path

import pytest

from monitoring_as_code.operate import backup
from monitoring_as_code.operate.backup import files


@pytest.fixture
def four(grafana: Path, tmp_path: Path) -> list[Path]:
    for _ in range(4):
        backup.make(backup.Sources(grafana_db=grafana), tmp_path / "backups")
    return backup.backups_in(tmp_path / "backups")


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_the_newest_stay(four: list[Path]) -> None:
    assert backup.keep(four[0].parent, 2) == (four[:2], [])
    assert backup.backups_in(four[0].parent) == four[2:]
    assert names(four[0].parent) == [each.name for each in four[2:]]
    assert backup.keep(four[0].parent, 2) == ([], [])


def test_a_damaged_one_neither_counts_nor_goes(four: list[Path]) -> None:
    os.truncate(four[3] / "grafana" / "grafana.db", 10)
    removed, wrong = backup.keep(four[0].parent, 1)
    assert removed == four[:2]
    assert [str(four[3]) in each.message for each in wrong] == [True]
    assert backup.backups_in(four[0].parent) == four[2:]


def test_what_is_not_ours_stays(four: list[Path]) -> None:
    above = four[0].parent
    (above / "20200101T000000Z").mkdir()
    (above / "20200101T000000Z" / "important").write_text("")
    (above / "notes.txt").write_text("")
    (above / "20200102T000000Z").symlink_to(four[3])
    renamed = above / "20200103T000000Z"
    four[0].rename(renamed)
    removed, wrong = backup.keep(above, 1)
    assert removed == four[1:3]
    assert [each.message for each in wrong] == [f"`{renamed}` was made as `{four[0].name}`"]
    assert names(above) == ["20200101T000000Z", "20200102T000000Z", "20200103T000000Z", four[3].name, "notes.txt"]


def test_two_at_once_do_not_meet(grafana: Path, tmp_path: Path) -> None:
    to = files.folder(tmp_path / "backups")
    with files.alone(to), pytest.raises(backup.Refused, match="another `mac` is at work in"):
        backup.make(backup.Sources(grafana_db=grafana), to)
