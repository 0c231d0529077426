"""Files that only this user can read, copied with their checksums, and on the disk before anybody relies on them."""

import contextlib
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.backup.refusal import Damaged, Refused

_PIECE = 1 << 20


class Entry(NamedTuple):
    """What a file must be."""

    size: int
    sha256: str


def copied(source: Path, target: Path) -> Entry:
    """The file, copied to one that is new, 0600 and on the disk."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reading, os.fdopen(_new(target), "wb") as writing:
        while piece := reading.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            writing.write(piece)
        writing.flush()
        os.fsync(writing.fileno())
    return Entry(size, digest.hexdigest())


def written(text: str, target: Path) -> None:
    """A text as a file that is new, 0600 and on the disk."""
    with os.fdopen(_new(target), "wb") as writing:
        writing.write(text.encode())
        writing.flush()
        os.fsync(writing.fileno())


def empty(target: Path) -> None:
    """A new file, 0600, for a program that would make it readable to all."""
    os.close(_new(target))


def _new(target: Path) -> int:
    return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def measured(file: Path) -> Entry:
    """What a file is."""
    with file.open("rb") as reading:
        return Entry(os.fstat(reading.fileno()).st_size, hashlib.file_digest(reading, "sha256").hexdigest())


def folder(path: Path) -> Path:
    """The folder, and those above it; what is made is 0700."""
    if not path.is_dir():
        folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def settle(*folders: Path) -> None:
    """See that names in folders are on the disk, too."""
    for each in folders:
        descriptor = os.open(each, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def files_below(top: Path) -> Iterator[str]:
    """Paths below a folder, sorted. Raises Damaged for what is no file and no folder: a link could lead anywhere."""

    def unreadable(error: OSError) -> None:
        raise error

    found: list[str] = []
    for where, folders, names in os.walk(top, onerror=unreadable):
        for name in (*folders, *names):
            path = os.path.join(where, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                found.append(os.path.relpath(path, top))
            elif not stat.S_ISDIR(mode):
                raise Damaged(f"`{path}` is neither a file nor a folder", "no backup has such; this one was changed by somebody")
    yield from sorted(found)


def room_for(size: int, target: Path) -> None:
    """Raises Refused where a copy would fill the disk."""
    free = shutil.disk_usage(target).free
    if size > free:
        raise Refused(
            f"`{target}` has room for {human(free)}, and {human(size)} would go there",
            "make room, keep fewer by `--keep`, or use another `--to`",
        )


def size_of(top: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(os.path.getsize(top / path) for path in files_below(top))


def human(size: int) -> str:
    """Bytes as people say them."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def linked(source: Path, target: Path) -> None:
    """A second tree of the same files, which nobody may write into: as links where the file system has them, else as copies."""
    for path in files_below(source):
        folder((target / path).parent)
        try:
            os.link(source / path, target / path)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES):
                raise
            copied(source / path, target / path)


@contextlib.contextmanager
def alone(top: Path) -> Iterator[None]:
    """The folder, locked by itself, so that nothing is left when we are killed."""
    import fcntl

    descriptor = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another `mac` is at work in `{top}`", "wait until it is done") from None
        yield
    finally:
        os.close(descriptor)


def give(path: Path, user: int, group: int) -> None:
    """Let the owner of a service's folder own what is put there; only root can, and nobody else needs to."""
    if os.geteuid() == 0:
        os.chown(path, user, group, follow_symlinks=False)


def unheard(sentence: str) -> None:
    """Takes word of the progress that nobody wants."""
    del sentence
