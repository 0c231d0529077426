"""Both dashboards on a real Prometheus: with no data, with one of everything, and with many."""

import contextlib
import functools
import itertools
import json
import math
import re
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from monitoring_as_code import Counter, Gauge, Histogram, Info, Stack, engines
from monitoring_as_code.config import read_config
from monitoring_as_code.model.metric import Metric
from monitoring_as_code.project import Project, load_project
from monitoring_as_code.units import ratio, timestamp

Json = dict[str, Any]

ENDS = 1_700_000_000
SECONDS = 15 * 60
STEP = 15  # the stack's scrape interval
BUDGET = 50  # series that a panel may show

# What Grafana fills in. `service`, `instance` and `route` are All, as they are when a dashboard is opened.
VARIABLES = {"$__rate_interval": "1m", "$__interval": "15s", "$__range": "15m", "$service": ".+", "$instance": ".+", "$route": ".+"}

# Of labels whose values are only described by a pattern.
DESCRIBED = {"[1-5][0-9]{2}": ("200", "302", "404", "503")}

pytestmark = [pytest.mark.engines("promtool", "prometheus"), pytest.mark.xdist_group("dashboards-data")]


class Panel(NamedTuple):
    """A panel of a dashboard, and which one."""

    dashboard: str
    json: Json

    @property
    def name(self) -> str:
        """As a person would call it."""
        return f"{self.dashboard}: {self.json['title']}"


class Answered(NamedTuple):
    """What Prometheus answers to one query of a panel."""

    target: Json
    series: list[Json]


@pytest.fixture(scope="module")
def project(root: Path) -> Project:
    """AutoWeave's declarations."""
    return load_project(root, read_config(root)[0])


@pytest.fixture(scope="module")
def dashboards(root: Path) -> list[Json]:
    """Both dashboards as they were built."""
    return [
        json.loads(file.read_text(encoding="utf-8"))
        for file in sorted((root / "build" / "local" / "grafana" / "dashboards").rglob("*.json"))
    ]


@pytest.fixture(scope="module")
def panels(dashboards: list[Json]) -> list[Panel]:
    """Every panel that asks Prometheus something."""
    all_of_them = [
        Panel(board["title"], panel) for board in dashboards for each in board["panels"] for panel in (each, *each.get("panels", ()))
    ]
    return [each for each in all_of_them if each.json.get("targets")]


def samples(project: Project, many: int, without: frozenset[str]) -> Iterator[str]:
    """A quarter of an hour of every declared metric in OpenMetrics's form, but for series with a label that has such a value.

    Labels whose values are not declared have `many` of them.
    """
    stack = project.of(Stack)[0]
    jobs = {id(metric): job for job in stack.jobs if job.exporter is not None for metric in job.exporter.metrics}
    own = next(job for job in stack.jobs if job.exporter is None)
    for metric in project.of(Metric):
        job = jobs.get(id(metric), own)
        for index, labels in enumerate(label_sets(metric, many)):
            if without & set(labels.values()):
                continue
            yield from series(metric, {**labels, "job": job.name, "instance": job.targets[0]}, index)
    for job in stack.jobs:
        target = {"job": job.name, "instance": job.targets[0]}
        yield from line("up", target, itertools.repeat(1))
        yield from line("scrape_duration_seconds", target, itertools.repeat(0.02))
    for index in range(many):
        fires = {"alertname": f"Alert{index % 10}", "alertstate": "firing", "severity": "critical", "service": f"service-{index}"}
        yield from line("ALERTS", fires, itertools.repeat(1))
    yield from line("ALERTS", {"alertname": "Watchdog", "alertstate": "firing", "severity": "none"}, itertools.repeat(1))
    yield "# EOF"


def label_sets(metric: Metric[...], many: int) -> Iterator[dict[str, str]]:
    """Every value of a label whose values are declared; values of the others come in step, so that the series stay few."""
    declared = metric.label_declarations
    closed = [(each.name, each.emitted or each.values or DESCRIBED[each.pattern or ""]) for each in declared if each.values or each.pattern]
    if isinstance(metric, Histogram):
        closed = [(name, values[:1]) for name, values in closed]
    free = [each for each in declared if not (each.values or each.pattern)]
    # Where all of them have fewer values than that, they would only come again.
    most = max((min(each.at_most or many, many) for each in free), default=1)
    for number in range(most):
        numbered = {each.name: f"{each.name}-{number % (each.at_most or many)}" for each in free}
        for chosen in itertools.product(*(values for _, values in closed)):
            yield {**dict(zip((name for name, _ in closed), chosen, strict=True)), **numbered}


def series(metric: Metric[...], labels: dict[str, str], index: int) -> Iterator[str]:
    """One series of a metric, several of a histogram; no two grow alike."""
    pace = 1 + index % 17
    if isinstance(metric, Counter):
        # One that counts seconds cannot count faster than time goes by.
        speed = 0.01 * pace if metric.name.endswith("_seconds_total") else 0.3 * pace
        yield from line(metric.name, labels, (speed * second for second in range(0, SECONDS, STEP)))
    elif isinstance(metric, Histogram):
        bounds = metric.buckets
        for at, bound in enumerate((*bounds, float("inf"))):
            share = min(1, (at + 1) / len(bounds))
            le = "+Inf" if bound == float("inf") else f"{bound:g}"
            yield from line(f"{metric.name}_bucket", {**labels, "le": le}, (pace * share * second for second in range(0, SECONDS, STEP)))
        yield from line(f"{metric.name}_sum", labels, (pace * 0.02 * second for second in range(0, SECONDS, STEP)))
        yield from line(f"{metric.name}_count", labels, (pace * second for second in range(0, SECONDS, STEP)))
    elif isinstance(metric, Info):
        yield from line(metric.name, labels, itertools.repeat(1))
    elif isinstance(metric, Gauge):
        most = 1.0 if metric.unit == ratio else float("inf")
        start = ENDS - 3600 if metric.unit == timestamp else 0
        # Whatever is a whole is larger than its parts.
        whole = 1000 if labels.get("type") == "total" or re.search("max|size|Total", metric.name) else 1
        yield from line(metric.name, labels, itertools.repeat(min(most, start + pace * whole)))


def line(name: str, labels: dict[str, str], values: Iterator[float]) -> Iterator[str]:
    """The samples of a series."""
    selector = name + "{" + ",".join(f'{key}="{value}"' for key, value in sorted(labels.items())) + "}"
    for second, value in zip(range(0, SECONDS, STEP), values, strict=False):
        yield f"{selector} {value!r} {ENDS - SECONDS + second + STEP}"


Answers = list[tuple[Panel, list[Answered]]]
Ask = Callable[..., Answers]
Serving = Callable[..., engines.Server]
NOTHING, ONE, MANY = 0, 1, 60

# What only comes where something is wrong, and what only comes where something is right.
BAD = frozenset({"failure", "failed", "error", "404", "503", "unhealthy"})
GOOD = frozenset({"success", "200", "302", "404"})


@pytest.fixture(scope="module")
def serving(project: Project, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A Prometheus that has so many of everything, recorded metrics included, but no series with such label values."""
    with contextlib.ExitStack() as running:

        @functools.cache
        def served(many: int, without: frozenset[str] = frozenset()) -> engines.Server:
            folder = tmp_path_factory.mktemp("data")
            (folder / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")
            blocks = folder / "blocks"
            blocks.mkdir()
            if many:
                (folder / "samples.txt").write_text("\n".join(samples(project, many, without)) + "\n", encoding="utf-8")
                make_blocks(folder, "openmetrics", "samples.txt", str(blocks))
                (folder / "recorded.yml").write_text(yaml.safe_dump({"groups": recording_groups(root)}), encoding="utf-8")
                with engines.prometheus(folder / "prometheus.yml", blocks=blocks) as server:
                    times = (f"--start={ENDS - SECONDS}", f"--end={ENDS}", f"--eval-interval={STEP}s")
                    make_blocks(folder, "rules", f"--url={server.url}", *times, f"--output-dir={blocks}", "recorded.yml")
            return running.enter_context(engines.prometheus(folder / "prometheus.yml", blocks=blocks))

        yield served


@pytest.fixture(scope="module")
def answers(serving: Serving, panels: list[Panel]) -> Ask:
    """What each panel's queries give there, with All of every variable."""

    @functools.cache
    def asked(many: int, without: frozenset[str] = frozenset()) -> Answers:
        server = serving(many, without)
        return [(panel, [Answered(target, ask(server, target)) for target in panel.json["targets"]]) for panel in panels]

    return asked


def make_blocks(folder: Path, *arguments: str) -> None:
    """Has promtool write data as Prometheus stores them."""
    made = engines.require("promtool").run("tsdb", "create-blocks-from", *arguments, cwd=folder, timeout_seconds=300)
    assert made.code == 0, made.output


def recording_groups(root: Path) -> list[Json]:
    """The recording rules as they were built, alerts left out."""
    files = sorted((root / "build" / "local" / "prometheus" / "rules").glob("*.yml"))
    groups = [group for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    kept = [{"name": each["name"], "rules": [rule for rule in each["rules"] if "record" in rule]} for each in groups]
    return [each for each in kept if each["rules"]]


def filled(text: str, **chosen: str) -> str:
    """What Grafana makes of a text with variables: what is chosen, and All where nothing is."""
    for name, value in {**VARIABLES, **{f"${name}": value for name, value in chosen.items()}}.items():
        text = text.replace(name, value)
    assert "$" not in text, text
    return text


def ask(server: engines.Server, target: Json, **chosen: str) -> list[Json]:
    """The series that a query gives, asked as Grafana asks: now, or over the time range. An error of Prometheus is raised."""
    expr = filled(target["expr"], **chosen)
    if target.get("instant"):
        query = {"query": expr, "time": ENDS}
        path = "/api/v1/query?"
    else:
        # The first minutes are those in which no rate of five minutes is there yet.
        query = {"query": expr, "start": ENDS - SECONDS + 360, "end": ENDS, "step": STEP}
        path = "/api/v1/query_range?"
    found: list[Json] = data(server, path + urllib.parse.urlencode(query))["result"]
    return found


def data(server: engines.Server, path: str) -> Any:  # noqa: ANN401 - what the API gives
    """What Prometheus's API answers, which must not be an error."""
    answer = json.loads(server.get(path, timeout_seconds=60))
    assert answer["status"] == "success"
    return answer["data"]


def values(series: Json) -> list[float]:
    """The numbers of a series, of the range or of now."""
    return [float(value) for _, value in series.get("values") or [series["value"]]]


def legend(target: Json, series: Json) -> str:
    """What stands beside the line: Grafana puts a label's value where the template names it."""
    labels = series["metric"]
    if target["legendFormat"] == "__auto":
        return json.dumps(labels, sort_keys=True)
    return re.sub(r"\{\{\s*(.+?)\s*\}\}", lambda found: str(labels.get(found[1], "")), target["legendFormat"])


def test_only_what_counts_to_zero_answers_when_there_are_no_data(answers: Ask) -> None:
    speaking = {panel.json["title"] for panel, queries in answers(NOTHING) if any(each.series for each in queries)}
    assert speaking == {"Firing alerts", "Silent targets"}


def test_a_panel_without_data_says_so_in_its_own_words(panels: list[Panel]) -> None:
    silent = [each for each in panels if "vector(0)" not in each.json["targets"][0]["expr"]]
    assert [each.name for each in silent if "noValue" not in each.json["fieldConfig"]["defaults"]] == []


@pytest.mark.parametrize("many", [ONE, MANY])
def test_every_query_answers_when_there_are_data(many: int, answers: Ask) -> None:
    assert [(panel.name, each.target["expr"]) for panel, queries in answers(many) for each in queries if not each.series] == []


@pytest.mark.parametrize("many", [ONE, MANY])
def test_no_panel_shows_more_series_than_a_person_can_read(many: int, answers: Ask) -> None:
    counts = {panel.name: max(len(each.series) for each in queries) for panel, queries in answers(many)}
    assert {name: count for name, count in counts.items() if count > BUDGET} == {}


@pytest.mark.parametrize("many", [ONE, MANY])
def test_no_two_series_of_a_panel_are_called_alike(many: int, answers: Ask) -> None:
    for panel, queries in answers(many):
        if panel.json["type"] in ("table", "heatmap"):
            continue
        names = [legend(each.target, series) for each in queries for series in each.series]
        assert len(set(names)) == len(names), (panel.name, names)
        assert all(name.strip() for name in names), (panel.name, names)


@pytest.mark.parametrize("many", [ONE, MANY])
def test_values_are_where_their_unit_and_the_panels_bounds_allow(many: int, answers: Ask) -> None:
    for panel, queries in answers(many):
        field = panel.json["fieldConfig"]["defaults"]
        numbers = [value for each in queries for series in each.series for value in values(series)]
        assert not any(map(math.isnan, numbers)), panel.name
        assert all(value >= field.get("min", value) for value in numbers), panel.name
        if field.get("unit") == "percentunit" and panel.json["title"] != "CPU":  # which counts CPUs
            assert all(0 <= value <= 1 for value in numbers), (panel.name, min(numbers), max(numbers))


def last(answers: Answers, title: str) -> set[float]:
    """The newest values of the panels of this title."""
    found = [values(series)[-1] for panel, queries in answers if panel.json["title"] == title for each in queries for series in each.series]
    assert found, title
    return set(found)


SHARES = ("Error rate", "Error rate by service", "Failed integration requests", "Failed attempts to log in")


@pytest.mark.parametrize("title", SHARES)
def test_what_never_failed_has_a_share_of_0_and_is_not_unknown(title: str, answers: Ask) -> None:
    assert last(answers(ONE, BAD), title) == {0}
    assert last(answers(ONE, GOOD), title) == {1}


def test_checks_that_never_succeeded_are_a_share_of_0_and_not_missing(answers: Ask) -> None:
    assert last(answers(ONE, GOOD), "Health check success rate") == {0}
    assert last(answers(ONE, BAD), "Health check success rate") == {1}


def test_what_is_well_is_counted_as_none(answers: Ask) -> None:
    assert last(answers(ONE, BAD), "Silent targets") == {0}


# As Grafana writes one chosen value, and two.
CHOSEN = {
    "one": {"service": "service-1", "instance": "host\\\\.docker\\\\.internal:3001", "route": "route-1"},
    "two": {"service": "(service-1|service-2)", "instance": ".+", "route": "(route-1|route-2)"},
}


@pytest.mark.parametrize("chosen", CHOSEN.values(), ids=CHOSEN)
def test_the_details_of_chosen_services_are_theirs_alone(chosen: dict[str, str], serving: Serving, panels: list[Panel]) -> None:
    pattern = re.compile(chosen["service"])
    for panel in panels:
        for target in panel.json["targets"]:
            found = ask(serving(MANY), target, **chosen)
            assert found, (panel.name, target["expr"])
            if "$service" in target["expr"]:
                assert all(pattern.fullmatch(each["metric"].get("service", "service-1")) for each in found), panel.name


def test_every_variable_offers_something_and_narrows_the_next(serving: Serving, dashboards: list[Json]) -> None:
    offered = {}
    for variable in (each for board in dashboards for each in board["templating"]["list"] if each["type"] == "query"):
        found = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
        assert found is not None
        for service in (".+", "service-1"):
            asked = urllib.parse.urlencode({"match[]": filled(found[1], service=service), "start": ENDS - SECONDS, "end": ENDS})
            offered[variable["name"], service] = len(data(serving(MANY), f"/api/v1/label/{found[2]}/values?{asked}"))
    assert {name: count for (name, service), count in offered.items() if service == ".+"} == {"service": 50, "instance": 1, "route": 60}
    assert 0 < offered["route", "service-1"] < offered["route", ".+"]


def test_every_annotation_marks_something(serving: Serving, dashboards: list[Json]) -> None:
    for each in (each for board in dashboards for each in board["annotations"]["list"] if "target" in each):
        assert ask(serving(ONE), each["target"]), each["name"]
        assert not ask(serving(NOTHING), each["target"]), each["name"]
