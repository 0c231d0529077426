"""`mac coverage`: what is known of each metric's way, from the code to the alert, and what it says where nobody knows."""

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conform.conftest import Mac, Served

DEFINITIONS = """\
from typing import Literal
from monitoring_as_code import (
    Alert, Counter, Dashboard, Exporter, Fires, Gauge, Histogram, Label, Labels, RecordingRule, Row, Scenario, ScrapeJob, Series, Stack,
    TimeSeries, constant, label,
)


class Http(Labels):
    method: Label[Literal["GET", "POST"]]
    region: Label[str] = label(at_most=2)


requests = Counter(name="requests_total", help="Requests.", labels=Http)
latency = Histogram(name="latency_seconds", help="Time.", labels=Http, buckets=(1,))
depth = Gauge(name="depth", help="Depth.")
kept = Gauge(name="kept", help="Kept.", unused="for people at a terminal")
idle = Gauge(name="idle", help="Idle.")
node = Exporter(name="node", metrics=(Gauge(name="node_load1", help="Load."), Gauge(name="node_load5", help="Load.")))
rate = RecordingRule(name="region:requests:rate5m", expr="sum by (region) (rate(requests_total[5m]))")
slow = Alert(name="Slow", expr="histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m]))) > 1", severity="warning", summary="s")
busy = Alert(name="Busy", expr="region:requests:rate5m > 5", for_="5m", severity="warning", summary="s")
many = Scenario(name="many", alert=busy, given=(Series(of=requests, values="0+600x30"),), expect=(Fires(within="10m"),))
board = Dashboard(name="Shop", uid="shop", rows=(Row(title="r", panels=(
    TimeSeries(title="Depth", expr="depth"), TimeSeries(title="Load", expr='{__name__=~"node_load1|nothing"}'),
)),))
stack = Stack(name="shop", scrape_interval="1s", scrape_timeout="1s",
    jobs=(ScrapeJob(name="shop", targets=("SHOP",)), ScrapeJob(name="hosts", targets=("HOSTS",), exporter=node)))
"""
APPLICATION = """\
from definitions.shop import depth, latency, requests


def serve():
    requests.inc(method="GET", region="eu")
    latency.observe(0.1, method="GET", region="eu")


def keep(gauge): ...


keep(depth)
"""
PAGE = """\
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{method="GET",region="eu"} 5
requests_total{method="GET",region="us"} 5
requests_total{method="POST",region="asia"} 5
# HELP latency_seconds Time.
# TYPE latency_seconds histogram
latency_seconds_bucket{method="GET",region="eu",le="1"} 5
latency_seconds_bucket{method="GET",region="eu",le="+Inf"} 5
latency_seconds_sum{method="GET",region="eu"} 5
latency_seconds_count{method="GET",region="eu"} 5
# HELP depth Depth.
# TYPE depth gauge
# HELP surplus_total Something else.
# TYPE surplus_total counter
surplus_total 1
# HELP surplus_created Something else.
# TYPE surplus_created gauge
surplus_created 1
"""
HOSTS = "# TYPE node_load1 gauge\nnode_load1 1\n"


def write(folder: Path, shop: str = "shop:8000", hosts: str = "hosts:9100") -> Path:
    """A project with an application."""
    for path, text in {
        "definitions/shop.py": DEFINITIONS.replace("SHOP", shop).replace("HOSTS", hosts),
        "app/web.py": APPLICATION,
        "page.txt": PAGE,
        "hosts.txt": HOSTS,
    }.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """In place of the usual one."""
    return write(tmp_path)


def cells(run: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """What is known of each metric: yes, no, ? or -."""
    words = {True: "yes", False: "no", None: "?", "excused": "-"}
    return {
        each["name"]: {column: words[each[column]["is"]] for column in ("registered", "emitted", "scraped", "panel", "alert", "scenario")}
        for each in json.loads(run.stdout)["metrics"]
    }


def column(run: subprocess.CompletedProcess[str], name: str) -> dict[str, str]:
    """One column."""
    return {metric: found[name] for metric, found in cells(run).items()}


def test_what_nobody_was_asked_is_unknown(mac: "Mac") -> None:
    run = mac("coverage", "--format", "json")
    assert run.returncode == 0, run.stderr
    assert {found[each] for found in cells(run).values() for each in ("emitted", "scraped")} == {"?"}
    assert column(run, "registered") == dict.fromkeys(("depth", "idle", "kept", "latency_seconds", "requests_total"), "?") | dict.fromkeys(
        ("node_load1", "node_load5"), "-"
    )


def test_panels_alerts_and_scenarios_read_metrics_directly_and_through_records(mac: "Mac") -> None:
    run = mac("coverage", "--format", "json")
    no = dict.fromkeys(("requests_total", "latency_seconds", "depth", "idle", "node_load1", "node_load5"), "no") | {"kept": "-"}
    assert column(run, "panel") == no | {"depth": "yes", "node_load1": "yes"}
    assert column(run, "alert") == no | {"requests_total": "yes", "latency_seconds": "yes"}
    assert column(run, "scenario") == no | {"requests_total": "yes"}
    said = {each["name"]: each for each in json.loads(run.stdout)["metrics"]}
    assert said["requests_total"]["alert"]["said"] == ["Busy"]
    assert said["requests_total"]["scenario"]["said"] == ["many, of Busy"]
    assert said["depth"]["panel"]["said"] == ["Depth, Shop"]
    assert (said["depth"]["path"], said["depth"]["line"]) == ("definitions/shop.py", 15)


def test_the_code_says_what_is_recorded_where(mac: "Mac") -> None:
    run = mac("coverage", "--source", "app", "--format", "json")
    found = column(run, "registered")
    assert {name: found[name] for name in ("requests_total", "latency_seconds", "depth", "idle")} == {
        "requests_total": "yes",
        "latency_seconds": "yes",
        "depth": "?",
        "idle": "no",
    }
    said = {each["name"]: each["registered"]["said"] for each in json.loads(run.stdout)["metrics"]}
    assert said["requests_total"] == ["app/web.py:5 in serve"]
    assert said["depth"] == ["app/web.py:12: handed on"]


def test_a_page_says_what_is_emitted_registered_and_over_budget(mac: "Mac") -> None:
    run = mac("coverage", "--exposition", "page.txt", "--format", "json")
    found = cells(run)
    assert {name: (each["registered"], each["emitted"]) for name, each in found.items()} == {
        "requests_total": ("yes", "yes"),
        "latency_seconds": ("yes", "yes"),
        "depth": ("yes", "no"),
        "idle": ("?", "no"),
        "kept": ("?", "no"),
        "node_load1": ("-", "?"),  # the page is not Node Exporter's
        "node_load5": ("-", "?"),
    }
    metrics = {each["name"]: each for each in json.loads(run.stdout)["metrics"]}
    assert (metrics["latency_seconds"]["combinations"], metrics["latency_seconds"]["series_each"]) == (1, 4)
    assert json.loads(run.stdout)["undeclared"] == [{"name": "surplus_total", "used_by": [], "seen": ["on a page, with 1 series"]}]


def test_the_page_of_an_exporter_says_nothing_of_the_application(mac: "Mac") -> None:
    found = column(mac("coverage", "--exposition", "-", "--format", "json", page=HOSTS), "emitted")
    assert found == dict.fromkeys(("requests_total", "latency_seconds", "depth", "idle", "kept"), "?") | {
        "node_load1": "yes",
        "node_load5": "no",
    }


def test_a_url_is_a_page_and_its_secret_is_told_nobody(mac: "Mac", served: "Served", project: Path) -> None:
    served.page(PAGE)
    (project / "token").write_text("hunter-42-bananas")
    run = mac("coverage", "--exposition", f"http://{served.address}/metrics", "--bearer-token-file", "token", "--format", "json")
    assert column(run, "emitted")["requests_total"] == "yes"
    assert served.headers[0]["Authorization"] == "Bearer hunter-42-bananas"
    assert "hunter" not in run.stdout + run.stderr


TABLE = """\
the application
  metric           kind       registered  emitted  scraped  panel  alert  scenario  series  recorded at
  depth            gauge      yes         no       ?        yes    no     no        0 of 1
  idle             gauge      no          no       ?        no     no     no        ? of 1
  kept             gauge      no          no       ?        -      -      -         ? of 1
  latency_seconds  histogram  yes         yes      ?        no     yes    no        1 of 4  app/web.py:6 in serve
  requests_total   counter    yes         yes      ?        no     yes    yes       3 of 4  app/web.py:5 in serve

node
  metric           kind       registered  emitted  scraped  panel  alert  scenario  series  recorded at
  node_load1       gauge      -           ?        ?        yes    no     no        ? of 1
  node_load5       gauge      -           ?        ?        no     no     no        ? of 1

registered 3 of 5, emitted 2 of 5, scraped ?, panel 2 of 6, alert 2 of 6, scenario 1 of 6

used or seen, but not declared
  surplus_total: on a page, with 1 series
"""


def test_the_table_is_what_a_person_reads(mac: "Mac") -> None:
    run = mac("coverage", "--source", "app", "--exposition", "page.txt")
    assert (run.returncode, run.stdout) == (0, TABLE)
    coloured = mac("--color", "always", "coverage", "--source", "app", "--exposition", "page.txt")
    assert "\x1b[31mno\x1b[0m" in coloured.stdout
    assert re.sub("\x1b\\[[0-9]*m", "", coloured.stdout) == TABLE


def test_what_pyproject_says_is_read_where_nothing_is_given(mac: "Mac", project: Path) -> None:
    assert mac("conform", "page.txt", "--report", "seen.json").returncode == 1
    (project / "pyproject.toml").write_text('[tool.mac]\nsources = ["app"]\nconformance = "seen.json"\n')
    run = mac("coverage")
    assert (run.returncode, run.stdout) == (0, TABLE)
    assert run.stderr == "what is emitted is what `seen.json` says\n"


ENOUGH = [
    ((), 0, ""),
    (("--fail-on", "declared"), 1, "1 name is used or seen that nobody has declared\n"),
    (("--fail-on", "registered"), 1, "3 of 5 metrics are registered, all must be: not `idle`, `kept`\n"),
    (("--fail-on", "registered", "--min", "60"), 0, ""),
    (("--fail-on", "registered", "--min", "61"), 1, "3 of 5 metrics are registered, at least 61 % must be: not `idle`, `kept`\n"),
    (("--fail-on", "budget"), 0, ""),
    (("--min", "16"), 0, ""),
    (("--min", "17"), 1, "1 of 6 metrics are in a scenario, at least 17 % must be: not "),
    (("--fail-on", "scraped"), 2, "nothing is known of `scraped`: `--server` tells\n"),
]


@pytest.mark.parametrize("options, code, words", ENOUGH)
def test_what_is_not_enough_fails(mac: "Mac", options: tuple[str, ...], code: int, words: str) -> None:
    run = mac("coverage", "--source", "app", "--exposition", "page.txt", *options)
    assert run.returncode == code
    assert words in run.stderr
    assert not run.stderr or words


def test_more_series_than_the_budget_fail(mac: "Mac") -> None:
    more = "".join(f'requests_total{{method="GET",region="r{number}"}} 1\n' for number in range(5))
    page = PAGE.replace("# HELP latency", more + "# HELP latency", 1)
    run = mac("coverage", "--exposition", "-", "--fail-on", "budget", page=page)
    assert run.returncode == 1
    assert run.stderr == "2 of 3 metrics are within its budget, all must be: not `requests_total`\n"
    assert "8 of 4" in run.stdout
    assert "; 1 over budget" in run.stdout


REFUSED = [
    (("--source", "nowhere"), "there is no `"),
    (("--source", "page.txt"), "has no Python file"),
    (("--exposition", "nowhere.txt"), "cannot be read: No such file or directory"),
    (("--exposition", "app/web.py"), "is no page of metrics: `mac conform app/web.py` says what is wrong"),
    (("--exposition", "http://user:secret@localhost/metrics"), "a password in a URL is seen by all on this machine"),
    (("--server", "localhost:9090"), "is no URL of a server"),
    (("--server", "http://127.0.0.1:9"), "cannot be asked"),
]


@pytest.mark.parametrize("options, words", REFUSED)
def test_what_cannot_be_asked_is_said(mac: "Mac", options: tuple[str, ...], words: str) -> None:
    run = mac("coverage", *options)
    assert run.returncode == 2
    assert words in run.stderr
    assert not run.stdout


def test_definitions_with_errors_are_told_and_nothing_else(mac: "Mac", project: Path) -> None:
    (project / "definitions" / "shop.py").write_text("x =\n")
    run = mac("coverage")
    assert run.returncode == 1
    assert "nothing was looked for" in run.stderr


class _Reader(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "style"}
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_for_a_browser_is_one_file_in_which_text_stays_text(mac: "Mac", project: Path) -> None:
    path = project / "definitions" / "shop.py"
    hostile = "<script>alert(1)</script>&quot;\"'</table><img src=x onerror=alert(2)>"
    path.write_text(path.read_text().replace('title="Depth"', f"title={hostile!r}"))
    run = mac("coverage", "--source", "app", "--exposition", "page.txt", "--format", "html")
    assert run.returncode == 0
    reader = _Reader()
    reader.feed(run.stdout)
    assert not {"script", "img", "link", "iframe"} & {*reader.tags}
    assert any(hostile in words for words in reader.words)
    assert "http" not in run.stdout.replace("http-equiv", "")
    assert "default-src 'none'" in run.stdout
    assert "app/web.py:5 in serve" in run.stdout


@pytest.mark.engines("prometheus")
def test_a_real_prometheus_says_what_is_scraped(tmp_path: Path, mac: "Mac", served: "Served", another: "Served") -> None:
    from tests.conform.test_server import prometheus

    served.page(PAGE.replace("# TYPE depth gauge\n", "# TYPE depth gauge\ndepth 4\n"))
    another.page(HOSTS)
    write(tmp_path, served.address, another.address)
    jobs = {"shop": {"static_configs": [{"targets": [served.address]}]}, "hosts": {"static_configs": [{"targets": [another.address]}]}}
    with prometheus(tmp_path, jobs) as url:
        run = mac("coverage", "--server", url, "--format", "json")
    assert run.returncode == 0, run.stderr
    assert column(run, "scraped") == {
        "requests_total": "yes",
        "latency_seconds": "yes",
        "depth": "yes",
        "idle": "no",
        "kept": "no",
        "node_load1": "yes",
        "node_load5": "no",
    }
    told = json.loads(run.stdout)
    said = {each["name"]: each["scraped"]["said"] for each in told["metrics"]}
    assert said["latency_seconds"] == ["4 series of one target"]
    assert [each["name"] for each in told["undeclared"]] == ["surplus_total"]
