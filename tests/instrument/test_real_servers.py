"""Middleware within real servers: clients that leave, and several processes."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from monitoring_as_code import exposition
from monitoring_as_code.instrument import asgi, wsgi
from tests.instrument.served import active, recorded, served, took


async def endless() -> AsyncIterator[str]:
    while True:
        yield "x" * 1000
        await asyncio.sleep(0.01)


async def stream(_request: Request) -> Response:
    return StreamingResponse(endless())


async def patient(request: Request) -> Response:
    while not await request.is_disconnected():  # noqa: ASYNC110 - as applications do
        await asyncio.sleep(0.01)
    return PlainTextResponse("nobody reads this")


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


@contextmanager
def serving(app: asgi.Application) -> Iterator[socket.socket]:
    """Uvicorn on a free port, in a thread of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        yield listening
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()
    assert not thread.is_alive()


def test_clients_that_leave_a_real_server_leave_nothing_in_flight() -> None:
    app = asgi.Middleware(
        Starlette(routes=[Route("/stream", stream), Route("/patient", patient)]),
        requests=served,
        duration=took,
        active=active,
        service="shop",
    )
    with recorded() as page, serving(app) as listening:
        for path in ("/stream", "/patient"):
            for _ in range(3):
                with socket.create_connection(listening.getsockname()) as client:
                    client.sendall(f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
                    until(page.in_flight)
                    if path == "/stream":
                        assert client.recv(100)
                until(lambda: page.in_flight() == 0)
        # What the application answers counts, also when nobody reads it.
        assert page.requests() == {("GET", "/stream", "200"): 3, ("GET", "/patient", "200"): 3}


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_the_page_is_read_from_a_real_wsgi_server() -> None:
    with (
        recorded() as page,
        make_server("127.0.0.1", 0, wsgi.Middleware(wsgi.metrics_app(), requests=served, service="shop"), handler_class=Quiet) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10) as answer:
                families = exposition.parse(answer.read().decode())
        finally:
            server.shutdown()
            thread.join(30)
        assert "mac_instrument_dropped_total" in families
        assert page.requests() == {}


WORKER = """\
import asyncio, sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from monitoring_as_code.instrument.asgi import Middleware, metrics_app
from tests.instrument.served import active, served, took

async def fine(_request):
    return PlainTextResponse("fine")

app = Middleware(
    Starlette(routes=[Route("/orders/{id}", fine), Route("/metrics", metrics_app())]),
    requests=served, duration=took, active=active, service="shop",
)

async def receive():
    return {"type": "http.request", "body": b"", "more_body": False}

async def send(message):
    if message["type"] == "http.response.body" and sys.argv[1] == "read":
        sys.stdout.write(message["body"].decode())

async def ask(path):
    await app({"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "root_path": ""}, receive, send)

for number in range(5):
    asyncio.run(ask("/metrics" if sys.argv[1] == "read" else f"/orders/{number}"))
    if sys.argv[1] == "read":
        break
"""


def test_the_page_of_any_process_has_the_requests_of_all(root: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(root)}

    def work(what: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", WORKER, what], env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    work("ask")
    work("ask")
    families = exposition.parse(work("read"))
    (sample,) = families["served_total"].samples
    assert (sample.value, dict(sample.labels)["route"]) == (10, "/orders/{id}")
    assert {sample.value for sample in families["active"].samples} <= {0}
