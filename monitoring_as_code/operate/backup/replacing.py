"""What is in a folder, replaced as one: all of the new, or all of the old.

The folder itself stays, because it may be a volume, and a volume cannot be renamed. Everything is copied into it under a name that
Prometheus passes over; then the old moves aside, the new moves in, and the old is removed. Who is killed in between finds at the next
attempt, by the names, how far it got, and the old is put back first.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from monitoring_as_code.operate.backup import files
from monitoring_as_code.operate.backup.files import Entry
from monitoring_as_code.operate.backup.refusal import Damaged, Refused

# New, on its way; old, moving aside; old, all aside.
_NEW, _LEAVING, _OLD = ".mac-restore-new", ".mac-restore-leaving", ".mac-restore-old"
_LOCK = "lock"  # Prometheus's: we hold it meanwhile
_STAYS = {_NEW, _LEAVING, _OLD, _LOCK, "lost+found"}


def held(folder: Path) -> list[str]:
    """What a folder has in it, apart from what belongs to the disk and to us."""
    return sorted(set(os.listdir(folder)) - _STAYS) if folder.is_dir() else []


def unfinished(folder: Path) -> bool:
    """Whether a restore was killed while it was moving things."""
    return any((folder / name).is_dir() for name in (_LEAVING, _OLD))


def put_back(folder: Path) -> None:
    """The folder as it was before a restore that did not get to its end."""
    if (folder / _OLD).is_dir():  # all that is outside is new
        for name in held(folder):
            _remove(folder / name)
        _move(folder / _OLD, folder)
        (folder / _OLD).rmdir()
    if (folder / _LEAVING).is_dir():  # nothing new is outside yet
        _move(folder / _LEAVING, folder)
        (folder / _LEAVING).rmdir()
    _remove(folder / _NEW)
    files.settle(folder)


def replace(folder: Path, source: Path, entries: Mapping[str, Entry]) -> None:
    """Exactly these files of `source` are in the folder, byte by byte, and owned as the folder is.

    Raises:
        Refused: there is no room, or no permission.
        Damaged: a file was not what it must be; the folder is as it was.
    """
    put_back(folder)
    owner = folder.stat()
    new = folder / _NEW
    files.room_for(sum(entry.size for entry in entries.values()), folder)
    try:
        new.mkdir(mode=0o700)
        for path, entry in entries.items():
            files.folder((new / path).parent)
            if files.copied(source / path, new / path) != entry:
                raise Damaged(f"`{source / path}` is not what was backed up", "take another backup")  # noqa: TRY301 - undone below, as whatever else goes wrong
        places = [Path(where) for where, _, _ in os.walk(new)]
        for where in places:
            for each in (where, *(where / name for name in os.listdir(where))):
                files.give(each, owner.st_uid, owner.st_gid)
        files.settle(*places)
        (folder / _LEAVING).mkdir(mode=0o700)
        for name in held(folder):
            os.rename(folder / name, folder / _LEAVING / name)
        files.settle(folder / _LEAVING, folder)
        os.rename(folder / _LEAVING, folder / _OLD)
        files.settle(folder)
        _move(new, folder)
        files.settle(folder)
    except BaseException as error:
        put_back(folder)
        if isinstance(error, OSError):
            raise Refused(f"`{folder}` cannot be written: {error.strerror}; it is as it was") from None
        raise
    # From here on, the new is what counts: were the old called old any longer, it would be put back.
    os.rename(folder / _OLD, new / _OLD)
    files.settle(folder)
    _remove(new)


def _move(source: Path, target: Path) -> None:
    for name in sorted(os.listdir(source)):
        os.rename(source / name, target / name)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
