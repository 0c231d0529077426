"""A history in a file of OpenMetrics, behind a Prometheus of its own for as long as it is asked."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from monitoring_as_code import engines
from monitoring_as_code.engines.access import Access
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.prove.backtest.history import History
from monitoring_as_code.prove.backtest.result import Period

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class NoHistory(Exception):  # noqa: N818 - what it says
    """The file is no history: one sentence with what promtool says."""


class Imported(NamedTuple):
    """A history, and from when to when there is anything in it."""

    history: History
    extent: Period


@contextlib.contextmanager
def imported(file: Path, timeout_seconds: float = 1800) -> Iterator[Imported]:
    """The history in a file of OpenMetrics with timestamps, which may be gzipped; server and folder are gone afterwards.

    Raises:
        NoHistory: it cannot be read.
        MissingEngine, EngineTimeout, ServerFailed: promtool or Prometheus did not do it.
        OSError: the file cannot be opened.
    """
    promtool = engines.require("promtool")
    engines.require("prometheus")
    with engines.scratch() as folder:
        blocks = folder / "blocks"
        blocks.mkdir()
        # Blocks of two months instead of two hours: promtool reads the whole file once for each.
        arguments = ("tsdb", "create-blocks-from", "--quiet", "--max-block-duration=1500h", "openmetrics", str(_plain(file, folder)))
        # It collects samples in a folder for temporary files, where it leaves them when it is stopped.
        answer = promtool.run(*arguments, str(blocks), timeout_seconds=timeout_seconds, temporary=folder)
        if answer.code != 0:
            raise NoHistory(f"`{file}` is no history in the form of OpenMetrics: {_said(answer.output)}")
        extent = _extent(blocks)
        if extent is None:
            raise NoHistory(f"`{file}` holds no samples with a time")
        config = folder / "prometheus.yml"
        config.write_text("global: {}\n", encoding="utf-8")
        # Nothing is too old, too many or too slow here.
        flags = ("--storage.tsdb.retention.time=100y", "--query.max-samples=500000000", "--query.timeout=30m")
        with engines.prometheus(config, *flags, blocks=blocks) as server:
            yield Imported(History(server.url, Access({}, timeout_seconds=timeout_seconds)), extent)


def _plain(file: Path, folder: Path) -> Path:
    """The file itself, or what is in it if it is gzipped."""
    with file.open("rb") as content:
        packed = content.read(2) == b"\x1f\x8b"
    if not packed:
        return file.resolve()
    import gzip
    import shutil

    found = folder / "history.om"
    with gzip.open(file, "rb") as source, found.open("wb") as target:
        try:
            shutil.copyfileobj(source, target, 1 << 20)
        except (EOFError, gzip.BadGzipFile) as error:
            raise NoHistory(f"`{file}` cannot be unpacked: {error}") from None
    return found


def _extent(blocks: Path) -> Period | None:
    """From the first to the last sample: a block's `maxTime` is one millisecond later."""
    metas = [json.loads(each.read_text("utf-8")) for each in blocks.glob("*/meta.json")]
    filled = [each for each in metas if each.get("stats", {}).get("numSamples", 1)]
    if not filled:
        return None
    return Period(min(each["minTime"] for each in filled), max(each["maxTime"] for each in filled) - 1)


def _said(output: str) -> str:
    """The last of what promtool says, without what it always says before."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    said = lines[-1] if lines else "promtool does not say why"
    return said.removeprefix("error: ").replace("getting min and max timestamp: ", "").replace("next: ", "")
