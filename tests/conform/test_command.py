"""`mac conform` in a terminal: where a page comes from, what it is held to, how findings are written, and what keeps it from running."""

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conform.conftest import Mac, Served

PAGE = """\
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{method="GET",region="eu"} 5
# HELP depth Depth.
# TYPE depth gauge
depth 1
"""
BAD = PAGE.replace("GET", "BREW")


def test_a_file_that_is_right_has_no_findings(mac: "Mac", project: Path) -> None:
    (project / "metrics.txt").write_text(PAGE)
    run = mac("conform", "metrics.txt")
    assert (run.returncode, run.stdout) == (0, "no findings\n")
    assert run.stderr == "2 metrics with 2 samples held to 2 declarations\n"


def test_a_finding_is_at_the_line_of_the_file_and_at_the_declaration(mac: "Mac", project: Path) -> None:
    (project / "metrics.txt").write_text(BAD)
    run = mac("conform", "metrics.txt", "--format", "json")
    assert run.returncode == 1
    (finding,) = json.loads(run.stdout)
    assert (finding["rule"], finding["path"], finding["line"], finding["column"]) == ("undeclared-label-value", "metrics.txt", 3, 16)
    assert (finding["related"][0]["path"], finding["related"][0]["line"]) == ("definitions/shop.py", 10)


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_findings_are_written_for_machines(mac: "Mac", project: Path, form: str) -> None:
    (project / "metrics.txt").write_text(BAD)
    run = mac("conform", "metrics.txt", "--format", form)
    assert run.returncode == 1
    if form == "github":
        assert run.stdout.startswith("::error file=metrics.txt,line=3,endLine=3,col=16,endColumn=28,title=undeclared-label-value::")
    else:
        (result,) = json.loads(run.stdout)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "metrics.txt"


def test_standard_input_is_a_page_whose_lines_are_shown(mac: "Mac") -> None:
    run = mac("conform", "-", page=BAD)
    assert run.returncode == 1
    assert " --> standard input:3:16\n" in run.stdout
    assert '= text: requests_total{method="BREW",region="eu"} 5\n' in run.stdout


def test_a_url_is_asked_as_prometheus_asks(mac: "Mac", served: "Served", project: Path) -> None:
    served.page(PAGE)
    (project / "token").write_text("secret\n")
    run = mac("conform", f"http://{served.address}/metrics", "--bearer-token-file", "token", "--header", "X-Scope-OrgID: shop")
    assert (run.returncode, run.stdout) == (0, "no findings\n")
    (asked,) = served.headers
    assert asked["Accept"].startswith("application/openmetrics-text;version=1.0.0")
    assert (asked["Authorization"], asked["X-Scope-Orgid"]) == ("Bearer secret", "shop")
    assert "secret" not in run.stdout + run.stderr


def test_the_content_type_says_that_it_is_openmetrics(mac: "Mac", served: "Served") -> None:
    served.page(PAGE, kind="application/openmetrics-text; version=1.0.0; charset=utf-8")
    run = mac("conform", f"http://{served.address}/metrics")
    assert run.returncode == 1
    assert "OpenMetrics ends in a line `# EOF`" in run.stdout


REFUSALS = {
    "a path that is not there": ("/other", 404, "text/plain", b"", "answers with 404: is the path right?"),
    "a page for people": (
        "/metrics",
        200,
        "text/html",
        b"<html>",
        "answers with text/html, which is no page of metrics: is the path right?",
    ),
    "a log-in": ("/metrics", 401, "text/plain", b"", "wants to know who asks (401): use --bearer-token-file"),
    "another place": ("/metrics", 302, "text/plain", b"", "sends us to http://elsewhere.example/: give the URL that is meant"),
    "a failure": ("/metrics", 500, "text/plain", b"", "answers with 500"),
    "more than is read": ("/metrics", 200, "text/plain", b"a 1\n" * 300_000, "has more than 1 MiB: `--max-size` says how much is read"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_url_that_has_no_page_is_said_in_words(mac: "Mac", served: "Served", name: str) -> None:
    path, status, kind, body, words = REFUSALS[name]
    served.pages["/metrics"] = (status, kind, body)
    run = mac("conform", f"http://{served.address}{path}", "--max-size", "1")
    assert (run.returncode, run.stdout) == (2, "")
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_nobody_listens(mac: "Mac", served: "Served") -> None:
    served.server.shutdown()
    served.server.server_close()
    run = mac("conform", f"http://{served.address}/metrics")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"mac: http://{served.address}/metrics cannot be asked: connection refused\n"


MISUSES = {
    "nothing to hold": ([], "name a page: a URL, a file or `-`; or a Prometheus, by `--server URL`"),
    "no such file": (["nothing.txt"], "nothing.txt` cannot be read: No such file or directory"),
    "a folder": (["definitions"], "cannot be read: Is a directory"),
    "no such job": (["-", "--job", "hots"], "there is no scrape job and no exporter `hots`: did you mean `hosts`?"),
    "a password in the URL": (["http://a:b@localhost/"], "a password in a URL is seen by all on this machine"),
    "a secret on the command line": (["-", "--header", "Authorization: Bearer a"], "a secret on the command line is seen by all"),
    "no header": (["-", "--header", "shop"], "is no header"),
    "no time": (["-", "--timeout", "soon"], "`--timeout`"),
    "a report of no page": (["--server", "http://localhost:1", "--report", "a.json"], "`--report` is about a page"),
    "a report that cannot be written": (["-", "--report", "no/a.json"], "`no/a.json` cannot be written: No such file or directory"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_what_keeps_it_from_running_is_said(mac: "Mac", name: str) -> None:
    arguments, words = MISUSES[name]
    run = mac("conform", *arguments, page=PAGE)
    assert (run.returncode, run.stdout) == (2, "")
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_a_job_or_an_exporter_chooses_the_metrics(mac: "Mac") -> None:
    page = "# HELP node_load1 Load.\n# TYPE node_load1 gauge\nnode_load1 1\nnode_other 1\n"
    for name in ("hosts", "node"):
        run = mac("conform", "-", "--job", name, page=page)
        assert (run.returncode, run.stdout) == (0, "no findings\n"), name
    assert mac("conform", "-", "--job", "shop", page=PAGE).returncode == 0


def test_definitions_with_errors_hold_nothing(mac: "Mac", project: Path) -> None:
    (project / "definitions" / "wrong.py").write_text("1 / 0\n")
    run = mac("conform", "-", page=PAGE)
    assert run.returncode == 1
    assert "definition-error" in run.stdout
    assert "nothing was held to anything: the definitions have errors" in run.stderr


def test_a_finding_is_allowed_at_the_declaration_or_turned_off_or_made_a_warning(mac: "Mac", project: Path) -> None:
    file = project / "definitions" / "shop.py"
    given = file.read_text()
    file.write_text(given.replace("requests = ", "# mac: allow[undeclared-label-value] an old client brews\nrequests = "))
    assert mac("conform", "-", page=BAD).returncode == 0
    assert "unused-suppression" not in mac("lint").stdout
    file.write_text(given)
    (project / "pyproject.toml").write_text('[tool.mac]\nseverity = { undeclared-label-value = "warning" }\n')
    assert mac("conform", "-", page=BAD).stdout.startswith("warning[undeclared-label-value]")
    (project / "pyproject.toml").write_text('[tool.mac]\ndisable = ["undeclared-label-value"]\n')
    assert mac("conform", "-", page=BAD).returncode == 0


def test_the_report_has_what_was_seen_of_each_metric(mac: "Mac", project: Path) -> None:
    assert mac("conform", "-", "--report", "seen.json", page=BAD).returncode == 1
    found = json.loads((project / "seen.json").read_text())
    assert (found["samples"], found["findings"]) == (2, {"undeclared-label-value": 1})
    assert found["metrics"]["requests_total"] == {
        "kind": "counter",
        "help": "Requests.",
        "declared": True,
        "series": 1,
        "combinations": 1,
        "labels": {"method": {"values": 1, "examples": ["BREW"]}, "region": {"values": 1, "examples": ["eu"]}},
        "example": {"labels": {"method": "BREW", "region": "eu"}, "value": "5"},
    }


def test_the_page_of_each_finding_is_explained(mac: "Mac") -> None:
    run = mac("explain", "exceeded-budget")
    assert run.returncode == 0
    assert "`mac conform` finds this" in run.stdout


def test_what_gzip_has_packed_is_a_page_too(mac: "Mac", project: Path) -> None:
    (project / "metrics.txt.gz").write_bytes(gzip.compress(BAD.encode()))
    run = mac("conform", "metrics.txt.gz")
    assert run.returncode == 1
    assert "error[undeclared-label-value]" in run.stdout


def test_no_page_at_all_is_a_wrong_use(mac: "Mac") -> None:
    run = mac("conform", "")
    assert run.returncode == 2
    assert "name a page: a URL, a file or `-`" in run.stderr


def test_openmetrics_that_broke_off_is_one_finding(mac: "Mac") -> None:
    page = PAGE.replace("# HELP requests_total", "# HELP requests").replace("# TYPE requests_total", "# TYPE requests")
    broken = mac("conform", "-", page=page)
    assert broken.stdout.count("error[") == broken.stdout.count("[") - broken.stdout.count("warning[") == 1
    assert "this looks like OpenMetrics" in broken.stdout
    assert mac("conform", "-", page=page + "# EOF\n").returncode == 0


def test_what_the_page_has_said_of_a_silent_metric_the_server_does_not_say_again(mac: "Mac", served: "Served") -> None:
    answers: dict[str, object] = {"targets?state=active": {"activeTargets": []}, "labels": []}
    served.otherwise = lambda path: json.dumps(
        {
            "status": "success",
            "data": next((data for start, data in answers.items() if start in path), {"result": []} if "query" in path else []),
        }
    ).encode()
    silent = PAGE.replace('requests_total{method="GET",region="eu"} 5\n', "")
    alone = mac("conform", "--server", f"http://{served.address}")
    assert alone.stdout.count("[silent-metric]") == 2
    both = mac("conform", "-", "--server", f"http://{served.address}", page=silent)
    assert both.stdout.count("[silent-metric]: `requests_total`") == 1
    assert both.stdout.count("[silent-metric]: Prometheus has no series of `depth`") == 1
    assert both.stdout.count("[silent-metric]") == 2
