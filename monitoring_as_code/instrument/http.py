"""What the middleware of ASGI and WSGI share: which labels a request gets, each of them bounded, and what is recorded of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from time import perf_counter
from typing import Any, Generic, TypeAlias, TypeVar

from monitoring_as_code.instrument.timing import in_unit_of
from monitoring_as_code.model.labels import Label
from monitoring_as_code.model.metric import Counter, Gauge, Histogram, Metric, Summary

R = TypeVar("R", bound=MutableMapping[str, Any])
AnyCounter: TypeAlias = Counter[...]
AnyGauge: TypeAlias = Gauge[...]
AnyDuration: TypeAlias = Histogram[...] | Summary[...]

# Where a request's scope, or its environ, holds the exchange: frameworks say its route there, and a page of metrics that it does not count.
EXCHANGE = "monitoring_as_code.exchange"

# The route of a request that no route of the application is for: its path is the client's choice, and never a label.
UNMATCHED = "unmatched"
# The method of a request whose method is not one of the declared ones: it is the client's choice as well.
OTHER = "OTHER"
# What nginx writes of a client that left before there was an answer.
CLIENT_LEFT = 499

# RFC 9110 and RFC 5789; where the definitions say more, that holds.
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE")
_STATUSES = {code: str(code) for code in range(100, 600)}
# An application has fewer routes. One that makes them of what clients send has no more either.
_MOST_ROUTES = 1000

_log = logging.getLogger("monitoring_as_code.instrument")


class HttpMetrics:
    """The declared metrics of an application's requests, and how their labels are filled."""

    def __init__(
        self,
        *,
        requests: AnyCounter | None,
        duration: AnyDuration | None,
        active: AnyGauge | None,
        service: str,
        labels: Mapping[str, str],
    ) -> None:
        """`labels` says what a label means whose name does not.

        Raises:
            TypeError: one is of another kind.
            ValueError: a metric has a label that no request can fill.
        """
        known = ("method", "route", "status", "status_class", *(("service",) if service else ()))
        _take_only("requests", requests, Counter)
        _take_only("duration", duration, Histogram, Summary)
        _take_only("active", active, Gauge)
        # Their methods are looked up for each request: they are others once the metric is bound to another registry.
        self._requests = requests
        self._request_labels = _Filled(requests, known, service, labels)
        self._duration = duration
        self._scale = 1.0 if duration is None else in_unit_of(duration, 1.0)
        self._duration_labels = _Filled(duration, known, service, labels)
        # Its labels are known before the application has looked for a route.
        self._active_labels = _Filled(active, ("method", *known[4:]), service, labels)
        self._active = active
        self._routes = {UNMATCHED}
        self._told: set[str] = set()
        self._most_routes = min((*self._request_labels.most("route"), *self._duration_labels.most("route")), default=_MOST_ROUTES)

    def enter(self, method: str) -> None:
        """A request has begun."""
        if self._active is not None:
            self._active.inc(**self._active_labels.of(method))

    def leave(self, method: str) -> None:
        """A request that has begun is over, whatever came of it."""
        if self._active is not None:
            self._active.dec(**self._active_labels.of(method))

    def count(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """A request has ended so. No route is one that the application does not have."""
        bounded = self._bounded(route)
        code = _STATUSES.get(status) or "500"
        if self._requests is not None:
            self._requests.inc(**self._request_labels.of(method, bounded, code))
        if self._duration is not None:
            self._duration.observe(seconds * self._scale, **self._duration_labels.of(method, bounded, code))

    def asked(self, find: Callable[[R], str | None], request: R) -> str | None:
        """The route that the application's own function finds. Whatever is wrong with that, the request is answered, and counted."""
        try:
            found: object = find(request)
        except Exception as error:  # noqa: BLE001 - it is the application's
            self._tell("the route of a request could not be found, and further ones are not told of: %r", error)
            return None
        return found if isinstance(found, str) else None

    def _bounded(self, route: str | None) -> str:
        if route is None:
            return UNMATCHED
        if route not in self._routes:
            if len(self._routes) >= self._most_routes:
                # It is counted all the same: shares of all requests stay right.
                self._tell("more than %d routes: requests to further ones are counted as `unmatched`", self._most_routes)
                return UNMATCHED
            self._routes.add(route)
        return route

    def _tell(self, message: str, what: object) -> None:
        if message not in self._told:
            self._told.add(message)
            _log.warning(message, what)


class Exchange(Generic[R]):
    """A request and its answer. What finds the route sets `route`; what is not to be counted calls `forget`."""

    __slots__ = ("_begun", "_metrics", "_open", "_outer", "method", "request", "route")

    def __init__(self, metrics: HttpMetrics, request: R, method: str) -> None:
        """`request` is its scope, or its environ."""
        self.request = request
        self.method = method
        self.route: str | None = None
        self._outer: Exchange[Any] | None = request.get(EXCHANGE)
        request[EXCHANGE] = self
        self._metrics = metrics
        self._open = True
        self._begun = perf_counter()
        metrics.enter(method)

    def found(self) -> str | None:
        """The route that it has taken, if nobody has said it."""
        raise NotImplementedError

    def forget(self) -> None:
        """Count this request nowhere, and no more as one in flight."""
        self._close()
        if self._outer is not None:
            self._outer.forget()

    def end(self, status: int) -> None:
        """It is over; whatever comes later is none of it."""
        if self._close():
            seconds = perf_counter() - self._begun
            self._metrics.count(self.method, self.route or self.found(), status, seconds)

    def _close(self) -> bool:
        if not self._open:
            return False
        self._open = False
        self._metrics.leave(self.method)
        return True


def forget(request: Mapping[str, Any]) -> None:
    """Count a request nowhere, whichever middleware is around it."""
    exchange = request.get(EXCHANGE)
    if isinstance(exchange, Exchange):
        exchange.forget()


class SocketMetrics:
    """The declared metrics of an application's web sockets, and how their labels are filled."""

    def __init__(self, *, connections: AnyGauge | None, messages: AnyCounter | None, service: str, labels: Mapping[str, str]) -> None:
        """`labels` says what a label means whose name does not.

        Raises:
            TypeError: one is of another kind.
            ValueError: a metric has a label that nothing fills.
        """
        _take_only("connections", connections, Gauge)
        _take_only("messages", messages, Counter)
        services = ("service",) if service else ()
        self._connection_labels = _Filled(connections, services, service, labels)
        self._message_labels = _Filled(messages, ("direction", "type", *services), service, labels)
        self._connections = connections
        self._messages = messages

    @property
    def recorded(self) -> bool:
        """Whether anything is."""
        return self._connections is not None or self._messages is not None

    def opened(self) -> None:
        """A connection was accepted."""
        if self._connections is not None:
            self._connections.inc(**self._connection_labels.of())

    def closed(self) -> None:
        """One that was accepted is no more."""
        if self._connections is not None:
            self._connections.dec(**self._connection_labels.of())

    def message(self, direction: str, kind: str) -> None:
        """A message went, `incoming` or `outgoing`; its kind is `text` or `bytes`."""
        if self._messages is not None:
            self._messages.inc(**self._message_labels.of(direction=direction, kind=kind))


class _Filled:
    """What one metric's labels are filled with."""

    def __init__(self, metric: Metric[...] | None, known: Iterable[str], service: str, meanings: Mapping[str, str]) -> None:
        known = tuple(known)
        self._filled: list[tuple[str, str]] = []
        self._methods = dict(zip(_METHODS, _METHODS, strict=True))
        self._other = OTHER
        self._kinds = {"text": "text", "bytes": "bytes"}
        self._service = service
        self._bounds: dict[str, int] = {}
        for label in () if metric is None else metric.label_declarations:
            meaning = meanings.get(label.name, label.name)
            if metric is not None and meaning not in known:
                raise ValueError(_unknown(metric, label, meaning, known))
            self._filled.append((label.attribute, meaning))
            self._take(label, meaning)

    def most(self, meaning: str) -> tuple[int, ...]:
        """How many values the label of this meaning may have, if that is declared."""
        return (self._bounds[meaning],) if meaning in self._bounds else ()

    def of(self, method: str = "", route: str = "", code: str = "", direction: str = "", kind: str = "") -> dict[str, str]:
        """The labels by their keywords."""
        filled = {}
        for keyword, meaning in self._filled:
            if meaning == "method":
                filled[keyword] = self._methods.get(method, self._other)
            elif meaning == "route":
                filled[keyword] = route
            elif meaning == "status":
                filled[keyword] = code
            elif meaning == "status_class":
                filled[keyword] = f"{code[0]}xx"
            elif meaning == "service":
                filled[keyword] = self._service
            elif meaning == "direction":
                filled[keyword] = direction
            else:
                filled[keyword] = self._kinds[kind]
        return filled

    def _take(self, label: Label[Any], meaning: str) -> None:
        """What the definitions say of the label's values."""
        values = label.emitted or label.values
        if meaning == "method":
            if values is not None:
                self._methods = dict(zip(values, values, strict=True))
            self._other = label.other or OTHER
        elif meaning == "type" and values is not None and "text" not in values and "bytes" not in values:
            # What is told apart is not how a message is sent; where there is one value, all messages are that.
            self._kinds = dict.fromkeys(self._kinds, values[0] if len(values) == 1 else label.other or OTHER)
        if label.at_most is not None:
            self._bounds[meaning] = label.at_most


def must_be_called(app: object) -> None:
    """Refuse at the start what would fail with the first request."""
    if not callable(app):
        message = f"`Middleware` goes around an application, which a `{type(app).__name__}` is not"
        raise TypeError(message)


def _take_only(argument: str, metric: object, *kinds: type[Metric[...]]) -> None:
    if metric is not None and not isinstance(metric, kinds):
        given = (
            f"`{metric.name}` is a `{type(metric).__name__}`" if isinstance(metric, Metric) else f"a `{type(metric).__name__}` was given"
        )
        message = f"`{argument}` takes a {' or a '.join(kind.__name__ for kind in kinds)}, but {given}"
        raise TypeError(message)


def _unknown(metric: Metric[...], label: Label[Any], meaning: str, known: tuple[str, ...]) -> str:
    told = f"`{metric.name}` has the label `{label.name}`"
    if meaning == "service":
        return f"{told}: say `service=` to the middleware"
    if meaning != label.name:
        told += f", which is to be `{meaning}`"
    return f"{told}, but what is known is {', '.join(known) or 'nothing'}: `labels={{{label.name!r}: ...}}` says which of them it is"
