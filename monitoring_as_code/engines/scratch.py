"""Folders for what lives as long as a `with` block, which are found and removed when the block could not."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "mac-scratch-"
_LOCK = ".in-use"
# A folder is made a moment before it is locked; nobody takes longer.
_SETTLED_SECONDS = 60


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder that only this user can read.

    Nothing can clean up after itself when it is killed by SIGKILL: what such a run has left is removed here, at the next start. A folder
    that is in use is locked, and the kernel lets go of a lock with its process.
    """
    import fcntl
    import tempfile

    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder, (Path(folder) / _LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(folder)


def _sweep(above: Path) -> None:
    import fcntl
    import os
    import shutil
    import time

    for folder in above.glob(_PREFIX + "*"):
        # Whatever goes wrong here, another run is at it, or it is another user's.
        with contextlib.suppress(OSError):
            found = folder.lstat()
            if found.st_uid != os.getuid() or folder.is_symlink() or time.time() - found.st_mtime < _SETTLED_SECONDS:
                continue
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
