"""What `mac status` says of replicas, clusters and what a server says of itself: with real servers where one can be brought to it."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from monitoring_as_code import engines
from monitoring_as_code.operate import Place, Service
from monitoring_as_code.operate.health import Health, health
from monitoring_as_code.operate.logs import Line


class Standing:
    """An engine that starts nothing: its services were started by a test."""

    def __init__(self, *services: Service) -> None:
        self._services = services

    def services(self) -> tuple[Service, ...]:
        return self._services

    def lines(self, services: Sequence[str], count: int, *, follow: bool = False) -> Iterator[Line]:
        del services, count, follow
        return iter(())

    def stored(self) -> Sequence[Any]:
        return ()

    def disk(self) -> Path | None:
        return None


def asked(tmp_path: Path, *services: Service) -> Health:
    return health(Place(str(tmp_path)), Standing(*services))  # type: ignore[arg-type]  # the rest is not asked for


def said(found: Health) -> list[str]:
    return [f"{each.weight}: {each.what}" for each in found.problems]


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def config(folder: Path, name: str, *targets: str, more: str = "") -> Path:
    file = folder / f"{name}.yml"
    jobs = "".join(f"- job_name: '{each}'\n  static_configs: [{{targets: ['{each}']}}]\n" for each in targets)
    file.write_text(f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nscrape_configs:\n{jobs}{more}")
    return file


@pytest.mark.engines("prometheus")
def test_a_replica_that_runs_otherwise_is_said_and_what_both_see_is_said_once(tmp_path: Path) -> None:
    nobody, nowhere = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        one = stack.enter_context(engines.prometheus(config(tmp_path, "one", nobody, nowhere)))
        two = stack.enter_context(engines.prometheus(config(tmp_path, "two", nobody)))
        services = [Service(f"prometheus-{number}", each.url, "ready") for number, each in enumerate((one, two), start=1)]
        expected = [
            f"error: `{nobody}` at {nobody} does not answer: start what listens there",
            f"error: `{nowhere}` at {nowhere} does not answer: start what listens there (only `prometheus-1` sees that)",
            "error: `prometheus-2` scrapes 1 of the 2 targets of `prometheus-1`",
        ]
        until(lambda: sorted(said(asked(tmp_path, *services))) == sorted(expected))
        assert said(asked(tmp_path, services[1]._replace(name="prometheus"))) == expected[:1]


@pytest.mark.engines("prometheus")
def test_a_configuration_that_was_not_taken_and_samples_that_are_lost_elsewhere_are_said(tmp_path: Path) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            self.send_response(400)
            self.end_headers()

    with serving(Refusing) as port, ExitStack() as stack:
        own = f"127.0.0.1:{free_port()}"
        file = config(
            tmp_path, "one", own, more=f"remote_write: [{{url: 'http://127.0.0.1:{port}/', queue_config: {{batch_send_deadline: 1s}}}}]\n"
        )
        server = stack.enter_context(engines.prometheus(file))
        service = Service("prometheus", server.url, "ready")
        until(
            lambda: any("samples could not be written elsewhere since `prometheus` runs" in each for each in said(asked(tmp_path, service)))
        )
        assert not any("did not take" in each for each in said(asked(tmp_path, service)))
        file.write_text("nonsense")
        import os

        os.kill(server.pid, signal.SIGHUP)
        refused = "error: `prometheus` did not take its last configuration, and goes on with the one before"
        until(lambda: refused in said(asked(tmp_path, service)))


ROUTING = "route: {receiver: none}\nreceivers: [{name: none}]\n"


@contextmanager
def cluster(folder: Path, *flags: str) -> Iterator[list[Service]]:
    """Two Alertmanagers that are told of each other."""
    program = engines.require("alertmanager").path
    (folder / "alertmanager.yml").write_text(ROUTING)
    ports = [free_port() for _ in range(4)]
    started = []
    try:
        for number in range(2):
            command = [
                str(program),
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / str(number)}",
                f"--web.listen-address=127.0.0.1:{ports[number]}",
                f"--cluster.listen-address=127.0.0.1:{ports[2 + number]}",
                f"--cluster.peer=127.0.0.1:{ports[3 - number]}",
                *flags,
            ]
            started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        yield [Service(f"alertmanager-{number + 1}", f"http://127.0.0.1:{ports[number]}", "ready") for number in range(2)]
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.engines("alertmanager")
def test_alertmanagers_that_do_not_find_each_other_or_are_not_settled_are_said(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(ROUTING)

    def services(*servers: engines.Server) -> list[Service]:
        return [Service(f"alertmanager-{number}", each.url, "ready") for number, each in enumerate(servers, start=1)]

    with ExitStack() as stack:
        alone = [stack.enter_context(engines.alertmanager(file)) for _ in range(2)]
        assert said(asked(tmp_path, *services(*alone))) == [
            f"error: `alertmanager-{number}` sees 0 of the 2 Alertmanagers of its cluster, so what it notifies of may come twice"
            for number in (1, 2)
        ]
        assert said(asked(tmp_path, Service("alertmanager", alone[0].url, "ready"))) == []
    unsettled = "is not settled in its cluster yet (settling): until it is, it may notify late"
    # It asks ten times in that time whether others come and go.
    with cluster(tmp_path, "--cluster.gossip-interval=30s") as found:
        until(lambda: said(asked(tmp_path, *found)) == [f"warning: `alertmanager-{number}` {unsettled}" for number in (1, 2)])
    with cluster(tmp_path, "--cluster.gossip-interval=20ms") as found:
        until(lambda: said(asked(tmp_path, *found)) == [])


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def moment(seconds_ago: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - seconds_ago)) + ".123456789Z"


@pytest.mark.parametrize(
    ("scraped", "page", "expected"),
    [
        (1, "", []),
        (50, "", []),
        (80, "", ["`prometheus` lags: it has scraped `shop` at shop:1 80 s ago, at an interval of 15 s"]),
        (1, "prometheus_tsdb_head_max_time_seconds NOW-20", []),
        (1, "prometheus_tsdb_head_max_time_seconds NOW-90", ["`prometheus` stores nothing: its newest sample is 90 s old, and its targets are up"]),
        # It has stored nothing yet.
        (1, "prometheus_tsdb_head_max_time_seconds -9.223372036854776e+15", []),
        (1, "prometheus_config_last_reload_successful 1", []),
        (
            1,
            "prometheus_config_last_reload_successful 0",
            ["`prometheus` did not take its last configuration, and goes on with the one before"],
        ),
        (
            1,
            'prometheus_remote_storage_highest_timestamp_in_seconds 5000\nprometheus_remote_storage_queue_highest_sent_timestamp_seconds{url="x"} 4900',
            ["`prometheus` is 100 s behind with what it writes elsewhere"],
        ),
        (
            1,
            'prometheus_remote_storage_highest_timestamp_in_seconds 5000\nprometheus_remote_storage_queue_highest_sent_timestamp_seconds{url="x"} 4999',
            [],
        ),
        (1, 'prometheus_remote_storage_samples_failed_total{url="x"} 0', []),
        (
            1,
            'prometheus_remote_storage_samples_failed_total{url="x"} 3\nprometheus_remote_storage_samples_failed_total{url="y"} 4',
            ["7 samples could not be written elsewhere since `prometheus` runs, and are lost there"],
        ),
    ],
)  # fmt: skip
def test_what_a_prometheus_says_of_itself_is_read(tmp_path: Path, scraped: float, page: str, expected: list[str]) -> None:
    target = {
        "labels": {"job": "shop", "instance": "shop:1"},
        "scrapeUrl": "http://shop:1/metrics",
        "health": "up",
        "lastScrape": moment(scraped),
        "scrapeInterval": "15s",
    }

    class Answering(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            text = page
            for age in ("20", "90"):
                text = text.replace(f"NOW-{age}", str(time.time() - float(age)))
            if self.path.startswith("/api/v1/targets"):
                text = json.dumps({"data": {"activeTargets": [target]}})
            elif self.path.startswith("/api/v1/rules"):
                text = json.dumps({"data": {"groups": []}})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

    with serving(Answering) as port:
        found = said(asked(tmp_path, Service("prometheus", f"http://127.0.0.1:{port}", "ready")))
    # A second may pass between the answer and our look.
    assert [each.replace("81 s", "80 s").replace("91 s", "90 s") for each in found] == [f"error: {each}" for each in expected]
