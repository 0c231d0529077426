"""A project to hold pages to, and a server that answers as it is told to."""

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

DEFINITIONS = """\
from typing import Literal
from monitoring_as_code import Counter, Exporter, Gauge, Label, Labels, ScrapeJob, Stack, label


class Http(Labels):
    method: Label[Literal["GET", "POST"]]
    region: Label[str] = label(at_most=2)


requests = Counter(name="requests_total", help="Requests.", labels=Http)
depth = Gauge(name="depth", help="Depth.")
node = Exporter(name="node", metrics=(Gauge(name="node_load1", help="Load."),))
stack = Stack(
    name="shop",
    scrape_interval="1s",
    scrape_timeout="1s",
    jobs=(ScrapeJob(name="shop", targets=("SHOP",)), ScrapeJob(name="hosts", targets=("HOSTS",), exporter=node)),
)
"""


def write_project(folder: Path, shop: str = "shop:8000", hosts: str = "hosts:9100", definitions: str = DEFINITIONS) -> Path:
    """A project whose jobs scrape these addresses."""
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "definitions" / "shop.py").write_text(definitions.replace("SHOP", shop).replace("HOSTS", hosts))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


class Served:
    """A server on loopback: what it answers to a path, and the headers that it was asked with."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, str, bytes]] = {}
        self.headers: list[dict[str, str]] = []
        self.otherwise: Callable[[str], bytes] | None = None
        """What it answers, as JSON, to paths that are not among the pages."""
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.headers.append(dict(self.headers))
                status, kind, body = outer.pages.get(self.path, (404, "text/plain", b"no such page"))
                if status == 404 and outer.otherwise is not None:
                    status, kind, body = 200, "application/json", outer.otherwise(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Location", "http://elsewhere.example/")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing is said."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, text: str, path: str = "/metrics", kind: str = "text/plain; version=0.0.4") -> None:
        """What is at a path."""
        self.pages[path] = (200, kind, text.encode())


@pytest.fixture
def served() -> Iterator[Served]:
    found = Served()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def another() -> Iterator[Served]:
    found = Served()
    yield found
    found.server.shutdown()
    found.server.server_close()


Mac = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def mac(project: Path, root: Path) -> Mac:
    def run(*arguments: str, page: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "monitoring_as_code", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(root)}
        return subprocess.run(command, cwd=project, env=environment, input=page, capture_output=True, text=True, check=False)

    return run
