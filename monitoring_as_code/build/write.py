"""Makes build/ what the plan says.

All that differs is staged whole, then renamed into place one by one, what is stale is removed, and the manifest is written last. Whoever
is killed in between leaves whole files only, a manifest that disagrees with them, and a journal, from which the next build knows its own.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from monitoring_as_code.build.compare import Comparison, compare, journal
from monitoring_as_code.build.disk import Kind, folders_of, kind_of, read_file
from monitoring_as_code.build.manifest import MANIFEST, STAGING, entry, manifest_text
from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.light import NamedTuple


class Written(NamedTuple):
    """What a build did; if `problems` say that it must not, it did nothing."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    problems: tuple[Diagnostic, ...] = ()


class CannotWriteError(Exception):
    """The system refuses: `args[0]` says what and why in a sentence."""


def write(root: str, files: Mapping[str, bytes], *, within: str = "", waiting: Callable[[], None] = lambda: None) -> Written:
    """Make the files below `root` exactly those of the plan, as far as they are ours; `waiting` is called if another build is at it.

    Files of ours whose paths do not begin with `within` are left as they are.

    Raises:
        BrokenManifestError: nobody knows which files are ours.
        CannotWriteError: no space, no permission, no folder.
    """
    try:
        with _alone(root, waiting):
            return _write(root, files, within)
    except OSError as error:
        name = next((each for each in (error.filename2, error.filename) if isinstance(each, str)), root)
        raise CannotWriteError(f"`{name}` cannot be written: {error.strerror}") from error


def _write(root: str, files: Mapping[str, bytes], within: str) -> Written:
    found = compare(root, files, within)
    if found.foreign:
        return Written((), (), len(found.same), found.foreign)
    pending = sorted((*found.missing, *found.different))
    manifest = manifest_text({**found.others, **{path: entry(content) for path, content in files.items()}})
    if pending or found.stale or read_file(f"{root}/{MANIFEST}") != manifest:
        staging = f"{root}/{STAGING}"
        _note_what_is_ours(root, files, found)
        try:
            for index, path in enumerate(pending):
                _create(f"{staging}/{index}", files[path])
            _create(f"{staging}/{MANIFEST}", manifest, sync=True)
        except OSError:
            with suppress(OSError):
                _remove_staging(root)  # nothing else has been touched
            raise
        in_the_way = [path for path in found.stale if _is_in_the_way(path, pending)]
        _remove(root, in_the_way)
        for folder in folders_of(pending):
            with suppress(FileExistsError):
                os.mkdir(f"{root}/{folder}")
        for index, path in enumerate(pending):
            os.replace(f"{staging}/{index}", f"{root}/{path}")
        _remove(root, [path for path in found.stale if path not in in_the_way])
        os.replace(f"{staging}/{MANIFEST}", f"{root}/{MANIFEST}")
    _remove_staging(root)
    return Written(tuple(pending), found.stale, len(found.same))


@contextmanager
def _alone(root: str, waiting: Callable[[], None]) -> Iterator[None]:
    """The folder, locked: the lock is on the folder itself, so nothing is left when its holder is killed."""
    try:
        os.makedirs(root, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(error.errno, "something else than a folder stands there", root) from None
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:
            pass  # some network file systems have no locks; a build is safe without, as long as it is alone
        yield
    finally:
        os.close(folder)


def _note_what_is_ours(root: str, files: Mapping[str, bytes], found: Comparison) -> None:
    staging, note = f"{root}/{STAGING}", journal(root)
    with suppress(FileExistsError):
        os.mkdir(staging)
    if kind_of(staging) is not Kind.FOLDER:
        raise NotADirectoryError(20, "mac stages files in a folder of this name", staging)
    ours = sorted({*files, *found.stale, *found.owned})
    _create(f"{note}.new", manifest_text({path: entry(files.get(path, b"")) for path in ours}))
    os.replace(f"{note}.new", note)


def _create(file: str, content: bytes, *, sync: bool = False) -> None:
    with suppress(FileNotFoundError):
        os.unlink(file)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if sync:  # a torn artifact is repaired by the next build; a torn manifest needs a person
            os.fsync(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, file) from error
    finally:
        os.close(descriptor)


def _is_in_the_way(path: str, pending: list[str]) -> bool:
    return any(new.startswith(f"{path}/") or path.startswith(f"{new}/") for new in pending)


def _remove(root: str, paths: list[str]) -> None:
    """Remove files, and the folders that are empty then."""
    for path in paths:
        os.unlink(f"{root}/{path}")
    for folder in reversed(folders_of(paths)):
        with suppress(OSError):  # others have files in it
            os.rmdir(f"{root}/{folder}")


def _remove_staging(root: str) -> None:
    staging = f"{root}/{STAGING}"
    if kind_of(staging) is not Kind.FOLDER:
        return
    ours = [name for name in os.listdir(staging) if name.isdecimal() or name == MANIFEST]
    # The journal goes last: as long as something is left, it says whose that is.
    for name in (*ours, "journal.json.new", "journal.json"):
        with suppress(FileNotFoundError):
            os.unlink(f"{staging}/{name}")
    with suppress(OSError):  # somebody put a file there: it stays
        os.rmdir(staging)
