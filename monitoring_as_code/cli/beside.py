"""A second process for a share of the work: a copy of this one, made by `fork`, whose results come back through a pipe."""

from __future__ import annotations

import gc
import marshal
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, NoReturn, Self


def possible() -> bool:
    """Whether there is a second processor, and this process may be copied: only Linux is known to take a copy well, and no thread may run."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return False
    threading = sys.modules.get("threading")
    return threading is None or threading.active_count() == 1


class Beside:
    """Works in another process until the `with` block ends.

    What `work` yields, plain data only, is had by iteration, which waits for it. Work that fails, or is killed, gives nothing: whoever
    asked for it does it again, and meets the reason.
    """

    def __init__(self, work: Callable[[], Iterable[Any]]) -> None:
        gc.freeze()  # a collection would touch, and so copy, every page that the two share
        reading, writing = os.pipe()
        self._process = os.fork()
        if not self._process:
            _work(writing, work)
        os.close(writing)
        self._results = os.fdopen(reading, "rb")

    def __enter__(self) -> Self:
        return self

    def __iter__(self) -> Iterator[Any]:
        while True:
            try:
                yield marshal.load(self._results)  # noqa: S302 - written by a copy of this process
            except (EOFError, ValueError, TypeError):
                return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._results.close()
        if kind is not None:
            os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _work(writing: int, work: Callable[[], Iterable[Any]]) -> NoReturn:
    try:
        # Nobody reads before all is done, so it must not wait in a pipe that is full.
        results = [marshal.dumps(result) for result in work()]
        with os.fdopen(writing, "wb") as pipe:
            pipe.writelines(results)
    except BaseException:  # noqa: BLE001 - the other process finds out
        os._exit(1)
    os._exit(0)
