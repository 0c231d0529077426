"""What mac made in build/: the only files there that it may change or remove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitoring_as_code.build.disk import read_file
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.light import NamedTuple, sha256
from monitoring_as_code.origin import Location
from monitoring_as_code.pydantic_engine import from_json, to_json

MANIFEST = "manifest.json"
FORM = 1

# Holds what is staged, below build/ so that a rename moves it into place.
STAGING = ".mac-staging"

BROKEN_MANIFEST = "broken-manifest"
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


class Entry(NamedTuple):
    """A file as it was written."""

    sha256: str
    size: int


Manifest = Mapping[str, Entry]


class BrokenManifestError(Exception):
    """The manifest cannot be trusted to say which files are ours; nothing is touched then."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


def entry(content: bytes) -> Entry:
    """What the manifest says of a file."""
    return Entry(sha256(content).hexdigest(), len(content))


def is_inside(path: str) -> bool:
    """Whether it is a path that stays below the folder it is relative to."""
    return path.isprintable() and "\\" not in path and all(step not in ("", ".", "..") for step in path.split("/"))


def manifest_text(manifest: Manifest) -> bytes:
    """The manifest's file: sorted, one line for a file, so that two branches merge line by line."""
    lines = ",\n".join(
        f'    {to_json(path).decode()}: {{"sha256": "{manifest[path].sha256}", "size": {manifest[path].size}}}' for path in sorted(manifest)
    )
    files = f"{{\n{lines}\n  }}" if lines else "{}"
    return f'{{\n  "manifest": {FORM},\n  "files": {files}\n}}\n'.encode()


def read_manifest(file: str) -> Manifest | None:
    """The manifest that a file holds; None if there is none. With the marks of a merge conflict, the files of both sides are ours.

    Raises:
        BrokenManifestError: it is torn, no manifest, or of a later form.
        OSError: it cannot be read.
    """
    content = read_file(file)
    if content is None:
        return None
    if b"<<<<<<<" in content:
        return _merged(file, content)
    try:
        data = from_json(content)
    except ValueError as error:
        raise _broken(file, f"the manifest is torn: {error}") from None
    form = data.get("manifest") if isinstance(data, dict) else None
    if not isinstance(form, int) or isinstance(form, bool):
        raise _broken(file, "this is no manifest of mac")
    if form > FORM:
        raise BrokenManifestError(
            Diagnostic(
                BROKEN_MANIFEST,
                Severity.ERROR,
                f"the manifest has form {form}, but this mac knows forms up to {FORM}",
                Location(file, 1, 1, 1, 1),
                "a newer mac wrote it: update this one",
            )
        )
    files = data.get("files")
    if not isinstance(files, dict):
        raise _broken(file, "the manifest does not list files")
    return dict(_entry(file, path, said) for path, said in files.items())


def _entry(file: str, path: str, said: object) -> tuple[str, Entry]:
    match said:
        case {"sha256": str(digest), "size": int(size)} if is_inside(path) and path != MANIFEST:
            return path, Entry(digest, size)
    raise _broken(file, f"the manifest's entry `{path}` is none that mac writes")


def _merged(file: str, content: bytes) -> Manifest:
    return dict(_merged_entries(file, content.decode(errors="replace")))


def _merged_entries(file: str, text: str) -> Iterator[tuple[str, Entry]]:
    for line in text.splitlines():
        line = line.strip().rstrip(",")  # noqa: PLW2901 - the line, without its place in the list
        if not line.startswith('"') or not line.endswith("}") or line.startswith(_CONFLICT):
            continue
        try:
            data = from_json("{" + line + "}")
        except ValueError as error:
            raise _broken(file, f"the manifest is torn: {error}") from None
        for path, said in data.items():
            if path != "files":
                yield _entry(file, path, said)


def _broken(file: str, message: str) -> BrokenManifestError:
    return BrokenManifestError(
        Diagnostic(
            BROKEN_MANIFEST,
            Severity.ERROR,
            message,
            Location(file, 1, 1, 1, 1),
            "without it nobody knows which files are mac's: restore it (`git checkout` brings it back), or delete the whole folder; then `mac build`",
        )
    )
