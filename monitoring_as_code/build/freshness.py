"""Whether build/ is what the definitions give, without touching it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from monitoring_as_code.build.compare import compare
from monitoring_as_code.build.disk import read_file
from monitoring_as_code.build.manifest import MANIFEST, BrokenManifestError, Manifest, entry, manifest_text
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.origin import Location

STALE_ARTIFACT = "stale-artifact"

_BUILD = "run `mac build`, and commit what it changes"
_CONFLICT = (b"<<<<<<< ", b">>>>>>> ")


def freshness(root: str, files: Mapping[str, bytes]) -> list[Diagnostic]:
    """A finding for each artifact that is missing, is not what it should be, or should not be there.

    Raises:
        OSError: something cannot be read.
    """
    try:
        found = compare(root, files)
    except BrokenManifestError as error:
        return [error.finding]
    if found.manifest is None and not found.same and not found.foreign:
        what = "nothing has been built yet" if not os.path.exists(root) else f"there is no `{MANIFEST}`: nothing has been built yet"
        return [_stale(f"{root}/{MANIFEST}", what, help=_BUILD)]
    findings = [*found.foreign, *(_stale(f"{root}/{path}", f"`{path}` is missing") for path in found.missing)]
    findings += [_differs(root, path, content, files[path], found.manifest) for path, content in found.different.items()]
    findings += [_stale(f"{root}/{path}", f"`{path}` is no longer made by the definitions") for path in found.stale]
    return findings or list(_of_manifest(root, files))


def _differs(root: str, path: str, content: bytes, wanted: bytes, manifest: Manifest | None) -> Diagnostic:
    """Why a file is not what it should be, as far as that can be told."""
    file = f"{root}/{path}"
    if any(line.startswith(_CONFLICT) for line in content.split(b"\n")):
        return _differing(file, content, wanted, f"`{path}` has the marks of a merge conflict")
    if content.replace(b"\r\n", b"\n") == wanted:
        return _stale(
            file,
            f"`{path}` has the line ends of Windows, as a checkout with git's `core.autocrlf` makes them",
            help=f"add the line `{os.path.basename(root)}/** text eol=lf` to .gitattributes, and run `mac build`",
        )
    if wanted.startswith(content):
        return _differing(file, content, wanted, f"`{path}` is cut short: {len(content)} of {len(wanted)} bytes")
    if manifest is not None and manifest.get(path) == entry(content):
        return _differing(file, content, wanted, f"`{path}` was built from other definitions")
    return _differing(
        file,
        content,
        wanted,
        f"`{path}` was changed after it was built",
        "move the change into the definitions, as `mac build` overwrites it; then run `mac build`, and commit what it changes",
    )


def _of_manifest(root: str, files: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """The manifest alone is wrong only if the files are not."""
    file = f"{root}/{MANIFEST}"
    content = read_file(file)
    wanted = manifest_text({path: entry(content) for path, content in files.items()})
    if content is None:
        yield _stale(file, f"`{MANIFEST}` is missing")
    elif content != wanted:
        yield _differing(file, content, wanted, f"`{MANIFEST}` does not say what is there")


def _differing(file: str, content: bytes, wanted: bytes, message: str, help: str = _BUILD) -> Diagnostic:  # noqa: A002 - the diagnostic's word
    """At the first line that differs."""
    have, want = content.split(b"\n"), wanted.split(b"\n")
    line = next(
        (number for number, (left, right) in enumerate(zip(have, want, strict=False)) if left != right), min(len(have), len(want)) - 1
    )
    end = len(have[line].rstrip(b"\r").decode(errors="replace")) + 1
    return Diagnostic(STALE_ARTIFACT, Severity.ERROR, message, Location(file, line + 1, 1, line + 1, end), help)


def _stale(file: str, message: str, help: str = _BUILD) -> Diagnostic:  # noqa: A002 - the diagnostic's word
    return Diagnostic(STALE_ARTIFACT, Severity.ERROR, message, Location(file, 1, 1, 1, 1), help)
