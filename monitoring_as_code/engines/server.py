"""A real Prometheus or Alertmanager on loopback, for as long as a `with` block lasts."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitoring_as_code.engines.program import Engine, require
from monitoring_as_code.engines.scratch import scratch
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    import ssl
    import subprocess


class ServerFailed(Exception):  # noqa: N818 - what it says, not that it is an error
    """A server ended, or was not ready in time; the text ends with the last of what it logged."""


class Server(NamedTuple):
    """One that answers: `url` has no slash at its end; `log` is a file that it writes to.

    `authorization` is the header of that name, and `context` says whom to trust, if it speaks TLS.
    """

    url: str
    pid: int
    log: Path
    authorization: str = ""
    context: "ssl.SSLContext | None" = None

    def get(self, path: str, timeout_seconds: float = 10) -> bytes:
        """The body of a GET on `path`, which starts with a slash. Raises OSError, for an HTTP error too."""
        return self._asked(path, None, timeout_seconds)

    def post(self, path: str, body: bytes = b"", timeout_seconds: float = 10) -> bytes:
        """The answer to a POST of JSON. Raises OSError, for an HTTP error too."""
        return self._asked(path, body, timeout_seconds)

    def _asked(self, path: str, body: bytes | None, timeout_seconds: float) -> bytes:
        import urllib.request

        # A proxy in the environment is not asked for loopback.
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if self.context is not None:
            handlers.append(urllib.request.HTTPSHandler(context=self.context))
        opener = urllib.request.build_opener(*handlers)
        request = urllib.request.Request(self.url + path, body, {} if body is None else {"Content-Type": "application/json"})  # noqa: S310 - ours, on loopback
        if self.authorization:
            request.add_unredirected_header("Authorization", self.authorization)  # not for whoever it is sent on to
        with opener.open(request, timeout=timeout_seconds) as response:
            answer: bytes = response.read()
        return answer


@contextlib.contextmanager
def prometheus(config: Path, *arguments: str, blocks: Path | None = None, ready_seconds: float = 30) -> Iterator[Server]:
    """Runs on a prometheus.yml where it stands, so that relative rule files are found.

    Its data lie in a folder that is removed, or in `blocks`, one that `promtool tsdb create-blocks-from` has filled.
    """
    with scratch() as data:
        stored = data / "data" if blocks is None else blocks.resolve()
        command = [f"--config.file={config.resolve()}", f"--storage.tsdb.path={stored}", "--log.level=warn", *arguments]
        with _serving("prometheus", _engine(require("prometheus"), command), data, ready_seconds) as server:
            yield server


@contextlib.contextmanager
def alertmanager(config: Path, *arguments: str, ready_seconds: float = 30) -> Iterator[Server]:
    """Runs alone, without a cluster's port, on an alertmanager.yml where it stands."""
    with scratch() as data:
        command = [
            f"--config.file={config.resolve()}",
            f"--storage.path={data / 'data'}",
            "--cluster.listen-address=",
            "--log.level=warn",
            *arguments,
        ]
        with _serving("alertmanager", _engine(require("alertmanager"), command), data, ready_seconds) as server:
            yield server


@contextlib.contextmanager
def listening(name: str, command: Callable[[int], Sequence[str]], ready_seconds: float = 30) -> Iterator[Server]:
    """Any program that is told its port, listens on loopback, and answers `/-/ready`."""
    with scratch() as data, _serving(name, command, data, ready_seconds) as server:
        yield server


def _engine(engine: Engine, arguments: Sequence[str]) -> Callable[[int], Sequence[str]]:
    return lambda port: [str(engine.path), *arguments, f"--web.listen-address=127.0.0.1:{port}"]


@contextlib.contextmanager
def _serving(name: str, command: Callable[[int], Sequence[str]], data: Path, ready_seconds: float) -> Iterator[Server]:
    with contextlib.ExitStack() as stack:
        for remaining in reversed(range(_ATTEMPTS)):
            try:
                server = stack.enter_context(_attempt(name, command, data, ready_seconds))
            except ServerFailed as failed:
                # Somebody took the port between our look and the start.
                if "address already in use" not in str(failed) or not remaining:
                    raise
            else:
                yield server
                return


_ATTEMPTS = 5


@contextlib.contextmanager
def _attempt(name: str, command: Callable[[int], Sequence[str]], data: Path, ready_seconds: float) -> Iterator[Server]:
    import subprocess

    port = _free_port()
    whole = [*_dying_with_us(), *command(port)]
    log = data / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(whole, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, cwd=data)
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid, log)
        _wait(name, server, process, ready_seconds)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _dying_with_us() -> list[str]:
    """What is put before a command, so that the kernel ends it with us: a `with` block cannot when it is killed itself.

    It is the end of the thread that starts the server which counts.
    """
    import shutil
    import sys

    keeper = shutil.which("setpriv")
    if keeper is not None:
        return [keeper, "--pdeathsig", "KILL", "--"]
    if sys.platform != "linux":
        return []
    # util-linux is not there, as in BusyBox's systems: PR_SET_PDEATHSIG is 1, SIGKILL is 9, and both outlive exec.
    return [sys.executable, "-IS", "-c", "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"]


def _free_port() -> int:
    """A port that was free a moment ago."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(name: str, server: Server, process: "subprocess.Popen[bytes]", ready_seconds: float) -> None:
    import time

    until = time.monotonic() + ready_seconds
    while True:
        if process.poll() is not None:
            raise ServerFailed(f"`{name}` ended with {process.returncode}: {_end_of(server.log)}")
        with contextlib.suppress(OSError):
            server.get("/-/ready", timeout_seconds=2)
            return
        if time.monotonic() > until:
            raise ServerFailed(f"`{name}` was not ready after {ready_seconds:g} s: {_end_of(server.log)}")
        time.sleep(0.02)


def _end_of(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-2000:].strip() or "it logged nothing"
