"""A bar on the terminal for what takes longer than a second; elsewhere nothing."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import Self


class Progress:
    """Counts up to `total` on stderr, in one line that is gone at the end."""

    def __init__(self, what: str, total: int, *, after_seconds: float = 1.0) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._from = monotonic() + after_seconds
        self._shown = False
        self._wanted = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def expect(self, more: int) -> None:
        """So many more are to be done."""
        self._total += more

    def advance(self) -> None:
        """One more is done."""
        self._done += 1
        if self._wanted and monotonic() >= self._from:
            self._shown = True
            full = 30 * self._done // max(1, self._total)
            sys.stderr.write(f"\r{self._what} [{'#' * full}{'.' * (30 - full)}] {self._done}/{self._total}")
            sys.stderr.flush()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
