"""The catalogues that ship hold what the real programs expose, and cost nothing before somebody asks."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogues import alertmanager, node_exporter, prometheus
from monitoring_as_code.config import Config
from monitoring_as_code.engines.server import Server, _free_port
from monitoring_as_code.exposition import parse
from monitoring_as_code.foreign.learning import Page, learnt
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.shipped import ShippedExporter, read_labels
from monitoring_as_code.project import load_project

ALL: tuple[ShippedExporter, ...] = (node_exporter, prometheus, alertmanager)
BY_NAME = pytest.mark.parametrize("exporter", ALL, ids=lambda each: each.name)


def differences(exporter: ShippedExporter, page: str) -> list[str]:
    """What a page has that the catalogue has not, or has otherwise."""
    found = []
    # The values of a closed label are looked for one by one, so none is asked to look closed.
    for metric in learnt([Page("page", parse(page))], most_values=0).metrics:
        row = exporter.row(metric.name)
        if row is None:
            found.append(f"{metric.name} is missing")
            continue
        untyped = metric.exposed in ("untyped", "unknown")
        kind = "histogram" if metric.exposed == "histogram" else metric.kind
        if not untyped and row.kind != kind:
            found.append(f"{metric.name} is a {kind} and no {row.kind}")
        labels = {label.name: label for label in read_labels(row.labels)}
        names = {label.name for label in metric.labels}
        if names - labels.keys() or {name for name, label in labels.items() if not label.optional} - names:
            found.append(f"{metric.name} has {sorted(names)} and not {sorted(labels)}")
        if kind == "histogram" and row.extra and set(metric.buckets) - set(row.numbers):
            found.append(f"{metric.name} has other buckets")
    for family in parse(page).values():
        row = exporter.row(family.name)
        for label in () if row is None else read_labels(row.labels):
            shown = {value for sample in family.samples for name, value in sample.labels if name == label.name}
            if label.values is not None and shown - set(label.values):
                found.append(f"{family.name}: {label.name} is {sorted(shown)}")
    return found


@contextlib.contextmanager
def served(program: str, *arguments: str) -> Iterator[str]:
    """The page of a program that has no other one to ask whether it is ready."""
    port = _free_port()
    process = subprocess.Popen([program, *arguments, f"--web.listen-address=127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
    server = Server(f"http://127.0.0.1:{port}", process.pid, Path(os.devnull))
    try:
        until = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                yield server.get("/metrics", timeout_seconds=30).decode()
                return
            assert process.poll() is None, f"{program} ended with {process.returncode}"
            assert time.monotonic() < until, f"{program} does not answer"
            time.sleep(0.05)
    finally:
        process.terminate()
        process.wait(30)


CONFIG = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs: [{{job_name: itself, static_configs: [{{targets: ["127.0.0.1:9"]}}]}}]
remote_write: [{{url: "http://127.0.0.1:9/"}}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:9"]}}]}}]}}
"""
RULES = "groups: [{name: g, rules: [{alert: A, expr: vector(1)}, {record: 'a:b', expr: vector(1)}]}]\n"
ROUTING = """\
route: {receiver: a, group_wait: 1s}
receivers: [{name: a, webhook_configs: [{url: "http://127.0.0.1:9/"}]}]
"""


@pytest.mark.engines("node_exporter")
@pytest.mark.parametrize(
    "collectors", [(), ("--collector.processes", "--collector.interrupts", "--collector.mountstats", "--collector.qdisc")]
)
def test_the_catalogue_holds_what_node_exporter_exposes(collectors: tuple[str, ...]) -> None:
    with served(str(engines.require("node_exporter").path), *collectors) as page:
        assert page.count("# TYPE node_") > 100
        assert differences(node_exporter, page) == []


@pytest.mark.engines("prometheus")
def test_the_catalogue_holds_what_prometheus_exposes(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES)
    (tmp_path / "prometheus.yml").write_text(CONFIG.format())
    with engines.prometheus(tmp_path / "prometheus.yml") as server:
        server.get("/api/v1/query?query=up")
        page = server.get("/metrics").decode()
    assert page.count("# TYPE prometheus_") > 100
    assert differences(prometheus, page) == []


@pytest.mark.engines("alertmanager")
def test_the_catalogue_holds_what_alertmanager_exposes(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(ROUTING)
    with engines.alertmanager(tmp_path / "alertmanager.yml") as server:
        server.post("/api/v2/alerts", b'[{"labels": {"alertname": "A"}}]')
        page = server.get("/metrics").decode()
    assert page.count("# TYPE alertmanager_") > 30
    assert differences(alertmanager, page) == []


def test_what_differs_is_told() -> None:
    page = """\
# TYPE node_load1 counter
node_load1 1
# TYPE node_load99 gauge
node_load99 1
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="asleep",place="here"} 1
"""
    assert differences(node_exporter, page) == [
        "node_cpu_seconds_total has ['cpu', 'mode', 'place'] and not ['cpu', 'mode']",
        "node_load1 is a counter and no gauge",
        "node_load99 is missing",
        "node_cpu_seconds_total: mode is ['asleep']",
    ]


@pytest.mark.parametrize("which", ["node_exporter", "prometheus", "alertmanager"])
def test_the_catalogue_holds_the_pages_of_others(which: str, corpus: Path) -> None:
    exporter = {"node_exporter": node_exporter, "prometheus": prometheus, "alertmanager": alertmanager}[which]
    page = (corpus / "metrics" / f"live__{which}.prom").read_text()
    assert differences(exporter, page) == []


@BY_NAME
def test_every_metric_of_a_catalogue_is_a_declaration(exporter: ShippedExporter) -> None:
    names = exporter.names()
    assert len(names) == len(set(names)) > 100
    assert names == sorted(names)
    for name in names:
        metric = exporter.metric(name)
        assert metric is exporter.metric(name)
        assert metric is not None
        assert metric.name == name
        assert metric.help
        assert len({label.name for label in metric.label_declarations}) == len(metric.label_declarations)


@BY_NAME
def test_type_checkers_know_every_name(exporter: ShippedExporter) -> None:
    stub = Path(exporter.path.removesuffix(".tsv") + "_types.pyi").read_text()
    for name in exporter.names():
        metric = exporter.metric(name)
        assert f"    {name}: {type(metric).__name__}[...]\n" in stub


def test_a_misspelt_name_is_refused_with_the_right_one() -> None:
    with pytest.raises(AttributeError, match="exporter `node` has no metric `node_laod1`: did you mean `node_load1`"):
        node_exporter.node_laod1  # type: ignore[attr-defined]  # noqa: B018


HEAD = """\
from monitoring_as_code import Alert, Counter, Gauge, ScrapeJob, Stack
from monitoring_as_code.catalogues import node_exporter, prometheus
hosts = ScrapeJob(name="hosts", targets=("a:9100",), exporter=node_exporter)
servers = ScrapeJob(name="servers", targets=("b:9090", "c:9090"), exporter=prometheus)
"""
STACK = 'stack = Stack(name="s", scrape_interval="15s", jobs=(hosts, servers))\n'


def findings(tmp_path: Path, text: str, *rules: str) -> list[str]:
    (tmp_path / "definitions").mkdir(exist_ok=True)
    (tmp_path / "definitions" / "a.py").write_text(HEAD + text + ("" if "Stack(name" in text else STACK))
    project = load_project(tmp_path, Config())
    assert project.problems == ()
    return [each.message for each in lint(Analysis(project)) if each.rule in rules]


def alert(expr: str, name: str = "A") -> str:
    return f"{name} = Alert(name={name!r}, expr={expr!r}, severity='info', summary='x')\n"


@pytest.mark.parametrize(
    ("expr", "rule", "message"),
    [
        ("rate(node_load1[5m]) > 0", "rate-of-gauge", "`rate()` needs a counter, but `node_load1` is a gauge"),
        ("rate(node_cpu_seconds_total{mode='idel'}[5m]) > 0", "unknown-label-value", "`mode` is never `idel`"),
        ("node_load1{device='a'} > 0", "unknown-label", "`node_load1` has no label `device`"),
        ("node_cpu_secnds_total > 0", "unknown-metric", "no metric `node_cpu_secnds_total` is declared"),
        ("node_lod1 > 0", "unknown-metric", "no metric `node_lod1` is declared"),
        ("node_vmstat_pgfualt > 0", "unknown-metric", "no metric `node_vmstat_pgfualt` is declared"),
        ("process_open_fds{job='shop'} > 0", "unknown-label-value", "`job` is never `shop`"),
    ],
)
def test_a_mistake_is_found(expr: str, rule: str, message: str, tmp_path: Path) -> None:
    assert findings(tmp_path, alert(expr), rule) == [message]


@pytest.mark.parametrize(
    "expr",
    [
        "rate(node_cpu_seconds_total{mode='idle'}[5m]) > 0",
        "node_filesystem_device_error{device_error='x'} > 0",
        "node_vmstat_nr_dirty_background > 0",
        "node_ethtool_port_rx_bytes{whatever='a'} > 0",
        "process_open_fds{job='servers', instance='b:9090'} > 0",
        "process_open_fds{job='hosts'} > 0",
        "histogram_quantile(0.9, sum by (le) (rate(prometheus_http_request_duration_seconds_bucket[5m]))) > 1",
        "prometheus_target_interval_length_seconds{quantile='0.99'} > 70",
    ],
)
def test_what_is_right_is_left_alone(expr: str, tmp_path: Path) -> None:
    rules = ("unknown-metric", "unknown-label", "unknown-label-value", "rate-of-gauge", "counter-without-rate", "buckets-without-le")
    assert findings(tmp_path, alert(expr), *rules) == []


def test_what_several_programs_expose_has_the_labels_of_each_job(tmp_path: Path) -> None:
    own = 'files = Gauge(name="process_open_fds", help="Files.")\nshop = ScrapeJob(name="shop", targets=("d:80",))\n'
    stack = 'stack = Stack(name="s", scrape_interval="15s", jobs=(hosts, servers, shop))\n'
    text = own + stack + alert("process_open_fds{job='shop'} > 0")
    assert findings(tmp_path, text, "unknown-label-value", "unknown-metric") == []
    entry = Analysis(load_project(tmp_path, Config())).catalogue.lookup("process_open_fds")
    assert entry is not None
    assert entry.labels["job"].values == frozenset({"hosts", "servers", "shop"})
    assert entry.labels["instance"].values == frozenset({"a:9100", "b:9090", "c:9090", "d:80"})


def test_a_selector_that_names_the_job_gets_its_instances(tmp_path: Path) -> None:
    findings(tmp_path, alert("process_open_fds{job='servers'} > 0"))
    analysis = Analysis(load_project(tmp_path, Config()))
    (use,) = analysis.uses
    (arm,) = analysis.value(use).arms
    assert arm.labels.get("instance").values == frozenset({"b:9090", "c:9090"})


def test_more_metrics_are_added_under_a_name_of_ones_own(tmp_path: Path) -> None:
    text = """
restarts = Gauge(name="node_reboot_required", help="Whether an update waits for a restart.", least=0, most=1)
hosts_exporter = node_exporter.extended(name="hosts", metrics=(restarts,))
more = ScrapeJob(name="more", targets=("d:9100",), exporter=hosts_exporter)
stack = Stack(name="s", scrape_interval="15s", jobs=(more, servers))
"""
    text += alert("node_reboot_required > 0 and on (instance) node_load1{job='more'} > 1")
    assert findings(tmp_path, text, "unknown-metric", "unknown-label-value", "unused-metric") == []


def test_a_metric_that_is_named_and_not_used_is_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, "load = node_exporter.node_load1\n" + alert("up == 0"), "unused-metric", "unreached-declaration") == []


def test_what_one_project_names_the_next_one_does_not_see(tmp_path: Path) -> None:
    findings(tmp_path, "load = node_exporter.node_load15\n" + alert("up == 0"))
    findings(tmp_path, alert("up == 0"))
    project = load_project(tmp_path, Config())
    assert [each.metrics for each in project.of(ShippedExporter)] == [(), ()]


def test_the_documents_show_what_is_used_and_not_all_that_there_is(tmp_path: Path) -> None:
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.targets import docs

    findings(
        tmp_path,
        "load = node_exporter.node_load1\n"
        + alert("load > 1 and on (instance) node_memory_MemFree_bytes < 5".replace("load", "node_load1")),
    )
    made = docs.render(Analysis(load_project(tmp_path, Config())))
    text = dict(each for each in made if not isinstance(each, Diagnostic))["docs/metrics.md"]
    assert "node_load1" in text
    assert "node_memory_MemFree_bytes" in text
    assert "node_load15" not in text


def test_nothing_is_read_before_a_query_names_a_metric(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "a.py").write_text(HEAD + STACK)
    code = """
import sys, builtins
opened = []
real = builtins.open
builtins.open = lambda file, *a, **k: (opened.append(str(file)), real(file, *a, **k))[1]
from monitoring_as_code.catalogues import node_exporter
print([name for name in opened if name.endswith(".tsv")])
node_exporter.node_load1
print(len([name for name in opened if name.endswith(".tsv")]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n1\n"


@BY_NAME
def test_a_page_that_was_taken_in_changes_nothing_more(exporter: ShippedExporter, root: Path, tmp_path: Path) -> None:
    """The script gives the same bytes from the catalogue alone: what is in it stays."""
    name = Path(exporter.path).stem
    copy = tmp_path / "monitoring_as_code" / "catalogues"
    copy.mkdir(parents=True)
    (copy / f"{name}.tsv").write_text(Path(exporter.path).read_text())
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    for file in ("catalogues", "catalogue_data"):
        (scripts / file).symlink_to(root / "scripts" / file)
    script = (root / "scripts" / "catalogues").read_text().replace("Path(__file__).resolve()", f"Path({str(scripts / 'catalogues')!r})")
    environment = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run([sys.executable, "-c", script, name], check=True, env=environment, capture_output=True)
    assert (copy / f"{name}.tsv").read_text() == Path(exporter.path).read_text()
    assert (copy / f"{name}_types.pyi").read_text() == Path(exporter.path.removesuffix(".tsv") + "_types.pyi").read_text()
