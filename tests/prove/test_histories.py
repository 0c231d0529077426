"""What is given in a scenario becomes series with all their labels."""

from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.project import load_project
from monitoring_as_code.targets.promtool_tests.histories import ImpossibleSeries, histories

HEAD = """\
from typing import Literal
from monitoring_as_code import *

class Queue(Labels):
    queue: Label[str]
    kind: Label[Literal["live", "night"]]
    host: Label[str] = label(pattern="w-[0-9]+")
    zone: Label[str] = label(values=("b", "a", "c"), emitted=("c", "a"))

waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Queue, least=0)
took = Histogram(name="job_duration_seconds", help="Time.", unit=seconds, buckets=(0.5, 1, 1000000))
wait = Summary(name="job_wait_seconds", help="Time.", unit=seconds, quantiles=(0.5,))
other = Exporter(name="other", metrics=(Gauge(name="other_up", help="Up."),))
jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
stack = Stack(
    name="example",
    jobs=(
        ScrapeJob(name="web", targets=("web-2:80", "web-1:80"), labels={"tier": "front"}),
        ScrapeJob(name="db", targets=("db:80",), labels={"tier": "back"}),
        ScrapeJob(name="elsewhere", targets=("other:80",), exporter=other),
    ),
)
"""


def given(folder: Path, *series: str) -> list[str]:
    """The series that are made of what is given, as PromQL writes them."""
    (folder / "definitions").mkdir()
    listed = "".join(f"Series({each})," for each in series)
    text = f'{HEAD}\nscenario = Scenario(name="a jam", alert=jam, given=({listed}), expect=(Quiet(at="1m"),))\n'
    (folder / "definitions" / "example.py").write_text(text)
    analysis = Analysis(load_project(folder, Config()))
    assert not analysis.project.problems, analysis.project.problems
    (scenario,) = analysis.project.of(Scenario)
    found = histories(analysis, scenario, (0, 60_000))
    return [
        f"{each.name}{{{', '.join(f'{name}={value}' for name, value in sorted(each.labels.items()))}}} "
        + (each.values if isinstance(each.values, str) else " ".join("_" if value is None else f"{value:g}" for value in each.values))
        for each in found
    ]


WEB = "instance=web-1:80, job=web"
CASES = {
    # The first declared value, or the first that is sent; one that fits the pattern; the label's own name.
    "of=waiting, values=constant(5)": [f"jobs_waiting{{host=w-0, {WEB}, kind=live, queue=queue, tier=front, zone=c}} 5 5"],
    "of=waiting.where(Queue.kind.eq('night')), values='1+1x3'": [
        f"jobs_waiting{{host=w-0, {WEB}, kind=night, queue=queue, tier=front, zone=c}} 1+1x3"
    ],
    # A series for each value that is named, or that matches.
    "of='jobs_waiting{queue=~\"mail|a\\\\\\\\.b\", host=\"w-7\"}', values=step(1, 2, at='1m')": [
        f"jobs_waiting{{host=w-7, {WEB}, kind=live, queue=mail, tier=front, zone=c}} 1 2",
        f"jobs_waiting{{host=w-7, {WEB}, kind=live, queue=a.b, tier=front, zone=c}} 1 2",
    ],
    "of=waiting.where(Queue.queue.one_of('x+y'), Queue.kind.matches('.*'), Queue.zone.matches('[ac]')), values=constant(1)": [
        f"jobs_waiting{{host=w-0, {WEB}, kind={kind}, queue=x+y, tier=front, zone={zone}}} 1 1"
        for kind in ("live", "night")
        for zone in ("c", "a")
    ],
    # The labels of the target that is said, and no others.
    "of='jobs_waiting{job=\"db\"}', values='0'": [
        "jobs_waiting{host=w-0, instance=db:80, job=db, kind=live, queue=queue, tier=back, zone=c} 0"
    ],
    "of='jobs_waiting{instance=\"web-2:80\"}', values='0'": [
        "jobs_waiting{host=w-0, instance=web-2:80, job=web, kind=live, queue=queue, tier=front, zone=c} 0"
    ],
    "of='jobs_waiting{tier=\"back\"}', values='0'": [
        "jobs_waiting{host=w-0, instance=db:80, job=db, kind=live, queue=queue, tier=back, zone=c} 0"
    ],
    "of='other_up', values='1'": ["other_up{instance=other:80, job=elsewhere} 1"],
    "of='up{job=\"db\"}', values='0'": ["up{instance=db:80, job=db, tier=back} 0"],
    # A label that is said to be empty is none.
    "of='jobs_waiting{queue=\"\"}', values='0'": [f"jobs_waiting{{host=w-0, {WEB}, kind=live, tier=front, zone=c}} 0"],
    "of=took, values=observed(1, {0.5: milliseconds(750)})": [
        f"job_duration_seconds_bucket{{{WEB}, le=0.5, tier=front}} 0 0",
        f"job_duration_seconds_bucket{{{WEB}, le=1, tier=front}} 0 60",
        f"job_duration_seconds_bucket{{{WEB}, le=1000000, tier=front}} 0 60",
        f"job_duration_seconds_bucket{{{WEB}, le=+Inf, tier=front}} 0 60",
        f"job_duration_seconds_sum{{{WEB}, tier=front}} 0 45",
        f"job_duration_seconds_count{{{WEB}, tier=front}} 0 60",
    ],
    "of=took.count, values=per_second(2)": [f"job_duration_seconds_count{{{WEB}, tier=front}} 0 120"],
    "of=took.where().bucket, values='0'": "`job_duration_seconds_bucket` is a bucket only with its label `le`",
    "of=wait.quantile(0.5), values=constant(milliseconds(500))": [f"job_wait_seconds{{{WEB}, quantile=0.5, tier=front}} 0.5 0.5"],
    "of=wait, values=constant(1)": "`job_wait_seconds` is a quantile only with its label `quantile`",
    "of=waiting, values=observed(1, {0.5: 1})": "`jobs_waiting` is no histogram, so nothing is observed by it",
    "of=waiting, values=constant(seconds(1))": [f"jobs_waiting{{host=w-0, {WEB}, kind=live, queue=queue, tier=front, zone=c}} 1 1"],
    "of=took.sum, values=constant(percent(1))": "% and s do not measure the same",
    "of='jobs_waiting{job=\"db\", instance=\"web-1:80\"}', values='0'": "job `db` has no target `web-1:80`",
    "of='jobs_waiting{queue!=\"a\"}', values='0'": "a series has a value of `queue`, and `!=` says only what it is not",
    "of='jobs_waiting{', values='0'": "expected a label or `}`, but the text ends here",
    "of='rate(jobs_waiting[5m])', values='0'": "`rate(jobs_waiting[5m])` is no series",
}


@pytest.mark.parametrize("series", CASES)
def test_series_have_all_their_labels(series: str, tmp_path: Path) -> None:
    wanted = CASES[series]
    if isinstance(wanted, list):
        assert given(tmp_path, series) == wanted
    else:
        with pytest.raises(ImpossibleSeries) as told:
            given(tmp_path, series)
        assert str(told.value) == wanted


def test_a_metric_that_nobody_declares_has_the_labels_that_are_said(tmp_path: Path) -> None:
    assert given(tmp_path, "of='who{a=\"b\"}', values='1 2'") == ["who{a=b} 1 2"]


@pytest.mark.parametrize(
    ("asked", "spelt"),
    [
        ('le="1"', ["+Inf", "0.5", "1", "1000000"]),
        ('le="1.0"', ["+Inf", "0.5", "1.0", "1000000"]),
        ('le=~"0.5|1.0"', ["+Inf", "0.5", "1.0", "1000000"]),
        ('le=~".*"', ["+Inf", "0.5", "1", "1000000"]),
        ('le="1e+06"', ["+Inf", "0.5", "1", "1e+06"]),
    ],
)
@pytest.mark.parametrize("recorded", [False, True])
def test_a_bound_is_spelt_as_the_alert_asks_for_it_by_way_of_a_recording_rule_too(
    asked: str, spelt: list[str], recorded: bool, tmp_path: Path
) -> None:
    quick = f"rate(job_duration_seconds_bucket{{{asked}}}[5m])"
    rule = f"rule = RecordingRule(name='instance:jobs:rate5m', help='x', expr={quick!r})\n"
    condition = f"{'instance:jobs:rate5m' if recorded else quick} < 1"
    alert = f"slow = Alert(name='Slow', expr={condition!r}, severity='info', summary='x')\n"
    scenario = (
        "Scenario(name='a', alert=slow, given=(Series(of=took, values=observed(1, {0.5: milliseconds(750)})),), expect=(Quiet(at='1m'),))"
    )
    (tmp_path / "definitions").mkdir()
    text = f"{HEAD}\n{rule if recorded else ''}{alert}scenario = {scenario}\n"
    (tmp_path / "definitions" / "example.py").write_text(text)
    analysis = Analysis(load_project(tmp_path, Config()))
    assert not analysis.project.problems, analysis.project.problems
    (found,) = analysis.project.of(Scenario)
    assert sorted(each.labels["le"] for each in histories(analysis, found, (0,)) if "le" in each.labels) == spelt
