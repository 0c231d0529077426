"""What the middleware adds to a request, beside its peers, in one run: CPU time of Starlette's smallest answer, in process.

`python -m bench.middleware` prints microseconds a request: the best of several rounds, as everything else is noise of the machine. The goal is
1.1 times the bare application and 60 us.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable, Iterable, Iterator
from time import process_time
from typing import Any

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from definitions.requests import http_request_duration, http_requests, http_requests_active
from monitoring_as_code import instrument
from monitoring_as_code.instrument import asgi, wsgi

REQUESTS = 5_000
ROUNDS = 9
SERVICE = "shop"


async def order(_request: Any) -> PlainTextResponse:  # noqa: ANN401
    return PlainTextResponse("ok")


def application() -> Starlette:
    return Starlette(routes=[*(Route(f"/other{number}", order) for number in range(10)), Route("/orders/{id}", order)])


def ours() -> Any:  # noqa: ANN401
    app = application()
    app.add_middleware(
        asgi.Middleware,
        requests=http_requests,
        duration=http_request_duration,
        active=http_requests_active,
        service=SERVICE,
    )
    return app


def starlette_exporter() -> Any:  # noqa: ANN401
    from starlette_exporter import PrometheusMiddleware  # type: ignore[import-not-found,unused-ignore]

    app = application()
    app.add_middleware(PrometheusMiddleware, group_paths=True)
    return app


def fastapi_instrumentator() -> Any:  # noqa: ANN401
    from prometheus_fastapi_instrumentator import Instrumentator  # type: ignore[import-not-found,unused-ignore]

    app = application()
    Instrumentator(should_instrument_requests_inprogress=True).instrument(app)  # type: ignore[arg-type,unused-ignore]
    return app


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(_message: Any) -> None:  # noqa: ANN401
    pass


def scope() -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/orders/7", "raw_path": b"/orders/7", "root_path": "", "query_string": b"", "headers": [(b"host", b"shop")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip


async def asgi_round(app: Callable[..., Awaitable[None]]) -> float:
    begun = process_time()
    for _ in range(REQUESTS):
        await app(scope(), receive, send)
    return (process_time() - begun) / REQUESTS * 1e6


def bare_wsgi(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def wsgi_round(app: Callable[..., Iterable[bytes]]) -> float:
    def start_response(*_: object) -> Callable[[bytes], None]:
        return lambda _: None

    begun = process_time()
    for _ in range(REQUESTS):
        answer = app({"REQUEST_METHOD": "GET", "PATH_INFO": "/orders/7"}, start_response)
        for _part in answer:
            pass
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    return (process_time() - begun) / REQUESTS * 1e6


def subjects() -> Iterator[tuple[str, Any]]:
    yield "bare", application()
    yield "ours", ours()
    for name, make in (("starlette_exporter", starlette_exporter), ("prometheus_fastapi_instrumentator", fastapi_instrumentator)):
        if importlib.util.find_spec(name) is not None:
            yield name, make()
        else:
            print(f"{name} is not installed")


def main() -> None:
    instrument.use(CollectorRegistry())
    apps = dict(subjects())
    best = dict.fromkeys(apps, float("inf"))
    for _ in range(ROUNDS):  # in turns, so that a slow moment of the machine hits all
        for name, app in apps.items():
            best[name] = min(best[name], asyncio.run(asgi_round(app)))
    told("ASGI, Starlette with 11 routes", best)
    behind: dict[str, Any] = {"bare": bare_wsgi, "ours": wsgi.Middleware(
        bare_wsgi, requests=http_requests, duration=http_request_duration, active=http_requests_active, service=SERVICE,
        route=lambda _: "/orders/{id}",
    )}  # fmt: skip
    told("WSGI, a function", {name: min(wsgi_round(app) for _ in range(ROUNDS)) for name, app in behind.items()})


def told(what: str, best: dict[str, float]) -> None:
    bare = best["bare"]
    print(f"{what}: us a request")
    for name, taken in best.items():
        print(f"  {name:36} {taken:7.1f}  {taken - bare:+7.1f}  {taken / bare:5.2f} times")
    goal = 1.1 * bare + 60
    print(f"  {'goal: 1.1 times bare and 60':36} {goal:7.1f}  {'reached' if best['ours'] <= goal else 'MISSED'}")


if __name__ == "__main__":
    main()
