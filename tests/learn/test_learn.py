"""`mac learn`: a case is a folder of pages, perhaps with options; beside them is what is written, and what is said."""

import gzip
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Counter as ClientCounter
from prometheus_client import Gauge as ClientGauge
from prometheus_client import Histogram as ClientHistogram
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build import plan
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.config import Config
from monitoring_as_code.exposition import Family, Sample, parse
from monitoring_as_code.foreign.learning import Page, learnt
from monitoring_as_code.foreign.learning.declarations import declarations
from monitoring_as_code.foreign.learning.domains import bound, open_ended
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.project import load_project

CASES = Path(__file__).parent / "cases"


def mac(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command as a user runs it."""
    return subprocess.run([sys.executable, "-m", "monitoring_as_code", *arguments], input=stdin, capture_output=True, cwd=cwd, check=False)


@pytest.mark.parametrize("case", sorted(each.name for each in CASES.iterdir()))
def test_what_is_written_and_said(case: str) -> None:
    folder = CASES / case
    pages = sorted(each.name for each in folder.glob("page*.txt"))
    options = folder / "options.txt"
    done = mac("learn", *pages, *(options.read_text().split() if options.exists() else ()), cwd=folder)
    for name, said in (("expected.txt", done.stdout.decode()), ("said.txt", done.stderr.decode())):
        golden = folder / name
        if os.environ.get("MAC_UPDATE"):
            golden.write_text(said) if said else golden.unlink(missing_ok=True)
        assert (golden.read_text() if golden.exists() else "") == said
    assert done.returncode == 0


def loaded(folder: Path, text: str) -> Analysis:
    (folder / "definitions").mkdir(parents=True, exist_ok=True)
    (folder / "definitions" / "learnt.py").write_text(text, encoding="utf-8")
    project = load_project(folder, Config())
    assert project.problems == ()
    return Analysis(project)


def formatted(*files: Path) -> str:
    """What ruff would change, whatever the length of its lines from 88 on."""
    told = ""
    for length in ("88", "100", "140"):
        command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", length, "--diff", *map(str, files)]
        told += subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return told


def accepted(folder: Path, text: str) -> Analysis:
    """The declarations, of which lint says nothing and from which artifacts are made."""
    analysis = loaded(folder, text)
    assert [each.message for each in lint(analysis)] == []
    assert "docs/metrics.md" in plan(analysis).files
    return analysis


def test_pages_of_real_programs_become_declarations_without_a_finding(corpus: Path, tmp_path: Path) -> None:
    files: list[Path] = []
    for file in sorted((corpus / "metrics").iterdir()):
        families = parse(file.read_text())
        for exporter in (None, "other"):
            found = learnt([Page(file.name, families)])
            text = declarations(found, source=file.name, exporter=exporter)
            analysis = accepted(tmp_path / f"{len(files)}", text)
            files.append(tmp_path / f"{len(files)}" / "definitions" / "learnt.py")
            named = {name for name, family in families.items() if family.samples}
            known = {metric.name for metric in analysis.catalogue} | found.left_out.keys()
            assert {name for name in named if name not in known and f"{name}_total" not in known and f"{name}_info" not in known} == set()
    assert len(files) >= 30
    assert formatted(*files) == ""


@pytest.mark.parametrize("case", sorted(each.name for each in CASES.iterdir()))
def test_a_case_is_laid_out_and_means_something(case: str, tmp_path: Path) -> None:
    accepted(tmp_path, (CASES / case / "expected.txt").read_text())
    assert formatted(tmp_path / "definitions" / "learnt.py") == ""


DECLARED = """\
from typing import Literal

from monitoring_as_code import Counter, Gauge, Histogram, Info, Label, Labels, bytes_, label, seconds, timestamp


class Http(Labels):
    method: Label[Literal["GET", "PUT"]]
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)


class Build(Labels):
    version: Label[str] = label(at_most=10)


requests = Counter(name="shop_http_total", help='Served, "all" of them.\\nTwice.', labels=Http)
latency = Histogram(name="shop_latency_seconds", help="Time.", unit=seconds, labels=Http, buckets=(0.1, 0.25, 1, 10))
size = Gauge(name="shop_size_bytes", help="Size.", unit=bytes_)
started = Gauge(name="shop_start_time_seconds", help="When.", unit=timestamp)
build = Info(name="shop_build_info", help="Which.", labels=Build)
"""


def exposed() -> CollectorRegistry:
    """The metrics above, as an application exposes them."""
    registry = CollectorRegistry()
    requests = ClientCounter("shop_http_total", 'Served, "all" of them.\nTwice.', ["method", "status"], registry=registry)
    latency = ClientHistogram("shop_latency_seconds", "Time.", ["method", "status"], buckets=(0.1, 0.25, 1, 10), registry=registry)
    for method in ("GET", "PUT"):
        for status in ("200", "500"):
            requests.labels(method, status).inc()
            latency.labels(method, status).observe(0.2)
    ClientGauge("shop_size_bytes", "Size.", registry=registry).set(5)
    ClientGauge("shop_start_time_seconds", "When.", registry=registry).set(1.7e9)
    ClientGauge("shop_build_info", "Which.", ["version"], registry=registry).labels("1").set(1)
    return registry


def shown(catalogue: Catalogue) -> Sequence[object]:
    return sorted((each.name, each.kind, str(each.unit), each.buckets, each.help, sorted(each.labels.items())) for each in catalogue)


@pytest.mark.parametrize("page", [generate_latest, generate_openmetrics], ids=["text", "openmetrics"])
def test_what_an_application_declares_is_learnt_back_from_its_page(page: Callable[[CollectorRegistry], bytes], tmp_path: Path) -> None:
    found = learnt([Page("page", parse(page(exposed()).decode()))])
    assert found.notes == ()
    assert {each for each in found.left_out if not each.endswith("_created")} == set()
    text = declarations(found, source="page")
    assert shown(loaded(tmp_path / "a", text).catalogue) == shown(loaded(tmp_path / "b", DECLARED).catalogue)


NAMES = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,12}", fullmatch=True) | st.sampled_from(
    ["class", "print", "label", "Labels", "Gauge", "_", "x_total"]
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
LABELS = st.dictionaries(
    st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,6}", fullmatch=True) | st.sampled_from(["def", "declared", "name", "le", "__x", "a.b"]),
    TEXTS,
    max_size=3,
)
FAMILIES = st.lists(
    st.tuples(NAMES, st.sampled_from(["counter", "gauge", "histogram", "summary", "untyped"]), TEXTS, st.lists(LABELS, max_size=3)),
    max_size=5,
)


@given(families=FAMILIES)
def test_whatever_a_page_holds_becomes_python_that_loads(families: list[tuple[str, str, str, list[dict[str, str]]]]) -> None:
    page = {}
    for name, kind, help_, series in families:
        page[name] = family = Family(name, 1)
        family.kind, family.help = kind, help_
        family.samples = [
            Sample(name + ("_count" if kind in ("histogram", "summary") else ""), tuple(each.items()), 1.0, 1) for each in series
        ]
    found = learnt([Page('a "page" \\ \n', page)])
    names: dict[str, object] = {"__name__": "definitions.learnt"}
    exec(declarations(found, source='a "page" \\ \n', exporter="other"), names)
    made = {getattr(each, "name", None): each for each in names.values()}
    for metric in found.metrics:
        declared = made[metric.name]
        assert (declared.help, declared.kind) == (metric.help, metric.kind)  # type: ignore[attr-defined]
        assert {label.name for label in declared.label_declarations} == {label.name for label in metric.labels}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["10.0.0.1", "a"], "addresses"),
        (["fe80::1:2"], "addresses"),
        (["5f2b8c1e9a"], "ids"),
        (["123e4567-e89b-12d3-a456-426614174000"], "ids"),
        (["1234567"], "numbers"),
        ([f"/orders/{number}" for number in "abcdefghijklmnopqrstuvw"], "paths"),
        ([f"v{number}" for number in range(101)], "101 values"),
        (["ann@shop.example"], "addresses"),
        (["sk_9f8a2b7c6d5e4f3a", "none"], "ids"),
        (["xoxb-1a2B3c4D5e6F7g8H9i0J"], "ids"),
        (["billing-7d9f8b6c5d-x2x4z"], "ids"),
        (["2026-11-23"], "times"),
        (["2026-11-23T10:00:00Z"], "times"),
        (["cannot reach 10.0.0.7: refused"], "texts with addresses"),
        (["Mozilla/5.0 Chrome/120.0.6099.109.1", "release 1.2.3"], ""),
        (["authentication_failed_too_often", "AmazonLinux2023Standard", "node-exporter-textfile"], ""),
        (["billing-service-master", "mail@localhost", "20-30-40"], ""),
        (["deadbeef"], ""),
        (["/", "/orders"], ""),
        (["GET", "10", "sda1"], ""),
        (["12:30"], ""),
    ],
)
def test_a_label_looks_unbounded_by_its_values(values: list[str], why: str) -> None:
    assert open_ended(values) == why


def test_a_bound_leaves_room_for_more() -> None:
    assert [bound(count) for count in (0, 1, 5, 6, 100, 400, 4000)] == [10, 10, 10, 20, 200, 1000, 1000]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("path", "/a/b/1", "paths"), ("route", "/orders/7/lines", "paths"), ("handler", "/api/v1/query", ""), ("mountpoint", "/data/1", "")],
)
def test_a_path_with_a_number_is_one_of_many_where_paths_are_expected(name: str, value: str, why: str) -> None:
    (metric,) = learnt([Page("p", page_of(f'x{{{name}="{value}"}} 1'))]).metrics
    (label,) = metric.labels
    assert label.domain.open_ended == why
    assert (label.domain.at_most is None) == bool(why)


def test_a_counter_without_series_is_left_out_by_the_name_that_it_will_have() -> None:
    text = "# TYPE jobs counter\n# TYPE orders counter\norders_total 1\n# TYPE level gauge\n# EOF\n"
    assert set(learnt([Page("p", parse(text))]).left_out) == {"jobs_total", "level"}
    plain = "# TYPE jobs counter\n# TYPE orders_total counter\norders_total 1\n"
    assert set(learnt([Page("p", parse(plain))]).left_out) == {"jobs"}


UNTYPED = """\
took_seconds_bucket{shop="a",le="0.1"} 1
took_seconds_bucket{shop="a",le="+Inf"} 2
took_seconds_sum{shop="a"} 3
took_seconds_count{shop="a"} 2
size{quantile="0.5"} 1
size_sum 3
size_count 2
lonely_bucket{le="0.1"} 1
ice_bucket 5
ice_count 6
node_vmstat_pgfault 12345
"""


def test_parts_that_nobody_calls_a_histogram_are_one_by_their_names(tmp_path: Path) -> None:
    found = {metric.name: metric for metric in learnt([Page("p", parse(UNTYPED))]).metrics}
    assert {name: (metric.kind, metric.buckets, metric.quantiles) for name, metric in found.items()} == {
        "took_seconds": ("histogram", (0.1,), ()),
        "size": ("summary", (), (0.5,)),
        "lonely_bucket": ("counter", (), ()),
        "ice_bucket": ("counter", (), ()),
        "ice_count": ("counter", (), ()),
        "node_vmstat_pgfault": ("unknown", (), ()),
    }
    assert [label.name for label in found["took_seconds"].labels] == ["shop"]
    assert found["size"].labels == ()
    assert found["size"].word == "The page says no kind; a summary, by its names."
    accepted(tmp_path, declarations(learnt([Page("p", parse(UNTYPED))]), source="p", exporter="other"))


USES = """

from monitoring_as_code import Alert

by_object = Alert(
    name="Faults", expr=node_vmstat_pgfault.rate("5m") > 1000, for_="5m", severity="warning", summary="it faults", runbook="https://r.example"
)
by_text = Alert(
    name="FaultsToo", expr="increase(node_vmstat_pgfault[1h]) > 1000", for_="5m", severity="warning", summary="it faults", runbook="https://r.example"
)
level = Alert(name="Level", expr=node_vmstat_pgfault > 3, for_="5m", severity="warning", summary="it is high", runbook="https://r.example")
change = Alert(
    name="Change", expr="deriv(node_vmstat_pgfault[5m]) > 3", for_="5m", severity="warning", summary="it rises", runbook="https://r.example"
)
"""


def test_what_the_page_gives_no_kind_may_be_queried_as_any_kind(tmp_path: Path) -> None:
    text = declarations(learnt([Page("p", parse("node_vmstat_pgfault 12345\n"))]), source="p", exporter="other")
    assert "Untyped(" in text
    found = {each.rule for each in lint(loaded(tmp_path / "a", text + USES))}
    sure = {each.rule for each in lint(loaded(tmp_path / "b", text.replace("Untyped", "Gauge") + USES.replace(".rate(", ".deriv(")))}
    assert "rate-of-gauge" not in found
    assert "rate-of-gauge" in sure
    assert found <= sure


def test_a_page_conforms_to_what_was_learnt_from_it(tmp_path: Path) -> None:
    untyped = "".join(line for line in UNTYPED.splitlines(keepends=True) if not line.startswith("size"))
    (tmp_path / "page.txt").write_text(untyped + '# TYPE up_info gauge\nup_info{version="1",edition="a"} 1\nup_info{version="2"} 1\n')
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "jobs.py").write_text(
        "from monitoring_as_code import ScrapeJob, Stack\n"
        "from .other import other_exporter\n"
        'job = ScrapeJob(name="other", targets=("other:9100",), exporter=other_exporter)\n'
        'stack = Stack(name="shop", scrape_interval="15s", jobs=(job,))\n'
    )
    assert mac("learn", "page.txt", "--exporter", "other", "-o", "definitions/other.py", cwd=tmp_path).returncode == 0
    done = mac("conform", "page.txt", "--job", "other", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode()) == (0, "no findings\n")


def page_of(*samples: str, kind: str = "gauge") -> dict[str, Family]:
    return parse(f"# TYPE x {kind}\n" + "".join(f"{each}\n" for each in samples))


@pytest.mark.parametrize(
    ("samples", "values"),
    [
        (['x{s="up"} 0', 'x{s="down"} 0'], ("down", "up")),  # there, although nothing has happened
        (['x{c="a",s="up"} 1', 'x{c="a",s="down"} 2', 'x{c="b",s="up"} 3', 'x{c="b",s="down"} 4'], ("down", "up")),  # the same everywhere
        (['x{s="true"} 1', 'x{s="false"} 3'], ("false", "true")),
        (['x{s="up"} 1', 'x{s="down"} 2'], None),  # these were seen, and no more is known
        (['x{s="up"} 0'], None),
        (['x{device="up"} 0', 'x{device="down"} 0'], None),  # differs from host to host
        (['x{s="sda1"} 0', 'x{s="sda2"} 0'], None),  # no words
        (['x{s="up"} 0', 'x{s="down"} 0', "x 0"], None),  # some series lack it
    ],
)
def test_values_are_listed_where_there_is_a_sign_that_these_are_all(samples: list[str], values: tuple[str, ...] | None) -> None:
    (metric,) = learnt([Page("p", page_of(*samples))]).metrics
    assert metric.labels[-1].domain.values == values


def test_values_are_listed_where_three_pages_agree() -> None:
    pages = [Page(name, page_of('x{s="up"} 1', 'x{s="down"} 2')) for name in "abc"]
    assert learnt(pages).metrics[0].labels[0].domain.values == ("down", "up")
    assert learnt(pages[:2]).metrics[0].labels[0].domain.values is None
    assert learnt(pages, most_values=1).metrics[0].labels[0].domain.values is None


def test_only_what_was_asked_for_is_learnt() -> None:
    page = parse('a_total{job="x"} 1\na_total{job="y",k="v"} 1\nb_total{job="y"} 1\n')
    assert [each.name for each in learnt([Page("p", page)], wanted="^a").metrics] == ["a_total"]
    (metric,) = learnt([Page("p", page)], job="x").metrics
    assert (metric.name, metric.labels) == ("a_total", ())


def test_a_file_stays_unless_it_may_be_overwritten(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("up 1\n")
    first = mac("-C", str(tmp_path), "learn", "page.txt", "-o", "x.py")
    assert (first.returncode, first.stdout) == (0, b"")
    assert first.stderr.decode() == "1 metric declared in x.py: read them, then run `mac lint`\n"
    (tmp_path / "x.py").write_text("mine")
    second = mac("-C", str(tmp_path), "learn", "page.txt", "-o", "x.py")
    assert (second.returncode, second.stderr) == (2, b"mac: `x.py` is there already: choose another file, or say `--force`\n")
    assert (tmp_path / "x.py").read_text() == "mine"
    assert mac("-C", str(tmp_path), "learn", "page.txt", "-o", "x.py", "--force").returncode == 0
    assert "Gauge" in (tmp_path / "x.py").read_text()


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "x.py").symlink_to(tmp_path / "elsewhere")
    assert mac("-C", str(tmp_path), "learn", "-", "-o", "x.py", stdin=b"up 1\n").returncode == 2
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (["missing.txt"], b"", "`./missing.txt` cannot be read: No such file or directory"),
        (["."], b"", "`./.` cannot be read: Is a directory"),
        (["-"], b"", "there is no metric to declare on the page"),
        (["-", "--match", "nothing"], b"up 1\n", "there is no metric to declare that matches `nothing`"),
        (["-"], b"up one\n", "`standard input` is no exposition: line 1: `one` is no number"),
        (["-"], b"up \xff\n", "`standard input` is no text in UTF-8"),
        (["-"], b"\x1f\x8bnonsense", "`standard input` is packed by gzip, or said to be, and broken"),
        (["http://127.0.0.1:1/metrics"], b"", "http://127.0.0.1:1/metrics cannot be asked: connection refused"),
        (["-"], gzip.compress(b"up 1\n", mtime=0)[:-6], "`standard input` is packed by gzip and breaks off"),
    ],
)
def test_why_nothing_is_learnt(arguments: list[str], stdin: bytes, said: str, tmp_path: Path) -> None:
    done = mac("learn", *arguments, stdin=stdin, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", f"mac: {said}\n")


@pytest.mark.parametrize("option", [["--match", "("], ["--exporter", " "], ["--values", "-1"]])
def test_a_wrong_option_is_refused(option: list[str]) -> None:
    done = mac("learn", "-", *option, stdin=b"up 1\n")
    assert (done.returncode, done.stdout) == (2, b"")
    assert option[0] in done.stderr.decode()


def test_the_same_page_gives_the_same_bytes() -> None:
    page = (CASES / "shop" / "page.txt").read_bytes()
    assert mac("learn", "-", stdin=page).stdout == mac("learn", "-", stdin=page).stdout


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = self.server.asked  # type: ignore[attr-defined]
        asked.append((self.path, dict(self.headers)))
        if self.path.startswith("/gone"):
            self.send_error(404)
            return
        body = gzip.compress(b"up 1\n")
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Nothing: the test asks what was asked."""


@contextmanager
def serving() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    asked: list[tuple[str, dict[str, str]]] = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.asked = asked  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_page_is_fetched_as_prometheus_fetches_it_and_its_password_stays_secret(tmp_path: Path) -> None:
    (tmp_path / "login").write_text("me:s3cret\n")
    access = ("--basic-auth-file", str(tmp_path / "login"))
    with serving() as (place, asked):
        done = mac("learn", f"http://{place}/metrics?token=t0ken#part", *access)
        gone = mac("learn", f"http://{place}/gone?token=t0ken", *access)
        shown = mac("learn", f"http://me:s3cret@{place}/metrics")
    assert done.returncode == 0
    assert f'"""Learnt from http://{place}/metrics: 1 metric."""' in done.stdout.decode()
    path, headers = asked[0]
    assert path == "/metrics?token=t0ken"
    assert headers["Authorization"] == "Basic bWU6czNjcmV0"
    assert headers["Accept"].startswith("application/openmetrics-text")
    assert gone.stderr.decode() == f"mac: http://{place}/gone answers with 404: is the path right?\n"
    assert "a password in a URL is seen by all on this machine" in shown.stderr.decode()
    for told in (done.stdout, done.stderr, gone.stdout, gone.stderr, shown.stderr):
        assert b"s3cret" not in told
        assert b"t0ken" not in told
