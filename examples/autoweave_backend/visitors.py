"""Those who use the platform, within its own process: their requests go through the middleware like all others, and no socket is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from monitoring_as_code.instrument.asgi import Application, Message

from .world import Visit

# Web sockets that stay open, and how many of a step's requests are told of on them.
_WATCHERS = 5


class Visitors:
    """Makes requests, and does not wait for their answers."""

    def __init__(self, services: Mapping[str, Application]) -> None:
        self._services = services
        self._tasks: set[asyncio.Task[None]] = set()
        self._watching: list[asyncio.Queue[str]] = []

    async def __aenter__(self) -> Self:
        for _ in range(_WATCHERS):
            said: asyncio.Queue[str] = asyncio.Queue()
            self._watching.append(said)
            self._begin(watch(self._services["shop"], said))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def visit(self, visits: Iterable[Visit]) -> None:
        """Let them come."""
        for each in visits:
            self._begin(visit(self._services[each.service], each))
        for said in self._watching:
            said.put_nowait("what is new?")

    def _begin(self, doing: Any) -> None:  # noqa: ANN401
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def visit(app: Application, visit: Visit) -> None:
    """One request, whose answer nobody reads."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(_scope("http", visit.path) | {"method": visit.method}, receive, _ignored)


async def watch(app: Application, said: asyncio.Queue[str]) -> None:
    """A web socket that stays open, on which everything that is said is sent."""
    begun = False

    async def receive() -> Message:
        nonlocal begun
        if not begun:
            begun = True
            return {"type": "websocket.connect"}
        return {"type": "websocket.receive", "text": await said.get()}

    await app(_scope("websocket", "/live"), receive, _ignored)


async def _ignored(_message: Message) -> None:
    pass


def _scope(kind: str, path: str) -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "subprotocols": [],
    }
