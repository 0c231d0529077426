"""A real Prometheus or Alertmanager on loopback, for as long as a `with` block lasts."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitoring_as_code.engines.program import Engine, require

if TYPE_CHECKING:
    import subprocess


class ServerFailed(Exception):  # noqa: N818 - what it says, not that it is an error
    """A server ended, or was not ready in time; the text ends with the last of what it logged."""


class Server(NamedTuple):
    """One that answers: `url` has no slash at its end; `log` is a file that it writes to."""

    url: str
    pid: int
    log: Path

    def get(self, path: str, timeout_seconds: float = 10) -> bytes:
        """The body of a GET on `path`, which starts with a slash. Raises OSError, for an HTTP error too."""
        import urllib.request

        # A proxy in the environment is not asked for loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + path, timeout=timeout_seconds) as response:
            body: bytes = response.read()
        return body


@contextlib.contextmanager
def prometheus(config: Path, *arguments: str, blocks: Path | None = None, ready_seconds: float = 30) -> Iterator[Server]:
    """Runs on a prometheus.yml where it stands, so that relative rule files are found.

    Its data lie in a folder that is removed, or in `blocks`, one that `promtool tsdb create-blocks-from` has filled.
    """
    with _data() as data:
        stored = data / "data" if blocks is None else blocks.resolve()
        command = [f"--config.file={config.resolve()}", f"--storage.tsdb.path={stored}", "--log.level=warn", *arguments]
        with _serving(require("prometheus"), command, data, ready_seconds) as server:
            yield server


@contextlib.contextmanager
def alertmanager(config: Path, *arguments: str, ready_seconds: float = 30) -> Iterator[Server]:
    """Runs alone, without a cluster's port, on an alertmanager.yml where it stands."""
    with _data() as data:
        command = [
            f"--config.file={config.resolve()}",
            f"--storage.path={data / 'data'}",
            "--cluster.listen-address=",
            "--log.level=warn",
            *arguments,
        ]
        with _serving(require("alertmanager"), command, data, ready_seconds) as server:
            yield server


@contextlib.contextmanager
def _data() -> Iterator[Path]:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="mac-engine-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextlib.contextmanager
def _serving(engine: Engine, arguments: list[str], data: Path, ready_seconds: float) -> Iterator[Server]:
    import shutil
    import subprocess

    port = _free_port()
    command = [str(engine.path), *arguments, f"--web.listen-address=127.0.0.1:{port}"]
    # A `with` block cannot end what it started when it is killed itself: then the kernel does.
    keeper = shutil.which("setpriv")
    if keeper is not None:
        command = [keeper, "--pdeathsig", "TERM", "--", *command]
    log = data / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, cwd=data)
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid, log)
        _wait(engine, server, process, ready_seconds)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    """A port that was free a moment ago; who takes it in between makes the server fail to start, and that is said."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(engine: Engine, server: Server, process: "subprocess.Popen[bytes]", ready_seconds: float) -> None:
    import time

    until = time.monotonic() + ready_seconds
    while True:
        if process.poll() is not None:
            raise ServerFailed(f"`{engine.name}` ended with {process.returncode}: {_end_of(server.log)}")
        with contextlib.suppress(OSError):
            server.get("/-/ready", timeout_seconds=2)
            return
        if time.monotonic() > until:
            raise ServerFailed(f"`{engine.name}` was not ready after {ready_seconds:g} s: {_end_of(server.log)}")
        time.sleep(0.02)


def _end_of(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-2000:].strip() or "it logged nothing"
