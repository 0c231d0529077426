"""Killed at any moment, a build leaves no torn file, the check sees what is missing, and the next build repairs it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitoring_as_code.build import freshness, write
from monitoring_as_code.build.manifest import MANIFEST, STAGING

FILES = 40

# Runs in the tests and in the process that is killed.
PLANS = f"""
def plan(number):
    files = {{f"rules/{{n % 7}}/{{n}}.yml": f"plan {{number}} file {{n}}\\n" * 500 for n in range({FILES}) if n % 5 != number % 5}}
    return {{path: files[path].encode() for path in sorted(files)}}
"""

# Kills itself before its step `last`; a write to a file is two steps, so that one can be cut in the middle. With -1 it counts its steps.
WRITER = """
import os, signal, sys
from monitoring_as_code.build import write

steps, last = 0, int(sys.argv[3])
def step(real):
    def stepping(*arguments):
        global steps
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        steps += 1
        return real(*arguments)
    return stepping

write_some = step(os.write)
os.write = lambda file, content: write_some(file, content[:6000])
for name in ("mkdir", "replace", "unlink", "rmdir", "fsync"):
    setattr(os, name, step(getattr(os, name)))

wanted = plan(int(sys.argv[2]))
sys.stderr.write("ready\\n")
sys.stderr.flush()
sys.stdin.readline()
write(sys.argv[1], wanted)
print(steps)
"""


def plan(number: int) -> dict[str, bytes]:
    scope: dict[str, object] = {}
    exec(PLANS, scope)
    made = scope["plan"]
    assert callable(made)
    result: dict[str, bytes] = made(number)
    return result


def build_elsewhere(build: Path, number: int, root: Path, *, last: int = -1, killed_after_seconds: float | None = None) -> int | None:
    """A build in a process of its own; the number of its steps, or None if it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", PLANS + WRITER, str(build), str(number), str(last)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        process.stdin.write(b"\n")
        process.stdin.flush()
        if killed_after_seconds is not None:
            time.sleep(killed_after_seconds)
            process.kill()
        code = process.wait()
        if code == -signal.SIGKILL:
            return None
        assert code == 0, process.stderr.read().decode()
        return int(process.stdout.read())


def files_below(build: Path) -> dict[str, bytes]:
    return {path.relative_to(build).as_posix(): path.read_bytes() for path in build.rglob("*") if path.is_file()}


def check_and_repair(build: Path, old: dict[str, bytes], new: dict[str, bytes], then: dict[str, bytes]) -> bool:
    """All that must hold after a kill between two plans, whatever is built next; whether artifacts of both were there."""
    artifacts = {path: content for path, content in files_below(build).items() if path != MANIFEST and not path.startswith(STAGING)}
    assert [path for path, content in artifacts.items() if content not in (old.get(path), new.get(path))] == [], "torn"
    assert [path for path in old if path in new and path not in artifacts] == [], "what both plans have is never absent"
    for tree in (old, new):
        if artifacts != tree:
            assert freshness(str(build), tree) != [], "a build that was cut off must be seen"
    done = write(str(build), then)
    assert done.problems == (), "what the killed build made is known as ours"
    assert freshness(str(build), then) == []
    assert set(files_below(build)) == {*then, MANIFEST}
    assert not (build / STAGING).exists()
    return artifacts not in (old, new)


@pytest.mark.parametrize("first", [True, False], ids=["the-first-build", "a-later-build"])
def test_killed_at_any_step_no_file_is_torn_and_the_next_build_repairs(tmp_path: Path, root: Path, prove: bool, first: bool) -> None:
    chance = random.Random(20)
    old, new, other = ({}, plan(1), plan(2)) if first else (plan(0), plan(1), plan(2))
    trial = tmp_path / "trial"
    write(str(trial), old)
    steps = build_elsewhere(trial, 1, root)
    assert steps is not None
    torn_between = 0
    chosen = range(steps) if prove else range(chance.randrange(8), steps, steps // 20)
    for number in chosen:
        build = tmp_path / f"build{number}"
        if not first:
            write(str(build), old)
        assert build_elsewhere(build, 1, root, last=number) is None
        torn_between += check_and_repair(build, old, new, then=chance.choice((old, new, other)))
    assert torn_between > 2, "too few were stopped between two renames to prove anything"


def test_killed_at_random_moments_no_file_is_torn_and_the_next_build_repairs(tmp_path: Path, root: Path, prove: bool) -> None:
    chance = random.Random(21)
    build = tmp_path / "build"
    start = time.perf_counter()
    write(str(build), plan(0))
    usual = time.perf_counter() - start
    for number in range(1, 200 if prove else 15):
        build_elsewhere(build, number, root, killed_after_seconds=chance.uniform(0, usual * 2))
        check_and_repair(build, plan(number - 1), plan(number), then=plan(number))
