"""A project of its own for each test, whose stack is stopped whatever happens."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operate.shop import Shop


@pytest.fixture
def shop(root: Path, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(root, tmp_path)
    # What `mac up` starts outlives whoever has started it. This one stops it when the tests are killed: its input ends with them.
    watch = [sys.executable, "-c", "import subprocess, sys; sys.stdin.read(); subprocess.run(sys.argv[1:])"]
    command = [sys.executable, "-m", "monitoring_as_code", "down", "-q"]
    watcher = subprocess.Popen([*watch, *command], stdin=subprocess.PIPE, start_new_session=True, cwd=made.project, env=made.environment)
    try:
        yield made
    finally:
        watcher.communicate()
        left = made.running()
        assert not left
