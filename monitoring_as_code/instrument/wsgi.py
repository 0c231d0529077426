"""Middleware for WSGI applications: their requests, on declared metrics; and the page that exposes them.

No framework is needed, and none is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from time import perf_counter
from types import TracebackType
from typing import Any, TypeAlias

from monitoring_as_code.instrument.http import CLIENT_LEFT, EXCHANGE, AnyCounter, AnyDuration, AnyGauge, HttpMetrics
from monitoring_as_code.instrument.scrape import scrape

Environ: TypeAlias = dict[str, Any]
Write: TypeAlias = Callable[[bytes], object]
ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
StartResponse: TypeAlias = Callable[..., Write]
Application: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]
RouteOf: TypeAlias = Callable[[Environ], str | None]


class Middleware:
    """Records a WSGI application's requests on the metrics that it is given; what is not given is not recorded.

    `requests`, `duration` and `active` may have the labels `method`, `route`, `status`, `status_class` (2xx) and `service`, whichever are
    declared; `active` has no route and no status, as they are not known when a request begins. `labels={"handler": "route"}` says what a
    label means that is called otherwise.

    The route is its template. Flask says it by itself, Django by `instrument.django`; `route` finds it in the environ where another
    framework does not, once the application has answered. A request without one is `unmatched`, a method that is not declared the label's `other`, or `OTHER`.

    A request takes until its answer has been taken whole. It has the status 500 when the application raises, whatever it said before.
    """

    def __init__(
        self,
        app: Application,
        *,
        requests: AnyCounter | None = None,
        duration: AnyDuration | None = None,
        active: AnyGauge | None = None,
        service: str = "",
        labels: Mapping[str, str] | None = None,
        route: RouteOf | None = None,
    ) -> None:
        """`service` is the value of the label `service`.

        Raises:
            ValueError: a metric has a label that nothing fills.
        """
        self.app = app
        self._http = HttpMetrics(requests=requests, duration=duration, active=active, service=service, labels=labels or {})
        self._route = route

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """As PEP 3333 has it."""
        exchange = Exchange(self._http, self._route_of, environ, start_response)
        environ[EXCHANGE] = exchange
        return exchange.run(self.app)

    def _route_of(self, exchange: Exchange) -> str | None:
        if exchange.route is not None:
            return exchange.route
        if self._route is None:
            return exchange.rule
        return self._http.asked(self._route, exchange.environ)


class Exchange:
    """A request and its answer. What finds the route sets `route`; what is not to be counted calls `forget`."""

    __slots__ = ("_begun", "_metrics", "_open", "_outer", "_route_of", "_start", "_status", "environ", "method", "route", "rule", "script")

    def __init__(
        self, metrics: HttpMetrics, route_of: Callable[[Exchange], str | None], environ: Environ, start_response: StartResponse
    ) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.script: str = environ.get("SCRIPT_NAME", "")
        self.route: str | None = None
        self.rule: str | None = None
        self._outer: Exchange | None = environ.get(EXCHANGE)
        self._metrics = metrics
        self._route_of = route_of
        self._start = start_response
        self._status: int | None = None
        self._open = True
        self._begun = perf_counter()

    def run(self, app: Application) -> Iterable[bytes]:
        """The application's answer, which ends the request when it is at its end, closed or thrown away."""
        self._metrics.enter(self.method)
        try:
            answer = app(self.environ, self._start_response)
        except BaseException:
            self.end(500)
            raise
        return _SizedAnswer(answer, self) if isinstance(answer, Sized) else _Answer(answer, self)

    def forget(self) -> None:
        """Count this request nowhere, and no more as one in flight."""
        if self._open:
            self._open = False
            self._metrics.leave(self.method)
        if self._outer is not None:
            self._outer.forget()

    def end(self, status: int | None = None, *, left: bool = False) -> None:
        """The request is over, with the status that the application said if nothing else is; its client may have `left` before that."""
        if self._open:
            self._open = False
            self._metrics.leave(self.method)
            code = status or self._status or (CLIENT_LEFT if left else 500)
            self._metrics.count(self.method, self._route_of(self), code, perf_counter() - self._begun)

    def _start_response(self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None) -> Write:
        code = status[:3]
        self._status = int(code) if code.isascii() and code.isdigit() else 500
        # Flask forgets its request before the answer is taken.
        self.rule = _rule(self.environ, self.script)
        # Servers need not take the third one where there is nothing to say.
        return self._start(status, headers) if exc_info is None else self._start(status, headers, exc_info)


def _rule(environ: Environ, script: str) -> str | None:
    """The rule that Werkzeug has found; where one application is mounted in another, the outer one has taken the start of the path."""
    rule = getattr(getattr(environ.get("werkzeug.request"), "url_rule", None), "rule", None)
    taken: str = environ.get("SCRIPT_NAME", "")
    return taken.removeprefix(script) + rule if isinstance(rule, str) else None


class _Answer:
    """The parts of an answer, as the server takes them."""

    def __init__(self, answer: Iterable[bytes], exchange: Exchange) -> None:
        self._answer = answer
        self._parts = iter(answer)
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except StopIteration:
            self._exchange.end()
            raise
        except BaseException:
            self._exchange.end(500)
            raise

    def close(self) -> None:
        """By the server: all is sent, or the client has left."""
        try:
            close = getattr(self._answer, "close", None)
            if close is not None:
                close()
        finally:
            self._exchange.end(left=True)

    def __del__(self) -> None:
        # A server must close what it has taken; not all do, and no request is in flight for ever.
        exchange = getattr(self, "_exchange", None)
        if exchange is not None:
            exchange.end()


class _SizedAnswer(_Answer):
    """One that says how many parts there are: of a single one servers know how long the answer is."""

    def __len__(self) -> int:
        return len(self._answer) if isinstance(self._answer, Sized) else 0


def metrics_app(*, compress: bool = True) -> Application:
    """A WSGI application that answers every path with the metrics: mount it where Prometheus scrapes.

    The form is the one that the scraper asks for, the text format or OpenMetrics, compressed if it takes that. Middleware around it does
    not count these requests.
    """

    def metrics(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        exchange = environ.get(EXCHANGE)
        if isinstance(exchange, Exchange):
            exchange.forget()
        answer = scrape(
            environ["REQUEST_METHOD"],
            accept=environ.get("HTTP_ACCEPT", ""),
            encodings=environ.get("HTTP_ACCEPT_ENCODING", "") if compress else "",
        )
        start_response(f"{answer.status} {answer.reason}", list(answer.headers))
        return [answer.body]

    return metrics
