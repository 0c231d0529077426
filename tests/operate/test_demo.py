"""`mac up --demo`: what stands in for the application is one more service."""

import pytest

from tests.operate.shop import DEFINITIONS, Shop
from tests.operate.test_up import get, query, until

pytestmark = pytest.mark.engines("prometheus", "alertmanager", "node_exporter")

# As plain as it may be: it is told where to listen, says that it is ready, and shows a metric.
STAND_IN = '''\
"""A shop that sells nothing."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from definitions.shop import orders


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"# TYPE {orders.name} counter\\n{orders.name} 7\\n".encode())

    def log_message(self, *_):
        pass


assert sys.argv[1] == "--port"
print("a stand-in of", sys.argv[0].rpartition("/")[2], flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[2])), Page).serve_forever()
'''


def stand_in(shop: Shop, text: str = STAND_IN) -> None:
    folder = shop.project / "examples" / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__main__.py").write_text(text, "utf-8")
    # Without it Python prefers a whole package of that name from elsewhere, as this checkout's own.
    (shop.project / "definitions" / "__init__.py").touch()


def test_all_targets_are_up_with_a_stand_in_that_is_a_service_like_the_others(shop: Shop) -> None:
    stand_in(shop)
    done = shop("up", "--demo")
    assert done.returncode == 0, done.stderr
    assert f"shop           http://localhost:{shop.ports[3]}\n" in done.stdout
    assert "4 of 4 targets are up" in done.stderr
    until(lambda: query(shop.ports[0], "orders_total"))
    assert query(shop.ports[0], "orders_total")[0]["metric"]["instance"] == f"host.docker.internal:{shop.ports[3]}"
    assert shop("logs", "shop").stdout.endswith("a stand-in of __main__.py\n")
    assert {each["name"]: each["state"] for each in shop.status()["services"]}["shop"] == "ready"
    # It was asked for until the stack is stopped, and no question is asked twice.
    before = shop.running()
    again = shop("up")
    assert again.returncode == 0, again.stderr
    assert shop.running() == before
    assert shop("down").returncode == 0
    assert shop.listening() == []
    assert "3 of 4 targets are up" in shop("up").stderr


def test_a_stack_that_runs_gets_the_stand_in_too(shop: Shop) -> None:
    stand_in(shop)
    assert shop("up", "--no-wait").returncode == 0
    before = shop.running()
    assert shop("up", "--demo").returncode == 0
    after = shop.running()
    assert before.items() < after.items()
    assert set(after) - set(before) == {"shop"}
    assert get(shop.ports[0], "/api/v1/targets")["data"]["activeTargets"]


def test_a_stand_in_that_ends_is_told_of_and_nothing_is_left(shop: Shop) -> None:
    stand_in(shop, "import sys\nsys.exit('no shop today')\n")
    done = shop("up", "--demo")
    assert done.returncode == 2
    assert "`shop` has ended with 1\n  no shop today\n" in done.stderr
    assert shop.running() == {}


def test_without_a_stand_in_it_is_said_where_one_is_looked_for(shop: Shop) -> None:
    done = shop("up", "--demo")
    assert done.returncode == 2
    assert "nothing stands in for an application of this project: write the package `examples/shop`, with a `__main__.py`" in done.stderr
    assert shop.running() == {}


def test_nobody_stands_in_for_an_application_in_production(shop: Shop) -> None:
    stand_in(shop)
    shop.define(DEFINITIONS.replace('    name="shop",\n    scrape', '    name="shop",\n    production=True,\n    scrape'))
    done = shop("up", "--demo")
    assert done.returncode == 2
    assert "nobody stands in for an application" in done.stderr
    assert shop.running() == {}


def test_containers_get_no_stand_in(shop: Shop) -> None:
    stand_in(shop)
    done = shop("up", "--demo", "--engine", "compose")
    assert done.returncode == 2
    assert "Compose" in done.stderr
    assert shop.running() == {}
