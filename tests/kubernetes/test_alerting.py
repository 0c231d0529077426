"""An alert goes the same way by the operator's configuration as by ours, as far as the operator lets it."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.config.kubernetes import Kubernetes
from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.matchers import Matcher, MatchOp
from monitoring_as_code.model.routing import Receiver, Route, Routing
from monitoring_as_code.project import Project, load_project
from monitoring_as_code.routes import route_of
from monitoring_as_code.targets.alertmanager import configuration
from monitoring_as_code.targets.kubernetes import render
from monitoring_as_code.yaml_text import to_yaml
from tests.kubernetes.operator import chosen, selected

EMITTED = Path(__file__).parents[1] / "targets/kubernetes/expected/kubernetes/post-office-alertmanager.yaml"
PREFIX = "monitoring/mac-alertmanager/"
RECEIVERS = ("root", "r0", "r1: on", "r2/x")
NAMES = ("alertname", "severity", "team")
VALUES = ("", "a", "b", 'a"b\\', "critical", "x\ny", "on", "5")
PATTERNS = ("a|b", "a.*", ".+", "", "[^a]", "x.y", "(?i)A", "crit.*|b", "\\w+")
OPS: tuple[MatchOp, ...] = ("=", "!=", "=~", "!~")

Json = dict[str, Any]


def random_routes(draw: random.Random, depth: int) -> tuple[Route, ...]:
    return tuple(random_route(draw, depth) for _ in range(draw.randint(0, 3))) if depth else ()


def random_route(draw: random.Random, depth: int) -> Route:
    return Route(
        receiver=draw.choice((None, *RECEIVERS)),
        matchers=tuple(random_matcher(draw) for _ in range(draw.choice((0, 1, 1, 2)))),
        continue_=draw.random() < 0.4,
        group_by=draw.choice((None, ("alertname",), ("...",))),
        group_wait=draw.choice((None, "1m30s")),
        routes=random_routes(draw, depth - 1),
    )


def random_matcher(draw: random.Random) -> str:
    op = draw.choice(OPS)
    return str(Matcher(draw.choice(NAMES), op, draw.choice(PATTERNS if "~" in op else VALUES)))


def projects(count: int) -> list[tuple[Analysis, Routing]]:
    draw = random.Random(7)
    found = []
    for _ in range(count):
        receivers = [Receiver(name=name) for name in RECEIVERS]
        routing = Routing(receiver="root", routes=random_routes(draw, 3))
        config = Config(kubernetes=Kubernetes(namespace="monitoring"))
        found.append((Analysis(Project(".", config, [*receivers, routing])), routing))
    return found


def resource_of(analysis: Analysis) -> Json:
    texts = {each[0]: each[1] for each in render(analysis) if not isinstance(each, Diagnostic)}
    found: Json = yaml.safe_load(texts["kubernetes/mac-alertmanager.yaml"])
    return found


def test_as_the_only_configuration_it_is_ours_under_other_names(prove: bool) -> None:
    for analysis, routing in projects(1000 if prove else 150):
        ours = yaml.safe_load(to_yaml(configuration(analysis, routing)))
        theirs = yaml.safe_load(to_yaml(chosen(resource_of(analysis))).replace(PREFIX, ""))
        assert theirs["route"] == ours["route"]
        assert theirs["receivers"] == ours["receivers"]


def test_inhibitions_and_time_intervals_are_ours_under_other_names(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    shutil.copy(EMITTED.parents[2] / "definitions.py", tmp_path / "definitions" / "case.py")
    analysis = Analysis(load_project(tmp_path, Config()))
    assert analysis.routing is not None
    ours = yaml.safe_load(to_yaml(configuration(analysis, analysis.routing)))
    theirs = yaml.safe_load(to_yaml(chosen(yaml.safe_load(EMITTED.read_text("utf-8")))).replace("monitoring/post-office-alertmanager/", ""))
    assert theirs["route"] == ours["route"]
    assert theirs["inhibit_rules"] == ours["inhibit_rules"]
    nights, office = ours["time_intervals"]
    (span,) = nights["time_intervals"]
    span |= {"weekdays": ["monday:friday", "sunday"], "days_of_month": ["1:7", "-1:-1"], "months": ["january:march", "12"]}
    assert office["time_intervals"][0].pop("location") == "UTC"  # which it is without a word
    assert theirs["time_intervals"] == [nights, office]


def walked(folder: Path, config: Json) -> Routing:
    """Alertmanager's configuration as our own reader and walker take it."""
    (folder / "alertmanager.yml").write_text(to_yaml(config))
    read = read_files([str(folder / "alertmanager.yml")], str(folder), Config())
    assert not read.problems
    (routing,) = read.of(Routing)
    return routing


def test_among_others_alerts_of_the_namespace_go_the_same_way_and_no_other_goes_at_all(tmp_path: Path, prove: bool) -> None:
    draw = random.Random(11)
    for analysis, routing in projects(300 if prove else 60):
        enforced = walked(tmp_path, selected(resource_of(analysis)))
        let_be = walked(tmp_path, selected(resource_of(analysis), "None"))
        for _ in range(10):
            labels = {name: draw.choice(VALUES) for name in NAMES}
            ours = tuple(PREFIX + receiver for receiver in route_of(routing, labels))
            assert route_of(enforced, {**labels, "namespace": "monitoring"}) == ours
            assert route_of(enforced, labels) == ("null",)
            assert route_of(enforced, {**labels, "namespace": "shop"}) == ("null",)
            assert route_of(let_be, labels) == ours


@pytest.mark.engines("amtool")
@pytest.mark.parametrize("made", [chosen, selected])
def test_amtool_accepts_what_the_operator_makes(made: Any, tmp_path: Path) -> None:  # noqa: ANN401
    config = made(yaml.safe_load(EMITTED.read_text("utf-8")))
    config["receivers"] = [{"name": each["name"]} for each in config["receivers"]]  # their secrets are the operator's to fill in
    (tmp_path / "alertmanager.yml").write_text(to_yaml(config))
    assert engines.amtool.check_config([tmp_path / "alertmanager.yml"]) == []


@pytest.mark.engines("amtool")
def test_amtool_accepts_the_configuration_in_a_secret(tmp_path: Path) -> None:
    secret = Path(__file__).parents[1] / "targets/kubernetes-secret/expected/kubernetes/mac-alertmanager.yaml"
    texts = yaml.safe_load(secret.read_text("utf-8"))["stringData"]
    for name, text in texts.items():
        (tmp_path / name).write_text(text.replace("/etc/alertmanager/config", str(tmp_path)))
    assert engines.amtool.check_config([tmp_path / "alertmanager.yaml"]) == []
