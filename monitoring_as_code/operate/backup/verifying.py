"""Whether a backup is worth something: every byte is as it was, and the programs read it."""

from collections.abc import Callable
from pathlib import Path

from monitoring_as_code.operate.backup import alertmanager, files, grafana, manifest, postgres, prometheus
from monitoring_as_code.operate.backup.counting import counted, span_of
from monitoring_as_code.operate.backup.manifest import Manifest
from monitoring_as_code.operate.backup.refusal import Damaged


def verify(folder: Path, tell: Callable[[str], None] = files.unheard) -> Manifest:
    """The manifest of a backup that can be restored. Nothing in it is changed.

    Raises:
        Refused: it is no backup.
        Damaged: it is not what was backed up; the text names the file.
        engines.MissingEngine, engines.ServerFailed: no Prometheus could be started on it.
    """
    said = manifest.read(folder)
    tell("reading every file")
    manifest.check(folder, said)
    if said.alertmanager is not None:
        _same(folder / alertmanager.FILE, "silences", len(alertmanager.silences_in(folder)), said.alertmanager.silences)
    if said.grafana is not None and said.grafana.kind == "sqlite":
        _, rows = grafana.read_through(folder / grafana.FILE)
        _same(folder / grafana.FILE, "rows", rows, said.grafana.rows)
    elif said.grafana is not None:
        _same(folder / postgres.FILE, "tables", postgres.contents(folder / postgres.FILE), said.grafana.tables)
    for part, name in ((said.prometheus, prometheus.FOLDER), (said.prometheus_global, prometheus.GLOBAL_FOLDER)):
        if part is not None:
            blocks = folder / name
            counts = counted(blocks, span_of(blocks), folder.parent, tell)
            _same(blocks, "series", counts.series, part.series)
            _same(blocks, "samples", counts.samples, part.samples)
    return said


def _same(place: Path, what: str, found: int, backed_up: int) -> None:
    if found != backed_up:
        raise Damaged(f"`{place}` has {found} {what}, and was backed up with {backed_up}", "take another backup")
