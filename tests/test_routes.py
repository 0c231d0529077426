"""Our walk through the route tree is Alertmanager's."""

import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import engines
from monitoring_as_code.matchers import Matcher, MatchOp
from monitoring_as_code.model.routing import Receiver, Route, Routing
from monitoring_as_code.routes import Values, arrivals, every_branch, route_of, route_tree, sure_receivers
from monitoring_as_code.yaml_text import to_yaml

NAMES = ("alertname", "severity", "team")
VALUES = ("", "a", "b", "ab", "critical", "x\ny")
PATTERNS = ("a|b", "a.*", ".+", "", "[^a]", "x.y", "(?i)A", "crit.*|b", "ab?")
OPS: tuple[MatchOp, ...] = ("=", "!=", "=~", "!~")


def random_matcher(draw: random.Random) -> str:
    op = draw.choice(OPS)
    return str(Matcher(draw.choice(NAMES), op, draw.choice(PATTERNS if "~" in op else VALUES)))


def random_route(draw: random.Random, depth: int) -> Route:
    return Route(
        receiver=draw.choice((None, "r0", "r1", "r2", "r3")),
        matchers=tuple(random_matcher(draw) for _ in range(draw.choice((0, 1, 1, 1, 2)))),
        continue_=draw.random() < 0.4,
        routes=random_routes(draw, depth - 1),
    )


def random_routes(draw: random.Random, depth: int) -> tuple[Route, ...]:
    return tuple(random_route(draw, depth) for _ in range(draw.randint(0, 3))) if depth else ()


def as_alertmanager(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {
        "matchers": list(route.matchers),
        "continue": route.continue_,
        "routes": list(map(as_alertmanager, route.routes)),
    }
    return found if route.receiver is None else {"receiver": route.receiver, **found}


@pytest.mark.engines("amtool")
def test_amtool_goes_the_same_way_on_random_trees(tmp_path: Path, prove: bool) -> None:
    draw = random.Random(1)
    amtool = engines.require("amtool")
    several = 0
    for _ in range(2000 if prove else 200):
        routing = Routing(receiver="root", routes=random_routes(draw, 3))
        config: dict[str, Any] = {
            "route": {"receiver": "root", "routes": list(map(as_alertmanager, routing.routes))},
            "receivers": [{"name": name} for name in ("root", "r0", "r1", "r2", "r3")],
        }
        (tmp_path / "alertmanager.yml").write_text(to_yaml(config))
        for _ in range(2 if prove else 1):
            labels = {name: draw.choice(VALUES) for name in NAMES if draw.random() < 0.8}
            given = [str(Matcher(name, "=", value)) for name, value in labels.items()]
            answer = amtool.run("config", "routes", "test", "--config.file=alertmanager.yml", *given, cwd=tmp_path)
            assert answer.code == 0, answer.output
            ours = route_of(routing, labels)
            assert answer.output.splitlines()[-1] == ",".join(ours)
            several += len(ours) > 1
    assert several > 10  # the trees are worth it


def test_whatever_unknown_labels_are_no_arrival_is_missed_and_no_certain_one_fails(prove: bool) -> None:
    draw = random.Random(2)
    certain = uncertain = more = 0
    for _ in range(5000 if prove else 300):
        routing = Routing(receiver="root", routes=random_routes(draw, 3))
        root = route_tree(routing)
        known: dict[str, Values] = {}
        for name in NAMES:
            kind = draw.random()
            if kind < 0.3:
                known[name] = None
            elif kind < 0.5:
                known[name] = frozenset(draw.sample(VALUES, 2))
            elif kind < 0.8:
                known[name] = frozenset((draw.choice(VALUES),))
        others_unknown = draw.random() < 0.3
        said = arrivals(root, known, others_unknown=others_unknown)
        sure = {arrival.branch.path for arrival in said if arrival.certain}
        told = sure_receivers(root, known, others_unknown=others_unknown)
        assert {arrival.branch.receiver for arrival in said if arrival.certain} <= told
        more += len(told) > len({arrival.branch.receiver for arrival in said if arrival.certain})
        everything = frozenset(VALUES)
        choices = [known.get(name, None if others_unknown else frozenset(("",))) or everything for name in NAMES]
        for values in itertools.product(*map(sorted, choices)):
            exact = {name: frozenset((value,)) for name, value in zip(NAMES, values, strict=True)}
            reached = {arrival.branch.path for arrival in arrivals(root, exact)}
            assert sure <= reached <= {arrival.branch.path for arrival in said}
            assert told <= set(route_of(routing, dict(zip(NAMES, values, strict=True))))
        certain += len(sure)
        uncertain += len(said) - len(sure)
    assert certain > 100
    assert uncertain > 100
    assert more > 10  # several ways that may be gone lead to the same people


def test_a_branch_has_what_it_inherits() -> None:
    team = Receiver(name="team")
    routing = Routing(
        receiver=team,
        group_by=("alertname", "service"),
        repeat_interval="12h",
        routes=(Route(group_wait="10s", routes=(Route(receiver="other", group_by=("...",)),)),),
    )
    root, outer, inner = every_branch(route_tree(routing))
    assert (root.path, outer.path, inner.path) == ((), (0,), (0, 0))
    assert [branch.receiver for branch in (root, outer, inner)] == ["team", "team", "other"]
    assert [branch.group_by for branch in (root, outer, inner)] == [("alertname", "service"), ("alertname", "service"), ("...",)]
    assert [branch.group_wait for branch in (root, outer, inner)] == ["30s", "10s", "10s"]
    assert {branch.repeat_interval for branch in (root, outer, inner)} == {"12h"}
