"""Whether a running program has its data in a folder."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from monitoring_as_code.operate.backup.refusal import Refused


@contextlib.contextmanager
def free(folder: Path) -> Iterator[None]:
    """A block in which no Prometheus that locks its data can start on the folder.

    Debian's locks nothing, so files that processes have open are looked at, too: as root those of all, in containers too, else our own.

    Raises:
        Refused: it is in use.
    """
    import fcntl

    with contextlib.ExitStack() as stack:
        lock = folder / "lock"
        if lock.is_file():
            held = stack.enter_context(lock.open("rb"))
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _in_use(
                    folder, f"`{lock}` is held by process {lock.read_text('utf-8', 'replace').strip()[:20] or 'unknown'}"
                ) from None
        user = user_of(folder)
        if user is not None:
            raise _in_use(folder, f"process {user} has files in it open")
        yield


def _in_use(place: Path, why: str) -> Refused:
    return Refused(f"`{place}` is in use: {why}", "stop the service, restore, and start it again")


def not_open(file: Path) -> None:
    """Raises Refused if a process has the file open."""
    user = user_of(file)
    if user is not None:
        raise Refused(f"`{file}` is in use: process {user} has it open", "stop the service, restore, and start it again")


def user_of(place: Path) -> int | None:
    """A process that has the file open, or one below the folder; None also where that cannot be told.

    Devices and inodes are compared: a container has other paths.
    """
    ours = set()
    for path in [place] if place.is_file() else [Path(where) / name for where, _, names in os.walk(place) for name in names]:
        with contextlib.suppress(OSError):
            found = path.stat()
            ours.add((found.st_dev, found.st_ino))
    if not ours:
        return None
    me = str(os.getpid())
    with contextlib.suppress(OSError):
        for process in os.listdir("/proc"):
            if not process.isdecimal() or process == me:
                continue
            with contextlib.suppress(OSError):  # another user's, or one that has just ended
                for descriptor in os.listdir(f"/proc/{process}/fd"):
                    with contextlib.suppress(OSError):
                        found = os.stat(f"/proc/{process}/fd/{descriptor}")
                        if (found.st_dev, found.st_ino) in ours:
                            return int(process)
    return None
