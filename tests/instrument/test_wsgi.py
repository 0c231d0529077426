import asyncio
import gc
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from types import ModuleType
from typing import Any, cast
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from monitoring_as_code import Counter, Gauge, exposition
from monitoring_as_code.instrument.asgi import Middleware as AsgiMiddleware
from monitoring_as_code.instrument.http import EXCHANGE
from monitoring_as_code.instrument.wsgi import Application, ExcInfo, Middleware, StartResponse, metrics_app
from tests.instrument.served import Recorded, active, recorded, served, took

Environ = dict[str, Any]


@pytest.fixture
def page() -> Iterator[Recorded]:
    with recorded() as made:
        yield made


def measured(app: Application, **more: Any) -> Middleware:
    return Middleware(app, **{"requests": served, "duration": took, "active": active, "service": "shop", **more})


def environ(method: str = "GET", path: str = "/", **more: Any) -> Environ:
    made: Environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": "", "wsgi.input": BytesIO(), **more}
    setup_testing_defaults(made)
    return made


def ask(app: Application, *args: str, **more: Any) -> tuple[str, dict[str, str], bytes]:
    """As a server does, under the eyes of Python's own validator."""
    said: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: ExcInfo | None = None) -> Callable[[bytes], object]:
        said[:] = [status, dict(headers)]
        return said.append

    answer = validator(cast("Any", app))(environ(*args, **more), cast("Any", start_response))
    try:
        body = b"".join(answer)
    finally:
        answer.close()  # type: ignore[attr-defined]
    return said[0], said[1], body


def answering(status: str, *parts: bytes) -> Application:
    def app(_environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, [("Content-Type", "text/plain")])
        return list(parts or [b"x"])

    return app


def test_requests_are_recorded_and_passed_on(page: Recorded) -> None:
    assert ask(measured(answering("202 Accepted")))[0] == "202 Accepted"
    assert page.requests() == {("GET", "unmatched", "202"): 1}
    assert page.in_flight() == 0


def raising(_environ: Environ, _start: StartResponse) -> Iterable[bytes]:
    raise RuntimeError("broken")


def raising_late(_environ: Environ, start: StartResponse) -> Iterator[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    yield b"x"
    raise RuntimeError("broken")


def replaced(_environ: Environ, start: StartResponse) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    error = RuntimeError("broken")
    start("503 Service Unavailable", [("Content-Type", "text/plain")], (RuntimeError, error, error.__traceback__))
    return [b"x"]


def late_start(_environ: Environ, start: StartResponse) -> Iterator[bytes]:
    start("201 Created", [("Content-Type", "text/plain")])
    yield b"x"


def silent(_environ: Environ, _start: StartResponse) -> Iterable[bytes]:
    return []


def written(_environ: Environ, start: StartResponse) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])(b"written")
    return []


def odd(_environ: Environ, start: StartResponse) -> Iterable[bytes]:
    start("abc odd", [])
    return []


@pytest.mark.parametrize("middleware", [Middleware, AsgiMiddleware])
def test_what_could_never_be_recorded_is_refused_when_the_application_starts(middleware: Any) -> None:  # noqa: ANN401
    level = Gauge(name="level", help="A level.")
    counted = Counter(name="counted_total", help="Counted.")
    for argument, metric, said in (
        ("requests", level, "`requests` takes a Counter, but `level` is a `Gauge`"),
        ("duration", counted, "`duration` takes a Histogram or a Summary, but `counted_total` is a `Counter`"),
        ("active", counted, "`active` takes a Gauge, but `counted_total` is a `Counter`"),
        ("active", "level", "`active` takes a Gauge, but a `str` was given"),
    ):
        with pytest.raises(TypeError) as raised:
            middleware(answering("200 OK"), **{argument: metric})
        assert str(raised.value) == said
    with pytest.raises(TypeError, match="goes around an application, which a `NoneType` is not"):
        middleware(None, requests=counted)


@pytest.mark.parametrize(
    "app, status, raises",
    [
        (raising, "500", True), (raising_late, "500", True), (replaced, "503", False), (late_start, "201", False), (silent, "500", False),
        (written, "200", False), (odd, "500", False),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)  # fmt: skip
def test_every_end_of_a_request_is_counted_once(page: Recorded, app: Application, status: str, raises: bool) -> None:
    def run() -> None:
        answer = measured(app)(environ(), lambda *_: lambda _: None)
        list(answer)
        answer.close()  # type: ignore[attr-defined]

    if raises:
        with pytest.raises(RuntimeError, match="broken"):
            run()
    else:
        run()
    assert page.requests() == {("GET", "unmatched", status): 1}
    assert page.in_flight() == 0


def test_a_request_takes_until_its_last_part_is_taken(page: Recorded) -> None:
    answer = iter(measured(late_start)(environ(), lambda *_: lambda _: None))
    assert next(answer) == b"x"
    assert page.in_flight() == 1
    assert page.requests() == {}
    assert list(answer) == []
    assert page.in_flight() == 0


@pytest.mark.parametrize("parts, status", [(0, "499"), (1, "201")])
def test_a_client_that_leaves_ends_the_request(page: Recorded, parts: int, status: str) -> None:
    closed: list[bool] = []

    class Parts:
        def __init__(self, answer: Iterator[bytes]) -> None:
            self.answer = answer

        def __iter__(self) -> Iterator[bytes]:
            return self.answer

        def close(self) -> None:
            closed.append(True)

    answer = measured(lambda environ, start: Parts(iter(late_start(environ, start))))(environ(), lambda *_: lambda _: None)
    for _ in range(parts):
        next(iter(answer))
    answer.close()  # type: ignore[attr-defined]
    assert closed == [True]
    assert page.requests() == {("GET", "unmatched", status): 1}
    assert page.in_flight() == 0


def test_an_answer_that_is_thrown_away_is_not_in_flight_for_ever(page: Recorded) -> None:
    answer = measured(late_start)(environ(), lambda *_: lambda _: None)
    assert page.in_flight() == 1
    del answer
    gc.collect()
    assert page.in_flight() == 0


@pytest.mark.usefixtures("page")
def test_servers_still_see_how_many_parts_there_are() -> None:
    answer: Any = measured(answering("200 OK", b"one"))(environ(), lambda *_: lambda _: None)
    assert len(answer) == 1
    answer.close()
    assert not hasattr(measured(late_start)(environ(), lambda *_: lambda _: None), "__len__")


def test_routes_may_be_found_by_the_application_or_said_by_its_framework(page: Recorded) -> None:
    def saying(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        environ[EXCHANGE].route = "/said"
        return answering("200 OK")(environ, start)

    ask(measured(answering("200 OK"), route=lambda _: "/by/{hand}"))
    ask(measured(saying))
    ask(measured(answering("200 OK"), route=lambda environ: environ["nothing"]))
    assert page.requests() == {("GET", "/by/{hand}", "200"): 1, ("GET", "/said", "200"): 1, ("GET", "unmatched", "200"): 1}


def test_werkzeugs_rule_is_the_route_below_where_the_application_is_mounted(page: Recorded) -> None:
    class Rule:
        rule = "/orders/<id>"

    class Request:
        url_rule = Rule()

    def app(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        environ["werkzeug.request"] = Request()
        environ["SCRIPT_NAME"] += "/shop"
        return answering("200 OK")(environ, start)

    ask(measured(app), SCRIPT_NAME="/proxy")
    assert page.requests() == {("GET", "/shop/orders/<id>", "200"): 1}


def test_flask_says_its_routes(page: Recorded) -> None:
    flask = pytest.importorskip("flask", reason="Flask is not installed: no check of its routes")
    dispatcher = pytest.importorskip("werkzeug.middleware.dispatcher")
    app = flask.Flask("shop")

    @app.get("/orders/<int:number>")
    def order(number: int) -> str:
        return str(number)

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError

    @app.get("/stream")
    def stream() -> object:
        return flask.Response(part for part in ("a", "b"))

    both = measured(dispatcher.DispatcherMiddleware(app.wsgi_app, {"/inner": app.wsgi_app}))
    for path in ("/orders/7", "/orders/x", "/broken", "/stream", "/inner/orders/7"):
        ask(both, "GET", path)
    ask(both, "POST", "/orders/7")
    assert page.requests() == {
        ("GET", "/orders/<int:number>", "200"): 1,
        ("GET", "unmatched", "404"): 1,
        ("GET", "/broken", "500"): 1,
        ("GET", "/stream", "200"): 1,
        ("GET", "/inner/orders/<int:number>", "200"): 1,
        ("POST", "unmatched", "405"): 1,
    }
    assert page.in_flight() == 0


@pytest.fixture(scope="module")
def django() -> ModuleType:
    found: ModuleType = pytest.importorskip("django", reason="Django is not installed: no check of its routes")
    from django.conf import settings  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from django.http import HttpResponse  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from django.urls import include, path  # type: ignore[import-not-found,import-untyped,unused-ignore]

    def order(_request: object, number: int) -> object:
        return HttpResponse(str(number))

    def broken(_request: object) -> object:
        raise RuntimeError("broken")

    class Urls:
        urlpatterns = (path("shop/", include([path("orders/<int:number>", order)])), path("broken", broken))

    settings.configure(
        ROOT_URLCONF=Urls,
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["monitoring_as_code.instrument.django.note_route"],
        LOGGING_CONFIG=None,
        SECRET_KEY="x",
    )
    found.setup()
    return found


ROUTES_OF_DJANGO = {
    ("GET", "/shop/orders/<int:number>", "200"): 1,
    ("GET", "unmatched", "404"): 1,
    ("GET", "/broken", "500"): 1,
}


@pytest.mark.usefixtures("django")
def test_django_says_its_routes(page: Recorded) -> None:
    from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found,import-untyped,unused-ignore]

    app = measured(get_wsgi_application())
    for path in ("/shop/orders/7", "/shop/nope", "/broken"):
        ask(app, "GET", path)
    assert page.requests() == ROUTES_OF_DJANGO


@pytest.mark.usefixtures("django")
def test_django_says_its_routes_to_asgi_too(page: Recorded) -> None:
    import httpx
    from django.core.asgi import get_asgi_application  # type: ignore[import-not-found,import-untyped,unused-ignore]

    app = AsgiMiddleware(get_asgi_application(), requests=served, duration=took, active=active, service="shop")

    async def asked() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://shop") as client:
            for path in ("/shop/orders/7", "/shop/nope", "/broken"):
                await client.get(path)

    asyncio.run(asked())
    assert page.requests() == ROUTES_OF_DJANGO
    assert page.in_flight() == 0


def test_hostile_requests_never_grow_the_page(page: Recorded, prove: bool) -> None:
    app = measured(answering("404 Not Found"))
    for number in range(100_000 if prove else 3_000):
        answer = app({"REQUEST_METHOD": f"M{number}", "PATH_INFO": f"/{number}", "HTTP_X": f"{number}"}, lambda *_: lambda _: None)
        list(answer)
    assert page.requests() == {("OTHER", "unmatched", "404"): 100_000 if prove else 3_000}


def test_the_page_is_served_and_not_counted(page: Recorded) -> None:
    ask(measured(answering("200 OK")))
    status, headers, body = ask(measured(metrics_app()), "GET", "/metrics", HTTP_ACCEPT="application/openmetrics-text")
    assert status == "200 OK"
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    families = exposition.parse(body.decode())
    assert {sample.value for sample in families["active"].samples} == {0}
    assert page.requests() == {("GET", "unmatched", "200"): 1}
    assert ask(metrics_app(), "DELETE", "/metrics")[0] == "405 Method Not Allowed"
