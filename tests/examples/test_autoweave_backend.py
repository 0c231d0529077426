"""The stand-in for AutoWeave's backend: what it exposes, and that each alert fires when it is asked to fail so."""

import asyncio
import contextlib
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import yaml
from prometheus_client import CollectorRegistry

import definitions
from examples.autoweave_backend.incidents import INCIDENTS, Incidents
from examples.autoweave_backend.registry import DECLARED, registry
from examples.autoweave_backend.runtime import Runtime
from examples.autoweave_backend.visitors import Visitors, visit
from examples.autoweave_backend.web import backend, platform
from examples.autoweave_backend.world import World
from monitoring_as_code import Alert, Exporter, RuleGroup, exposition, instrument
from monitoring_as_code.config import read_config
from monitoring_as_code.conform import assert_conforms
from monitoring_as_code.engines import prometheus, require, scratch
from monitoring_as_code.instrument import http
from monitoring_as_code.model.metric import Metric
from monitoring_as_code.prove.smoke import configuration
from tests.operate.shop import free_ports

SEED = 7


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class Played:
    """The platform, with a time of its own: an hour takes as long as its requests do."""

    def __init__(self, made: CollectorRegistry, seed: int) -> None:
        self.registry = made
        self.clock = Clock()
        self.steps = Clock()
        self.incidents = Incidents(self.steps)
        self.world = World(seed, self.incidents, self.clock.sleep)
        self.services = platform(self.world)

    async def watch(self) -> None:
        """Open web sockets for a moment."""
        async with Visitors(self.services) as visitors:
            visitors.visit(())
            for _ in range(10):
                await asyncio.sleep(0)

    async def step(self, seconds: float, *, visits: bool = True) -> None:
        self.steps.now += seconds
        for each in self.world.step(seconds):
            if visits:
                await visit(self.services[each.service], each)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    made = registry()
    with instrument.use(made), instrument.strict():
        found = Played(made, SEED)
        monkeypatch.setattr(http, "perf_counter", found.clock)
        yield found


def declared() -> list[Metric[Any]]:
    """Every metric of every module of the definitions that is not another program's."""
    package = Path(definitions.__file__).parent
    modules = [importlib.import_module(f"definitions.{file.stem}") for file in sorted(package.glob("[a-z]*.py"))]
    values = [value for module in modules for value in vars(module).values()]
    others = {id(metric) for value in values if isinstance(value, Exporter) for metric in value.metrics}
    return list({id(value): value for value in values if isinstance(value, Metric) and id(value) not in others}.values())


def test_every_metric_that_is_declared_is_exposed_with_samples_from_the_start(played: Played) -> None:
    Runtime(SEED).step()
    asyncio.run(played.step(60))
    asyncio.run(played.watch())
    shown = {family.name for family in played.registry.collect() if family.samples}
    assert {metric.name.removesuffix("_total") if metric.kind == "counter" else metric.name for metric in declared()} <= shown
    assert len(declared()) >= 29 + 15


def test_the_page_is_what_the_definitions_declare(played: Played) -> None:
    Runtime(SEED).step()
    for _ in range(10):
        asyncio.run(played.step(30))
    asyncio.run(played.watch())
    # The name of `services_total` is AutoWeave's own, and a gauge all the same.
    assert_conforms(played.registry, (*declared(), instrument.dropped), ignore=("misleading-suffix",))


def test_nothing_that_the_stand_in_records_is_dropped(played: Played) -> None:
    # Under `strict`, which raises: with everything that can go wrong at once.
    for each in INCIDENTS:
        played.incidents.begin(each.name, 600)
    for _ in range(10):
        asyncio.run(played.step(30))
    assert not [sample for family in played.registry.collect() if family.name == "mac_instrument_dropped" for sample in family.samples]


def page_of(seed: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    made = registry()
    with instrument.use(made):
        found = Played(made, seed)
        monkeypatch.setattr(http, "perf_counter", found.clock)
        for _ in range(5):
            asyncio.run(found.step(30))
    return samples_of(made)


def samples_of(made: CollectorRegistry) -> dict[str, float]:
    return {
        f"{sample.name}{{{', '.join(f'{name}={json.dumps(value)}' for name, value in sorted(sample.labels.items()))}}}": sample.value
        for family in made.collect()
        for sample in family.samples
    }


def test_the_same_seed_is_the_same_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    assert page_of(1, monkeypatch) == page_of(1, monkeypatch)
    assert page_of(1, monkeypatch) != page_of(2, monkeypatch)


def alerts() -> dict[str, Alert]:
    modules = [importlib.import_module(f"definitions.{module.__name__.rpartition('.')[2]}") for module in DECLARED]
    groups = [value for module in modules for value in vars(module).values() if isinstance(value, RuleGroup)]
    return {rule.name: rule for group in groups for rule in group.rules if isinstance(rule, Alert)}


def test_there_is_an_incident_for_each_alert_about_the_backend() -> None:
    assert sorted(each.alert for each in INCIDENTS) == sorted(alerts())


def test_the_examples_page_has_each_incident_with_its_alert(root: Path) -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| ([A-Za-z]+)", (root / "examples" / "README.md").read_text("utf-8"), re.MULTILINE)
    assert rows == [(each.name, each.alert) for each in INCIDENTS]


# What goes wrong with it, beside its own alert.
ALSO = {"failed-service": {"ServiceHealthCheckFailing"}}
# Those that are about requests; the others are as well seen without them.
OF_REQUESTS = {"failing-requests", "slow-requests", "slow-queries", "failing-logins", "nothing"}
_STEP_SECONDS = 15
_STEPS = 46


@pytest.mark.engines("promtool")
@pytest.mark.parametrize("name", ["nothing", *(each.name for each in INCIDENTS)])
def test_the_alert_of_an_incident_fires_and_no_other(played: Played, root: Path, name: str) -> None:
    courses: list[dict[str, float]] = []
    for step in range(_STEPS + 1):
        if step == 1 and name != "nothing":
            played.incidents.begin(name, 3600)
        asyncio.run(played.step(_STEP_SECONDS, visits=name in OF_REQUESTS))
        courses.append(samples_of(played.registry))
    wanted = {each.alert for each in INCIDENTS if each.name == name} | ALSO.get(name, set())
    series = [
        {"series": with_target(key), "values": " ".join(f"{course[key]:.17g}" if key in course else "_" for course in courses)}
        for key in courses[-1]
    ]
    end = f"{_STEPS * _STEP_SECONDS}s"
    expected = [
        {"labels": json.dumps({"alertname": alert}).replace('": "', '="').replace('{"', "{"), "value": 1} for alert in sorted(wanted)
    ]
    firing = 'group by (alertname) (ALERTS{alertstate="firing", alertname!="Watchdog"})'
    with scratch() as folder:
        file = folder / "tests.yml"
        file.write_text(
            yaml.safe_dump(
                {
                    "rule_files": [str(path) for path in sorted((root / "build" / "local" / "prometheus" / "rules").glob("*"))],
                    "evaluation_interval": f"{_STEP_SECONDS}s",
                    "tests": [
                        {
                            "interval": f"{_STEP_SECONDS}s",
                            "input_series": series,
                            "promql_expr_test": [{"expr": firing, "eval_time": end, "exp_samples": expected}],
                        }
                    ],
                }
            ),
            "utf-8",
        )
        answer = require("promtool").run("test", "rules", str(file))
    assert answer.code == 0, answer.output


def with_target(series: str) -> str:
    name, _, labels = series.partition("{")
    target = 'job="autoweave-backend", instance="host.docker.internal:3001"'
    return f"{name}{{{target}}}" if labels == "}" else f"{name}{{{target}, {labels}"


def asked(*requests: tuple[str, str]) -> list[httpx.Response]:
    async def answers() -> list[httpx.Response]:
        app = backend(World(SEED, Incidents()), SEED)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://stand-in") as client:
            return [await client.request(method, path) for method, path in requests]

    with instrument.use(registry()):
        return asyncio.run(answers())


def test_incidents_are_begun_told_of_and_ended() -> None:
    begun, told, ended, after = asked(
        ("POST", "/demo/failing-pipeline?for=60"), ("GET", "/demo"), ("DELETE", "/demo/failing-pipeline"), ("GET", "/demo")
    )
    assert (begun.status_code, begun.json()) == (202, {"incident": "failing-pipeline", "seconds": 60.0})
    assert {each["name"]: each["seconds"] for each in told.json() if each["seconds"]} == {"failing-pipeline": 60}
    assert ended.json() == {"incident": "failing-pipeline", "seconds": 0}
    assert not [each for each in after.json() if each["seconds"]]


@pytest.mark.parametrize(
    "path, status, word",
    [
        ("/demo/earthquake", 404, "no incident"),
        ("/demo/failing-pipeline?for=0", 400, "seconds"),
        ("/demo/failing-pipeline?for=nan", 400, "seconds"),
        ("/demo/failing-pipeline?for=1e9", 400, "seconds"),
        ("/demo/failing-pipeline?for=soon", 400, "seconds"),
    ],
)
def test_what_cannot_be_begun_is_said(path: str, status: int, word: str) -> None:
    (answer,) = asked(("POST", path))
    assert answer.status_code == status
    assert word in answer.json()["error"]


def test_the_page_for_people_has_what_it_needs_in_itself() -> None:
    page, ready = asked(("GET", "/"), ("GET", "/-/ready"))
    assert ready.status_code == 200
    assert "/demo" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text


def get(port: int, path: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        body: bytes = answer.read()
    return body


@contextlib.contextmanager
def served(root: Path) -> Iterator[int]:
    """The stand-in as one command starts it, on a port of its own; it ends when it is told to, and has said nothing but where it is."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "examples.autoweave_backend", "--port", str(port)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            until(lambda: process.poll() is not None or "pipeline_executions_total{" in page_at(port))
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            out, said = process.communicate(timeout=30)
    assert (out.decode(), said.decode()) == (f"http://localhost:{port}\n", "")


def page_at(port: int) -> str:
    try:
        return get(port, "/metrics").decode()
    except OSError:
        return ""


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.1)


def test_it_is_started_by_one_command_lives_and_ends(root: Path) -> None:
    with served(root) as port:
        first = page_at(port)
        exposition.parse(first)
        alive = 'memory_operations_total{operation="get",storage_type="cache"}'
        until(lambda: value_of(page_at(port), alive) > value_of(first, alive))


@pytest.mark.engines("prometheus")
def test_a_real_prometheus_sees_what_goes_wrong_on_request_and_that_it_is_over(root: Path) -> None:
    """With what is emitted; only addresses and times are others, as in `mac smoke`."""
    files = {
        str(path.relative_to(root / "build" / "local")): path.read_text("utf-8")
        for path in (root / "build" / "local" / "prometheus").rglob("*")
        if path.suffix in (".yml", ".yaml")
    }
    targets = configuration.targets_of(files["prometheus/prometheus.yml"])
    (nobody,) = free_ports(1)
    with served(root) as port, scratch() as folder:
        addresses = {each: f"127.0.0.1:{port if each.job == 'autoweave-backend' else nobody}" for each in targets}
        file = configuration.write(files, folder, addresses, f"127.0.0.1:{nobody}")
        with prometheus(file) as server:

            def firing() -> set[str]:
                found = json.loads(server.get("/api/v1/alerts"))["data"]["alerts"]
                return {each["labels"]["alertname"] for each in found if each["state"] == "firing"} & set(alerts())

            asks(port, "failing-requests", "exhausted-pool", "failed-service")
            wanted = {"HighErrorRate", "DatabaseConnectionPoolExhausted", "ServiceDown"}
            until(lambda: wanted <= firing())
            asks(port, "exhausted-pool", "failed-service", method="DELETE")
            until(lambda: not firing() & {"DatabaseConnectionPoolExhausted", "ServiceDown"})


def asks(port: int, *incidents: str, method: str = "POST") -> None:
    for name in incidents:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            urllib.request.Request(f"http://127.0.0.1:{port}/demo/{name}", method=method), timeout=10
        ) as answer:
            answer.read()


def value_of(page: str, series: str) -> float:
    return next((float(line.removeprefix(series)) for line in page.splitlines() if line.startswith(series)), 0.0)


def test_what_is_missing_to_serve_it_is_said(root: Path, tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError(name='uvicorn')")
    done = subprocess.run(
        [sys.executable, "-m", "examples.autoweave_backend"],
        cwd=root, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "`uvicorn` is not installed: pip install 'monitoring-as-code-sdk[demo]'\n")


def test_the_project_configures_nothing_for_it(root: Path) -> None:
    # Reading TOML would cost each build more than the build: the stand-in is found by the name of the scrape job.
    assert read_config(root)[1] == ()
