"""Services are asked with what keeps a password from others, and what they refuse is said."""

import base64
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring_as_code.operate import backup


@pytest.fixture
def guarded() -> Iterator[str]:
    """A server that wants a password, and sends whoever asks for /away elsewhere with it."""
    wanted = "Basic " + base64.b64encode(b"ann:secret").decode()

    class Guarded(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            right = self.headers.get("Authorization") == wanted
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", "/")
            else:
                self.send_response(200 if right else 401)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Guarded)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_password_comes_from_a_file_and_goes_to_nobody_else(guarded: str, tmp_path: Path) -> None:
    with pytest.raises(backup.Refused, match="wants a password"):
        backup.Api("Prometheus", guarded).json("/")
    file = tmp_path / "credentials"
    file.write_text("ann:secret\n")
    api = backup.Api("Prometheus", guarded, backup.Access(credentials=file))
    assert api.json("/") == {}
    with pytest.raises(backup.Refused, match="wants a password"):
        api.json("/away")


@pytest.mark.parametrize(
    "url, why",
    [
        ("127.0.0.1:9091", "`127.0.0.1:9091` is no address of Prometheus"),
        ("file:///etc/passwd", "is no address of Prometheus"),
        ("http://", "is no address of Prometheus"),
        ("http://ann:secret@127.0.0.1:9091", "the address of Prometheus has a password in it"),
        ("http://ann:secret@127.0.0.1:9091?a", "`127.0.0.1:9091[?]a` is no address"),
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(url: str, why: str) -> None:
    with pytest.raises(backup.Refused, match=why) as refused:
        backup.Api("Prometheus", url)
    assert "secret" not in refused.value.message


def test_a_password_does_not_leave_the_machine_in_the_clear(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("ann:secret")
    with pytest.raises(backup.Refused, match=r"would go to Prometheus at `http://prometheus.example:9091` in the clear"):
        backup.Api("Prometheus", "http://prometheus.example:9091", backup.Access(credentials=file))


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(backup.Refused, match=r"cannot be asked: .*refused"):
        backup.Api("Prometheus", "http://127.0.0.1:1").json("/")
