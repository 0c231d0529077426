"""Middleware for WSGI applications: their requests, on declared metrics; and the page that exposes them.

No framework is needed, and none is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from types import TracebackType
from typing import Any, TypeAlias

from monitoring_as_code.instrument.http import CLIENT_LEFT, AnyCounter, AnyDuration, AnyGauge, Exchange, HttpMetrics, forget, must_be_called
from monitoring_as_code.instrument.scrape import scrape
from monitoring_as_code.light import override

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
            TypeError: there is no application, or a metric is of another kind.
            ValueError: a metric has a label that nothing fills.
        """
        must_be_called(app)
        self.app = app
        self._http = HttpMetrics(requests=requests, duration=duration, active=active, service=service, labels=labels or {})
        self._route = route

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """As PEP 3333 has it."""
        return _Exchange(self._http, self._found, environ, start_response).run(self.app)

    def _found(self, exchange: _Exchange) -> str | None:
        return exchange.rule if self._route is None else self._http.asked(self._route, exchange.request)


class _Exchange(Exchange[Environ]):
    __slots__ = ("_find", "_script", "_start", "_status", "rule")

    def __init__(
        self, metrics: HttpMetrics, find: Callable[[_Exchange], str | None], environ: Environ, start_response: StartResponse
    ) -> None:
        self._script: str = environ.get("SCRIPT_NAME", "")
        self.rule: str | None = None
        self._find = find
        self._start = start_response
        self._status: int | None = None
        super().__init__(metrics, environ, environ["REQUEST_METHOD"])

    @override
    def found(self) -> str | None:
        return self._find(self)

    def run(self, app: Application) -> Iterable[bytes]:
        """The application's answer, which ends the request when it is at its end, closed or thrown away."""
        try:
            answer = app(self.request, self._start_response)
        except BaseException:
            self.end(500)
            raise
        return _SizedAnswer(answer, self) if isinstance(answer, Sized) else _Answer(answer, self)

    def taken(self) -> None:
        """The answer was taken to its end."""
        self.end(self._status or 500)

    def left(self) -> None:
        """The client wants no more of it."""
        self.end(self._status or CLIENT_LEFT)

    def _start_response(self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None) -> Write:
        code = status[:3]
        self._status = int(code) if code.isascii() and code.isdigit() else 500
        # Flask forgets its request before the answer is taken.
        self.rule = _rule(self.request, self._script)
        # Servers need not take the third one where there is nothing to say.
        return self._start(status, headers) if exc_info is None else self._start(status, headers, exc_info)


def _rule(environ: Mapping[str, Any], script: str) -> str | None:
    """The rule that Werkzeug has found; where one application is mounted in another, the outer one has taken the start of the path."""
    rule = getattr(getattr(environ.get("werkzeug.request"), "url_rule", None), "rule", None)
    taken: str = environ.get("SCRIPT_NAME", "")
    return taken.removeprefix(script) + rule if isinstance(rule, str) else None


class _Answer:
    """The parts of an answer, as the server takes them."""

    def __init__(self, answer: Iterable[bytes], exchange: _Exchange) -> None:
        self._answer = answer
        self._parts = iter(answer)
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except StopIteration:
            self._exchange.taken()
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
            self._exchange.left()

    def __del__(self) -> None:
        # A server must close what it has taken; not all do, and no request is in flight for ever.
        exchange = getattr(self, "_exchange", None)
        if exchange is not None:
            exchange.left()


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
        forget(environ)
        answer = scrape(
            environ["REQUEST_METHOD"],
            accept=environ.get("HTTP_ACCEPT", ""),
            encodings=environ.get("HTTP_ACCEPT_ENCODING", "") if compress else "",
        )
        start_response(f"{answer.status} {answer.reason}", list(answer.headers))
        return [answer.body]

    return metrics
