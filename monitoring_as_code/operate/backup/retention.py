"""How many backups are kept."""

import re
import shutil
from pathlib import Path

from monitoring_as_code.operate.backup import files, manifest
from monitoring_as_code.operate.backup.making import REMOVING
from monitoring_as_code.operate.backup.refusal import Refused

_NAME = re.compile(r"\d{8}T\d{6}Z")


def backups_in(to: Path) -> list[Path]:
    """The folders that say of themselves that they are backups, oldest first."""
    if not to.is_dir():
        return []
    return sorted(each for each in to.iterdir() if _NAME.fullmatch(each.name) and not each.is_symlink() and manifest.is_one(each))


def keep(to: Path, count: int) -> tuple[list[Path], list[Refused]]:
    """Remove older backups, so that `count` whole ones stay: what was removed, and what is wrong with those that are not whole.

    Those are read to the last byte, do not count, and stay for somebody to look at: only what is known to be ours and whole is removed.
    """
    with files.alone(to):
        whole, wrong = [], []
        for each in backups_in(to):
            try:
                _check(each)
                whole.append(each)
            except Refused as refused:
                wrong.append(refused)
        removed = whole[: max(0, len(whole) - count)]
        for each in removed:
            # Under this name it is no backup any more, however far the removal gets.
            leaving = to / f"{REMOVING}{each.name}"
            each.rename(leaving)
            files.settle(to)
            shutil.rmtree(leaving)
    return removed, wrong


def _check(folder: Path) -> None:
    said = manifest.read(folder)
    if said.made != folder.name:
        raise Refused(f"`{folder}` was made as `{said.made}`", "somebody renamed it; it is kept")
    manifest.check(folder, said)
