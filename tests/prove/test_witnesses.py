"""For an alert without a scenario one is found: it fires on the real engine, and just short of that it does not."""

import ast
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.cli.session import open_project
from monitoring_as_code.cli.settings import Settings
from monitoring_as_code.config import Config
from monitoring_as_code.diagnostics import Severity
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.prove.running import verdicts
from monitoring_as_code.prove.witnesses import Witness, impossible, witnesses
from monitoring_as_code.prove.witnesses.search import search
from monitoring_as_code.prove.witnesses.writing import changes, write

GOLDEN = Path(__file__).parent / "witnesses.txt"

METRICS = """
from typing import Literal

from monitoring_as_code import Alert, Counter, Gauge, Histogram, Label, Labels, RecordingRule, label, ratio, seconds


class Http(Labels):
    service: Label[str]
    status: Label[str] = label(pattern="[1-5][0-9]{2}")


class Pools(Labels):
    pool: Label[str]
    state: Label[Literal["busy", "idle", "size"]]


class Nodes(Labels):
    node: Label[str]


class Versions(Labels):
    node: Label[str]
    version: Label[str]


requests = Counter(name="http_requests_total", help="Requests.", labels=Http)
latency = Histogram(name="http_duration_seconds", help="Time.", unit=seconds, labels=Http, buckets=(0.1, 0.5, 1, 5))
pools = Gauge(name="pool_connections", help="Connections.", labels=Pools, least=0)
load = Gauge(name="node_load", help="Load.", labels=Nodes)
usage = Gauge(name="node_usage", help="Share in use.", labels=Nodes, unit=ratio, least=0, most=1)
seen = Gauge(name="last_backup_seconds", help="When the last backup was made.", labels=Nodes)
build = Gauge(name="node_build_info", help="Which version runs.", labels=Versions)
errors = RecordingRule(
    name="service:errors:ratio5m",
    help="Share that failed.",
    expr='sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m]))',
    unit=ratio,
)
"""


def project(folder: Path, definitions: str) -> Analysis:
    (folder / "definitions").mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text("[tool.mac]\n")
    (folder / "definitions" / "shop.py").write_text(definitions)
    return reopened(folder)


def reopened(folder: Path) -> Analysis:
    analysis = open_project(Settings(str(folder), "never")).analysis
    assert not [each for each in analysis.project.problems if each.severity is Severity.ERROR]
    return analysis


def of(conditions: list[str], folder: Path) -> tuple[Analysis, list[Witness]]:
    alerts = "".join(
        f'alert_{index} = Alert(name="Alert{index}", expr={text!r}, for_="5m", severity="warning", summary="it is so")\n'
        for index, text in enumerate(conditions)
    )
    analysis = project(folder, METRICS + alerts)
    order = {f"Alert{index}": index for index in range(len(conditions))}
    return analysis, witnesses(analysis, sorted(analysis.project.of(Alert), key=lambda alert: order[alert.name]))


def shown(found: Witness) -> str:
    if found.impossible:
        return f"    impossible: {found.impossible}"
    if not found.scenarios:
        return f"    nothing found: {found.effort}"
    return "\n".join(
        f"    {scenario.name}: " + ("; ".join(f"{line.text} {line.code}" for line in scenario.__dict__["_lines"]) or "no series")
        for scenario in found.scenarios
    )


@pytest.mark.engines("promtool")
def test_what_is_found_for_each_kind_of_condition_is_what_a_person_would_give_and_holds_on_the_engine(tmp_path: Path) -> None:
    blocks = [block.split("\n", 1) for block in GOLDEN.read_text().strip().split("\n\n")]
    conditions = [block[0] for block in blocks]
    analysis, found = of(conditions, tmp_path)
    text = "\n\n".join(f"{condition}\n{shown(each)}" for condition, each in zip(conditions, found, strict=True)) + "\n"
    for verdict in verdicts(analysis, [scenario for each in found for scenario in each.scenarios]):
        assert verdict.holds, (verdict.scenario.alert.name, verdict.scenario.name, verdict.failures)
    if os.environ.get("MAC_UPDATE"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


@pytest.mark.engines("promtool")
def test_that_an_alert_can_never_fire_is_said_with_the_reason_where_it_is_proved(tmp_path: Path) -> None:
    _, found = of(
        [
            'rate(http_requests_total{status="500"}[5m]) / sum(rate(http_requests_total[5m])) > 0.1',
            "node_usage > 1.5",
            "histogram_quantile(0.9, sum by (le) (rate(http_duration_seconds_bucket[5m]))) > 10",
            "node_load > 5 < 3",
        ],
        tmp_path,
    )
    for each in found:
        assert each.impossible.startswith("the condition never holds: "), each
        assert not each.scenarios


@pytest.mark.engines("promtool")
def test_where_nothing_is_found_it_is_said_how_far_the_search_went(tmp_path: Path) -> None:
    _, (found,) = of(["sum(rate(http_requests_total[5m])) < 0.5 * sum(rate(http_requests_total[5m] offset 1h))"], tmp_path)
    assert not found.scenarios
    assert not found.impossible
    assert "candidate" in found.effort


@pytest.mark.engines("promtool")
def test_where_nothing_could_be_tried_it_is_said_why(tmp_path: Path) -> None:
    _, (found,) = of(["hour() == 3"], tmp_path)
    assert not found.scenarios
    assert found.effort == "what its condition asks for could not be turned into series"


SHOP = '''"""What is monitored of the shop."""

from monitoring_as_code import (
    Alert,
    Counter,
    Label,
    Labels,
    RuleGroup,
)


class Http(Labels):
    """Who answers, and how."""

    service: Label[str]
    status: Label[str]


requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)

failing = Alert(
    name="Failing",
    expr='sum by (service) (rate(http_requests_total{status="500"}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05',
    for_="5m",
    severity="critical",
    summary="{{ $labels.service }} fails",
    runbook="https://runbooks.example/failing",
)
down = Alert(
    name="Down", expr="up == 0", for_="5m", severity="critical", summary="{{ $labels.job }} is down", runbook="https://runbooks.example/down"
)

rules = RuleGroup(name="shop", rules=(failing, down))  # all of them
'''

WRITTEN = """
failing_fires = Scenario(
    name="just beyond the limit",
    alert=failing,
    given=(
        Series(of=requests.where(Http.status.eq("200")), values=per_second(94.95)),
        Series(of=requests.where(Http.status.eq("500")), values=per_second(5.05)),
    ),
    expect=(Fires(within="8m"),),
)

failing_stays_quiet = Scenario(
    name="just short of the limit",
    alert=failing,
    given=(
        Series(of=requests.where(Http.status.eq("200")), values=per_second(95.05)),
        Series(of=requests.where(Http.status.eq("500")), values=per_second(4.95)),
    ),
    expect=(Quiet(until="18m"),),
)

down_fires = Scenario(
    name="just beyond the limit",
    alert=down,
    given=(Series(of="up", values=constant(0)),),
    expect=(Fires(within="7m"),),
)
"""


def without_scenario(analysis: Analysis) -> list[Alert]:
    have = {id(each.alert) for each in analysis.project.of(Scenario)}
    return [alert for alert in analysis.project.of(Alert) if id(alert) not in have]


@pytest.mark.engines("promtool")
def test_witnesses_are_written_as_a_person_would_and_hold_and_once_is_enough(tmp_path: Path) -> None:
    analysis = project(tmp_path, SHOP)
    before = {each.rule for each in lint(analysis)}
    found = changes(analysis, witnesses(analysis, without_scenario(analysis)))
    assert [each.added for each in found] == [5]
    write(found)
    text = (tmp_path / "definitions" / "shop.py").read_text()
    assert WRITTEN in text
    assert text.startswith(SHOP[: SHOP.index("    Alert,")])
    assert SHOP[SHOP.index("class Http") :] in text
    names = [alias.name for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) for alias in node.names]
    classes, functions = names[: names.index("constant")], names[names.index("constant") :]
    assert classes == sorted(classes)
    assert functions == sorted(functions)
    again = reopened(tmp_path)
    assert {each.rule for each in lint(again)} <= before
    assert all(each.holds for each in verdicts(again, again.project.of(Scenario)))
    assert not changes(again, witnesses(again, without_scenario(again)))


HEADS: dict[str, Callable[[str], str]] = {
    "all names at once": lambda text: text.replace(
        text[text.index("from") : text.index("\n\n\nclass")], "from monitoring_as_code import *"
    ),
    "the package by a name": lambda text: text.replace(
        text[text.index("from") : text.index("\n\n\nclass")],
        "import monitoring_as_code as mac\n\nAlert, Counter, Label = mac.Alert, mac.Counter, mac.Label\nLabels, RuleGroup = mac.Labels, mac.RuleGroup",
    ),
    "a remark among the names": lambda text: text.replace("    Alert,\n", "    Alert,  # and more below\n"),
    "no names of its own": lambda text: (
        text.replace("failing = Alert(", "alerts = [Alert(")
        .replace('/failing",\n)', '/failing",\n)]')
        .replace("rules=(failing, down)", "rules=(alerts[0], down)")
    ),
    "names that are taken": lambda text: text + "failing_fires = down_fires = 1\n",
    "lines of Windows": lambda text: text.replace("\n", "\r\n"),
}


@pytest.mark.engines("promtool")
@pytest.mark.parametrize("name", HEADS)
def test_witnesses_fit_into_a_module_however_it_is_written(tmp_path: Path, name: str) -> None:
    text = HEADS[name](SHOP)
    assert text != SHOP
    project(tmp_path, SHOP)
    file = tmp_path / "definitions" / "shop.py"
    file.write_bytes(text.encode())
    analysis = reopened(tmp_path)
    write(changes(analysis, witnesses(analysis, without_scenario(analysis))))
    data = file.read_bytes()
    assert data.count(b"\r\n") in (0, data.count(b"\n"))
    again = reopened(tmp_path)
    assert len(again.project.of(Scenario)) == 5
    assert all(each.holds for each in verdicts(again, again.project.of(Scenario)))


@pytest.mark.engines("promtool")
def test_public_alerts_have_witnesses_and_none_that_has_one_is_called_impossible(corpus: Path, tmp_path: Path, *, prove: bool) -> None:
    files = sorted((corpus / "rules").iterdir())
    if not prove:
        files = random.Random(5).sample(files, 8)
    count = missing = 0
    for number, file in enumerate(files):
        analysis = Analysis(read_files([str(file)], str(corpus), Config()), Catalogue(complete=False))
        alerts = [alert for alert in analysis.project.of(Alert) if analysis.use(alert).expr is not None]
        folder = tmp_path / str(number)
        folder.mkdir()
        for each in search(analysis, alerts, folder):
            count += 1
            if each.found is None:
                missing += 1
            else:
                assert not impossible(analysis, each.alert), each.alert.name
    assert count > 20
    assert missing <= 0.03 * count
