"""Targets on loopback that expose what a scenario gives: a value a second, so that counters count."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from typing_extensions import override

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.prove.delivery.endpoints import running

if TYPE_CHECKING:
    from monitoring_as_code.prove.smoke.configuration import Target


class Course(NamedTuple):
    """One series of a target, with a value for each second from the first scrape on; the last one goes on as it did."""

    name: str
    labels: Mapping[str, str]
    """Those of the target are among them."""
    values: tuple[float | None, ...]
    counts: bool
    """Whether it is a counter, which goes on rising."""

    def at(self, second: int) -> float | None:
        """Its value; None is a sample that is missing."""
        if second < len(self.values):
            return self.values[second]
        last = self.values[-1]
        before = self.values[-2] if len(self.values) > 1 else last
        if not self.counts or last is None or before is None:
            return last
        return last + (last - before) * (second - len(self.values) + 1)


class Backend:
    """What all targets expose at the moment: nothing, to begin with."""

    def __init__(self) -> None:
        self.courses: Mapping[Target, Sequence[Course]] = {}
        self.down: frozenset[Target] = frozenset()
        self._begun: float | None = None
        self._lock = threading.Lock()

    def expose(self, courses: Mapping[Target, Sequence[Course]], down: frozenset[Target]) -> None:
        """From now on show these series; the targets that are `down` do not answer."""
        self.courses, self.down, self._begun = courses, down, None

    def recover(self) -> None:
        """From now on every target answers, and shows nothing."""
        self.expose({}, frozenset())

    def page(self, target: Target) -> str | None:
        """What a target answers; None if it does not."""
        if target in self.down:
            return None
        with self._lock:
            if self._begun is None:
                self._begun = time.monotonic()
        second = int(time.monotonic() - self._begun)
        shown = ((course, course.at(second)) for course in self.courses.get(target, ()))
        return "".join(_line(course, value, target) for course, value in shown if value is not None)


@contextlib.contextmanager
def serving(backend: Backend, targets: Sequence[Target]) -> Iterator[dict[Target, str]]:
    """The address of each target, for as long as the block lasts."""
    with contextlib.ExitStack() as stack:
        addresses: dict[Target, str] = {}
        for target in targets:
            server = _Server(backend, target)
            stack.enter_context(running(server))
            addresses[target] = f"127.0.0.1:{server.server_address[1]}"
        yield addresses


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, backend: Backend, target: Target) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.backend = backend
        self.target = target

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Prometheus that hangs up is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        page = self.server.backend.page(self.server.target)
        body = (page or "").encode()
        self.send_response(503 if page is None else 200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: who asks is known."""


def _line(course: Course, value: float, target: Target) -> str:
    labels = ",".join(f'{name}="{_escaped(text)}"' for name, text in sorted(course.labels.items()) if name not in target.labels)
    return f"{course.name}{{{labels}}} {_number(value)}\n"


def _number(value: float) -> str:
    return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(repr(value), repr(value))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
