"""The metrics of the process that the definitions expect of Node.js: true where Python has them, too, made up where it has not."""

from __future__ import annotations

import os
import resource
import time
from random import Random

from definitions.runtime import (
    collection_time,
    cpu_time,
    external_memory,
    heap_space,
    heap_total,
    heap_used,
    lag_p50,
    lag_p90,
    lag_p99,
    most_files,
    open_files,
    resident_memory,
    resources,
    started,
    version,
)


class Runtime:
    """What a process knows of itself."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - nothing depends on nobody guessing it
        self._counted = 0.0
        started.set(time.time())
        most_files.set(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        version.set(version="v22.11.0")

    def step(self) -> None:
        """Look again."""
        used = time.process_time()
        cpu_time.add(used - self._counted)
        self._counted = used
        resident_memory.set(_resident_bytes())
        open_files.set(_open_files())
        self._make_up()

    def _make_up(self) -> None:
        lag = self._random.lognormvariate(-6, 0.3)
        for gauge, times in ((lag_p50, 1), (lag_p90, 2), (lag_p99, 5)):
            gauge.set(lag * times)
        resources.set(self._random.randint(3, 9), type="Timeout")
        resources.set(self._random.randint(5, 20), type="TCPSocketWrap")
        old, new = self._random.uniform(50e6, 60e6), self._random.uniform(1e6, 16e6)
        heap_used.set(old + new)
        heap_total.set(90e6)
        external_memory.set(3e6)
        heap_space.set(old, space="old")
        heap_space.set(new, space="new")
        collection_time.observe(self._random.lognormvariate(-6.5, 0.5), kind="minor")
        if self._random.random() < 0.02:
            collection_time.observe(self._random.lognormvariate(-4, 0.5), kind="major")


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:  # no Linux: the most that it ever was, in KB
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _open_files() -> int:
    try:
        return len(os.listdir("/dev/fd"))
    except OSError:
        return 0
