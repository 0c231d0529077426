"""A folder is replaced as one, whenever the replacing is killed."""

import os
from pathlib import Path

import pytest

from monitoring_as_code.operate.backup import Damaged, files, replacing

OLD = {"01OLD/index": "old", "01OLD/chunks/000001": "old", "wal/00000000": "old", "queries.active": "old"}
NEW = {"01NEW/index": "new", "01NEW/chunks/000001": "new", "queries.active": "new"}
MOVES = 8


class Killed(BaseException):
    """The process is no more: nothing that comes after it is run."""


def fill(folder: Path, content: dict[str, str]) -> None:
    for path, text in content.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    fill(tmp_path / "source", NEW)
    return tmp_path / "source"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill(tmp_path / "data", OLD)
    (tmp_path / "data" / "lost+found").mkdir()
    return tmp_path / "data"


def entries(source: Path) -> dict[str, files.Entry]:
    return {path: files.measured(source / path) for path in files.files_below(source)}


def test_all_of_it_is_new(source: Path, data: Path) -> None:
    inode = data.stat().st_ino
    replacing.replace(data, source, entries(source))
    assert content(data) == NEW
    assert sorted(os.listdir(data)) == ["01NEW", "lost+found", "queries.active"]
    assert data.stat().st_ino == inode  # it may be a volume


@pytest.mark.parametrize("at", range(1, MOVES + 1))
def test_whoever_is_killed_leaves_all_of_the_old_or_all_of_the_new(
    at: int, source: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed, moves = os.rename, 0

    def rename(old: Path, new: Path) -> None:
        nonlocal moves
        moves += 1
        if moves == at:
            raise Killed
        renamed(old, new)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", rename)
        patch.setattr(replacing, "put_back", lambda _: None)
        if at < MOVES:
            with pytest.raises(Killed):
                replacing.replace(data, source, entries(source))
        else:
            replacing.replace(data, source, entries(source))
            assert moves == MOVES - 1, "this many moves are to be interrupted"
    replacing.put_back(data)
    assert content(data) == (OLD if at < MOVES else NEW)
    assert not replacing.unfinished(data)
    replacing.replace(data, source, entries(source))
    assert content(data) == NEW


def test_a_file_that_differs_leaves_all_as_it_was(source: Path, data: Path) -> None:
    expected = entries(source)
    (source / "01NEW" / "index").write_text("nEw")
    with pytest.raises(Damaged, match="01NEW/index` is not what was backed up"):
        replacing.replace(data, source, expected)
    assert content(data) == OLD
    assert sorted(os.listdir(data)) == ["01OLD", "lost+found", "queries.active", "wal"]
