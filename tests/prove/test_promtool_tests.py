"""promtool's unit tests under build/ say the same as `mac test`, as far as promtool can be asked."""

import random
import re
from pathlib import Path

import pytest
import yaml

from monitoring_as_code.build import plan
from monitoring_as_code.engines import require
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.prove.timelines import by_file
from tests.prove.shop import analysed, proved

pytestmark = pytest.mark.engines("promtool")

MANY = """
six = Scenario(
    name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)),
    expect=(
        Quiet(at="0s"), Pending(at="4m"), Firing(at="6m", labels={"service": "web"}, count=1, annotations={"summary": "6%"}),
        Quiet(labels={"service": "other"}), Fires(within="6m", after="5m"), Reaches(receivers=(pager,)),
    ),
)
four = Scenario(name="4 % fail", alert=failing, given=(served("200", 96), served("503", 4)), expect=(Quiet(),))
over = Scenario(
    name="it is over", alert=jam, given=(Series(of=waiting, values=step(500, 50, at="5m")),),
    expect=(Firing(at="4m"), Resolves(by="6m"), Quiet(at="5m30s", until="9m")),
)
"""


def run_promtool(folder: Path, files: dict[str, bytes]) -> tuple[int, str]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
    tests = sorted(path for path in files if path.startswith("prometheus/tests/"))
    answer = require("promtool").run("test", "rules", *tests, cwd=folder)
    return answer.code, answer.output


def test_scenarios_that_hold_pass_and_need_nothing_but_promtool(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, MANY)
    assert all(each.holds for each in proved(analysis))
    code, output = run_promtool(tmp_path / "build", plan(analysis).files)
    assert code == 0, output


BROKEN = {
    "an inverted threshold": (("error_ratio > percent(5)", "error_ratio < percent(5)"),),
    "a threshold that is out of reach": (("percent(5)", "percent(50)"),),
    "a lost label": ((".sum(by=(Http.service,))", ".sum()"),),
    "a longer wait": (('for_="5m"', 'for_="10m"'),),
    "a shorter wait": (('for_="5m"', 'for_="1m"'),),
    "another metric": (('Http.status.matches("5..")', 'Http.status.matches("2..")'),),
    "another severity": (('for_="5m", severity="critical"', 'for_="5m", severity="info"'),),
}


@pytest.mark.parametrize("changed", BROKEN)
def test_they_fail_when_the_rules_are_broken(changed: str, tmp_path: Path) -> None:
    tests = {path: text for path, text in plan(analysed(tmp_path, MANY)).files.items() if path.startswith("prometheus/tests/")}
    rules = plan(analysed(tmp_path, MANY, BROKEN[changed])).files
    code, output = run_promtool(tmp_path / "build", rules | tests)
    assert code == 1
    assert "FAILED" in output


def test_random_scenarios_fare_the_same_there_as_here(tmp_path: Path, prove: bool) -> None:
    """Each random expectation that is about alerts alone holds in `mac test` exactly if promtool finds it so."""
    drawn = random.Random(20261123)
    text = "\n".join(f"s{number} = {_scenario(drawn, number)}" for number in range(400 if prove else 60))
    analysis = analysed(tmp_path, text)
    mine = {each.scenario.name: each.holds for each in proved(analysis)}
    assert 0.1 < sum(mine.values()) / len(mine) < 0.8
    (path, text_of_tests), *more = (
        (path, content) for path, content in plan(analysis).files.items() if path.startswith("prometheus/tests/")
    )
    assert not more
    # promtool does not say which test a fault is of: one file for each.
    data = yaml.safe_load(text_of_tests)
    files = {each: content for each, content in plan(analysis).files.items() if each.startswith("prometheus/rules/")}
    for test in data["tests"]:
        number = re.sub(r"[^0-9]", "", test["name"])
        files[f"prometheus/tests/{number}.yml"] = yaml.safe_dump({**data, "tests": [test]}).encode()
    assert path == "prometheus/tests/shop.yml"
    _, output = run_promtool(tmp_path / "build", files)
    tests = sorted(each for each in files if each.startswith("prometheus/tests/"))
    theirs = {f"scenario {Path(test).stem}": "FAILED" not in said for test, said in by_file(output, tests).items()}
    assert theirs == mine
    assert len(theirs) == len(analysis.project.of(Scenario))


def _scenario(drawn: random.Random, number: int) -> str:
    def moment() -> str:
        return f"{drawn.randrange(24) * 15}s"

    course = drawn.choice(
        [
            f"constant({drawn.choice((50, 150))})",
            f'step({drawn.choice((50, 150))}, {drawn.choice((50, 150))}, at="{moment()}")',
            f'spike(50, 150, at="{moment()}", lasts="{drawn.randrange(1, 6)}m")',
            f'constant(150).missing(since="{moment()}")',
            f"noise(100, 20, seed={number})",
        ]
    )
    expectations = []
    for _ in range(drawn.choice((1, 1, 1, 2))):
        until = f"{drawn.randrange(12, 24)}m"
        expectations.append(
            drawn.choice(
                [
                    "Quiet()",
                    f'Quiet(at="{moment()}")',
                    f'Quiet(at="{moment()}", until="{until}")',
                    f'Pending(at="{moment()}")',
                    f'Firing(at="{moment()}")',
                    f'Firing(at="{moment()}", count=1, labels={{"job": "shop"}})',
                    f'Fires(within="{drawn.randrange(1, 8)}m")',
                    f'Fires(within="8m", after="{drawn.randrange(1, 4)}m")',
                    f'Resolves(by="{drawn.randrange(3, 12)}m")',
                ]
            )
        )
    given = f"(Series(of=waiting, values={course}),)"
    return f'Scenario(name="scenario {number}", alert=jam, given={given}, expect=({", ".join(expectations)},))'


def test_a_scenario_of_rules_that_look_back_is_left_out(tmp_path: Path) -> None:
    grouped = MANY + 'late = RuleGroup(name="late", rules=(jam,), query_offset="1m")\n'
    left = {path: text.decode() for path, text in plan(analysed(tmp_path, grouped)).files.items() if path.startswith("prometheus/tests/")}
    assert any("6 % fail" in text for text in left.values())
    assert not any("it is over" in text for text in left.values())
