"""Middleware for ASGI applications: their requests and web sockets, on declared metrics; and the page that exposes them.

Pure ASGI 3: no framework is needed, and none is imported.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

from monitoring_as_code.instrument.http import (
    CLIENT_LEFT,
    AnyCounter,
    AnyDuration,
    AnyGauge,
    Exchange,
    HttpMetrics,
    SocketMetrics,
    forget,
    must_be_called,
)
from monitoring_as_code.instrument.scrape import scrape
from monitoring_as_code.instrument.templates import Templates
from monitoring_as_code.light import override

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
RouteOf: TypeAlias = Callable[[Scope], str | None]


class Middleware:
    """Records an ASGI application's requests on the metrics that it is given; what is not given is not recorded.

    `requests`, `duration` and `active` may have the labels `method`, `route`, `status`, `status_class` (2xx) and `service`, whichever are
    declared; `active` has no route and no status, as they are not known when a request begins. `connections` and `messages` are those of web
    sockets; messages may have the labels `direction` (incoming, outgoing) and `type` (text, bytes, or the one value that is declared).
    `labels={"handler": "route"}` says what a label means that is called otherwise.

    The route is its template. Starlette, FastAPI and Litestar say it by themselves, Django by `instrument.django`; `route` finds it in the
    scope where another framework does not, once the application has answered. A request without one is `unmatched`, a method that is not declared the label's `other`, or `OTHER`.

    A request takes until the last byte of its answer is sent. It has the status 500 when the application raises, whatever was sent before,
    and 499 when it never began to answer because its client left.
    """

    def __init__(
        self,
        app: Application,
        *,
        requests: AnyCounter | None = None,
        duration: AnyDuration | None = None,
        active: AnyGauge | None = None,
        connections: AnyGauge | None = None,
        messages: AnyCounter | None = None,
        service: str = "",
        labels: Mapping[str, str] | None = None,
        route: RouteOf | None = None,
    ) -> None:
        """`service` is the value of the label `service`.

        Raises:
            TypeError: there is no application, or a metric is of another kind.
            ValueError: a metric has a label that nothing fills.
        """
        must_be_called(app)
        self.app = app
        meanings = labels or {}
        self._http = HttpMetrics(requests=requests, duration=duration, active=active, service=service, labels=meanings)
        self._sockets = SocketMetrics(connections=connections, messages=messages, service=service, labels=meanings)
        self._route = route
        self._templates = Templates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        kind = scope["type"]
        if kind == "http":
            await _Exchange(self._http, self._found, scope, receive, send).run(self.app)
        elif kind == "websocket" and self._sockets.recorded:
            await _Connection(self._sockets, scope, receive, send).run(self.app)
        else:
            await self.app(scope, receive, send)

    @property
    def routes(self) -> list[Any]:
        """Those of the application, so that it may be mounted as if there were nothing around it."""
        return list(getattr(self.app, "routes", ()))

    def _found(self, exchange: _Exchange) -> str | None:
        if self._route is None:
            return self._templates.of(exchange.request, exchange.path, exchange.root_path)
        return self._http.asked(self._route, exchange.request)


class _Exchange(Exchange[Scope]):
    __slots__ = ("_find", "_gone", "_receive", "_send", "_status", "_trailers", "path", "root_path")

    def __init__(self, metrics: HttpMetrics, find: Callable[[_Exchange], str | None], scope: Scope, receive: Receive, send: Send) -> None:
        self.path: str = scope["path"]
        self.root_path: str = scope.get("root_path", "")
        self._find = find
        self._receive = receive
        self._send = send
        self._status: int | None = None
        self._trailers = False
        self._gone = False
        super().__init__(metrics, scope, scope["method"])

    @override
    def found(self) -> str | None:
        return self._find(self)

    async def run(self, app: Application) -> None:
        """Let the application answer; whatever comes of it, the request is over then."""
        try:
            await app(self.request, self.receive, self.send)
        except Exception:
            self.end(self._unanswered())
            raise
        except BaseException:  # it was cancelled: nobody waits for the answer
            self._gone = True
            self.end(self._unanswered())
            raise
        self.end(self._unanswered())

    async def receive(self) -> Message:
        """What the client sends, on its way to the application."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._gone = True
        return message

    async def send(self, message: Message) -> None:
        """What the application answers, on its way to the client."""
        kind = message["type"]
        if kind == "http.response.start":
            self._status = message["status"]
            self._trailers = message.get("trailers", False)
        try:
            await self._send(message)
        except OSError:  # as ASGI 2.4 says that the client has left
            self._gone = True
            raise
        if kind == "http.response.body":
            last = not message.get("more_body", False) and not self._trailers
        elif kind == "http.response.trailers":
            last = not message.get("more_trailers", False)
        elif kind == "http.response.zerocopysend":
            last = not message.get("more_body", False) and not self._trailers
        else:
            last = kind == "http.response.pathsend"
        if last:
            # Tasks that run after the answer are none of the client's time.
            self.end(self._status or 500)

    def _unanswered(self) -> int:
        """The status of a request whose answer did not come to its end."""
        return self._status or CLIENT_LEFT if self._gone else 500


class _Connection:
    """One web socket: it counts as open from when it is accepted until either side has closed it."""

    __slots__ = ("_metrics", "_open", "_receive", "_scope", "_send")

    def __init__(self, metrics: SocketMetrics, scope: Scope, receive: Receive, send: Send) -> None:
        self._metrics = metrics
        self._scope = scope
        self._receive = receive
        self._send = send
        self._open = False

    async def run(self, app: Application) -> None:
        try:
            await app(self._scope, self._incoming, self._outgoing)
        finally:
            self._closed()

    async def _incoming(self) -> Message:
        message = await self._receive()
        kind = message["type"]
        if kind == "websocket.receive":
            self._metrics.message("incoming", _form(message))
        elif kind == "websocket.disconnect":
            self._closed()
        return message

    async def _outgoing(self, message: Message) -> None:
        await self._send(message)
        kind = message["type"]
        if kind == "websocket.send":
            self._metrics.message("outgoing", _form(message))
        elif kind == "websocket.accept":
            self._open = True
            self._metrics.opened()
        elif kind == "websocket.close":
            self._closed()

    def _closed(self) -> None:
        if self._open:
            self._open = False
            self._metrics.closed()


def _form(message: Message) -> str:
    return "text" if message.get("text") is not None else "bytes"


def metrics_app(*, compress: bool = True) -> Application:
    """An ASGI application that answers every path with the metrics: the endpoint of a route, or served by itself.

    The form is the one that the scraper asks for, the text format or OpenMetrics, compressed if it takes that. Middleware around it does
    not count these requests.
    """
    return _Metrics(compress=compress)


class _Metrics:
    """An object, since Starlette's routes take a function for something that is given a request."""

    def __init__(self, *, compress: bool) -> None:
        self._compress = compress

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
        else:
            await self._answer(scope, send)

    async def _answer(self, scope: Scope, send: Send) -> None:
        forget(scope)
        answer = scrape(
            scope["method"],
            accept=_header(scope, b"accept"),
            encodings=_header(scope, b"accept-encoding") if self._compress else "",
        )
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


def _header(scope: Scope, wanted: bytes) -> str:
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted)


async def _lifespan(receive: Receive, send: Send) -> None:
    """Served by itself it is told of the server's start and end."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
