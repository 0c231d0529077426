import asyncio
import contextlib
import gc
import gzip
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Any, TypeAlias, cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Host, Mount, Route, Router, WebSocketRoute
from starlette.websockets import WebSocket

from monitoring_as_code import Counter, Gauge, Histogram, Label, Labels, Summary, exposition, label, unit
from monitoring_as_code.instrument import register
from monitoring_as_code.instrument.asgi import Application, Message, Middleware, Receive, Scope, Send, metrics_app
from monitoring_as_code.instrument.http import EXCHANGE
from tests.instrument.served import Http, Recorded, Service, active, messages, recorded, served, sockets, took

Json = dict[str, Any]


@pytest.fixture
def page() -> Iterator[Recorded]:
    with recorded() as made:
        yield made


def measured(app: object, **more: Any) -> Middleware:
    return Middleware(
        cast("Application", app),
        **{"requests": served, "duration": took, "active": active, "connections": sockets, "messages": messages, "service": "shop", **more},
    )


def ask(app: Application, *requests: tuple[str, str], headers: dict[str, str] | None = None) -> list[httpx.Response]:
    async def asked() -> list[httpx.Response]:
        transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            return [await client.request(method, path, headers=headers) for method, path in requests]

    return asyncio.run(asked())


async def fine(_request: Request) -> Response:
    return PlainTextResponse("fine")


async def broken(_request: Request) -> Response:
    raise RuntimeError("broken")


def orders() -> Router:
    return Router([Route("/", fine), Route("/{id:int}", fine), Route("/{id:int}/items/{item}", fine, methods=["POST"])])


ROUTES: list[BaseRoute] = [
    Route("/", fine),
    Route("/broken", broken),
    Route("/files/{path:path}", fine),
    Mount("/orders", orders()),
    Mount("/v1", routes=[Mount("/orders", orders()), Route("/health", fine)]),
    Mount("/tenants/{tenant}", Starlette(routes=[Route("/users/{user}", fine)])),
    Mount("/static", cast("Any", PlainTextResponse("a file"))),
    Mount("/open", metrics_app()),
]

TEMPLATES = [
    ("GET", "/", "/", 200),
    ("GET", "/files/a/b/c", "/files/{path}", 200),
    ("GET", "/orders/7", "/orders/{id}", 200),
    ("GET", "/orders/", "/orders/", 200),
    ("POST", "/orders/7/items/x", "/orders/{id}/items/{item}", 200),
    ("GET", "/v1/orders/7", "/v1/orders/{id}", 200),
    ("GET", "/v1/health", "/v1/health", 200),
    ("GET", "/tenants/acme/users/7", "/tenants/{tenant}/users/{user}", 200),
    ("GET", "/static/a.css", "/static/{path}", 200),
    ("GET", "/nope", "unmatched", 404),
    ("GET", "/orders/nope", "unmatched", 404),
    ("GET", "/v1/orders/nope", "unmatched", 404),
    ("GET", "/v1/health/", "unmatched", 307),
    ("PUT", "/orders/7/items/x", "/orders/{id}/items/{item}", 405),
    ("GET", "/broken", "/broken", 500),
]


@pytest.mark.parametrize("method, path, route, status", TEMPLATES, ids=[f"{method} {path}" for method, path, *_ in TEMPLATES])
def test_a_route_is_its_template_with_those_of_all_mounts(page: Recorded, method: str, path: str, route: str, status: int) -> None:
    (answer,) = ask(measured(Starlette(routes=ROUTES)), (method, path))
    assert answer.status_code == status
    assert page.requests() == {(method, route, str(status)): 1}
    assert page.in_flight() == 0


def test_middleware_inside_of_starlette_records_the_same(page: Recorded) -> None:
    app = Starlette(routes=ROUTES)
    app.add_middleware(cast("Any", Middleware), requests=served, duration=took, active=active, service="shop")
    ask(cast("Application", app), *((method, path) for method, path, *_ in TEMPLATES))
    assert set(page.requests()) == {(method, route, str(status)) for method, _, route, status in TEMPLATES}


def test_one_application_at_two_places_is_told_apart_by_the_path(page: Recorded) -> None:
    shared = Starlette(routes=[Route("/{id}", fine)])
    app = measured(Starlette(routes=[Mount("/a", shared), Mount("/b/{x}", shared)]))
    ask(app, ("GET", "/a/1"), ("GET", "/b/y/1"), ("GET", "/b/y/2"))
    assert page.requests() == {("GET", "/a/{id}", "200"): 1, ("GET", "/b/{x}/{id}", "200"): 2}


@pytest.mark.parametrize("server_root", ["", "/proxy"])
def test_the_prefix_of_a_proxy_is_no_part_of_the_route(page: Recorded, server_root: str) -> None:
    shared = Starlette(routes=[Route("/{id}", fine)])
    app = measured(Starlette(routes=[Mount("/a", shared), Mount("/b", shared)]))
    asyncio.run(call(app, path=f"{server_root}/b/7", root_path=server_root))
    assert page.requests() == {("GET", "/b/{id}", "200"): 1}


def test_middleware_of_a_mounted_application_records_the_whole_template(page: Recorded) -> None:
    inner = measured(Starlette(routes=[Route("/{id}", fine)]))
    ask(cast("Application", Starlette(routes=[Mount("/orders", cast("Any", inner))])), ("GET", "/orders/7"))
    assert page.requests() == {("GET", "/orders/{id}", "200"): 1}


def test_hosts_have_routes_too(page: Recorded) -> None:
    app = measured(Starlette(routes=[Host("shop", Router([Route("/x/{id}", fine)]))]))
    ask(app, ("GET", "/x/1"), ("GET", "/y"))
    assert page.requests() == {("GET", "/x/{id}", "200"): 1, ("GET", "unmatched", "404"): 1}


def test_an_older_starlette_that_only_says_the_endpoint_is_understood(page: Recorded) -> None:
    router = Router([Route("/orders/{id}", fine), Route("/also/{id}", fine)])

    async def older(scope: Scope, receive: Receive, send: Send) -> None:
        scope.update(endpoint=fine, router=router)
        await answering(200)(scope, receive, send)

    app = measured(older)
    for path in ("/orders/7", "/also/7"):
        asyncio.run(call(app, path=path))
    assert page.requests() == {("GET", "/orders/{id}", "200"): 1, ("GET", "/also/{id}", "200"): 1}


def test_fastapi_says_its_routes(page: Recorded) -> None:
    fastapi = pytest.importorskip("fastapi", reason="FastAPI is not installed: no check of its routes")
    app, inner, router = fastapi.FastAPI(), fastapi.FastAPI(), fastapi.APIRouter(prefix="/router")

    @app.get("/items/{item_id}")
    async def item(item_id: int) -> int:
        return item_id

    @router.get("/deep/{x}")
    async def deep(x: str) -> str:
        return x

    @inner.get("/users/{user}")
    async def user(user: str) -> str:
        return user

    outer = fastapi.APIRouter()
    outer.include_router(router, prefix="/twice")
    app.include_router(router, prefix="/api")
    app.include_router(outer, prefix="/v1")
    app.mount("/inner", inner)
    asked = ("/items/7", "/items/x", "/api/router/deep/1", "/v1/twice/router/deep/1", "/inner/users/1", "/nope", "/api/nope", "/inner/nope")
    ask(measured(app), *(("GET", path) for path in asked))
    assert page.requests() == {
        ("GET", "/items/{item_id}", "200"): 1,
        ("GET", "/items/{item_id}", "422"): 1,
        ("GET", "/api/router/deep/{x}", "200"): 1,
        ("GET", "/v1/twice/router/deep/{x}", "200"): 1,
        ("GET", "/inner/users/{user}", "200"): 1,
        ("GET", "unmatched", "404"): 3,
    }


def test_the_application_finds_routes_that_its_framework_does_not_say(page: Recorded) -> None:
    ask(measured(answering(200), route=lambda scope: "/by/{hand}" if scope["path"] == "/by/7" else None), ("GET", "/by/7"), ("GET", "/x"))
    assert page.requests() == {("GET", "/by/{hand}", "200"): 1, ("GET", "unmatched", "200"): 1}


def test_a_framework_may_say_the_route_of_an_exchange(page: Recorded) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope[EXCHANGE].route = "/said"
        await answering(200)(scope, receive, send)

    asyncio.run(call(measured(app)))
    assert page.requests() == {("GET", "/said", "200"): 1}


def test_a_function_for_routes_that_fails_is_told_once_and_never_to_the_client(page: Recorded, caplog: pytest.LogCaptureFixture) -> None:
    answers = ask(measured(answering(200), route=lambda scope: scope["nothing"]), *[("GET", "/")] * 3)
    assert [answer.status_code for answer in answers] == [200] * 3
    assert page.requests() == {("GET", "unmatched", "200"): 3}
    assert len(caplog.records) == 1


def test_a_function_may_make_no_more_routes_than_are_declared(page: Recorded, caplog: pytest.LogCaptureFixture) -> None:
    ask(measured(answering(200), route=lambda scope: scope["path"]), *[("GET", f"/{number}") for number in range(50)])
    found = page.requests()
    assert len(found) == 20  # as the label's `at_most` says, `unmatched` included
    assert sum(found.values()) == 50
    assert found["GET", "unmatched", "200"] == 31
    assert [record.getMessage() for record in caplog.records] == [
        "more than 20 routes: requests to further ones are counted as `unmatched`"
    ]


def test_a_method_that_is_not_declared_is_the_declared_other(page: Recorded) -> None:
    ask(measured(answering(200)), ("GET", "/"), ("PROPFIND", "/"), ("X" * 5000, "/"))
    asyncio.run(call(measured(answering(200)), method="get"))
    assert page.requests() == {("GET", "unmatched", "200"): 1, ("OTHER", "unmatched", "200"): 3}


def test_methods_are_bounded_where_nothing_is_declared_of_them(page: Recorded) -> None:
    class Open(Labels):
        method: Label[str]
        route: Label[str]
        status: Label[str]

    counter = Counter(name="open_total", help="Requests.", labels=Open)
    app = measured(answering(200), requests=counter, duration=None, active=None)
    ask(app, *[(f"M{number}", "/") for number in range(20)], ("TRACE", "/"))
    assert page.value("open_total", method="OTHER", route="unmatched", status="200") == 20
    assert page.value("open_total", method="TRACE", route="unmatched", status="200") == 1


def hostile(seed: int) -> tuple[str, bytes, list[tuple[bytes, bytes]]]:
    chance = random.Random(seed)
    method = chance.choice(["GET", "POST", "PUT", "DELETE", "HEAD", chance.randbytes(6).decode("latin-1"), "get", ""])
    path = chance.choice(
        [b"/", b"/orders/7", b"/orders/%d" % chance.randrange(10**9), b"/" + chance.randbytes(30), b"/v1/" + chance.randbytes(9)]
    )
    return method, path, [(chance.randbytes(5), chance.randbytes(50)), (b"host", chance.randbytes(8))]


def test_hostile_requests_never_grow_the_page_beyond_its_budget(page: Recorded, prove: bool) -> None:
    app = measured(Starlette(routes=ROUTES))

    async def flood(seeds: range) -> None:
        for seed in seeds:
            method, path, headers = hostile(seed)
            await call(app, method=method, path=path.decode("utf-8", "surrogateescape"), headers=headers)

    asyncio.run(flood(range(2_000)))
    before = samples(page)
    asyncio.run(flood(range(2_000, 100_000 if prove else 6_000)))
    # 6 methods; 3 routes that there are, and `unmatched`; 200, 307, 404 and 405. Each series of the histogram has 5 lines.
    assert samples(page) <= 6 * 4 * 4 * (1 + 5) + 10
    assert samples(page) - before <= 6 * 6  # what is rare comes late
    assert {route for _, route, _ in page.requests()} <= {"/", "/orders/{id}", "unmatched"}
    assert page.in_flight() == 0


def samples(page: Recorded) -> int:
    return sum(len(family.samples) for family in page.registry.collect())


def test_a_request_takes_until_its_last_byte_is_sent(page: Recorded) -> None:
    async def slowly() -> AsyncIterator[str]:
        for _ in range(3):
            await asyncio.sleep(0.02)
            assert page.in_flight() == 1
            assert page.requests() == {}
            yield "part"

    async def streaming(_request: Request) -> Response:
        return StreamingResponse(slowly())

    ask(measured(Starlette(routes=[Route("/", streaming)])), ("GET", "/"))
    assert page.requests() == {("GET", "/", "200"): 1}
    assert page.times()["GET", "/", "200"] >= 0.06


def test_what_runs_after_the_answer_is_none_of_the_requests_time(page: Recorded) -> None:
    seen: list[object] = []

    async def later() -> None:
        seen.append((page.in_flight(), page.requests()))
        await asyncio.sleep(0.1)
        raise RuntimeError("too late to be a failed request")

    async def answer(_request: Request) -> Response:
        return PlainTextResponse("done", background=BackgroundTask(later))

    ask(measured(Starlette(routes=[Route("/", answer)])), ("GET", "/"))
    assert seen == [(0, {("GET", "/", "200"): 1})]
    assert page.requests() == {("GET", "/", "200"): 1}
    assert page.times()["GET", "/", "200"] < 0.1


START = {"type": "http.response.start", "status": 200, "headers": []}
BODY = {"type": "http.response.body", "body": b"x"}
PART = {**BODY, "more_body": True}
LEFT = {"type": "http.disconnect"}
REQUEST = {"type": "http.request", "body": b"", "more_body": False}

Asgi: TypeAlias = Application


def answering(status: int, *messages: Json, raising: BaseException | None = None, until_left: bool = False) -> Asgi:
    """An application that sends these messages."""

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages or ({**START, "status": status}, BODY):
            await send(message)
        while until_left and (await receive())["type"] != "http.disconnect":
            pass
        if raising is not None:
            raise raising

    return app


async def call(
    app: Application,
    *,
    method: str = "GET",
    path: str = "/",
    root_path: str = "",
    headers: list[tuple[bytes, bytes]] | None = None,
    sent: list[Message] | None = None,
    refuse: Exception | None = None,
) -> None:
    """One request by hand; the client sends it and leaves."""
    said = iter([REQUEST])

    async def receive() -> Message:
        return next(said, LEFT)

    async def send(message: Message) -> None:
        if refuse is not None and message["type"] == "http.response.body":
            raise refuse
        if sent is not None:
            sent.append(message)

    await app(
        {
            "type": "http", "method": method, "path": path, "raw_path": b"", "root_path": root_path, "query_string": b"",
            "headers": headers or [], "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0", "spec_version": "2.3"},
        },
        receive,
        send,
    )  # fmt: skip


ENDINGS: list[tuple[str, Asgi, Exception | None, type[BaseException] | None, str]] = [
    ("it answers", answering(204), None, None, "204"),
    ("it raises before it answers", answering(0, {"type": "http.response.debug"}, raising=ValueError()), None, ValueError, "500"),
    ("it raises while it answers", answering(0, START, PART, raising=ValueError()), None, ValueError, "500"),
    ("it raises when it has answered", answering(200, START, BODY, raising=ValueError()), None, ValueError, "200"),
    ("it never answers", answering(0, {"type": "http.response.debug"}), None, None, "500"),
    ("it never ends its answer", answering(0, START, PART), None, None, "500"),
    ("the client leaves before the answer", answering(0, {"type": "http.response.debug"}, until_left=True), None, None, "499"),
    ("the client leaves during the answer", answering(0, START, PART, until_left=True), None, None, "200"),
    ("the server cannot send any more", answering(200), OSError("gone"), OSError, "200"),
    ("the server refuses the answer", answering(200), RuntimeError("twice"), RuntimeError, "500"),
    ("it is cancelled before it answers", answering(0, {"type": "http.response.debug"}, raising=asyncio.CancelledError()), None, asyncio.CancelledError, "499"),
    ("it is cancelled while it answers", answering(0, START, PART, raising=asyncio.CancelledError()), None, asyncio.CancelledError, "200"),
    ("a file is sent by its path", answering(0, START, {"type": "http.response.pathsend", "path": "/x"}), None, None, "200"),
    ("a file is sent by its number", answering(0, START, {"type": "http.response.zerocopysend", "file": 3}), None, None, "200"),
    ("trailers end the answer", answering(0, {**START, "trailers": True}, BODY, {"type": "http.response.trailers", "headers": []}), None, None, "200"),
    ("trailers are missing", answering(0, {**START, "trailers": True}, BODY), None, None, "500"),
    ("a status that is none", answering(999), None, None, "500"),
]  # fmt: skip


@pytest.mark.parametrize("app, refuse, raises, status", [each[1:] for each in ENDINGS], ids=[each[0] for each in ENDINGS])
def test_every_end_of_a_request_is_counted_once_and_passed_on(
    page: Recorded, app: Asgi, refuse: Exception | None, raises: type[BaseException] | None, status: str
) -> None:
    if raises is None:
        asyncio.run(call(measured(app), refuse=refuse))
    else:
        with pytest.raises(raises):
            asyncio.run(call(measured(app), refuse=refuse))
    assert page.requests() == {("GET", "unmatched", status): 1}
    assert page.in_flight() == 0


def test_a_task_that_is_cancelled_leaves_nothing_in_flight(page: Recorded) -> None:
    async def forever(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(3600)

    async def run() -> None:
        tasks = [asyncio.create_task(call(measured(forever))) for _ in range(5)]
        await asyncio.sleep(0)
        assert page.in_flight() == 5
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())
    assert page.in_flight() == 0


@given(st.lists(st.sampled_from(range(len(ENDINGS))), max_size=20), st.lists(st.booleans(), max_size=20))
def test_whatever_happens_nothing_stays_in_flight(ends: list[int], cancelled: list[bool]) -> None:
    with recorded() as page:

        async def run() -> None:
            app = [measured(ENDINGS[index][1]) for index in ends]
            tasks = [asyncio.create_task(call(each, refuse=ENDINGS[index][2])) for each, index in zip(app, ends, strict=True)]
            for task, stop in zip(tasks, cancelled, strict=False):
                if stop:
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run(run())
        assert not page.in_flight()


def test_an_answer_is_passed_on_unchanged(page: Recorded) -> None:
    bare: list[Message] = []
    through: list[Message] = []
    app = Starlette(routes=ROUTES)
    for path in ("/", "/files/x", "/nope", "/orders/7"):
        asyncio.run(call(cast("Application", app), path=path, sent=bare))
        asyncio.run(call(measured(app), path=path, sent=through))
    assert through == bare
    assert sum(page.requests().values()) == 4


def test_the_lifespan_is_passed_through(page: Recorded) -> None:
    events: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        assert scope["type"] == "lifespan"
        events.append(scope["type"])

    asyncio.run(measured(app)({"type": "lifespan"}, cast("Any", None), cast("Any", None)))
    assert events == ["lifespan"]
    assert page.requests() == {}


class Client:
    """The other end of a web socket."""

    def __init__(self, app: Application, *sends: Json) -> None:
        self.app = app
        self.sends = iter([{"type": "websocket.connect"}, *sends])
        self.got: list[Message] = []
        self.seen: list[float | None] = []

    async def run(self, page: Recorded) -> None:
        async def receive() -> Message:
            self.seen.append(page.value("sockets", service="shop"))
            return next(self.sends, {"type": "websocket.disconnect", "code": 1001})

        async def send(message: Message) -> None:
            self.got.append(message)

        scope = {"type": "websocket", "path": "/live", "headers": [], "query_string": b"", "root_path": ""}
        await self.app(scope, receive, send)


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)
        await socket.send_bytes(b"x")


def test_web_sockets_and_their_messages_are_counted(page: Recorded) -> None:
    client = Client(measured(Starlette(routes=[WebSocketRoute("/live", echo)])), *[{"type": "websocket.receive", "text": "a"}] * 3)
    asyncio.run(client.run(page))
    assert client.seen == [None, 1, 1, 1, 1]
    assert page.value("sockets", service="shop") == 0
    assert page.value("messages_total", direction="incoming", type="text") == 3
    assert page.value("messages_total", direction="outgoing", type="text") == 3
    assert page.value("messages_total", direction="outgoing", type="bytes") == 3
    assert page.requests() == {}


async def refusing(socket: WebSocket) -> None:
    await socket.close()


async def failing(socket: WebSocket) -> None:
    await socket.accept()
    raise RuntimeError("broken")


async def leaving(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()
    await asyncio.sleep(0)


@pytest.mark.parametrize("endpoint, ever", [(refusing, None), (failing, 0), (leaving, 0)], ids=["refused", "raised", "closed"])
def test_no_web_socket_stays_open_in_the_metrics(
    page: Recorded, endpoint: Callable[[WebSocket], Awaitable[None]], ever: float | None
) -> None:
    client = Client(measured(Starlette(routes=[WebSocketRoute("/live", endpoint)])))
    with contextlib.suppress(RuntimeError):
        asyncio.run(client.run(page))
    assert page.value("sockets", service="shop") == ever


def test_all_messages_are_the_one_type_that_is_declared(page: Recorded) -> None:
    class Data(Labels):
        type: Label[str] = label(values=("data",))
        direction: Label[str]

    counter = Counter(name="data_total", help="Messages.", labels=Data)
    app = measured(Starlette(routes=[WebSocketRoute("/live", echo)]), messages=counter)
    asyncio.run(Client(app, {"type": "websocket.receive", "text": "a"}).run(page))
    assert page.value("data_total", direction="incoming", type="data") == 1
    assert page.value("data_total", direction="outgoing", type="data") == 2


class Renamed(Labels):
    verb: Label[str]
    handler: Label[str]
    code: Label[str] = label(name="code")
    kind: Label[str]
    app: Label[str]


def test_labels_may_be_called_otherwise(page: Recorded) -> None:
    counter = Counter(name="renamed_total", help="Requests.", labels=Renamed)
    meant = {"verb": "method", "handler": "route", "code": "status", "kind": "status_class", "app": "service"}
    ask(measured(answering(404), requests=counter, labels=meant), ("GET", "/"))
    assert page.value("renamed_total", verb="GET", handler="unmatched", code="404", kind="4xx", app="shop") == 1


class Tenant(Labels):
    tenant: Label[str]


REFUSED: list[tuple[Json, str]] = [
    ({"requests": Counter(name="a_total", help="A.", labels=Tenant)},
     "`a_total` has the label `tenant`, but what is known is method, route, status, status_class, service:"
     " `labels={'tenant': ...}` says which of them it is"),
    ({"requests": Counter(name="a_total", help="A.", labels=Tenant), "labels": {"tenant": "customer"}},
     "`a_total` has the label `tenant`, which is to be `customer`, but what is known is method, route, status, status_class, service:"
     " `labels={'tenant': ...}` says which of them it is"),
    ({"active": Gauge(name="a", help="A.", labels=Http)},
     "`a` has the label `route`, but what is known is method, service: `labels={'route': ...}` says which of them it is"),
    ({"service": ""}, "`served_total` has the label `service`: say `service=` to the middleware"),
]  # fmt: skip


@pytest.mark.parametrize("given_, said", REFUSED, ids=["unknown", "meant to be unknown", "too early", "no service"])
def test_a_label_that_nothing_fills_is_said_when_the_application_starts(given_: Json, said: str) -> None:
    with pytest.raises(ValueError) as raised:
        measured(answering(200), **given_)
    assert str(raised.value) == said


def test_what_is_not_given_is_not_recorded(page: Recorded) -> None:
    app = Middleware(answering(200))
    ask(app, ("GET", "/"))
    assert samples(page) == 0


def test_a_duration_is_in_the_unit_that_is_declared(page: Recorded) -> None:
    milli = Histogram(name="took_milliseconds", help="Time.", unit=unit("milliseconds"), buckets=(1, 10, 100))
    short = Summary(name="took_short_seconds", help="Time.")

    async def slow(_request: Request) -> Response:
        await asyncio.sleep(0.02)
        return PlainTextResponse("x")

    routes = [Route("/", slow)]
    ask(measured(Starlette(routes=routes), duration=milli), ("GET", "/"))
    ask(measured(Starlette(routes=routes), duration=short), ("GET", "/"))
    assert (page.value("took_milliseconds_sum") or 0) >= 0.02
    assert 0.02 <= (page.value("took_short_seconds_sum") or 0) < 1


def test_the_page_is_mounted_and_asked_for_and_not_counted(page: Recorded) -> None:
    app = measured(Starlette(routes=[Route("/metrics", cast("Any", metrics_app())), Route("/", fine)]))
    _, answer = ask(app, ("GET", "/"), ("GET", "/metrics"))
    families = exposition.parse(answer.text)
    assert page.requests() == {("GET", "/", "200"): 1}
    # Not even as a request in flight: what it says of itself is nothing.
    assert {sample.value for sample in families["active"].samples} == {0}


def test_the_page_is_not_counted_by_any_of_several_layers(page: Recorded) -> None:
    ask(measured(measured(metrics_app())), ("GET", "/metrics"))
    assert page.requests() == {}
    assert page.in_flight() == 0


@pytest.mark.usefixtures("page")
def test_the_page_is_for_reading() -> None:
    register(active)
    head, posted = ask(metrics_app(), ("HEAD", "/"), ("POST", "/"))
    assert (head.status_code, head.content, int(head.headers["content-length"]) > 0) == (200, b"", True)
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.usefixtures("page")
def test_the_page_is_compressed_for_those_who_take_that() -> None:
    register(served)
    sent: list[Message] = []
    asyncio.run(call(metrics_app(), headers=[(b"Accept-Encoding", b"br, gzip;q=0.5")], sent=sent))
    asyncio.run(call(metrics_app(), sent=sent))
    asyncio.run(call(metrics_app(compress=False), headers=[(b"accept-encoding", b"gzip")], sent=sent))
    packed, plain, refused = (message["body"] for message in sent if message["type"] == "http.response.body")
    assert gzip.decompress(packed) == plain == refused


@pytest.mark.usefixtures("page")
def test_the_page_served_by_itself_takes_part_in_the_lifespan() -> None:
    said = iter(["lifespan.startup", "lifespan.shutdown"])
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": next(said)}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(cast("Coroutine[None, None, None]", metrics_app()({"type": "lifespan"}, receive, send)))
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.usefixtures("page")
def test_a_request_keeps_nothing_alive() -> None:
    app = measured(Starlette(routes=ROUTES))
    asyncio.run(call(app))
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(50):
        asyncio.run(call(app, path=os.urandom(4).hex()))
    gc.collect()
    assert len(gc.get_objects()) - before < 50


def test_services_of_one_process_share_the_metrics(page: Recorded) -> None:
    for name in ("shop", "search"):
        ask(measured(answering(200), service=name), ("GET", "/"))
    register(Gauge(name="unused", help="Nothing.", labels=Service))
    assert page.value("active", service="shop") == page.value("active", service="search") == 0
    assert page.value("served_total", method="GET", route="unmatched", status="200", service="search") == 1
