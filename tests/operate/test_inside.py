"""A server that is asked through a program that carries bytes."""

import shutil
import ssl
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from monitoring_as_code.operate import inside
from monitoring_as_code.operate.login import Login, server_at
from tests.operate.test_protection import certificate

__all__ = ["certificate"]

# Busybox's `nc`, which images have, where it is here; what does the same elsewhere.
NC = """
import os, socket, sys, threading
other = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def out():
    while data := os.read(0, 65536): other.sendall(data)
threading.Thread(target=out, daemon=True).start()
while data := other.recv(65536): os.write(1, data)
"""
BUSYBOX = shutil.which("busybox")
CARRIER = (BUSYBOX, "nc") if BUSYBOX else (sys.executable, "-c", NC)
LARGE = b"x" * (1 << 20)


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        said = self.headers.get("Authorization", "nobody").encode()
        body = {"/who": said, "/large": LARGE}.get(self.path)
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(params=["http", "https"])
def asked(request: pytest.FixtureRequest, certificate: Path, tmp_path: Path) -> Iterator[tuple[str, Login]]:
    password = tmp_path / "password"
    password.write_text("a:b\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    if request.param == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "certificate", certificate / "key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    carrier = (*CARRIER, "127.0.0.1", str(server.server_port))
    try:
        yield f"{request.param}://localhost:9090", Login(request.param, "me", str(password), str(certificate / "certificate"), carrier)
    finally:
        server.shutdown()
        server.server_close()


def test_it_answers_who_logs_in_however_much_it_has_to_say(asked: tuple[str, Login]) -> None:
    server = server_at(*asked)
    assert server.get("/who") == b"Basic bWU6YTpi"
    assert server.get("/large") == LARGE
    assert "bWU6YTpi" not in " ".join(asked[1].carrier)


def test_a_refusal_is_one(asked: tuple[str, Login]) -> None:
    with pytest.raises(OSError, match="HTTP Error 404: Not Found"):
        server_at(*asked).get("/nothing")


def test_a_certificate_of_somebody_else_is_not_taken(asked: tuple[str, Login]) -> None:
    url, login = asked
    if login.scheme == "https":
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            server_at(url, login._replace(ca_file="")).get("/who")


@pytest.mark.parametrize(
    ("carrier", "said"),
    [
        (("sh", "-c", "echo first >&2; echo 'no such container' >&2; exit 1"), "no such container"),
        (("sh", "-c", "exit 0"), "its answer breaks off"),
        (("sh", "-c", "echo HTTP/1.1; exit 0"), "its answer breaks off"),
        (("sleep", "60"), "timed out"),
        (("/nowhere/docker",), "No such file"),
    ],
)
def test_a_carrier_that_carries_nothing_says_why(carrier: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "_BEGINNING_SECONDS", 0.0)
    with pytest.raises(OSError, match=said):
        server_at("http://localhost:9090", Login(carrier=carrier)).get("/who", timeout_seconds=1)
