"""How many samples there are, by Prometheus's own word."""

import json
import shutil
import tempfile
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from monitoring_as_code import engines
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.backup import files
from monitoring_as_code.operate.backup.refusal import Damaged, Refused

# A piece of what is counted: one query may not hold all samples of a year.
_SLICE = 2 * 3600 * 1000
_MOST_STEPS = 10_000  # Prometheus answers with 11,000 at most
# Gives what Prometheus's interface has as data under a path with its query.
Ask: TypeAlias = Callable[[str], Any]


class Counts(NamedTuple):
    """What a Prometheus of this `version` finds in a folder; `recent` are the samples of the time that was asked for, too."""

    version: str
    series: int
    samples: int
    recent: int


class Span(NamedTuple):
    """A folder's blocks: how many, and the moments of the first sample and behind the last one, in milliseconds."""

    blocks: int
    first: int
    last: int


def span_of(blocks: Path) -> Span:
    """What the blocks say of themselves. Raises Damaged for one that says nothing."""
    found = []
    for block in sorted(blocks.iterdir()) if blocks.is_dir() else []:
        file = block / "meta.json"
        try:
            meta = json.loads(file.read_bytes())
            found.append((int(meta["minTime"]), int(meta["maxTime"])))
        except (OSError, ValueError, KeyError, TypeError):
            raise Damaged(f"`{file}` does not say what the block holds", "take another backup") from None
    return Span(len(found), min(low for low, _ in found), max(high for _, high in found)) if found else Span(0, 0, 0)


def counted(
    blocks: Path,
    span: Span,
    beside: Path | None,
    tell: Callable[[str], None],
    recent: tuple[int, int] | None = None,
) -> Counts:
    """All series and samples of blocks, which stay as they are: a Prometheus is started on a second tree of them.

    That stands in the folder `beside`, as hard links, which take no room; without one, in the system's own for such, as a copy.

    Raises:
        engines.MissingEngine: there is no Prometheus here.
        engines.ServerFailed: it does not start on them; the text says why.
    """
    version = engines.require("prometheus").version()
    with _tree(blocks, beside) as tree, engines.scratch() as place:
        config = place / "prometheus.yml"
        config.write_text("global: {}\n", "utf-8")
        # Nothing is old enough to go, and nothing is put together anew while it counts.
        keeping = ("--storage.tsdb.retention.time=100y", "--storage.tsdb.max-block-duration=1h", "--storage.tsdb.min-block-duration=1h")
        asking = ("--query.timeout=6h", "--query.max-samples=2000000000")
        with engines.prometheus(config, *keeping, *asking, blocks=tree, ready_seconds=1800) as server:

            def ask(path: str) -> Any:  # noqa: ANN401 - as JSON is
                try:
                    return json.loads(server.get(path, timeout_seconds=6 * 3600))["data"]
                except OSError as error:
                    raise Damaged(f"Prometheus cannot read the blocks in `{blocks}`: {error}", "take another backup") from None

            late = samples_within(ask, *recent, version) if recent is not None else 0
            samples, series = _all(ask, span, version, tell) if span.blocks else (0, 0)
    return Counts(".".join(map(str, version)), series, samples, late)


def samples_within(ask: Ask, start: int, end: int, version: tuple[int, ...]) -> int:
    """How many samples of all series are later than `start` and not later than `end`, by a server of this version."""
    asked = (
        "/api/v1/query?"
        + urllib.parse.urlencode({"query": f"sum(count_over_time({each}[{_width(start, end, version)}ms]))", "time": _moment(end)})
        for each in _metrics(ask, start, end)
    )
    return sum(int(float(row["value"][1])) for query in asked for row in ask(query)["result"])


def _all(ask: Ask, span: Span, version: tuple[int, ...], tell: Callable[[str], None]) -> tuple[int, int]:
    """All samples and all series, one metric after the other: functions drop the name, without which series are alike."""
    start, length = span.first - 1, span.last - span.first + 1
    step = max(_SLICE, -(-length // _MOST_STEPS))
    samples = series = 0
    metrics = _metrics(ask, span.first, span.last)
    for index, each in enumerate(metrics):
        tell(f"counting samples: {100 * index // len(metrics)} %")
        pieces = {
            "query": f"sum(count_over_time({each}[{_width(0, step, version)}ms]))",
            "start": _moment(start + step),
            "end": _moment(start + step * -(-length // step)),
            "step": _moment(step),
        }
        for row in ask("/api/v1/query_range?" + urllib.parse.urlencode(pieces))["result"]:
            samples += sum(int(float(value)) for _, value in row["values"])
        whole = {"query": f"count(present_over_time({each}[{_width(start, span.last, version)}ms]))", "time": _moment(span.last)}
        series += sum(int(row["value"][1]) for row in ask("/api/v1/query?" + urllib.parse.urlencode(whole))["result"])
    return samples, series


def _metrics(ask: Ask, start: int, end: int) -> list[str]:
    """A selector for each metric that has samples then, and maybe for more."""
    within = urllib.parse.urlencode({"start": _moment(start), "end": _moment(end)})
    return ["{__name__=" + json.dumps(name, ensure_ascii=False) + "}" for name in ask(f"/api/v1/label/__name__/values?{within}")]


def _width(start: int, end: int, version: tuple[int, ...]) -> int:
    """The range that holds what is later than `start` up to `end`: 3.0 leaves its left end out, which all before have in it."""
    return end - start if version >= (3,) else end - start - 1


def _moment(milliseconds: int) -> str:
    """A time as Prometheus's interface takes it, and a width in seconds."""
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


@contextmanager
def _tree(blocks: Path, beside: Path | None) -> Iterator[Path]:
    try:
        place = tempfile.mkdtemp(prefix=COUNTING, dir=beside)
    except OSError:
        if beside is None:
            raise
        place = tempfile.mkdtemp(prefix=COUNTING)  # a backup on a disk that is read-only
    try:
        tree = files.folder(Path(place) / "blocks")
        if blocks.is_dir():
            if beside is None:
                files.room_for(files.size_of(blocks), tree)
            files.linked(blocks, tree)
        yield tree
    except PermissionError as error:
        raise Refused(f"`{error.filename}` cannot be read: {error.strerror}") from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


# What such folders are called, for whoever removes those of a run that was killed.
COUNTING = ".mac-counting-"
