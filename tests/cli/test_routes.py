"""`mac routes` prints what stands in routes.txt: a line with the command, then all that it prints. `MAC_UPDATE=1` writes it."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "routes.txt"
DEFINITIONS = """\
from monitoring_as_code import *


class Parcels(Labels):
    depot: Label[str]
    carrier: Label[str] = label(values=("land", "sea"))


parcels = Counter(name="parcels_total", help="Parcels.", labels=Parcels)
waiting = Gauge(name="parcels_waiting", help="Parcels that wait.", labels=Parcels)

down = Alert(name="DepotClosed", expr=waiting.sum(by=(Parcels.depot,)) > 10_000, severity="critical", summary="x")
late = Alert(name="ParcelsLate", expr=waiting > 100, severity="warning", summary="x", labels={"team": "{{ $labels.carrier }}"})
lost = Alert(name="ParcelsLost", expr=parcels.rate("5m").sum(by=(Parcels.carrier,)) < 1, severity="warning", summary="x")
watchdog = Alert(name="Watchdog", expr="vector(1)", severity="none", summary="x")

night = TimeInterval(name="night", times=(TimeRange(start="22:00", end="24:00"), TimeRange(start="00:00", end="06:00")), location="Europe/Paris")
office = TimeInterval(name="office hours", times=(TimeRange(start="08:00", end="18:00"),), weekdays=("monday:friday",))

everybody = Receiver(name="everybody", integrations=(Slack(channel="#parcels"), Webhook(url="http://wall.example/show")))
on_call = Receiver(name="on-call", integrations=(PagerDuty(),))
ships = Receiver(name="ships", integrations=(Email(to=("bridge@parcels.example", "harbour@parcels.example")),))
nobody = Receiver(name="nobody")

routing = Routing(
    receiver=everybody,
    group_by=("alertname", "depot"),
    routes=(
        Route(matchers=('alertname="Watchdog"',), receiver=nobody, repeat_interval="1d"),
        Route(
            matchers=('severity="critical"',),
            receiver=on_call,
            continue_=True,
            group_by=("...",),
            group_wait="5s",
            routes=(Route(matchers=('depot=~"north|south"', 'carrier!="sea"'), active_time_intervals=(office,)),),
        ),
        Route(matchers=('carrier="sea"',), receiver=ships, mute_time_intervals=(night,), routes=(Route(matchers=('team="sea"',), receiver="lost"),)),
        Route(matchers=('severity=~"critical|warning"',)),
    ),
    inhibitions=(Inhibition(source=('severity="critical"',), target=('severity="warning"',), equal=("depot", "region")),),
    smtp=Smtp(smarthost="mail.parcels.example:587", sender="alerts@parcels.example"),
)
stack = Stack(name="parcels", jobs=(ScrapeJob(name="depots", targets=("depot:80",)),), external_labels={"region": "eu"})
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parcels")
    (folder / "definitions").mkdir()
    (folder / "definitions" / "parcels.py").write_text(DEFINITIONS)
    return folder


def mac(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitoring_as_code", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def cases() -> dict[str, str]:
    _, *parts = re.split(r"^\$ mac (.*)\n", GOLDEN.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("line", cases())
def test_the_command_prints_what_stands_in_the_file(line: str, project: Path) -> None:
    done = mac(project, *shlex.split(line))
    printed = re.sub(r"^Usage: .*\nTry .*\n\n", "", done.stderr) + done.stdout + "\n"
    expected = cases()[line]
    if os.environ.get("MAC_UPDATE") and printed != expected:
        text = GOLDEN.read_text("utf-8")
        start = text.index(f"$ mac {line}\n") + len(f"$ mac {line}\n")
        GOLDEN.write_text(text[:start] + printed + text[start + len(expected) :], "utf-8")
    else:
        assert printed == expected
        assert max(map(len, printed.splitlines())) <= 80 or "Error" in printed


def test_a_terminal_without_boxes_gets_ascii(project: Path) -> None:
    plain = mac(project, "routes", PYTHONIOENCODING="ascii").stdout
    assert plain == mac(project, "routes", "--ascii").stdout
    assert plain.isascii()


def test_colours_change_nothing_but_colours(project: Path) -> None:
    for arguments in (["routes", "--without", "slack"], ["routes", "--alert", "ParcelsLate"]):
        coloured = mac(project, "--color", "always", *arguments).stdout
        assert coloured != mac(project, *arguments).stdout
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == mac(project, *arguments).stdout


def test_programs_read_the_tree_and_the_way_as_json(project: Path) -> None:
    found = json.loads(mac(project, "routes", "--format", "json", "--without", "slack", "--without", "webhook").stdout)
    assert found["tree"]["routes"][1]["alerts"] == []
    assert found["tree"]["routes"][1]["possible_alerts"] == ["DepotClosed"]
    assert found["without"]["silent_receivers"] == ["everybody", "nobody"]
    assert found["without"]["unheard_alerts"] == []
    assert found["without"]["perhaps_unheard_alerts"] == ["ParcelsLate", "ParcelsLost"]
    (way,) = json.loads(mac(project, "routes", "--format", "json", "--alert", "DepotClosed", "--labels", "depot=east").stdout)
    assert [end["receiver"] for end in way["ends"]] == ["on-call", "everybody"]
    assert way["labels"]["region"] == ["eu"]


def test_without_a_routing_it_says_how_one_is_declared(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "a.py").write_text("")
    done = mac(tmp_path, "routes")
    assert done.returncode == 2
    assert "there is no routing: declare" in done.stderr


def test_files_of_others_are_shown_with_the_alerts_of_their_rule_files(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(
        "route: {receiver: all, routes: [{receiver: db, match: {team: db}}]}\nreceivers: [{name: all}, {name: db, email_configs: [{to: a@b.example}]}]\n"
    )
    (tmp_path / "rules.yml").write_text("groups: [{name: g, rules: [{alert: Down, expr: up == 0, labels: {team: db}}]}]\n")
    done = mac(tmp_path, "routes", "--file", "alertmanager.yml", "--file", "rules.yml")
    assert done.stdout.splitlines()[3:] == ['└─ team="db" → db', "       Email a@b.example", "       Down"]
    assert mac(tmp_path, "routes", "--file", "rules.yml").returncode == 2


TREE = "route: {receiver: all, routes: [{receiver: db, %s}]}\nreceivers: [{name: all}, {name: db}]\n"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('matchers: ["team=~(db"]', "RE2 refuses the regular expression: missing ): (db"),
        ('match_re: {team: "(db"}', "RE2 refuses the regular expression: missing ): (db"),
        ("matchers: {team: db}", "`matchers` is a list of texts, such as `- team=db`"),
        ("routes: [{receiver: nobody}]", "there is no receiver `nobody`"),
        ("mute_time_intervals: [night]", "there is no time interval `night`"),
    ],
)
def test_a_configuration_that_alertmanager_refuses_is_not_drawn(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "alertmanager.yml").write_text(TREE % written)
    done = mac(tmp_path, "routes", "--file", "alertmanager.yml")
    assert (done.returncode, done.stderr) == (1, "nothing is shown: the files have errors\n")
    assert done.stdout.startswith(f"error[unreadable-file]: {told}\n --> alertmanager.yml:1:")


def test_files_that_are_missing_or_one_configuration_too_many_are_said(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(TREE % "match: {team: db}")
    missing = mac(tmp_path, "routes", "--file", "c.yml")
    assert missing.returncode == 1
    assert "`c.yml` cannot be read: no such file or directory" in missing.stdout
    several = mac(tmp_path, "routes", "--file", "a.yml", "--file", "b.yml")
    assert several.returncode == 1
    assert "this is another configuration of Alertmanager" in several.stdout
    assert " --> b.yml:" in several.stdout
    unknown = mac(tmp_path, "routes", "--file", "a.yml", "--alert", "Down")
    assert unknown.returncode == 2
    assert "there is no alert `Down`: give the rule file of it by `--file`, too; `--labels` shows" in unknown.stderr


def test_a_label_with_two_values_is_refused(project: Path) -> None:
    done = mac(project, "routes", "--labels", "team=db,team=web")
    assert done.returncode == 2
    assert "`team` is given twice, and an alert has one value of a label" in done.stderr
    assert mac(project, "routes", "--labels", "team=db", "--labels", "team=db").returncode == 0
