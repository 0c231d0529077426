"""The proofs hold on the newest engines, too, those of tests/newest.py."""

from pathlib import Path

import pytest

from monitoring_as_code.build import plan
from monitoring_as_code.engines import find
from tests.newest import use_newest
from tests.prove.shop import analysed, proved
from tests.prove.test_promtool_tests import MANY, run_promtool


@pytest.fixture(autouse=True)
def newest(monkeypatch: pytest.MonkeyPatch) -> None:
    use_newest(monkeypatch, "promtool", "alertmanager")
    found = find("promtool")
    assert found is not None
    assert found.version() >= (3, 0, 0)


def test_scenarios_are_played_and_judged(tmp_path: Path) -> None:
    assert [each.verdict.failures for each in proved(analysed(tmp_path, MANY))] == [(), (), ()]


def test_what_failed_is_explained(tmp_path: Path) -> None:
    wrong = 'few = Scenario(name="4 %", alert=failing, given=(served("200", 96), served("503", 4)), expect=(Fires(within="9m"),))'
    (proof,) = proved(analysed(tmp_path, wrong))
    assert proof.reasons(0) == ("`service:errors:ratio_rate5m` is 0.04 at most, and the condition asks for > 0.05",)


def test_the_emitted_unit_tests_pass(tmp_path: Path) -> None:
    code, output = run_promtool(tmp_path / "build", plan(analysed(tmp_path, MANY)).files)
    assert code == 0, output
