"""Each metric has a page where pyproject.toml says where the application is, or what its page of metrics had."""

import json
import shutil
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import Plan, plan
from monitoring_as_code.config import read_config
from monitoring_as_code.lint.disclosing import HIDDEN, disclosable
from monitoring_as_code.project import load_project

DEFINITIONS = """\
from monitoring_as_code import (
    Alert, Counter, Dashboard, Exporter, Fires, Gauge, Histogram, Label, Labels, RecordingRule, Row, Runbook, Scenario, Series, Stack,
    TimeSeries, label, seconds,
)


class Http(Labels):
    route: Label[str] = label(at_most=20)
    api_key: Label[str] = label(at_most=5)


requests = Counter(name="requests_total", help="Requests <b>.", labels=Http)
latency = Histogram(name="latency_seconds", help="Time.", labels=Http, unit=seconds, buckets=(0.1, 1), at_most=50)
idle = Gauge(name="idle", help="Idle.", unused="only looked at by hand")
handed = Gauge(name="handed", help="Handed on.", unused="only looked at by hand")
node = Exporter(name="node", metrics=(Gauge(name="node_load1", help="Load."),))
rate = RecordingRule(name="route:requests:rate5m", expr="sum by (route) (rate(requests_total[5m]))")
busy = Alert(name="Busy", expr="route:requests:rate5m > 5", for_="5m", severity="warning", summary="s", runbook=Runbook(meaning="m", check=("c",)))
many = Scenario(name="many | of them", alert=busy, given=(Series(of=requests, values="0+600x30"),), expect=(Fires(within="10m"),))
board = Dashboard(name="Shop", uid="shop", rows=(Row(title="r", panels=(
    TimeSeries(title="Rate", expr="route:requests:rate5m"), TimeSeries(title="Slow", expr="rate(latency_seconds_count[5m]) + node_load1"),
)),))
stack = Stack(name="shop", grafana_url="http://localhost:3000")
"""
APPLICATION = """\
from definitions.shop import handed, latency, requests


class Web:
    @latency.time(route="/", api_key="k")
    def serve(self):
        requests.inc(route="/", api_key="k")
        requests.inc(route="/a", api_key="k")


print(handed)
"""
SECRET = "4f1c9a7be20d43b1a8f2c3d4"
PAGE = f"""\
# HELP requests_total Requests <b>.
# TYPE requests_total counter
requests_total{{route="/a|b",api_key="{SECRET}"}} 5
requests_total{{route="/{SECRET}",api_key="k"}} 5
# HELP idle Idle.
# TYPE idle gauge
"""
CONFIGURED = '[tool.mac]\nsources = ["app"]\nconformance = "seen.json"\n'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    from monitoring_as_code.conform.observed import observe
    from monitoring_as_code.conform.report import as_data

    for path, text in {"definitions/shop.py": DEFINITIONS, "app/web.py": APPLICATION, "pyproject.toml": CONFIGURED}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    project = load_project(tmp_path, read_config(tmp_path)[0])
    assert not project.problems
    metrics = {each.name: each for each in project.declarations if each.kind in ("counter", "gauge", "histogram")}
    sighting = observe(PAGE.split("\n"), metrics, openmetrics=False)  # type: ignore[arg-type]  # of these kinds
    (tmp_path / "seen.json").write_text(json.dumps(as_data(sighting, (), "page.txt")))
    return tmp_path


def planned(root: Path) -> Plan:
    config, problems = read_config(root)
    assert not problems
    return plan(Analysis(load_project(root, config)))


def docs(root: Path) -> dict[str, str]:
    made = planned(root)
    assert not made.problems
    return {path.removeprefix("docs/"): text.decode() for path, text in made.files.items() if path.startswith("docs/")}


REQUESTS = """\
# requests\\_total

Requests &lt;b&gt;.

|  |  |
| --- | --- |
| kind | counter |
| labels | `route`: at most 20 values<br>`api_key`: at most 5 values |
| series | at most 100<br>2 were seen |
| declared in | `definitions/shop.py` |

## Where it is recorded

- `app/web.py`, `Web.serve()`

## Where it is shown

- [Rate, Shop](http://localhost:3000/d/shop?viewPanel=1668778574)

## What alerts

| alert | severity | proven by |
| --- | --- | --- |
| [Busy](../runbooks/busy.md) | warning | many \\| of them |

## What was seen

| label | values | such as |
| --- | --- | --- |
| `api_key` | 2 | `(hidden)` |
| `route` | 2 | `/a\\|b`, `(hidden)` |

```
requests_total{route="/a|b", api_key="(hidden)"} 5
```

[All metrics](../metrics.md) · [Alerts](../alerts.md)
"""


def test_a_metric_s_page_leads_from_the_code_to_what_is_proven(shop: Path) -> None:
    assert docs(shop)["metrics/requests-total.md"] == REQUESTS


def test_no_secret_of_a_page_is_in_the_report_or_the_docs(shop: Path) -> None:
    assert SECRET in PAGE
    assert SECRET not in (shop / "seen.json").read_text()
    # Nor if somebody wrote it into the report.
    (shop / "seen.json").write_text((shop / "seen.json").read_text().replace(HIDDEN, SECRET))
    assert not [path for path, text in docs(shop).items() if SECRET in text]


def test_what_is_unknown_is_not_told_as_no(shop: Path) -> None:
    made = docs(shop)
    assert "That cannot be told: the code hands it on" in made["metrics/handed.md"]
    assert "No code that was read records it." in made["metrics/idle.md"]
    assert "It was on the page, but had no series yet." in made["metrics/idle.md"]
    assert "It was not on the page." in made["metrics/latency-seconds.md"]
    assert "It is used by nothing: only looked at by hand." in made["metrics/idle.md"]
    assert "at most 250<br>50 sets of labels, 5 series each" in made["metrics/latency-seconds.md"]


def test_the_other_pages_lead_there(shop: Path) -> None:
    made = docs(shop)
    assert "| [requests\\_total](metrics/requests-total.md) |" in made["metrics.md"]
    assert (
        "| looks at | [requests\\_total](../metrics/requests-total.md), recorded in `app/web.py`, `Web.serve()` |"
        in made["runbooks/busy.md"]
    )
    assert "| `node_load1` |" in made["metrics.md"]  # another program's
    assert sorted(path for path in made if path.startswith("metrics/")) == [
        "metrics/handed.md",
        "metrics/idle.md",
        "metrics/latency-seconds.md",
        "metrics/requests-total.md",
    ]


def test_lines_that_move_change_no_page(shop: Path) -> None:
    before = docs(shop)
    (shop / "app" / "web.py").write_text("# a comment\n\n" + APPLICATION)
    assert docs(shop) == before
    shutil.move(shop / "app" / "web.py", shop / "app" / "site.py")
    assert docs(shop) != before


@pytest.mark.parametrize("key", ["sources", "conformance"])
def test_either_alone_is_enough(shop: Path, key: str) -> None:
    (shop / "pyproject.toml").write_text("".join(line for line in CONFIGURED.splitlines(keepends=True) if key in line or "[" in line[:1]))
    page = docs(shop)["metrics/requests-total.md"]
    assert ("## Where it is recorded" in page) == (key == "sources")
    assert ("## What was seen" in page) == (key == "conformance")


def test_without_a_word_there_are_no_pages_of_metrics(shop: Path) -> None:
    (shop / "pyproject.toml").unlink()
    made = docs(shop)
    assert not [path for path in made if path.startswith("metrics/")]
    assert "| looks at | `requests_total` |" in made["runbooks/busy.md"]
    assert "| proven by | many \\| of them |" in made["runbooks/busy.md"]


REFUSED = {
    "seen.json": ("{", "`seen.json` is no report of `mac conform --report`"),
    "another version": ('{"version": 9}', "`seen.json` is of another version of mac: write it again with `mac conform --report`"),
    "no metrics": ('{"version": 1, "metrics": [1]}', "`seen.json` is no report of `mac conform --report`"),
    "half a metric": ('{"version": 1, "metrics": {"a": {}}}', "`seen.json` is no report of `mac conform --report`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_report_that_is_none_is_a_finding_at_the_key(shop: Path, case: str) -> None:
    text, words = REFUSED[case]
    (shop / "seen.json").write_text(text)
    (problem,) = planned(shop).problems
    assert problem.message == words
    assert problem.location is not None
    assert (Path(problem.location.path).name, problem.location.line) == ("pyproject.toml", 3)
    assert problem.help == "`mac conform URL --report seen.json` writes it"


def test_sources_and_reports_that_are_not_there_are_findings(shop: Path) -> None:
    shutil.rmtree(shop / "app")
    (shop / "seen.json").unlink()
    assert [each.message for each in planned(shop).problems] == [
        "there is no `app`",
        "`seen.json` cannot be read: No such file or directory",
    ]


VALUES = [
    ("route", "/orders/{id}", True),
    ("version", "v22.11.0-rc.1", True),
    ("instance", "ip-10-0-0-12.eu-west-1.compute.internal:9100", True),
    ("service", "authentication-service-production-2", True),
    ("database", "orders_2024_partition_0012_eu", True),
    ("token_type", "bearer", True),
    ("", "", True),
    ("id", SECRET, False),
    ("id", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", False),
    ("password", "letmein", False),
    ("x_api_key", "abc", False),
    ("session_id", "7", False),
    ("user", "ann@example.org", False),
    ("url", "postgres://shop:gX7qLp2mZr@db/shop", False),
    ("key", "AKIA" + "Z3MGNV5WQ7RSTP2C", False),
]


@pytest.mark.parametrize("label, value, is_shown", VALUES)
def test_values_that_look_like_secrets_are_hidden(label: str, value: str, is_shown: bool) -> None:
    assert disclosable(label, value) == (value if is_shown else HIDDEN)
