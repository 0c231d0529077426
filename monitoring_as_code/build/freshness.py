"""Whether build/ is what the definitions give, without touching it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from monitoring_as_code.build.compare import compare
from monitoring_as_code.build.disk import read_file
from monitoring_as_code.build.manifest import MANIFEST, BrokenManifestError, Manifest, entry, manifest_text
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.origin import Location

STALE_ARTIFACT = "stale-artifact"

# More findings of one cause are one finding: the first page of a report should hold all causes.
_MOST_ALIKE = 5
_MOST_NAMED = 20

_BUILD = "run `mac build`, and commit what it changes"
_CONFLICT = (b"<<<<<<< ", b">>>>>>> ")


def freshness(root: str, files: Mapping[str, bytes], within: str = "") -> list[Diagnostic]:
    """A finding for each artifact that is missing, is not what it should be, or should not be there; of those below `within` only.

    Raises:
        OSError: something cannot be read.
    """
    try:
        found = compare(root, files, within)
    except BrokenManifestError as error:
        return [error.finding]
    if found.manifest is None and not found.same and not found.foreign:
        what = "nothing has been built yet" if not os.path.exists(root) else f"there is no `{MANIFEST}`: nothing has been built yet"
        return [_stale(f"{root}/{MANIFEST}", what, help=_BUILD)]
    manifest = found.manifest or {}
    outdated = [path for path, content in found.different.items() if manifest.get(path) == entry(content)]
    findings = list(found.foreign)
    findings += _alike(root, found.missing, "is missing", "are missing")
    if len(outdated) > _MOST_ALIKE:
        findings += _alike(root, outdated, "", "were built from other definitions")
    else:
        message = "`{}` was built from other definitions"
        findings += [_differing(f"{root}/{path}", found.different[path], files[path], message.format(path)) for path in outdated]
    findings += [_damaged(root, path, content, files[path]) for path, content in found.different.items() if path not in outdated]
    findings += _alike(root, found.stale, "is no longer made by the definitions", "are no longer made by the definitions")
    return findings or list(_of_manifest(root, files, found.others))


def _alike(root: str, paths: Sequence[str], is_so: str, are_so: str) -> list[Diagnostic]:
    """Findings of one cause, or one for all of them if there are many."""
    if len(paths) <= _MOST_ALIKE:
        return [_stale(f"{root}/{path}", f"`{path}` {is_so}") for path in paths]
    named = [f"`{path}`" for path in paths[:_MOST_NAMED]]
    more = [f"and {len(paths) - _MOST_NAMED} more"] if len(paths) > _MOST_NAMED else []
    return [_stale(f"{root}/{paths[0]}", f"{len(paths)} artifacts {are_so}", "\n".join((_BUILD, *named, *more)))]


def _damaged(root: str, path: str, content: bytes, wanted: bytes) -> Diagnostic:
    """Why a file is neither what it was when it was built, nor what it should be, as far as that can be told."""
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
    return _differing(
        file,
        content,
        wanted,
        f"`{path}` was changed after it was built",
        "move the change into the definitions, as `mac build` overwrites it; then run `mac build`, and commit what it changes",
    )


def _of_manifest(root: str, files: Mapping[str, bytes], others: Manifest) -> Iterator[Diagnostic]:
    """The manifest alone is wrong only if the files are not."""
    file = f"{root}/{MANIFEST}"
    content = read_file(file)
    wanted = manifest_text({**others, **{path: entry(content) for path, content in files.items()}})
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
