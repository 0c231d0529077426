"""A project with a stack on ports of its own, and the command in it."""

import contextlib
import fcntl
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

DEFINITIONS = """\
from monitoring_as_code import (
    AccessPoint, Alert, Counter, Email, Exporter, Gauge, PagerDuty, Receiver, Route, Routing, Runbook, ScrapeJob, Slack, Smtp, Stack,
)

orders = Counter(name="orders_total", help="Orders taken.")
no_orders = Alert(
    name="NoOrders",
    expr=orders.rate("10m").sum() < 0.1,
    for_="15m",
    severity="warning",
    summary="Orders have stopped",
    runbook=Runbook(meaning="Nobody can order.", check=("Look at the shop.",)),
)
pager = Receiver(name="pager", integrations=(PagerDuty(), Email(to="duty@shop.example")))
routing = Routing(
    receiver=Receiver(name="shop", integrations=(Slack(channel="#shop"),)),
    routes=(Route(receiver=pager, matchers=('severity="critical"',)),),
    smtp=Smtp(smarthost="mail.shop.example:587", sender="alerts@shop.example", username="alerts"),
)
host = Exporter(name="node", metrics=(Gauge(name="node_load1", help="Load."),))
stack = Stack(
    name="shop",
    scrape_interval="1s",
    evaluation_interval="1s",
    retention="3d",
    jobs=(
        ScrapeJob(name="shop", targets=("host.docker.internal:PORT3",)),
        ScrapeJob(name="node", targets=("node-exporter:9100",), exporter=host),
        ScrapeJob(name="prometheus", targets=("localhost:9090",)),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",)),
    ),
    alertmanagers=("alertmanager:9093",),
    access_points=(
        AccessPoint(service="Grafana", url="http://localhost:3003", container_port=3000),
        AccessPoint(service="Prometheus", url="http://localhost:PORT0", container_port=9090),
        AccessPoint(service="Alertmanager", url="http://localhost:PORT1", container_port=9093),
        AccessPoint(service="Node Exporter", url="http://localhost:PORT2", container_port=9100),
        AccessPoint(service="Shop Backend", url="http://localhost:PORT3/metrics"),
    ),
)
"""

Done = subprocess.CompletedProcess[str]
SECRETS = ("SLACK_WEBHOOK_URL", "SMTP_PASSWORD", "SMTP_USERNAME", "PAGERDUTY_ROUTING_KEY", "PAGERDUTY_SERVICE_KEY")
_counter = itertools.count()


@cache
def own_ports() -> range:
    """A part of the ports below what the kernel gives to those who do not care, which is this process's until it ends."""
    for number in range(22):
        with contextlib.suppress(OSError):  # another process has it, maybe another user's
            lock = os.open(Path(tempfile.gettempdir(), f"mac-test-ports-{number}"), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(lock)
                raise
            return range(21000 + number * 500, 21500 + number * 500)
    raise RuntimeError("more than 22 processes run these tests at once")


def free_ports(count: int) -> list[int]:
    """Those that no other test gets, in whichever process."""
    own = own_ports()
    found: list[int] = []
    while len(found) < count:
        port = own[next(_counter) % len(own)]
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
    return found


class Shop:
    def __init__(self, root: Path, folder: Path, definitions: str = DEFINITIONS, ports: int = 4) -> None:
        self.project = folder / "shop"
        self.home = folder / "state"
        self.ports = free_ports(ports)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in SECRETS},
            "PYTHONPATH": str(root),
            "XDG_STATE_HOME": str(self.home),
            # Whatever runs here, these tests are about programs.
            "DOCKER_HOST": "unix:///nowhere/docker.sock",
        }
        self.define(definitions)

    def define(self, text: str) -> None:
        for index, port in enumerate(self.ports):
            text = text.replace(f"PORT{index}", str(port))
        (self.project / "definitions").mkdir(parents=True, exist_ok=True)
        (self.project / "definitions" / "shop.py").write_text(text, "utf-8")

    def program(self, name: str, script: str) -> dict[str, str]:
        """An environment in which a program is a shell script of ours."""
        file = self.project.parent / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return {f"MAC_{name.upper()}": str(file)}

    def begin(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "monitoring_as_code", *arguments],
            cwd=self.project,
            env=self.environment | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # A shell that runs the tests in the background lets them ignore Ctrl-C, which is inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it does nothing else
        )

    def __call__(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        with self.begin(*arguments, env=env) as process:
            out, said = process.communicate(timeout=120)
        return Done(arguments, process.returncode, out, said)

    @property
    def state(self) -> Path:
        return next((self.home / "mac").iterdir())

    def running(self) -> dict[str, int]:
        """The number of each process that is written down and lives."""
        found = {file.name: int(file.read_text() or -1) for file in self.home.glob("mac/*/processes/*")}
        return {name: pid for name, pid in found.items() if self.alive(pid)}

    @staticmethod
    def alive(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self("status", "--format", "json").stdout)
        return answer

    def listening(self) -> list[int]:
        """Those of its ports that somebody listens on."""
        found = []
        for port in self.ports:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    found.append(port)
        return found


@contextlib.contextmanager
def stopped_at_the_end(made: Shop) -> Iterator[Shop]:
    # What `mac up` starts outlives whoever has started it. This one stops it when the tests are killed: its input ends with them.
    watch = [sys.executable, "-c", "import subprocess, sys; sys.stdin.read(); subprocess.run(sys.argv[1:])"]
    command = [sys.executable, "-m", "monitoring_as_code", "down", "-q"]
    watcher = subprocess.Popen([*watch, *command], stdin=subprocess.PIPE, start_new_session=True, cwd=made.project, env=made.environment)
    try:
        yield made
    finally:
        watcher.communicate()
        left = made.running()
        assert not left
