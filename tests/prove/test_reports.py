"""The reports for programs say what happened in their own forms, whatever the texts contain."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from monitoring_as_code.prove.reports.findings import findings
from monitoring_as_code.prove.reports.json import as_json
from monitoring_as_code.prove.reports.junit import as_junit
from monitoring_as_code.prove.running import Outcome
from monitoring_as_code.prove.witnesses import Witness
from tests.prove.shop import analysed, proved

pytestmark = pytest.mark.engines("promtool")

SCENARIOS = """
holds = Scenario(
    name="500 jobs <wait> & \\"see\\"", alert=jam, given=(Series(of=waiting, values=constant(500)),), expect=(Fires(within="2m"),),
)
fails = Scenario(name="4 % fail", alert=failing, given=(served("200", 96), served("503", 4)), expect=(Fires(within="10m"),))
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    folder = tmp_path_factory.mktemp("shop")
    return Outcome(tuple(proved(analysed(folder, SCENARIOS))), 1.5), folder


def test_junit_has_a_suite_for_each_alert_and_escapes_what_xml_must_not_hold(outcome: tuple[Outcome, Path]) -> None:
    found, root = outcome
    suites = ET.fromstring(as_junit(found, str(root)))
    assert suites.tag == "testsuites"
    assert suites.attrib["tests"] == "2"
    assert suites.attrib["failures"] == "1"
    assert [(suite.attrib["name"], suite.attrib["failures"]) for suite in suites] == [("Jam", "0"), ("Failing", "1")]
    assert suites[0][0].attrib["name"] == '500 jobs <wait> & "see"'
    assert suites[0][0].attrib["classname"] == "definitions.shop.Jam"
    (failure,) = suites[1][0]
    assert failure.attrib["message"] == "expected that `Failing` fires within 10m, but it never fires"
    assert "definitions/shop.py:" in (failure.text or "")
    # What the usual schemas ask of every case and suite.
    for suite in suites:
        assert {"name", "tests", "failures", "errors", "skipped", "time"} <= set(suite.attrib)
        for case in suite:
            assert {"name", "classname", "time"} <= set(case.attrib)
            assert [part.tag for part in case] in ([], ["failure"])


def test_an_alert_that_can_never_fire_is_a_failure_of_junit_too(outcome: tuple[Outcome, Path]) -> None:
    found, root = outcome
    alert = found.proofs[0].scenario.alert
    impossible = Outcome((), 0, (Witness(alert, None, (), "100 is out of reach", ""),))
    (suite,) = ET.fromstring(as_junit(impossible, str(root)))
    assert (suite.attrib["name"], suite.attrib["failures"]) == ("Jam", "1")
    assert suite[0][0].attrib["message"] == "`Jam` can never fire: 100 is out of reach"


def test_json_has_every_state_with_its_first_and_last_moment(outcome: tuple[Outcome, Path]) -> None:
    found, root = outcome
    report = json.loads(as_json(found, str(root)))
    assert report["holds"] is False
    jam, failing = report["scenarios"]
    assert (jam["alert"], jam["holds"], jam["written"], jam["failures"]) == ("Jam", True, True, [])
    (instance,) = jam["alerts"][0]["instances"]
    assert instance["labels"]["alertname"] == "Jam"
    assert instance["states"] == [{"state": "pending", "from": 0, "to": 90}, {"state": "firing", "from": 120, "to": 120}]
    assert instance["annotations"]["summary"] == "500 jobs wait"
    (failure,) = failing["failures"]
    assert failure["path"] == "definitions/shop.py"
    assert failure["why"] == ["`service:errors:ratio_rate5m` is 0.04 at most, and the condition asks for > 0.05"]
    line = (root / "definitions" / "shop.py").read_text("utf-8").splitlines()[failure["line"] - 1]
    assert line[failure["column"] - 1 : failure["end_column"] - 1] == '"10m"'


def test_findings_name_the_scenario(outcome: tuple[Outcome, Path], tmp_path: Path) -> None:
    found, _ = outcome
    (only,) = findings(analysed(tmp_path, SCENARIOS), found)
    assert only.rule == "scenario"
    assert (only.help or "").startswith("in the scenario `4 % fail`\n")
