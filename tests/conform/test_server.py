"""What a real Prometheus says of its targets is held to the declarations."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.conform import Contract, Finding, contract_of
from monitoring_as_code.conform.observed import observe
from monitoring_as_code.conform.server import Prometheus, ask_server
from monitoring_as_code.conform.source import Unavailable
from monitoring_as_code.engines.access import Access
from monitoring_as_code.project import load_project

if TYPE_CHECKING:
    from tests.conform.conftest import Served

SHOP = """\
# TYPE requests_total {kind}
requests_total{{method="GET",region="eu"}} 5
# TYPE depth gauge
depth 1
"""


def contract(project: Path, job: str | None = None) -> Contract:
    found = load_project(str(project), Config())
    assert not found.problems
    return contract_of(Analysis(found), job)


@contextmanager
def prometheus(folder: Path, jobs: dict[str, dict[str, Any]]) -> Iterator[str]:
    """One that has scraped every target."""
    config = folder / "prometheus.yml"
    scrapes = [{"job_name": name, "scrape_interval": "1s", "scrape_timeout": "1s", **job} for name, job in jobs.items()]
    config.write_text(json.dumps({"scrape_configs": scrapes}))
    with engines.prometheus(config) as server:
        until = time.monotonic() + 60
        wanted = sum(len(each["targets"]) for job in jobs.values() for each in job["static_configs"])
        while time.monotonic() < until:
            targets = json.loads(server.get("/api/v1/targets"))["data"]["activeTargets"]
            samples = json.loads(server.get("/api/v1/query?query=up"))["data"]["result"]
            if len(samples) == wanted and all(target["health"] != "unknown" for target in targets):
                yield server.url
                return
            time.sleep(0.1)
        pytest.fail("the targets were not scraped")


def findings(url: str, held: Contract) -> list[Finding]:
    return list(ask_server(Prometheus(url, Access({}, timeout_seconds=10)), held))


def static(*targets: str, **labels: str) -> dict[str, Any]:
    return {"static_configs": [{"targets": list(targets), "labels": labels}]}


@pytest.mark.engines("prometheus")
def test_targets_that_are_right_have_no_findings(project: Path, served: "Served", another: "Served") -> None:
    served.page(SHOP.format(kind="counter"))
    another.page("# TYPE node_load1 gauge\nnode_load1 1\n")
    with prometheus(project, {"shop": static(served.address), "hosts": static(another.address)}) as url:
        assert findings(url, contract(project)) == []
        assert findings(url, contract(project, "node")) == []


@pytest.mark.engines("prometheus")
@pytest.mark.parametrize(
    ("also", "told"), [(SHOP.format(kind="counter"), 1), ("# TYPE node_load1 gauge\nnode_load1 1\n", 0)], ids=["one", "two"]
)
def test_what_started_at_the_same_time_is_one_process_if_it_has_the_same_metrics(
    also: str, told: int, project: Path, served: "Served", another: "Served"
) -> None:
    start = "process_start_time_seconds 1700000000.25\n"
    served.page(SHOP.format(kind="counter") + start)
    another.page(also + start)
    with prometheus(project, {"shop": static(served.address), "hosts": static(another.address)}) as url:
        found = [each.message for each in findings(url, contract(project))]
    assert [message.split(":")[0] for message in found] == ["one process is scraped twice"] * told


@pytest.mark.engines("prometheus")
def test_what_is_wrong_with_the_targets_is_found(project: Path, served: "Served", another: "Served") -> None:
    regions = "".join(
        f'requests_total{{method="{method}",region="{region}"}} 1\n' for method in ("GET", "POST") for region in ("a", "b", "c")
    )
    served.page(f"# TYPE requests_total counter\n{regions}process_start_time_seconds 1700000000.25\n")
    another.page("# TYPE requests_total gauge\nrequests_total 1\nprocess_start_time_seconds 1700000000.25\n")
    jobs = {
        "shop": {**static(served.address, another.address), "sample_limit": 20},
        "again": static(served.address, region="north"),
        "other": static(another.address.replace("127.0.0.1", "localhost")),
    }
    with prometheus(project, jobs) as url:
        found = findings(url, contract(project))
        told = {(each.rule, each.message) for each in found}
    shop, other = f'{{instance="{served.address}", job="shop"}}', f'{{instance="{another.address}", job="shop"}}'
    assert ("silent-metric", "Prometheus has no series of `depth`") in told
    assert {message for rule, message in told if rule == "disagreeing-targets"} & {
        f"`requests_total` is a counter by `{shop}` and a gauge by `{other}`",
        f"`requests_total` is a gauge by `{other}` and a counter by `{shop}`",
    }
    budget = (
        f"`requests_total` has 6 combinations of label values at `{shop}`, but at most 4 are declared: `region` has 3 values instead of 2"
    )
    assert [message for rule, message in told if rule == "exceeded-budget"] == [budget]
    assert len([rule for rule, _ in told if rule == "scraped-twice"]) == 2
    assert {each.rule for each in found} == {"silent-metric", "disagreeing-targets", "exceeded-budget", "scraped-twice"}


@pytest.mark.engines("prometheus")
def test_a_target_that_is_down_or_over_a_limit_or_not_there_is_found_and_so_is_a_label_that_is_hidden(
    project: Path, served: "Served", another: "Served"
) -> None:
    served.page(SHOP.format(kind="counter"))
    another.page("a 1\nb 1\n")
    jobs = {"shop": {**static(served.address, region="north")}, "more": {**static(another.address), "sample_limit": 1}}
    text = (project / "definitions" / "shop.py").read_text()
    more = text.replace("jobs=(", 'jobs=(ScrapeJob(name="more", targets=("a:1",)), ScrapeJob(name="lost", targets=("b:1",)), ')
    (project / "definitions" / "shop.py").write_text(more)
    with prometheus(project, jobs) as url:
        told = {(each.rule, each.message, each.help) for each in findings(url, contract(project))}
    rules = {rule: (message, help_) for rule, message, help_ in told}
    assert rules.keys() == {"target-down", "missing-target", "hidden-label"}
    assert rules["target-down"][0] == f"`http://{another.address}/metrics` of the job `more` cannot be scraped: sample limit exceeded"
    assert rules["target-down"][1] == "raise the limit, or record less"
    assert rules["missing-target"][0] == "the scrape job `lost` has no target in Prometheus"
    hidden = (
        "label `region` of `requests_total` is hidden: the scrape gives a label of that name, so Prometheus has it as `exported_region`"
    )
    assert rules["hidden-label"][0] == hidden


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, b"", "answers with 404: is the URL right? It ends where `/api/v1` begins"),
        (401, b"", "answers with 401: use --bearer-token-file, --basic-auth-file or --header-file"),
        (200, b"<html>", "answers, but not as Prometheus does: <html>"),
        (200, b'{"status":"success","data":[]}', "answers, but not as Prometheus does"),
        (422, b'{"status":"error","error":"no"}', "answers, but not as Prometheus does: no"),
    ],
)
def test_what_is_no_prometheus_is_said(project: Path, served: "Served", status: int, body: bytes, words: str) -> None:
    served.pages["/api/v1/targets?state=active"] = (status, "application/json", body)
    with pytest.raises(Unavailable, match=words.replace("?", r"\?")):
        findings(f"http://{served.address}", contract(project))


STORED = """\
# TYPE orders counter
orders{shop="1"} 2
# TYPE jobs counter
jobs_total 1
# TYPE build info
build{version="1"} 1
# TYPE host info
host_info{name="a"} 1
# TYPE depth gauge
depth 1
# EOF
"""


@pytest.mark.engines("prometheus")
def test_prometheus_stores_samples_by_the_names_on_their_lines(tmp_path: Path, served: "Served") -> None:
    served.page(STORED, kind="application/openmetrics-text; version=1.0.0; charset=utf-8")
    with prometheus(tmp_path, {"shop": static(served.address)}) as url:
        server = Prometheus(url, Access({}, timeout_seconds=10))
        theirs = {labels["__name__"] for labels, _ in server.vector('count by (__name__) ({job="shop"})')}
    ours = {name for each in observe(STORED.split("\n"), {}, openmetrics=True).metrics.values() for name in each.stored}
    assert ours == {"orders", "jobs_total", "build", "host_info", "depth"}
    assert {name for name in theirs if name != "up" and not name.startswith("scrape_")} == ours
