"""What is in build/ beside what should be; read by the check, and by the build before it writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitoring_as_code.build.disk import Kind, kind_of, look, read_file
from monitoring_as_code.build.manifest import MANIFEST, STAGING, BrokenManifestError, Entry, Manifest, entry, read_manifest
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Location

FOREIGN_FILE = "foreign-file"


class Comparison(NamedTuple):
    """All paths are below build/. `foreign` says what stands in the way and is not ours; nothing may be written then."""

    manifest: Manifest | None
    owned: frozenset[str]
    """All that is ours, as the manifest says, and the journal of a build that was killed."""
    others: Manifest
    """What the manifest says, or must say, of our files that were not looked at."""
    missing: tuple[str, ...]
    different: Mapping[str, bytes]
    """Ours, with the content that is there."""
    same: tuple[str, ...]
    stale: tuple[str, ...]
    """Ours and there, but no longer wanted."""
    foreign: tuple[Diagnostic, ...]


def compare(root: str, files: Mapping[str, bytes], within: str = "") -> Comparison:
    """What `root` holds of the wanted files, and of those that mac made there before and whose paths begin with `within`.

    Raises:
        BrokenManifestError: nobody knows which files are ours.
        OSError: something cannot be read.
    """
    manifest = read_manifest(f"{root}/{MANIFEST}") if kind_of(f"{root}/{MANIFEST}") is Kind.FILE else None
    ours = frozenset(_interrupted(root) | set(manifest or ()))
    owned = {path for path in ours if path.startswith(within)} if within else ours
    others = _entries(root, ours - owned, manifest or {})
    found = look(root, (*files, *owned, MANIFEST))
    stale = tuple(path for path in sorted(owned) if path not in files and found.get(path) is Kind.FILE)
    missing: list[str] = []
    different: dict[str, bytes] = {}
    same: list[str] = []
    foreign: dict[str, Diagnostic] = {}
    for path, wanted in files.items():
        kind = found.get(path)
        if kind is None:
            missing.append(path)
            foreign |= _above(root, path, found, stale)
        elif kind is Kind.FILE:
            content = read_file(f"{root}/{path}")
            if content == wanted:
                same.append(path)
            elif path in owned:
                different[path] = content or b""
            else:
                foreign[path] = _foreign(root, path, f"`{path}` is needed for an artifact, but a file stands there that mac did not make")
        elif kind is Kind.FOLDER and _only_stale(root, path, stale):
            missing.append(path)
        else:
            foreign[path] = _foreign(root, path, f"`{path}` is needed for an artifact, but {kind.value} stands there")
    if found.get(MANIFEST, Kind.FILE) is not Kind.FILE:
        foreign[MANIFEST] = _foreign(root, MANIFEST, f"`{MANIFEST}` is needed for the manifest, but {found[MANIFEST].value} stands there")
    return Comparison(manifest, ours, others, tuple(missing), different, tuple(same), stale, tuple(foreign.values()))


def journal(root: str) -> str:
    """The file that says, while a build writes, which files it makes; one that was killed leaves it."""
    return f"{root}/{STAGING}/journal.json"


def _interrupted(root: str) -> set[str]:
    """What a build that was killed had begun to write."""
    if kind_of(f"{root}/{STAGING}") is not Kind.FOLDER or kind_of(journal(root)) is not Kind.FILE:
        return set()
    try:
        return set(read_manifest(journal(root)) or ())
    except BrokenManifestError:  # only the loss of power tears it; what it said of is foreign then
        return set()


def _entries(root: str, paths: Iterable[str], manifest: Manifest) -> dict[str, Entry]:
    """What the manifest says of our files, or has not yet come to say of those that a killed build has written."""
    found = {path: manifest[path] for path in paths if path in manifest}
    for path in paths:
        if path not in manifest and (content := read_file(f"{root}/{path}")) is not None:
            found[path] = entry(content)
    return found


def _above(root: str, path: str, found: Mapping[str, Kind], stale: tuple[str, ...]) -> dict[str, Diagnostic]:
    """What is no folder, but must be one for `path`."""
    folder = path.rpartition("/")[0]
    while folder:
        kind = found.get(folder)
        if kind is not None and kind is not Kind.FOLDER and folder not in stale:
            return {folder: _foreign(root, folder, f"`{folder}` must be a folder for artifacts, but {kind.value} stands there")}
        folder = folder.rpartition("/")[0]
    return {}


def _only_stale(root: str, folder: str, stale: tuple[str, ...]) -> bool:
    """Whether all that a folder holds is ours and no longer wanted, so that it goes."""
    ours = [path for path in stale if path.startswith(f"{folder}/")]
    inner = look(f"{root}/{folder}", [path.removeprefix(f"{folder}/") for path in ours])
    return bool(ours) and {f"{folder}/{path}" for path, kind in inner.items() if kind is not Kind.FOLDER} == set(ours)


def _foreign(root: str, path: str, message: str) -> Diagnostic:
    return Diagnostic(
        FOREIGN_FILE,
        Severity.ERROR,
        message,
        Location(f"{root}/{path}", 1, 1, 1, 1),
        "move it away, or delete it if nobody needs it; then `mac build`",
    )
