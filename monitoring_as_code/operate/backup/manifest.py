"""The manifest: what a backup holds, byte by byte, and what its services said of it."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias, TypeVar

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.backup.files import Entry, files_below, human, measured
from monitoring_as_code.operate.backup.refusal import Damaged, Refused

NAME = "manifest.json"
FORMAT = "mac-backup/1"


class PrometheusPart(NamedTuple):
    """Samples: `first` and `last` are milliseconds since 1970; the counts are what a Prometheus of `counted_by` found in the copy."""

    version: str
    counted_by: str
    blocks: int
    series: int
    samples: int
    first: int
    last: int


class AlertmanagerPart(NamedTuple):
    """Silences that were in force or to come."""

    version: str
    silences: int


class GrafanaPart(NamedTuple):
    """Grafana's database: `kind` is sqlite or postgres; `rows` are those of all tables, which are counted in SQLite."""

    kind: str
    tables: int
    rows: int
    secret_key: bool


class Origin(NamedTuple):
    """Which stack of `mac up` it is of, if it is of one, and which of its replicas the samples are of, if there are several."""

    project: str = ""
    environment: str = ""
    server: str = ""


Part: TypeAlias = PrometheusPart | AlertmanagerPart | GrafanaPart
_PARTS: dict[str, type[Part]] = {
    "prometheus": PrometheusPart,
    "alertmanager": AlertmanagerPart,
    "grafana": GrafanaPart,
    "prometheus_global": PrometheusPart,
}


class Manifest(NamedTuple):
    """What a backup holds; `made` is the moment, as in the folder's name."""

    made: str
    mac: str
    prometheus: PrometheusPart | None
    alertmanager: AlertmanagerPart | None
    grafana: GrafanaPart | None
    files: Mapping[str, Entry]
    prometheus_global: PrometheusPart | None = None
    """The samples of the global Prometheus, which nobody else has."""
    origin: Origin = Origin()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files.values())


def text_of(manifest: Manifest) -> str:
    """The file's text, which carries its own checksum: nobody else guards it."""
    services = {name: getattr(manifest, name) for name in _PARTS}
    said = {
        "format": FORMAT,
        "made": manifest.made,
        "mac": manifest.mac,
        "origin": manifest.origin._asdict(),
        "services": {name: part._asdict() for name, part in services.items() if part is not None},
        "files": {path: entry._asdict() for path, entry in sorted(manifest.files.items())},
    }
    return json.dumps({**said, "checksum": _checksum(said)}, indent=2) + "\n"


def _checksum(said: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_one(folder: Path) -> bool:
    """Whether a folder says of itself that it is a backup."""
    return (folder / NAME).is_file() and not (folder / NAME).is_symlink()


def read(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        Refused: this is no backup, or one of a newer mac.
        Damaged: the manifest is not what was written.
    """
    file = folder / NAME
    if not folder.is_dir():
        raise Refused(f"there is no backup `{folder}`", "`mac backup list` shows those that there are")
    if not is_one(folder):
        raise Refused(f"`{folder}` is no backup: it has no `{NAME}`", "the manifest is written last, so one that was interrupted has none")
    damaged = Damaged(f"`{file}` is damaged", "take another backup: what this one held cannot be told any more")
    try:
        said = json.loads(file.read_bytes())
        if not isinstance(said, dict):
            raise damaged
        form = said.get("format")
        if not isinstance(form, str) or not form.startswith("mac-backup/"):
            raise Refused(f"`{file}` is no manifest of a backup by `mac`", "name a folder that `mac backup` has made")
        if form != FORMAT:
            raise Refused(
                f"`{folder}` is of the form `{form}`, and this `mac` knows `{FORMAT}`", "use the `mac` that made it, or a newer one"
            )
        checksum = said.pop("checksum", None)
        if checksum != _checksum(said):
            raise damaged
        services = said["services"]
        files = {path: _as(Entry, entry) for path, entry in said["files"].items()}
        if any(os.path.isabs(path) or ".." in Path(path).parts or path == NAME for path in files):
            raise damaged
        return Manifest(
            str(said["made"]),
            str(said["mac"]),
            _as(PrometheusPart, services["prometheus"]) if "prometheus" in services else None,
            _as(AlertmanagerPart, services["alertmanager"]) if "alertmanager" in services else None,
            _as(GrafanaPart, services["grafana"]) if "grafana" in services else None,
            files,
            _as(PrometheusPart, services["prometheus_global"]) if "prometheus_global" in services else None,
            _as(Origin, said.get("origin", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged from None


_T = TypeVar("_T", Entry, PrometheusPart, AlertmanagerPart, GrafanaPart, Origin)


def _as(kind: type[_T], said: dict[str, object]) -> _T:
    made = kind(**said)  # type: ignore[arg-type] # the line below looks
    if any(type(value) is not kind.__annotations__[name] for name, value in made._asdict().items()):
        raise TypeError
    return made


def check(folder: Path, manifest: Manifest) -> None:
    """Every byte is as it was. Raises Damaged, which names the first file that is not."""
    again = "take another backup"
    found = set(files_below(folder)) - {NAME}
    for path, entry in manifest.files.items():
        file = folder / path
        if path not in found:
            raise Damaged(f"`{file}` is gone", again)
        size = os.path.getsize(file)
        if size != entry.size:
            raise Damaged(f"`{file}` has {human(size)} ({size} bytes), and was backed up with {entry.size} bytes", again)
        if measured(file) != entry:
            raise Damaged(f"`{file}` is not what was backed up: its checksum differs", again)
    for path in sorted(found - manifest.files.keys()):
        raise Damaged(f"`{folder / path}` was not backed up", "somebody put it there; if you know whom to ask, remove it")
