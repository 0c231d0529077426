"""The logs of a stack's services as one, by time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from monitoring_as_code.light import NamedTuple

_POLL_SECONDS = 0.2
# A line of a log has about 150 bytes; this holds ten times as many as are asked for.
_BYTES_A_LINE = 1500


class Line(NamedTuple):
    """One line of the log of a service."""

    service: str
    text: str


def last_lines(log: Path, count: int) -> list[str]:
    """The end of a log; empty if there is none."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            begin = max(0, size - count * _BYTES_A_LINE)
            file.seek(begin)
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    # The first one may be the rest of a line.
    return lines[1 if begin else 0 :][-count:] if count > 0 else []


def merged(logs: Mapping[str, Path], count: int) -> list[Line]:
    """The last lines of all logs together, in the order in which they were written."""
    dated: list[tuple[str, int, Line]] = []
    for service, log in logs.items():
        moment = ""
        for text in last_lines(log, count):
            # One without a time, as of a panic, belongs to the one before.
            moment = _moment(text) or moment
            dated.append((moment, len(dated), Line(service, text)))
    return [line for _, _, line in sorted(dated)][-count:] if count > 0 else []


class Tail:
    """What is added to logs from now on."""

    def __init__(self, logs: Mapping[str, Path]) -> None:
        """Begins at the end of each log."""
        self._logs = logs
        self._offsets = {service: _size(log) for service, log in logs.items()}
        self._rest = dict.fromkeys(logs, b"")

    def lines(self) -> Iterator[Line]:
        """Whole lines that are new since the last call."""
        for service, log in self._logs.items():
            size = _size(log)
            if size < self._offsets[service]:
                self._offsets[service], self._rest[service] = 0, b""  # it was put aside for a new one
            if size == self._offsets[service]:
                continue
            with log.open("rb") as file:
                file.seek(self._offsets[service])
                data = file.read()
            self._offsets[service] += len(data)
            *whole, self._rest[service] = (self._rest[service] + data).split(b"\n")
            yield from (Line(service, line.decode("utf-8", "replace")) for line in whole)

    def follow(self) -> Iterator[Line]:
        """For ever."""
        while True:
            yield from self.lines()
            time.sleep(_POLL_SECONDS)


def shown(lines: Iterable[Line], names: Iterable[str]) -> Iterator[str]:
    """Each line behind its service's name, which is as wide as the longest."""
    width = max(map(len, names), default=0)
    return (f"{line.service:<{width}}  {line.text}" for line in lines)


def _moment(text: str) -> str:
    """The time that a line in logfmt begins with, which sorts as it is."""
    key, _, rest = text.partition("=")
    return rest.partition(" ")[0] if key in ("ts", "time") else ""


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
