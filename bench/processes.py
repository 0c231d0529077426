"""Whole processes: their CPU time, wall time and peak memory."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One process: user and system time, time on the clock, the most memory that it held."""

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


class Command(NamedTuple):
    """What to run, in which folder, and what to do before it that does not count."""

    arguments: Sequence[str]
    folder: Path
    before: Callable[[], None] = lambda: None


def scratch() -> Path | None:
    """Where files cost no disk time, if there is such a place."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else None


def medians(commands: Mapping[str, Command], rounds: int) -> dict[str, Run]:
    """Each command once a round, so that what else the machine does falls on all alike; a round before the first warms the caches."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            run = _run(name, command)
            if number:
                runs[name].append(run)
    return {name: Run(*map(statistics.median, zip(*of, strict=True))) for name, of in runs.items()}


def _run(name: str, command: Command) -> Run:
    command.before()
    # Start-up without pyc files is not what users see.
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")}
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        pid = os.posix_spawn(
            "/bin/sh",
            ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(command.folder), *command.arguments],
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)],
        )
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - began
        if status:
            output.seek(0)
            said = output.read().decode(errors="replace")[-4000:]
            sys.exit(f"{name}: {' '.join(command.arguments)} ended with {os.waitstatus_to_exitcode(status)}\n{said}")
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)
