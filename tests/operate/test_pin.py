"""`mac pin` with registries on this machine, which answer as the specification has it, and otherwise."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from monitoring_as_code.cli.pin import _used
from monitoring_as_code.cli.session import open_every
from monitoring_as_code.cli.settings import Settings
from monitoring_as_code.operate.registry import _split
from tests.operate.shop import Done, Shop

INDEX = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [
            {"digest": "sha256:" + "1" * 64, "platform": {"os": "linux", "architecture": "amd64"}},
            {"digest": "sha256:" + "2" * 64, "platform": {"os": "linux", "architecture": "arm64"}},
            {"digest": "sha256:" + "3" * 64, "platform": {"os": "unknown", "architecture": "unknown"}},
        ],
    }
).encode()
DIGEST = f"sha256:{sha256(INDEX).hexdigest()}"
OLD = "sha256:" + "0" * 64
LOGIN = base64.b64encode(b"me:veritable-oxide-27").decode()


class Registry:
    """`how` may say: body, digest, auth (`none`, `bearer`, `basic`, `odd`), status, token, redirect."""

    def __init__(self, how: dict[str, Any]) -> None:
        self.how = how
        self.asked: list[str] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_HEAD(self) -> None:
                registry.answer(self)

            def do_GET(self) -> None:
                registry.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(f"{request.command} {request.path}")
        parts = urlsplit(request.path)
        how = self.how
        given = request.headers.get("Authorization", "")
        if parts.path == "/token":
            query = parse_qs(parts.query)
            right = query == {"service": ["here"], "scope": ["repository:prom/prometheus:pull"]} or "scope" in query
            allowed = right and (not how.get("private") or given == f"Basic {LOGIN}")
            self.send(request, 200 if allowed else 401, json.dumps({how.get("field", "token"): "T0"}).encode())
            return
        wanted = {"none": "", "bearer": "Bearer T0", "basic": f"Basic {LOGIN}", "odd": "never"}[how.get("auth", "none")]
        if wanted and given != wanted:
            challenge = {
                "bearer": f'Bearer realm="http://{self.host}/token",service="here",scope="repository:prom/prometheus:pull"',
                "basic": 'Basic realm="here"',
                "odd": "Negotiate",
            }[how["auth"]]
            self.send(request, 401, b"{}", {"WWW-Authenticate": how.get("challenge", challenge)})
            return
        if how.get("redirect") and not parts.path.startswith("/blob"):
            self.send(request, 307, b"", {"Location": f"{how['redirect']}/blob{parts.path}"})
            return
        if how.get("status"):
            self.send(request, how["status"], b"{}")
            return
        assert "application/vnd.oci.image.index.v1+json" in request.headers["Accept"]
        body = how.get("body", INDEX)
        said = {"Docker-Content-Digest": how.get("digest", DIGEST)} if how.get("digest", DIGEST) else {}
        self.send(request, 200, body, said)

    @staticmethod
    def send(request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)


@contextmanager
def registry(**how: Any) -> Iterator[Registry]:
    made = Registry(how)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


TABLE = """\
from monitoring_as_code import Counter, Image, Images, ScrapeJob, Stack

orders = Counter(name="orders_total", help="Orders taken.")
prometheus = Image(repository="HOST/prom/prometheus", tag="v3.15.0"DIGEST)
stack = Stack(
    name="shop",
    jobs=(ScrapeJob(name="shop", targets=("shop:1",)),),
    images=Images(prometheus=prometheus, grafana=prometheus, node_exporter=prometheus),
)
"""


def pinned(shop: Shop, here: Registry, digest: str = "", *arguments: str) -> Done:
    (shop.project / "definitions" / "shop.py").write_text(TABLE.replace("HOST", here.host).replace("DIGEST", digest))
    return shop("pin", *arguments, env={"DOCKER_CONFIG": str(shop.project)})


def declared(shop: Shop) -> str:
    return (shop.project / "definitions" / "shop.py").read_text().splitlines()[3]


@pytest.mark.parametrize("how", [{}, {"auth": "bearer"}, {"auth": "bearer", "field": "access_token"}, {"digest": ""}])
def test_a_tag_is_pinned_in_the_definitions_to_what_the_registry_serves(shop: Shop, how: dict[str, Any]) -> None:
    with registry(**how) as here:
        done = pinned(shop, here)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{here.host}/prom/prometheus:v3.15.0 {DIGEST} (new)\n"
        assert declared(shop) == f'prometheus = Image(repository="{here.host}/prom/prometheus", tag="v3.15.0", digest="{DIGEST}")'
        assert done.stderr == "written: definitions/shop.py; `mac build` puts it into the artifacts\n"
        done = shop("pin")
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{here.host}/prom/prometheus:v3.15.0 {DIGEST}\n", "")
        assert here.asked[-1] == f"GET /v2/prom/prometheus/manifests/{DIGEST if how.get('digest', DIGEST) else 'v3.15.0'}"


def test_a_tag_that_has_moved_is_said_and_written_anew_and_check_only_fails(shop: Shop) -> None:
    with registry() as here:
        done = pinned(shop, here, f', digest="{OLD}"', "--check")
        assert (done.returncode, done.stderr) == (1, f"`{here.host}/prom/prometheus:v3.15.0` has moved: it was {OLD}\n")
        assert OLD in declared(shop)
        done = pinned(shop, here, f', digest="{OLD}"')
        assert done.returncode == 0
        assert DIGEST in declared(shop)
        assert OLD not in declared(shop)
        done = pinned(shop, here, f', digest="{DIGEST}"', "--check")
        assert (done.returncode, done.stderr) == (0, "")
        done = pinned(shop, here, "", "--check")
        assert (done.returncode, done.stderr) == (
            0,
            f"`{here.host}/prom/prometheus:v3.15.0` is not pinned: `mac pin` writes its digest down\n",
        )


def test_what_is_no_literal_is_said_and_not_written(shop: Shop) -> None:
    with registry() as here:
        text = TABLE.replace("HOST", here.host).replace('"v3.15.0"DIGEST', "TAG").replace("\norders", '\nTAG = "v3" + ".15.0"\norders', 1)
        file = shop.project / "definitions" / "shop.py"
        file.write_text(text)
        done = shop("pin")
        assert done.returncode == 0, done.stderr
        image = f'Image(repository="{here.host}/prom/prometheus", tag="v3.15.0", digest="{DIGEST}")'
        lines = "".join(f"    {name}={image},\n" for name in ("prometheus", "grafana", "node_exporter"))
        assert done.stderr == f"write them into the `Stack`: images=Images(\n{lines})\n"
        assert file.read_text() == text


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ({"digest": OLD}, 2, "serves another manifest of `HOST/prom/prometheus:v3.15.0` than it says: " + DIGEST + " instead of " + OLD),
        ({"digest": "md5:0"}, 2, "the digest `md5:0`, which is none"),
        ({"body": b"<html>", "digest": ""}, 2, "serves no manifest of `HOST/prom/prometheus:v3.15.0`, but something that is no JSON"),
        ({"body": b'{"schemaVersion": 1}', "digest": ""}, 2, "that is not of version 2"),
        ({"body": b"[]", "digest": ""}, 2, "that is not of version 2"),
        ({"body": b" " * (5 << 20), "digest": ""}, 2, "serves more than 4 MB, which is no manifest"),
        ({"status": 404}, 1, "`HOST` has no `prom/prometheus:v3.15.0`"),
        ({"status": 429}, 2, "answers no more for now, since it was asked too often"),
        ({"status": 403}, 2, "does not let us see `prom/prometheus:v3.15.0`: `docker login HOST`"),
        ({"status": 500}, 2, "answers 500 when it is asked for `prom/prometheus:v3.15.0`"),
        ({"auth": "odd"}, 2, "asks for a login in a way that is not known: `Negotiate`"),
        ({"auth": "basic"}, 2, "wants a login: `docker login HOST`"),
        ({"auth": "bearer", "private": True}, 2, "gives no token for `prom/prometheus` (401): `docker login HOST`"),
        # Whoever answers could have the login sent to itself.
        (
            {"auth": "bearer", "challenge": 'Bearer realm="http://elsewhere.example/token"'},
            2,
            "asks for a login in a way that is not known",
        ),
    ],
)
def test_nothing_is_written_of_what_is_not_certain(shop: Shop, how: dict[str, Any], code: int, said: str) -> None:
    with registry(**how) as here:
        done = pinned(shop, here)
        assert done.returncode == code, done.stdout
        assert said.replace("HOST", here.host) in done.stderr
        assert "digest" not in declared(shop)


@pytest.mark.parametrize("how", [{"auth": "basic"}, {"auth": "bearer", "private": True}])
def test_a_private_registry_is_asked_with_the_login_that_docker_has_kept(shop: Shop, how: dict[str, Any]) -> None:
    with registry(**how) as here:
        (shop.project / "config.json").write_text(json.dumps({"auths": {here.host: {"auth": LOGIN}}}))
        done = pinned(shop, here)
        assert done.returncode == 0, done.stderr
        assert DIGEST in declared(shop)
        assert LOGIN not in done.stdout + done.stderr


def test_a_login_does_not_follow_to_another_host(shop: Shop) -> None:
    with registry() as elsewhere, registry(auth="bearer", redirect=f"http://{elsewhere.host}") as here:
        seen: list[str] = []
        answer = elsewhere.answer

        def noted(request: BaseHTTPRequestHandler) -> None:
            seen.append(request.headers.get("Authorization", ""))
            answer(request)

        elsewhere.answer = noted  # type: ignore[method-assign]
        done = pinned(shop, here)
        assert done.returncode == 0, done.stderr
        assert seen == ["", ""]


def test_offline_is_said(shop: Shop) -> None:
    with registry() as here:
        pass
    done = pinned(shop, here)
    assert done.returncode == 2
    assert f"mac: `{here.host}` cannot be reached: [Errno 111] Connection refused; what a tag leads to is only known there\n" in done.stderr
    said = done.stderr.splitlines()
    assert len(said) == len(set(said)) > 0


@pytest.mark.parametrize(
    ("repository", "where"),
    [
        ("prom/prometheus", ("registry-1.docker.io", "prom/prometheus")),
        ("postgres", ("registry-1.docker.io", "library/postgres")),
        ("docker.io/prom/prometheus", ("registry-1.docker.io", "prom/prometheus")),
        ("quay.io/thanos/thanos", ("quay.io", "thanos/thanos")),
        ("ghcr.io/a/b/c", ("ghcr.io", "a/b/c")),
        ("registry:5000/team/prometheus", ("registry:5000", "team/prometheus")),
        ("localhost/x", ("localhost", "x")),
    ],
)
def test_a_repository_is_read_as_docker_reads_it(repository: str, where: tuple[str, str]) -> None:
    assert _split(repository) == where


def test_images_are_those_that_the_stack_runs_in_any_environment_whoever_has_chosen_them(root: Path) -> None:
    sessions = open_every(Settings(directory=str(root)))
    first = {name for alike in _used(sessions[:1]).values() for name, _ in alike}
    every = {name for alike in _used(sessions).values() for name, _ in alike}
    assert first == {"prometheus", "alertmanager", "grafana", "node_exporter"}
    assert every == first | {"traefik", "postgres", "thanos"}


def test_only_images_that_the_stack_runs_are_asked_for(shop: Shop) -> None:
    with registry() as here:
        pinned(shop, here)
        assert {each.split()[1].rpartition("/")[0] for each in here.asked} == {"/v2/prom/prometheus/manifests"}
