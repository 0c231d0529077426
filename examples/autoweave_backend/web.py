"""What is served: the services of the platform, each with the middleware around it, the metrics, and a page to let things go wrong."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from definitions.realtime import websocket_connections, websocket_messages
from definitions.requests import http_request_duration, http_requests, http_requests_active
from monitoring_as_code.instrument.asgi import Application, Middleware, metrics_app

from .incidents import INCIDENTS, Incidents
from .runtime import Runtime
from .visitors import Visitors
from .world import World

_PAGE = Path(__file__).with_name("page.html")
_LONGEST_SECONDS = 3600.0


def platform(world: World) -> dict[str, Application]:
    """The services that answer requests, by name."""
    return {
        "shop": _measured("shop", _shop(world)),
        "accounts": _measured("accounts", _accounts(world)),
        "analytics": _measured("analytics", _analytics(world)),
    }


def backend(world: World, seed: int) -> Starlette:
    """All of it, with life in it for as long as it is served."""
    services = platform(world)
    visitors = Visitors(services)

    @contextlib.asynccontextmanager
    async def living(_app: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            life = tasks.create_task(_live(world, visitors, Runtime(seed)))
            yield
            life.cancel()

    return Starlette(
        routes=[
            Route("/", _page),
            Route("/-/ready", _ready),
            Route("/metrics", metrics_app()),
            Route("/demo", _told(world.incidents)),
            Route("/demo/{incident}", _changed(world.incidents), methods=["POST", "DELETE"]),
            *(Mount(f"/{name}", app=service) for name, service in services.items()),
        ],
        lifespan=living,
    )


async def _live(world: World, visitors: Visitors, runtime: Runtime) -> None:
    """A step each second; one that is late is not made up for."""
    async with visitors:
        while True:
            visitors.visit(world.step(1))
            runtime.step()
            await asyncio.sleep(1)


def _measured(name: str, routes: list[BaseRoute]) -> Application:
    return Middleware(
        Starlette(routes=routes),
        requests=http_requests,
        duration=http_request_duration,
        active=http_requests_active,
        connections=websocket_connections,
        messages=websocket_messages,
        service=name,
    )


def _shop(world: World) -> list[BaseRoute]:
    async def order(_request: Request) -> Response:
        await world.query("orders", "select")
        return PlainTextResponse("an order", await world.work("shop"))

    async def ordered(_request: Request) -> Response:
        await world.query("orders", "insert")
        status = await world.work("shop")
        return PlainTextResponse("ordered", 201 if status == 200 else status)

    async def live(socket: WebSocket) -> None:
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(text)

    return [Route("/orders/{id}", order), Route("/orders", ordered, methods=["POST"]), WebSocketRoute("/live", live)]


def _accounts(world: World) -> list[BaseRoute]:
    async def user(_request: Request) -> Response:
        await world.query("users", "select")
        return PlainTextResponse("a user", await world.work("accounts"))

    async def login(_request: Request) -> Response:
        await world.query("users", "select")
        return PlainTextResponse("", 200 if world.login("password") else 401)

    return [Route("/users/{id}", user), Route("/sessions", login, methods=["POST"])]


def _analytics(world: World) -> list[BaseRoute]:
    async def asked(_request: Request) -> Response:
        await world.analyse("funnel")
        return PlainTextResponse("an answer", await world.work("analytics"))

    return [Route("/queries", asked, methods=["POST"])]


async def _page(_request: Request) -> Response:
    return HTMLResponse(_PAGE.read_text(encoding="utf-8"))


async def _ready(_request: Request) -> Response:
    return PlainTextResponse("ready\n")


def _told(incidents: Incidents) -> Callable[[Request], Any]:
    async def told(_request: Request) -> Response:
        return JSONResponse([{**each._asdict(), "seconds": round(incidents.remaining(each.name))} for each in INCIDENTS])

    return told


def _changed(incidents: Incidents) -> Callable[[Request], Any]:
    async def changed(request: Request) -> Response:
        name = request.path_params["incident"]
        if name not in {each.name for each in INCIDENTS}:
            return JSONResponse({"error": f"there is no incident {name!r}", "incidents": [each.name for each in INCIDENTS]}, 404)
        if request.method == "DELETE":
            incidents.end(name)
            return JSONResponse({"incident": name, "seconds": 0})
        seconds = _seconds(request.query_params.get("for", "600"))
        if seconds is None:
            return JSONResponse({"error": f"`for` is a number of seconds, more than 0 and at most {_LONGEST_SECONDS:g}"}, 400)
        incidents.begin(name, seconds)
        return JSONResponse({"incident": name, "seconds": seconds}, 202)

    return changed


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 < seconds <= _LONGEST_SECONDS else None
