"""What an application's import brings, and several processes of one application."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Nothing that reads, checks or compiles definitions. The parser reads the PromQL text that stands in them.
COMPILER = (
    "analysis build cli config conform diagnostics engines exposition foreign lint naming operate project prove routes schema targets"
)
COMPILER += " catalogue yaml_text promql.infer promql.printer"
OTHERS = ("click", "yaml", "grafanalib", "promql_parser", "pydantic", "jsonschema")


def run(source: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_recording_imports_no_part_of_the_compiler() -> None:
    said = run(
        "import sys, json\n"
        "from definitions.requests import http_requests\n"
        "declared = list(sys.modules)\n"
        "http_requests.inc(method='GET', route='/', status='200', service='shop')\n"
        "from monitoring_as_code import instrument\n"
        "assert b'http_requests_total{' in instrument.exposition()[0]\n"
        "print(json.dumps([declared, list(sys.modules)]))\n"
    )
    declared, recorded = json.loads(said)
    assert "monitoring_as_code.instrument.recorders" in recorded
    assert "monitoring_as_code.model.metric" in declared
    unwanted = [
        module
        for module in recorded
        if module in OTHERS
        or any(module == f"monitoring_as_code.{part}" or module.startswith(f"monitoring_as_code.{part}.") for part in COMPILER.split())
    ]
    assert unwanted == []
    assert [module for module in declared if module.partition(".")[0] == "prometheus_client" or ".instrument" in module] == []


def test_definitions_name_the_metric_of_drops_without_a_client_library() -> None:
    assert run("import sys\nfrom monitoring_as_code.instrument import dropped\nprint('prometheus_client' in sys.modules)\n") == "False\n"


DECLARED = """
import os, sys
from typing import Literal
from monitoring_as_code import Counter, Gauge, Histogram, Info, Label, Labels
from monitoring_as_code import instrument
class Way(Labels):
    way: Label[Literal["in", "out"]]
class Build(Labels):
    version: Label[str]
done = Counter(name="done_total", help="Done.", labels=Way)
active = Gauge(name="active", help="Active.")
peak = Gauge(name="peak", help="Peak.", multiprocess="max")
newest = Gauge(name="newest", help="Newest.", multiprocess="mostrecent")
took = Histogram(name="took_seconds", help="Took.", buckets=(1.0,))
build = Info(name="build_info", help="Build.", labels=Build)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_one_page_has_the_samples_of_all_processes(tmp_path: Path) -> None:
    said = run(
        DECLARED
        + """
# As gunicorn does with preload_app: what is declared is bound before the workers are forked.
instrument.register(done, active, peak, newest, took, build)
done.inc(way="in")
for number in (1, 2, 3):
    child = os.fork()
    if child == 0:
        for _ in range(number):
            done.inc(way="in")
            took.observe(0.5)
        active.set(number)
        peak.set(number)
        newest.set(number)
        newest.inc()
        build.set(version="5")
        os._exit(0)
    os.waitpid(child, 0)
print(instrument.exposition()[0].decode())
""",
        PROMETHEUS_MULTIPROC_DIR=str(tmp_path),
    )
    samples = [line for line in said.splitlines() if line and not line.startswith("#")]
    assert sorted(samples) == [
        "active 6.0",
        'build_info{version="5"} 1.0',
        'done_total{way="in"} 7.0',
        'done_total{way="out"} 0.0',
        'mac_instrument_dropped_total{metric="newest",reason="value"} 3.0',  # nobody knows what is added to in the newest one
        "newest 3.0",
        "peak 3.0",
        'took_seconds_bucket{le="+Inf"} 6.0',
        'took_seconds_bucket{le="1.0"} 6.0',
        "took_seconds_count 6.0",
        "took_seconds_sum 3.0",
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_one_page_has_what_processes_say_now_and_bounds_are_those_of_their_sum(tmp_path: Path) -> None:
    said = run(
        DECLARED
        + """
shared = Gauge(name="shared", help="Counted up here, and down there.", least=0, most=5)
highest = Gauge(name="highest", help="Of any process.", least=0, most=5, multiprocess="max")
instrument.register(build, shared, highest)
for number in (1, 2):
    child = os.fork()
    if child == 0:
        for version in ("1", "2", "3"):
            build.set(version=f"{version}.{number}")
        shared.add((8, -4)[number - 1])
        shared.set(float("nan"))
        highest.set(number)
        highest.inc()
        highest.add(5)
        os._exit(0)
    os.waitpid(child, 0)
print(instrument.exposition()[0].decode())
""",
        PROMETHEUS_MULTIPROC_DIR=str(tmp_path),
    )
    assert sorted(line for line in said.splitlines() if line and not line.startswith("#")) == [
        'build_info{version="3.1"} 1.0',
        'build_info{version="3.2"} 1.0',
        "highest 3.0",
        'mac_instrument_dropped_total{metric="highest",reason="value"} 2.0',
        'mac_instrument_dropped_total{metric="shared",reason="value"} 2.0',
        "shared 4.0",
    ]


def test_a_folder_of_processes_that_is_not_there_is_told_and_fails_the_page_alone(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    said = run(
        DECLARED
        + """
from monitoring_as_code.instrument.scrape import scrape
instrument.register(done, active, peak, newest, took, build)
done.inc(way="in")
active.inc()
build.set(version="1")
try:
    instrument.exposition()
except NotADirectoryError as error:
    print(error)
print(scrape("GET", "", ""))
try:
    with instrument.strict():
        active.inc()
except instrument.NotRecorded as error:
    print(error)
""",
        PROMETHEUS_MULTIPROC_DIR=str(missing),
    )
    told = f"`PROMETHEUS_MULTIPROC_DIR` is `{missing}`, which is no folder: make it before the application starts"
    first, answer, strict = said.splitlines()
    assert first == told
    assert answer.startswith("Answer(status=500, reason='Internal Server Error'")
    assert str(missing) not in answer, "what a server's folders are called is nobody else's business"
    assert "PROMETHEUS_MULTIPROC_DIR" in answer
    assert strict == f"`active`: {told}"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_a_process_that_is_forked_while_others_record_can_record() -> None:
    said = run(
        DECLARED
        + """
import signal, threading, time
class Any(Labels):
    name: Label[str]
many = Counter(name="many_total", help="Many.", labels=Any)
stop = threading.Event()
def work():
    number = 0
    while not stop.is_set():
        number += 1
        many.inc(name=str(number))  # the modules at first, and then a new series and the lock each time
        time.sleep(0.0001)
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
codes = []
for _ in range(20):
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # one that waits for ever is ended, and seen
        many.inc(name="child")
        done.inc(way="in")
        os._exit(7)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
stop.set()
for thread in threads:
    thread.join()
print(codes == [7] * 20)
""",
    )
    assert said == "True\n"


def test_an_application_without_the_client_library_is_told_what_to_install() -> None:
    said = run(
        "import sys\n"
        "sys.modules['prometheus_client'] = None\n"
        "from definitions.requests import http_requests\n"
        "try:\n"
        "    http_requests.inc(method='GET', route='/', status='200', service='shop')\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error)\n"
    )
    assert said == "recording needs Prometheus's client library: pip install 'monitoring-as-code-sdk[instrument]'\n"


def test_the_environment_makes_it_strict() -> None:
    said = run(
        DECLARED
        + """
try:
    done.inc(way="up")
except instrument.NotRecorded as error:
    print(error)
""",
        MAC_INSTRUMENT_STRICT="1",
    )
    assert said == "`done_total`: label `way` got a value that it may not have: `up`\n"
