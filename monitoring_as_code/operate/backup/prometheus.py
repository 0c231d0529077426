"""Prometheus's samples, by its own snapshot: hard links of the blocks, and the head written as one more.

A copy of the folder that a Prometheus is writing into may lack samples and start all the same: measured, a head that was compacted under
a slow copy took 5 % of the samples with it, without a word.
"""

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from monitoring_as_code.operate.backup import files
from monitoring_as_code.operate.backup.api import Api
from monitoring_as_code.operate.backup.counting import counted, samples_within, span_of
from monitoring_as_code.operate.backup.files import Entry
from monitoring_as_code.operate.backup.manifest import PrometheusPart
from monitoring_as_code.operate.backup.refusal import Damaged, Refused

FOLDER = "prometheus"
# That of the global one.
GLOBAL_FOLDER = "prometheus-global"
# A file in the unfinished backup that says which snapshot is to be removed, should we be killed.
NOTE = ".snapshot"
_SNAPSHOT = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")
# What is compared with the server itself, which also has to do its own work meanwhile.
_COMPARED = 5 * 60 * 1000


def back_up(
    api: Api, data: Path | None, staging: Path, tell: Callable[[str], None], name: str = FOLDER
) -> tuple[PrometheusPart, dict[str, Entry]]:
    """A snapshot in the folder `name` of the unfinished backup `staging`, counted; the server has no snapshot more than before.

    `data` is the server's data folder as it is seen from here, needed where the server does not name one that is.

    Raises:
        Refused: there can be no snapshot; the text says why.
        Damaged: samples that the server had are not in it.
    """
    version = str(api.json("/api/v1/status/buildinfo")["data"]["version"]).partition("+")[0].partition("-")[0]
    folder = _data_folder(api, data).resolve()
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    until = int(float(api.json("/api/v1/query?query=time()")["data"]["result"][1]) * 1000)
    # Before the snapshot, so that none can be missing that is counted here; what comes later may be in it.
    had = samples_within(lambda path: api.json(path, timeout_seconds=300)["data"], until - _COMPARED, until, numbers)
    tell(f"taking a snapshot of {api.service}")
    snapshot = folder / "snapshots" / _taken(api)
    files.written(f"{snapshot}\n", staging / NOTE)
    try:
        entries = _copied(snapshot, staging / name, tell)
    finally:
        remove_snapshot(staging)
    span = span_of(staging / name)
    counts = counted(staging / name, span, staging.parent, tell, (until - _COMPARED, until))
    if counts.recent < had:
        raise Damaged(
            f"the snapshot of {api.service} lacks {had - counts.recent} of the {had} samples that it had of its last five minutes",
            "no backup was kept; try again, and report this if it stays",
        )
    return PrometheusPart(version, counts.version, span.blocks, counts.series, counts.samples, span.first, span.last), entries


def remove_snapshot(staging: Path) -> None:
    """Remove the snapshot that a backup has noted: it holds on to the blocks' disk space."""
    note = staging / NOTE
    with suppress(FileNotFoundError):
        snapshot = Path(note.read_text("utf-8").strip())
        if snapshot.parent.name == "snapshots" and _SNAPSHOT.fullmatch(snapshot.name):
            try:
                shutil.rmtree(snapshot)
            except FileNotFoundError:
                pass
            except OSError as error:
                raise Refused(
                    f"the snapshot `{snapshot}` cannot be removed: {error.strerror}", "remove it by hand: it keeps old blocks on the disk"
                ) from None
        note.unlink()


def _data_folder(api: Api, said: Path | None) -> Path:
    hint = f"say by `--{FOLDER}-data` where the server's data folder is on this machine, its volume if it runs in a container"
    if said is None:
        told = str(api.json("/api/v1/status/flags")["data"].get("storage.tsdb.path", ""))
        if not os.path.isabs(told):
            raise Refused(f"{api.service} keeps its data in `{told}`, wherever it was started", hint)
        said = Path(told)
    if not said.is_dir():
        raise Refused(f"there is no folder `{said}`, in which {api.service} keeps its data", hint)
    return said


def _taken(api: Api) -> str:
    answer = api.ask("/api/v1/admin/tsdb/snapshot", b"", method="POST", timeout_seconds=1800)
    if b"admin APIs disabled" in answer.body or answer.status in (404, 405):
        raise Refused(
            f"{api.service} at `{api.url}` makes no snapshots: its admin API is off",
            "start it with `--web.enable-admin-api`, a stack of `mac up` by `mac up --admin-api`. Who reaches that API can delete all samples, so let the server listen on 127.0.0.1 or a "
            "network of its own only, or ask for a password by `--web.config.file`",
        )
    import json

    try:
        name = json.loads(answer.body)["data"]["name"]
    except (ValueError, KeyError, TypeError):
        name = ""
    if not isinstance(name, str) or not _SNAPSHOT.fullmatch(name):
        said = answer.body.decode("utf-8", "replace").strip()[:200]
        raise Refused(f"{api.service} at `{api.url}` makes no snapshot: {said or answer.status}", "see its log")
    return name


def _copied(snapshot: Path, target: Path, tell: Callable[[str], None]) -> dict[str, Entry]:
    if not snapshot.is_dir():
        raise Refused(
            f"the snapshot that was made is not in `{snapshot.parent}`",
            "`--prometheus-data` names another server's folder, or one that is not seen from here; remove the snapshot on the server",
        )
    try:
        size = files.size_of(snapshot)
        files.room_for(size, target.parent)
        tell(f"copying {files.human(size)}")
        files.folder(target)
        entries = {}
        for path in files.files_below(snapshot):
            files.folder((target / path).parent)
            entries[f"{target.name}/{path}"] = files.copied(snapshot / path, target / path)
    except PermissionError as error:
        raise Refused(f"`{error.filename}` cannot be read: {error.strerror}", "run `mac backup` as the server's user") from None
    return entries
