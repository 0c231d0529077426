"""Small changes of alerts: which there are, who notices them, and which are equivalent. data/mutations/ has what a user sees.

MAC_UPDATE=1 writes the files; read what changed.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import read_config
from monitoring_as_code.engines.promtool import check_rules
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.project import load_project
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.prove.chart import Look
from monitoring_as_code.prove.mutations.equivalence import argument
from monitoring_as_code.prove.mutations.mutant import Mutant
from monitoring_as_code.prove.mutations.playing import Heat
from monitoring_as_code.prove.mutations.playing import played as played_together
from monitoring_as_code.prove.mutations.report import as_json, as_text, excerpt
from monitoring_as_code.prove.mutations.running import Study, mutants, study
from monitoring_as_code.prove.timelines import Played, played
from monitoring_as_code.yaml_text import to_yaml
from tests.prove.shop import SHOP, analysed

pytestmark = pytest.mark.engines("promtool")
DATA = Path(__file__).parent / "data" / "mutations"

SCENARIOS = """\
some_fail = Scenario(
    name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)),
    expect=(Pending(at="4m30s"), Firing(at="5m30s", labels={"service": "web"}, annotations={"summary": "6%"}), Reaches(receivers=(pager,), not_to=(chat,))),
)
few_fail = Scenario(name="4.9 % fail", alert=failing, given=(served("200", 951), served("503", 49)), expect=(Quiet(at="0s", until="8m"),))
over = Scenario(
    name="it is over", alert=jam, given=(Series(of=waiting, values=step(120, 90, at="6m")),),
    expect=(Fires(after="2m", within="2m"), Firing(at="5m30s"), Resolves(by="6m"), Reaches(receivers=(chat,))),
)
"""
# Kinds of expressions that the shop has not.
KINDS = """\
from monitoring_as_code import *


class Jobs(Labels):
    queue: Label[str]
    state: Label[Literal["waiting", "running"]]


class Nodes(Labels):
    node: Label[str]


jobs = Gauge(name="jobs", help="Jobs.", labels=Jobs)
done = Counter(name="jobs_done_total", help="Jobs that are done.", labels=Jobs)
age = Histogram(name="job_age_seconds", help="Age.", labels=Jobs, unit=seconds, buckets=(1, 5, 10))
nodes = Gauge(name="node_info", help="Nodes.", labels=Nodes)
stack = Stack(name="s", jobs=(ScrapeJob(name="queues", targets=("queues:80",)),), alertmanagers=("alertmanager:9093",))


def alert(name: str, expr: str) -> Alert:
    return Alert(name=name, expr=expr, severity="warning", summary="It happens", for_="1m")


alerts = (
    alert("Joined", 'sum by (queue) (jobs{state="waiting"}) / ignoring (state) group_left sum by (queue, state) (jobs) > 2'),
    alert("Both", 'jobs{state=~"waiting|running"} >= 10 and on (queue, instance) deriv(jobs[10m]) > 0'),
    alert("Absent", 'absent(jobs{queue="mail"}) or absent_over_time(jobs[5m])'),
    alert("Unless", "increase(jobs_done_total[1h] offset 1d) != 0 unless avg_over_time(jobs[30m:1m]) == 0"),
    alert("Old", "histogram_quantile(0.9, sum without (instance, job) (rate(job_age_seconds_bucket[5m]))) > 5"),
    alert("Bound", "clamp_min(predict_linear(jobs[1h], 3600), 0) - 3 * 2 > bool 5 < 1"),
    alert("Most", "topk by (queue) (3, jobs) - quantile by (queue) (0.5, jobs) > -1"),
)
"""


def _project(folder: Path, text: str) -> Analysis:
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "definitions" / "all.py").write_text("from typing import Literal\n\n" + text, "utf-8")
    config, _ = read_config(str(folder))
    project = load_project(str(folder), config)
    assert not project.problems, project.problems
    return Analysis(project)


def _held(file: Path, text: str) -> None:
    if os.environ.get("MAC_UPDATE"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def _one_scenario(analysis: Analysis) -> list[Played]:
    with TemporaryDirectory() as folder:
        return list(played(analysis, analysis.project.of(Scenario), Path(folder)))


def _studied(analysis: Analysis) -> Study:
    return study(analysis, analysis.project.of(Scenario), mutants(analysis))


def test_each_change_is_small_and_none_is_there_twice(tmp_path: Path) -> None:
    analysis = _project(tmp_path, KINDS)
    found = [each for each in mutants(analysis) if each.expr is not None]
    _held(DATA / "expressions.txt", "".join(f"{each.subject.name}: {each.operator.name}: {each.after}\n" for each in found))
    assert len({(each.subject.name, each.after) for each in found}) == len(found)
    assert not [each for each in found if each.after == each.before]


def test_every_changed_expression_is_what_it_says_and_loads(tmp_path: Path) -> None:
    analysis = _project(tmp_path, KINDS)
    found = [each for each in mutants(analysis) if each.expr is not None]
    for each in found:
        assert each.expr is not None
        assert to_text(parse(each.after)) == each.after
    rules = [{"alert": f"Changed{index}", "expr": each.after} for index, each in enumerate(found)]
    (tmp_path / "rules.yml").write_text(to_yaml({"groups": [{"name": "changed", "rules": rules}]}), "utf-8")
    assert check_rules([tmp_path / "rules.yml"]) == []


def test_what_is_reported_is_what_a_user_can_act_on(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, SCENARIOS)
    found = _studied(analysis)
    assert not found.failing
    _held(DATA / "report.txt", as_text(found, str(tmp_path), Look(), 1.0, verbose=True))
    _held(DATA / "report.json", as_json(found, str(tmp_path), 1.0))


# What is changed in the definitions, and the same change: whose, by which operator, and what it becomes.
ALONE = {
    "a threshold": ("waiting > 100", "waiting > 110", "Jam", "threshold", "jobs_waiting > 110"),
    "a comparison": ("waiting > 100", "waiting < 100", "Jam", "comparison", "jobs_waiting < 100"),
    "a duration": ('for_="2m"', 'for_="4m"', "Jam", "for", "4m"),
    "no waiting": ('for_="2m"', 'for_="0s"', "Jam", "for", "0s"),
    "keep firing": ('for_="2m"', 'for_="2m", keep_firing_for="5m"', "Jam", "keep_firing_for", "5m"),
    "a severity": ('severity="critical"', 'severity="warning"', "Failing", "severity", '"warning"'),
    "a recording rule": ('requests.rate("5m").sum(', 'requests.rate("10m").sum(', "service:errors:ratio_rate5m", "window", "[10m]"),
    "a template": ("{{ $labels.service }}", "{{ $labels.service_ }}", "Failing", "template's variable", "service_"),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_change_that_is_played_with_others_does_what_it_does_alone(name: str, tmp_path: Path) -> None:
    old, new, subject, operator, after = ALONE[name]
    assert old in SHOP
    scenarios = (
        SCENARIOS
        + 'noisy = Scenario(name="up and down", alert=jam, given=(Series(of=waiting, values=noise(100, 9, seed=3)),), expect=(Quiet(at="0s"),), lasts="30m")\n'
    )
    analysis = analysed(tmp_path, scenarios)
    tried = mutants(analysis)
    every = analysis.project.of(Scenario)
    times = tuple(range(0, 3_600_000, 30_000))
    with TemporaryDirectory() as folder:
        heats = [Heat(each, _concerned(tried, each), tuple(time for time in times if time <= each.reach_milliseconds)) for each in every]
        together = list(played_together(analysis, heats, Path(folder)))
    (tmp_path / "other").mkdir()
    other = analysed(tmp_path / "other", scenarios, ((old, new),))
    for as_it_is, result in zip(_one_scenario(analysis), together, strict=True):
        assert _told(as_it_is) == _told(result.unchanged)
    for alone, heat, result in zip(_one_scenario(other), heats, together, strict=True):
        index = next(
            (
                index
                for index, each in enumerate(heat.mutants)
                if (each.subject.name, each.operator.name) == (subject, operator) and after in each.after and _last(each, after)
            ),
            None,
        )
        if index is not None:
            # A longer `for` makes a scenario longer that says no time.
            length = min(len(_times(alone)), len(_times(result.unchanged)))
            assert _told(alone, length) == _told(result.changed[index], length)


def _last(mutant: Mutant, after: str) -> bool:
    """Of the two windows of a recording rule the second one."""
    return after != "[10m]" or mutant.after.endswith("[10m]))")


def _concerned(tried: tuple[Mutant, ...], scenario: Scenario) -> tuple[Mutant, ...]:
    read = {"Failing": ("Failing", "service:errors:ratio_rate5m"), "Jam": ("Jam",)}[scenario.alert.name]
    return tuple(each for each in tried if each.subject.name in read)


def _times(result: Played) -> tuple[int, ...]:
    return next(iter(result.timelines.values())).times


def _told(result: Played, length: int | None = None) -> list[object]:
    assert not result.error
    instances = [each for timeline in result.timelines.values() for each in timeline.instances]
    return [
        (each.labels, each.states[:length], each.annotations[:length]) for each in instances if set(each.states[:length]) != {"inactive"}
    ]


def test_what_the_engine_refuses_is_noticed_and_does_not_hide_the_others(tmp_path: Path) -> None:
    text = """
from monitoring_as_code import *


class Jobs(Labels):
    queue: Label[str]
    state: Label[str]


jobs = Gauge(name="jobs", help="Jobs.", labels=Jobs)
limit = Gauge(name="jobs_limit", help="Limit.", labels=Jobs)
many = Alert(name="Many", expr="sum by (queue) (jobs) > on (queue) sum by (queue) (jobs_limit)", severity="warning", summary="Many")
both = tuple(Series(of=f'jobs{{queue="a",state="{state}"}}', values=constant(5)) for state in ("x", "y"))
limits = tuple(Series(of=f'jobs_limit{{queue="a",state="{state}"}}', values=constant(4)) for state in ("x", "y"))
fires = Scenario(name="many", alert=many, given=(*both, *limits), expect=(Firing(at="1m", count=1),))
"""
    found = _studied(_project(tmp_path, text))
    assert not found.failing
    by = {each.mutant.after: each for each in found.outcomes}
    refused = by["sum by (queue) (jobs) > on (queue) sum by (queue, state) (jobs_limit)"]
    assert refused.noticed_by is not None
    assert by["max by (queue) (jobs) > on (queue) sum by (queue) (jobs_limit)"].noticed_by is not None
    assert by["sum by (queue) (jobs) > on (queue) max by (queue) (jobs_limit)"].survives


# An alert's condition, what becomes of it, and the argument; none where it is not equivalent.
EQUIVALENT = [
    ("max by (queue, state, instance) (jobs) > 5", "sum by (queue, state, instance) (jobs) > 5", "no two series of"),
    ("max by (queue, instance) (jobs) > 5", "sum by (queue, instance) (jobs) > 5", ""),
    # There is one target now, and may be two.
    ("max by (queue, state) (jobs) > 5", "sum by (queue, state) (jobs) > 5", ""),
    ("sum by (queue) (jobs) > 5", "sum by (queue, instance) (jobs) > 5", ""),
    ("sum by (queue) (jobs) > 5", "sum by (queue, job) (jobs) > 5", '`job` is "queues" on every series'),
    ("sum by (queue) (jobs) > 5", "sum by (queue, state) (jobs) > 5", ""),
    (
        "sum by (queue) (jobs) / sum by (queue) (jobs_done_total) > 5",
        "sum by (queue, job) (jobs) / sum by (queue) (jobs_done_total) > 5",
        "",
    ),
    ('jobs{state=~"waiting|running"} > 5', "jobs > 5", "every declared value of `state` fulfils"),
    ('jobs{state="waiting"} > 5', "jobs > 5", ""),
    (
        'jobs{queue!~"a|b"} / jobs_done_total{queue!~"a|b"} > 5',
        'jobs{queue!~"a"} / jobs_done_total{queue!~"a|b"} > 5',
        "`/` matches by `queue`, too",
    ),
    ('jobs{queue!~"a|b"} / jobs_done_total{queue!~"a|b"} > 5', 'jobs / jobs_done_total{queue!~"a|b"} > 5', "`/` matches by `queue`, too"),
    ('jobs{queue!~"a|b"} / jobs_done_total{queue!~"a"} > 5', 'jobs / jobs_done_total{queue!~"a"} > 5', ""),
    ('jobs{queue!~"a"} / ignoring (queue) jobs_done_total{queue!~"a"} > 5', 'jobs / ignoring (queue) jobs_done_total{queue!~"a"} > 5', ""),
    ('jobs{queue!~"a"} unless jobs_done_total{queue!~"a"}', 'jobs unless jobs_done_total{queue!~"a"}', ""),
    ('jobs{queue!~"a"} unless jobs_done_total{queue!~"a"}', 'jobs{queue!~"a"} unless jobs_done_total', "`unless` matches by `queue`, too"),
    ('jobs{queue!~"a"} or jobs_done_total{queue!~"a"}', 'jobs or jobs_done_total{queue!~"a"}', ""),
    ('jobs{queue="a"} and jobs_done_total{queue="a"}', 'jobs{queue!="a"} and jobs_done_total{queue="a"}', ""),
    (
        "histogram_quantile(0.9, sum by (le) (rate(job_age_seconds_bucket[5m]))) > 5",
        "histogram_quantile(0.9, sum by (le) (increase(job_age_seconds_bucket[5m]))) > 5",
        "a quantile does not change",
    ),
    (
        "histogram_quantile(0.9, sum by (le) (rate(job_age_seconds_bucket[5m]))) > 5",
        "histogram_quantile(0.9, avg by (le) (rate(job_age_seconds_bucket[5m]))) > 5",
        "has the same buckets",
    ),
    (
        "histogram_quantile(0.9, sum by (le) (rate(job_age_seconds_bucket[5m]))) > 5",
        "histogram_quantile(0.9, max by (le) (rate(job_age_seconds_bucket[5m]))) > 5",
        "",
    ),
    ("sum(rate(jobs_done_total[5m])) == 0", "sum(increase(jobs_done_total[5m])) == 0", "both compare with 0 alike"),
    ("sum(rate(jobs_done_total[5m])) > 1", "sum(increase(jobs_done_total[5m])) > 1", ""),
]


@pytest.mark.parametrize(("before", "after", "because"), EQUIVALENT)
def test_equivalent_is_only_what_there_is_an_argument_for(before: str, after: str, because: str, tmp_path: Path) -> None:
    text = KINDS.partition("alerts = (")[0] + f"changed = alert('Changed', {before!r})\n"
    analysis = _project(tmp_path, text)
    mutant = next(each for each in mutants(analysis) if each.expr is not None and each.after == to_text(parse(after)))
    found = argument(analysis, mutant)
    assert because in found if because else not found, found


ROUTES = """
warning = alert("Warned", "jobs > 5")
a, b = Receiver(name="a", integrations=(PagerDuty(),)), Receiver(name="b", integrations=(Slack(channel="#b"),))
routing = Routing(
    receiver=a,
    routes=(Route(matchers=('severity="critical"',), receiver=b), Route(matchers=('severity="warning"',), receiver=b), Route(receiver=a)),
)
"""


def test_a_route_is_equivalent_where_no_alert_takes_another_way(tmp_path: Path) -> None:
    analysis = _project(tmp_path, KINDS.partition("alerts = (")[0] + ROUTES)
    found = {(each.operator.name, each.where): argument(analysis, each) for each in mutants(analysis) if each.routing is not None}
    assert {key for key, because in found.items() if because} == {
        ("receiver", "receiver"),  # the last route takes all
        ("receiver", "routes[0].receiver"),  # nothing is critical
        ("receiver", "routes[2].receiver"),
        ("route removed", "routes[0]"),
        ("route removed", "routes[2]"),
        ("route's matcher dropped", "routes[0].matchers"),  # then it takes what the next one would
        ("route's matcher dropped", "routes[1].matchers"),
        ("route's matcher negated", "routes[0].matchers"),
        ("continue_", "routes[0].continue_"),
        ("order of routes", "routes[0]"),
    }


def test_every_change_of_autoweave_is_noticed_or_cannot_be_and_none_is_both(root: Path, *, prove: bool) -> None:
    config, _ = read_config(str(root))
    analysis = Analysis(load_project(str(root), config))
    tried = mutants(analysis)
    found = study(analysis, analysis.project.of(Scenario), tried if prove else tried[::10], whole=prove)
    assert not found.failing
    assert not found.survivors, as_text(found, str(root), Look(), 0.0, verbose=False)
    assert not found.useless
    assert not [
        (each.mutant.name, each.mutant.after) for each in found.outcomes if each.noticed_by is not None and argument(analysis, each.mutant)
    ]


EXCERPTS = [
    ("x > 5", "x > 50", ("x > 5", "    ^", "x > 50")),
    ("x > 5", "x >= 5", ("x > 5", "  ^", "x >= 5")),
    ('x{a="b"}', "x", ('x{a="b"}', " ^^^^^^^", "x")),
    ("0s", "5m", ("0s", "^^", "5m")),
    ("a" * 90 + " > 5", "a" * 90 + " > 6", ("..." + "a" * 33 + " > 5", " " * 39 + "^", "..." + "a" * 33 + " > 6")),
]


@pytest.mark.parametrize(("before", "after", "shown"), EXCERPTS)
def test_a_difference_is_shown_in_few_columns(before: str, after: str, shown: tuple[str, str, str]) -> None:
    assert excerpt(before, after, 40) == shown
