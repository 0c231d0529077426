"""The definitions of an environment are those in which every `by_env` is replaced by its value, and each load is one of its own."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring_as_code import Gauge, by_env
from monitoring_as_code.analysis import Analysis, read_every
from monitoring_as_code.build import plan
from monitoring_as_code.config import read_config
from monitoring_as_code.lint.environments import together
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.environments import WrongChoice
from monitoring_as_code.promql.height import MAX_HEIGHT
from monitoring_as_code.prove.sameness import first_alike

# Reading a project raises it, which hypothesis does not like to see happen within a test.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 5 * MAX_HEIGHT))

ENVIRONMENTS = ("local", "production", "staging")

# Each {n} is a value that may differ; what it can be stands below, as Python.
DEFINITIONS = """\
from monitoring_as_code import *
from typing import Literal

class Jobs(Labels):
    state: Label[Literal["waiting", "done"]]

queue = Gauge(name="queue", help={0}, labels=Jobs, unused="an example")
busy = Alert(
    name="Busy", expr=queue.where(Jobs.state.eq({1})).sum() > {2}, for_={3}, severity={4}, summary="busy", runbook="https://a.example",
)
more = {5}
chat = Receiver(name="chat", integrations=(Slack(channel={6}),))
routing = Routing(receiver=chat)
stack = Stack(name="shop", scrape_interval={7}, jobs=(ScrapeJob(name="shop", targets={8}),), alertmanagers=("a:9093",))
board = Dashboard(name="Board", uid="board", rows=(Row(title="r", panels=(Stat(title={0}, expr=queue.max(), alert=busy), *{9})),))
"""
VALUES: tuple[tuple[str, ...], ...] = (
    ("'Jobs.'", "'Jobs {}'"),
    ("'waiting'", "'done'"),
    ("5", "percent(50)", "1e3"),
    ("'1m'", "'5m'"),
    ("'info'", "'warning'"),
    (
        "()",
        "(Alert(name='Full', expr='queue > 3', severity='info', summary='s', runbook='https://a.example'),)",
    ),
    ("'#a'", "'#b'"),
    ("'15s'", "'5s'"),
    ("('a:1',)", "('a:1', 'b:1')"),
    ("()", "(Stat(title='t', expr='count(queue)'),)"),
)


def project(root: Path, definitions: str, environments: Sequence[str] = ()) -> Path:
    (root / "definitions").mkdir(parents=True, exist_ok=True)
    (root / "definitions" / "shop.py").write_text(definitions)
    (root / "pyproject.toml").write_text(f"[tool.mac]\nenvironments = {json.dumps(list(environments))}\n" if environments else "")
    return root


def read(root: Path) -> list[Analysis]:
    config, problems = read_config(root)
    return list(read_every(str(root), config, problems))


def tree(analysis: Analysis) -> dict[str, bytes]:
    made = plan(analysis)
    assert (analysis.project.problems, made.problems) == ((), ())
    return made.files


# For each place the value in each environment.
choices = st.tuples(*(st.tuples(*(st.sampled_from(values) for _ in ENVIRONMENTS)) for values in VALUES))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=choices, with_default=st.tuples(*(st.booleans() for _ in VALUES)))
def test_an_environments_tree_is_that_of_the_same_project_with_its_values_in_place(
    tmp_path: Path, chosen: tuple[tuple[str, ...], ...], with_default: tuple[bool, ...]
) -> None:
    calls = []
    for values, default in zip(chosen, with_default, strict=True):
        named = dict(zip(ENVIRONMENTS, values, strict=True))
        first = [named.pop("staging")] if default else []
        calls.append(f"by_env({', '.join([*first, *(f'{name}={value}' for name, value in named.items())])})")
    together_made = read(project(tmp_path, DEFINITIONS.format(*calls), ENVIRONMENTS))
    trees = [tree(each) for each in together_made]
    for number, environment in enumerate(ENVIRONMENTS):
        (alone,) = read(project(tmp_path, DEFINITIONS.format(*(values[number] for values in chosen)), [environment]))
        assert trees[number] == tree(alone)


def test_each_load_is_of_its_own_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    definitions = """\
from monitoring_as_code import Gauge, by_env
from .kept import seen
import helper

seen.append(by_env(local="l", production="p"))
helper.seen.append(seen[-1])
gauge = Gauge(name="gauge", help=",".join(seen + helper.seen))
"""
    root = project(tmp_path, definitions, ("local", "production"))
    (root / "definitions" / "kept.py").write_text("seen = []\n")
    (root / "helper.py").write_text("seen = []\n")
    assert [each.project.of(Gauge)[0].help for each in read(root)] == ["l,l", "p,p"]


def test_one_call_has_one_origin_in_all_environments(tmp_path: Path) -> None:
    root = project(tmp_path, "from monitoring_as_code import Gauge\ngauge = Gauge(name='gauge', help='G.')\n", ENVIRONMENTS)
    origins = {each.project.of(Gauge)[0].origin for each in read(root)}
    assert len(origins) == 1


def test_a_file_that_changes_meanwhile_is_one_and_the_same_in_all_environments(tmp_path: Path) -> None:
    text = "from monitoring_as_code import Gauge\ngauge = Gauge(name='gauge', help='{}')\n"
    config, problems = read_config(project(tmp_path, text.format("Before."), ENVIRONMENTS))
    loads = read_every(str(tmp_path), config, problems)
    first = next(loads)
    (tmp_path / "definitions" / "shop.py").write_text(text.format("Afterwards."))
    assert [each.project.of(Gauge)[0].help for each in (first, *loads)] == ["Before."] * 3


@pytest.mark.parametrize(
    ("chosen", "value"),
    [
        (lambda: by_env("a", local="b"), "a"),
        (lambda: by_env(local="b", production="c"), "b"),
        (lambda: by_env(None, local="b"), None),
        (lambda: by_env("a"), "a"),
        (lambda: by_env("a", default="b"), "a"),
    ],
    ids=["the-default", "the-first", "none-is-a-value", "alone", "an-environment-called-default"],
)
def test_where_nothing_is_loaded_it_is_the_default_or_the_first(chosen: object, value: object) -> None:
    assert callable(chosen)
    assert chosen() == value


def test_where_nothing_is_loaded_a_call_without_values_raises() -> None:
    with pytest.raises(WrongChoice, match="`by_env` is given no value"):
        by_env()


def findings(root: Path) -> list[tuple[str, tuple[str, ...]]]:
    found = together([(each.project, lint(each)) for each in read(root)])
    return [(each.rule, each.environments) for each in found]


ALERT = "Alert(name='Busy', expr={}, for_='5m', severity='info', summary='s', runbook='https://a.example')"

WRONG = ALERT.format("'b > 5'")
WRONG_IN_ONE = ALERT.format("by_env(a > 5, local='b > 5')")
WRONG_IN_TWO = ALERT.format("by_env('b > 5', staging='a > 5')")


@pytest.mark.parametrize(
    ("definitions", "expected"),
    [
        ("a = Gauge(name='a', help='A.')\n", [("unused-metric", ())]),
        (f"a = Gauge(name='a', help='A.')\nb = by_env((), local=({ALERT.format('a > 5')},))\n", []),
        ("a = by_env(None, local=Gauge(name='a', help='A.'))\n", [("unused-metric", ("local",))]),
        (f"a = Gauge(name='a', help='A.')\nb = {WRONG_IN_ONE}\n", [("unknown-metric", ("local",))]),
        (
            f"a = Gauge(name='a', help='A.')\nb = {WRONG_IN_ONE}  # mac: allow[unknown-metric] a try\n",
            [],
        ),
        (
            f"a = Gauge(name='a', help='A.')\nb = {ALERT.format('a > 5')}  # mac: allow[unknown-metric] a try\n",
            [("unused-suppression", ())],
        ),
        (f"a = Gauge(name='a', help='A.')\nb = {WRONG}\n", [("unused-metric", ()), ("unknown-metric", ())]),
        (
            f"a = Gauge(name='a', help='A.')\nb = {WRONG_IN_TWO}\n",
            [("unknown-metric", ("local", "production"))],
        ),
    ],
    ids=[
        "idle-everywhere",
        "used-in-one",
        "idle-where-it-is",
        "wrong-in-one",
        "allowed-where-it-is-wrong",
        "allowed-for-nothing",
        "wrong-everywhere",
        "wrong-in-some",
    ],
)
def test_findings_are_told_once_with_the_environments_that_they_are_about(
    tmp_path: Path, definitions: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    root = project(
        tmp_path,
        f"from monitoring_as_code import *\nz = Gauge(name='z', help='Z.')\ny = {ALERT.format('z > 1').replace('Busy', 'Y')}\n{definitions}",
        ENVIRONMENTS,
    )
    with (root / "pyproject.toml").open("a") as file:
        file.write('disable = ["missing-dead-mans-switch", "unrouted-alert", "missing-annotation"]\n')
    found = [(rule, environments) for rule, environments in findings(root) if rule not in ("metric-without-panel", "alert-without-panel")]
    assert found == expected


def test_what_a_fix_of_one_environment_means_in_the_others_is_not_known(tmp_path: Path) -> None:
    class_ = "class L(Labels):\n    x: Label[str]\n"
    for expr, safe in (("'a{x=~\"y\"} > 5'", True), ("by_env('a > 5', local='a{x=~\"y\"} > 5')", False)):
        text = f"from monitoring_as_code import *\n{class_}a = Gauge(name='a', help='A.', labels=L)\nb = {ALERT.format(expr)}\n"
        analyses = read(project(tmp_path, text, ENVIRONMENTS))
        (found,) = (each for each in together([(each.project, lint(each)) for each in analyses]) if each.rule == "needless-regex")
        assert found.fix is not None
        assert found.fix.safe is safe


def test_what_an_environment_has_that_cannot_be_loaded_may_be_what_needs_it(tmp_path: Path) -> None:
    text = (
        f"from monitoring_as_code import *\na = Gauge(name='a', help='A.')\nz = Gauge(name='z', help='Z.')\ny = {ALERT.format('z > 1')}\n"
    )
    root = project(tmp_path, text, ENVIRONMENTS)
    assert ("unused-metric", ()) in findings(root)
    declared = "from monitoring_as_code import by_env\nfrom . import shop\nif by_env(False, local=True):\n    shop.gone\n"
    (root / "definitions" / "broken.py").write_text(declared)
    assert [(rule, names) for rule, names in findings(root) if rule in ("unused-metric", "definition-error")] == [
        ("definition-error", ("local",))
    ]
    (root / "definitions" / "shop.py").write_text("from monitoring_as_code import *\nif by_env(False, staging=True):\n    gone\n")
    (root / "definitions" / "broken.py").write_text(text)
    assert "unused-metric" not in [rule for rule, _ in findings(root)]


PROVEN = (
    "from monitoring_as_code import *\n"
    "a = Gauge(name='a', help={0})\n"
    "h = Histogram(name='h', help='H.', buckets={1})\n"
    "b = Alert(name='Busy', expr=a > {2}, for_='5m', severity='info', summary='s', runbook='https://a.example')\n"
    "routing = Routing(receiver=Receiver(name='r', integrations=(Slack(channel={3}),)))\n"
    "stack = Stack(name='s', scrape_interval={4}, retention={5}, external_labels={6}, jobs=(ScrapeJob(name='j', targets={7}),))\n"
    "s = Scenario(name='n', alert=b, given=(Series(of=a, values={8}), Series(of=h, values=observed({9}, {{0.5: 1}}))),"
    " expect=(Fires(within={10}),))\n"
    "d = Dashboard(name={11}, uid='d', rows=())\n"
)
USUAL = ("'A.'", "(1, 2)", "5", "'#a'", "'15s'", "'15d'", "{}", "('a:1',)", "constant(6)", "1", "'6m'", "'D'")
OTHER = ("'B.'", "(1, 3)", "6", "'#b'", "'5s'", "'30d'", "{'x': 'y'}", "('b:1',)", "ramp(6, 9, over='9m')", "2", "'7m'", "'E'")
# How long the samples are kept and who looks at them is no matter of a proof; whom they come from is, as that is a label of theirs.
NO_MATTER = {5, 11}


@pytest.mark.parametrize("changed", range(len(USUAL)))
def test_proofs_differ_if_anything_differs_that_they_read(tmp_path: Path, changed: int) -> None:
    values = [f"by_env({usual}, staging={OTHER[index]})" if index == changed else usual for index, usual in enumerate(USUAL)]
    analyses = read(project(tmp_path, PROVEN.format(*values), ENVIRONMENTS))
    assert [each.project.problems for each in analyses] == [(), (), ()]
    assert first_alike(analyses) == ([0, 0, 0] if changed in NO_MATTER else [0, 0, 2])


def test_all_that_is_declared_in_the_repository_can_be_compared(root: Path) -> None:
    config, problems = read_config(root)
    once = len(config.environments or (None,))
    alike = first_alike([*read_every(str(root), config, problems), *read_every(str(root), config, problems)])
    assert alike[once:] == alike[:once]


@pytest.mark.parametrize("names", [["b", "a", "c"], ["a", "b"], ["z"]])
def test_the_order_of_environments_is_that_of_the_project(tmp_path: Path, names: list[str]) -> None:
    root = project(tmp_path, "from monitoring_as_code import Gauge\ngauge = Gauge(name='gauge', help='G.')\n", names)
    assert [each.project.environment for each in read(root)] == names
