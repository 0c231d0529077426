"""A small project for the tests of proofs: definitions, and a way to prove them as `mac test` does."""

from pathlib import Path

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import read_config
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.project import load_project
from monitoring_as_code.prove.running import Proof, proofs, verdicts

SHOP = """\
from monitoring_as_code import *


class Http(Labels):
    service: Label[str]
    status: Label[str] = label(pattern="[1-5][0-9]{2}")


requests = Counter(name="http_requests_total", help="Requests.", labels=Http)
waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
error_ratio = RecordingRule(
    name="service:errors:ratio_rate5m",
    help="Share of requests that fail.",
    unit=ratio,
    expr=requests.where(Http.status.matches("5..")).rate("5m").sum(by=(Http.service,)) / requests.rate("5m").sum(by=(Http.service,)),
)
failing = Alert(
    name="Failing", expr=error_ratio > percent(5), for_="5m", severity="critical", runbook="https://example.com/failing",
    summary="{{ $labels.service }} fails {{ $value | humanizePercentage }} of its requests",
)
jam = Alert(
    name="Jam", expr=waiting > 100, for_="2m", severity="warning", runbook="https://example.com/jam", summary="{{ $value }} jobs wait",
)
chat = Receiver(name="chat", integrations=(Slack(channel="#shop"),))
pager = Receiver(name="pager", integrations=(PagerDuty(),))
routing = Routing(receiver=chat, routes=(Route(receiver=pager, matchers=('severity="critical"',)),))
stack = Stack(
    name="shop", scrape_interval="30s", evaluation_interval="30s", alertmanagers=("alertmanager:9093",),
    jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),), external_labels={"cluster": "eu"},
)


def served(status: str, rate: float) -> Series:
    return Series(of=requests.where(Http.status.eq(status), Http.service.eq("web")), values=per_second(rate))


"""


def analysed(folder: Path, scenarios: str, changed: tuple[tuple[str, str], ...] = ()) -> Analysis:
    """The shop with these scenarios, and with some of its text changed."""
    text = SHOP + scenarios
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "definitions" / "shop.py").write_text(text, "utf-8")
    config, _ = read_config(str(folder))
    project = load_project(str(folder), config)
    assert not project.problems, project.problems
    return Analysis(project)


def proved(analysis: Analysis, *, every: bool = False) -> list[Proof]:
    """All its scenarios."""
    return proofs(analysis, verdicts(analysis, analysis.project.of(Scenario)), every=every)
