"""A process is found again by whoever asks, and no other is ever taken for it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitoring_as_code.operate.ports import holder, is_free
from monitoring_as_code.operate.process import Process


@pytest.fixture
def process(tmp_path: Path) -> Process:
    return Process(tmp_path / "process")


def spawned(process: Process, *command: str) -> "subprocess.Popen[bytes]":
    return process.spawn(command, process.file.with_name("log"), process.file.parent)


def test_it_is_known_by_its_number_until_it_ends_and_what_it_says_is_in_its_log(process: Process) -> None:
    assert process.pid() is None
    child = spawned(process, "sh", "-c", "echo hello; exec sleep 100")
    assert process.pid() == child.pid
    assert os.getsid(child.pid) == child.pid
    while process.file.with_name("log").read_text() != "hello\n":
        time.sleep(0.01)
    assert process.stop() is False
    assert process.pid() is None
    assert child.wait() == -signal.SIGTERM


def test_one_that_does_not_listen_is_killed(process: Process) -> None:
    child = spawned(process, "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done")
    while not process.file.with_name("log").read_text():
        time.sleep(0.01)
    assert process.stop(0.2) is True
    assert child.wait() == -signal.SIGKILL


def test_it_is_not_started_twice(process: Process) -> None:
    child = spawned(process, "sleep", "100")
    with pytest.raises(RuntimeError, match="runs already"):
        spawned(process, "sleep", "100")
    process.stop()
    child.wait()


def test_a_program_that_cannot_be_run_leaves_nothing(process: Process) -> None:
    with pytest.raises(OSError, match="nowhere"):
        spawned(process, "/nowhere")
    assert process.pid() is None


def test_a_number_that_was_left_behind_is_nobody_s(process: Process) -> None:
    process.file.write_text(f"{os.getpid()}\n")
    assert process.pid() is None
    assert process.send(signal.SIGKILL) is False


def test_whoever_asks_at_once_gets_the_same_answer(process: Process) -> None:
    child = spawned(process, "sleep", "100")
    ask = (
        "import sys; from pathlib import Path; from monitoring_as_code.operate.process import Process\n"
        "print({Process(Path(sys.argv[1])).pid() for _ in range(2000)})"
    )
    askers = [subprocess.Popen([sys.executable, "-c", ask, process.file], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert {asker.communicate()[0] for asker in askers} == {f"{{{child.pid}}}\n"}
    process.stop()
    child.wait()


def test_who_listens_on_a_port_is_told() -> None:
    import socket

    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        with socket.socket(family) as server:
            server.bind((address, 0))
            port = server.getsockname()[1]
            server.listen()
            assert not is_free(port)
            found = holder(port)
            assert found is not None
            assert (found.pid, found.place) == (os.getpid(), None)
        assert is_free(port)
        assert holder(port) is None
