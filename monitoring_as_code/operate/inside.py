"""A server in a container that is reached by no port of this machine: asked through a program in there that carries bytes both ways."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    import ssl

_ENDING_SECONDS = 5.0
# To begin a program in a container takes some tenths of a second, and on a busy machine seconds.
_BEGINNING_SECONDS = 15.0


class Inside(NamedTuple):
    """What is asked as a `Server` is. Neither who asks nor what is asked is an argument of the program, which others could read."""

    url: str
    carrier: tuple[str, ...]
    """The command of which input and output are a connection with the server: `docker compose exec -T prometheus nc 127.0.0.1 9090`."""
    authorization: str = ""
    context: ssl.SSLContext | None = None

    def get(self, path: str, timeout_seconds: float = 10) -> bytes:
        """The body of a GET on `path`, which starts with a slash. Raises OSError, for an HTTP error too."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(timeout_seconds + _BEGINNING_SECONDS)
            with theirs:
                end = theirs.fileno()
                process = subprocess.Popen(
                    self.carrier, stdin=end, stdout=end, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", process_group=0
                )
            try:
                return self._asked(ours, path)
            except (http.client.HTTPException, ConnectionError) as error:
                # It has hung up; if that is because it cannot carry anything, it says so.
                said = _complaint(process)
                raise OSError(said or f"its answer breaks off: {error}") from None
            finally:
                _end(process)

    def _asked(self, plain: socket.socket, path: str) -> bytes:
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "localhost", address.port)
        connection.sock = plain if self.context is None else self.context.wrap_socket(plain)
        with contextlib.closing(connection):
            headers = {"Connection": "close"} | ({"Authorization": self.authorization} if self.authorization else {})
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            body = response.read()
        if response.status != 200:
            raise OSError(f"HTTP Error {response.status}: {response.reason}")
        return body


def _complaint(process: subprocess.Popen[str]) -> str:
    """The last of what a program says that has come to its end."""
    try:
        _, said = process.communicate(timeout=_ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    return next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "") if process.returncode else ""


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stderr is not None:
        process.stderr.close()
