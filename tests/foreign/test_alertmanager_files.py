"""A configuration of Alertmanager means the same here as there: its routes, its receivers, its time intervals and its faults."""

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.config import Config
from monitoring_as_code.diagnostics import render
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.matchers import Matcher
from monitoring_as_code.routes import declared_receivers, every_branch, route_of, route_tree

CONFIGURATION = """\
global:
  smtp_smarthost: mail.example:25
  smtp_from: a@mail.example
route:
  receiver: team
  group_interval: 7m
  routes:
    - match: {severity: critical}
      match_re: {team: "db|web"}
      receiver: on-call
      continue: true
    - matchers: '{severity="warning", team=~"d.*,|web"}'
      receiver: mail
      mute_time_intervals: [night]
      routes:
        - matchers: [severity="critical"]
    - matchers:
        - team = "ops"
        - severity!="info"
      receiver: team
      active_time_intervals: [office]
inhibit_rules:
  - source_match: {severity: critical}
    target_match_re: {severity: warning|info}
    equal: [team]
mute_time_intervals:
  - name: night
    time_intervals:
      - times: [{start_time: "22:00", end_time: "24:00"}]
      - times: [{start_time: "00:00", end_time: "06:00"}]
time_intervals:
  - name: office
    time_intervals:
      - weekdays: ["monday:friday"]
        times: [{start_time: "08:00", end_time: "18:00"}]
receivers:
  - name: team
    slack_configs: [{channel: "#${TEAM}", api_url_file: /run/secrets/slack}]
  - name: on-call
    opsgenie_configs: [{api_key_file: /run/secrets/opsgenie}]
  - name: mail
    email_configs: [{to: team@mail.example}]
"""
FINDINGS = """\
warning[unkept-repeat-interval]: it is repeated after 4h5m, and not after 4h: Alertmanager looks only every `group_interval`, 7m
 --> alertmanager.yml:6:19
  |
6 |   group_interval: 7m
  |                   ^^
  = help: write `3h58m` or `4h5m` as `repeat_interval`, or another `group_interval`

warning[unreachable-route]: no alert takes this route: its matchers contradict those around it
  --> alertmanager.yml:16:21
   |
16 |         - matchers: [severity="critical"]
   |                     ^^^^^^^^^^^^^^^^^^^^^
  ::: alertmanager.yml:13:17
   |
13 |       receiver: mail
   |                 ---- inside of this route
   = help: move it out of that route

error[unexpanded-variable]: Alertmanager fills in no variables, so this stays `${TEAM}`
  --> alertmanager.yml:38:33
   |
38 |     slack_configs: [{channel: "#${TEAM}", api_url_file: /run/secrets/slack}]
   |                                 ^^^^^^^
   = help: write what it stands for, or a path of a file where the argument takes one

1 error, 2 warnings
"""


def analysed(*files: Path) -> Analysis:
    return Analysis(read_files(map(str, files), str(files[0].parent), Config()), Catalogue(complete=False))


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    file = tmp_path / "alertmanager.yml"
    file.write_text(CONFIGURATION)
    return file


def test_rules_about_routing_find_their_places_in_the_file(configuration: Path) -> None:
    assert render(lint(analysed(configuration)), "text", root=configuration.parent) == FINDINGS


def test_matchers_receivers_and_intervals_of_every_form_are_read(configuration: Path) -> None:
    analysis = analysed(configuration)
    assert analysis.routing is not None
    root, critical, mail, _, ops = every_branch(route_tree(analysis.routing))
    assert root.group_by == ()
    assert list(map(str, critical.matchers)) == ['severity="critical"', 'team=~"db|web"']
    assert list(map(str, mail.matchers)) == ['severity="warning"', 'team=~"d.*,|web"']
    assert list(map(str, ops.matchers)) == ['team="ops"', 'severity!="info"']
    (inhibition,) = analysis.routing.inhibitions
    assert (inhibition.source, inhibition.target) == (('severity="critical"',), ('severity=~"warning|info"',))
    receivers = declared_receivers(analysis, root)
    assert {name: [type(way).__name__ for way in each.integrations] for name, each in receivers.items()} == {
        "team": ["Slack"],
        "on-call": ["Opsgenie"],
        "mail": ["Email"],
    }
    at_night = datetime(2026, 1, 5, 23)  # noqa: DTZ001 - in UTC
    assert any(interval.contains(at_night) for interval in mail.mute_time_intervals)
    assert not any(interval.contains(at_night) for interval in ops.active_time_intervals)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("severity!=", "after `team` one of `=`, `!=`, `=~`, `!~` must come"),
        ("[night]", "there is no time interval `nite`"),
        ('"06:00"', "does not come after"),
        ("monday:friday", "is no weekday"),
        ("- name: on-call", "a receiver has a `name`"),
    ],
)
def test_what_alertmanager_refuses_is_said_at_its_place(broken: str, message: str, configuration: Path) -> None:
    instead = {"severity!=": "team ? ", "[night]": "[nite]", '"06:00"': '"00:00"', "monday:friday": "mo:fr", "- name: on-call": "- nam: x"}
    configuration.write_text(CONFIGURATION.replace(broken, instead[broken]))
    found = [each for each in lint(analysed(configuration)) if each.rule == "unreadable-file"]
    assert [message in each.message for each in found] == [True]


def test_a_second_configuration_is_not_passed_over_in_silence(configuration: Path) -> None:
    other = configuration.with_name("other.yml")
    other.write_text("route: {receiver: a}\nreceivers: [{name: a}]\n")
    found = [each.message for each in lint(analysed(configuration, other))]
    assert "this is another configuration of Alertmanager, whose routes are not checked" in found


def random_labels(draw: random.Random, matchers: list[Matcher]) -> Iterator[tuple[str, str]]:
    for matcher in matchers:
        if draw.random() < 0.6:
            yield matcher.name, draw.choice([*(matcher.values or ()), "other", "a1"])


@pytest.mark.engines("amtool")
def test_amtool_goes_the_same_way_through_public_configurations(corpus: Path, prove: bool) -> None:
    draw = random.Random(6)
    amtool = engines.require("amtool")
    files = elsewhere = 0
    for file in sorted((corpus / "alertmanager").glob("*.y*ml")):
        analysis = analysed(file)
        assert analysis.routing is not None, file
        if amtool.run("check-config", str(file)).code != 0:
            continue
        files += 1
        root = route_tree(analysis.routing)
        matchers = [matcher for branch in every_branch(root) for matcher in branch.matchers]
        for _ in range(20 if prove else 4):
            labels = {name: value for name, value in random_labels(draw, matchers) if value}
            given = [str(Matcher(name, "=", value)) for name, value in labels.items()]
            answer = amtool.run("config", "routes", "test", f"--config.file={file}", *given)
            assert answer.code == 0, answer.output
            ours = route_of(analysis.routing, labels)
            assert answer.output.splitlines()[-1] == ",".join(ours), (file, labels)
            elsewhere += ours != (root.receiver,)
    assert files >= 8
    assert elsewhere > 0
