"""Two Prometheus servers, two Alertmanagers and a global Prometheus on ports of their own, with what they scrape and whom they notify."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.operate.shop import Shop, stopped_at_the_end

# Ports: 0 and 1 Prometheus, 2 and 3 Alertmanager, 4 and 5 where these gossip, 6 the global Prometheus, 7 the application, 8 whom it notifies.
DEFINITIONS = """\
from monitoring_as_code import (
    AccessPoint, Alert, AlertmanagerServer, Exporter, Federation, Gauge, GlobalPrometheus, Label, Labels, PrometheusServer, Receiver,
    RecordingRule, RemoteWrite, Routing, ScrapeJob, Stack, Webhook,
)


class Queue(Labels):
    queue: Label[str]


backlog = Gauge(name="backlog_messages", help="Messages that wait.", labels=Queue)
total = RecordingRule(name="job:backlog_messages:sum", expr=backlog.sum())
long_backlog = Alert(name="LongBacklog", expr=backlog > 10, severity="critical", summary="{{ $labels.queue }} is long")
routing = Routing(
    receiver=Receiver(name="shop", integrations=(Webhook(url="http://127.0.0.1:PORT8/"),)), group_by=("alertname", "queue"),
    group_wait="1s", group_interval="5m",
)
own = Exporter(name="own", metrics=(Gauge(name="up_time", help="Own."),))
stack = Stack(
    name="shop",
    scrape_interval="1s",
    evaluation_interval="1s",
    external_labels={"cluster": "north"},
    jobs=(
        ScrapeJob(name="shop", targets=("host.docker.internal:PORT7",)),
        ScrapeJob(name="prometheus", targets=("localhost:9090",), exporter=own),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",), exporter=own),
    ),
    alertmanagers=("alertmanager:9093",),
    prometheus=PrometheusServer(replicas=2, remote_write=(RemoteWrite(url="http://prometheus-global:9090/api/v1/write", keep="backlog.*"),)),
    alertmanager=AlertmanagerServer(replicas=2, peer_timeout="2s"),
    global_prometheus=GlobalPrometheus(
        scrape_interval="1s", federate=(Federation(match=("{__name__=~'job:.*'}",)),), remote_write_receiver=True
    ),
    access_points=(
        AccessPoint(service="prometheus-1", url="http://localhost:PORT0", container_port=9090),
        AccessPoint(service="prometheus-2", url="http://localhost:PORT1", container_port=9090),
        AccessPoint(service="alertmanager-1", url="http://localhost:PORT2", container_port=9093),
        AccessPoint(service="alertmanager-2", url="http://localhost:PORT3", container_port=9093),
        AccessPoint(service="prometheus-global", url="http://localhost:PORT6", container_port=9090),
    ),
)
"""


class Notice(NamedTuple):
    """One POST of an Alertmanager."""

    moment: float
    status: str
    queue: str
    sender: int
    """The port of the Alertmanager."""
    alerts: int
    """How many it is about."""


class Pair:
    """The running stack, its application, and what it has notified of."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.backlog: dict[str, int] = {"calm": 1}
        self.notices: list[Notice] = []
        # What happens when one has come, before the Alertmanager has an answer.
        self.heard: Callable[[Notice], None] = lambda _: None

    def up(self, *arguments: str) -> str:
        ports = self.shop.ports
        gossip = ("--port", f"alertmanager-1-cluster={ports[4]}", "--port", f"alertmanager-2-cluster={ports[5]}")
        done = self.shop("up", "--engine", "native", *gossip, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def settled(self) -> bool:
        """Whether both Alertmanagers know each other, and have waited for more."""
        try:
            found = [get(port, "/api/v2/status")["cluster"] for port in self.shop.ports[2:4]]
        except OSError:
            return False
        return all(each["status"] == "ready" and len(each["peers"]) == 2 for each in found)

    def of(self, queue: str, status: str = "firing") -> list[Notice]:
        return [each for each in self.notices if (each.queue, each.status) == (queue, status)]


@contextmanager
def running_pair(root: Path, folder: Path) -> Iterator[Pair]:
    """All of it up, and settled."""
    pair = Pair(Shop(root, folder, DEFINITIONS, ports=9))
    with stopped_at_the_end(pair.shop), _serving(pair, 7), _serving(pair, 8):
        pair.up()
        until(pair.settled, 60)
        yield pair


@contextmanager
def _serving(pair: Pair, port: int) -> Iterator[None]:
    """Both the application's page of metrics and the receiver of notifications."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = "# TYPE backlog_messages gauge\n"
            page += "".join(f'backlog_messages{{queue="{queue}"}} {count}\n' for queue, count in pair.backlog.items())
            self._answer(page.encode())

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sender = int(said["externalURL"].rpartition(":")[2])
            notice = Notice(time.time(), said["status"], said["groupLabels"]["queue"], sender, len(said["alerts"]))
            pair.notices.append(notice)
            pair.heard(notice)
            self._answer(b"ok")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked was killed
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", pair.shop.ports[port]), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def get(port: int, path: str) -> Any:  # noqa: ANN401 - what an API answers
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.loads(answer.read())


def query(port: int, expr: str) -> list[dict[str, str]]:
    """The labels of the series that an expression gives."""
    return [each["metric"] for each in get(port, f"/api/v1/query?{urlencode({'query': expr})}")["data"]["result"]]


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)
