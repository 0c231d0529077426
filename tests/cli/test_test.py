"""`mac test` runs what is asked for, says what failed and where, and exits as the others do; run as users run it."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitoring_as_code.cli.selection import matching

pytestmark = pytest.mark.engines("promtool")

DEFINITIONS = """\
from monitoring_as_code import *

waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
retries = Gauge(name="jobs_retried", help="Jobs that were tried again.")
page = "https://example.com/jam"
jam = Alert(name="Jam", expr=waiting > 100, for_="2m", severity="warning", summary="{{ $value }} jobs wait", runbook=page)
flaky = Alert(name="Flaky", expr=retries > 5, for_="1m", severity="warning", summary="Jobs are tried again", runbook=page)
routing = Routing(receiver=Receiver(name="chat", integrations=(Slack(channel="#jobs"),)))


def given(number: float) -> tuple[Series, ...]:
    return (Series(of=waiting, values=constant(number)),)


many = Scenario(name="many jobs wait", alert=jam, given=given(101), expect=(Fires(within="2m"), Reaches(receivers=("chat",))))
few = Scenario(name="few jobs wait", alert=jam, given=given(100), expect=(Quiet(),))
"""
WRONG = 'wrong = Scenario(name="just enough", alert=jam, given=given(100), expect=(Firing(at="3m"),))\n'

Done = subprocess.CompletedProcess[str]


class Mac:
    def __init__(self, root: Path, folder: Path) -> None:
        self.project = folder / "project"
        (self.project / "definitions").mkdir(parents=True)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")},
            "PYTHONPATH": str(root),
            "PYTHONUTF8": "1",
            "XDG_CACHE_HOME": str(folder / "cache"),
        }

    def define(self, text: str) -> None:
        (self.project / "definitions" / "jobs.py").write_text(text, "utf-8")

    def __call__(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "monitoring_as_code", "test", *arguments],
            cwd=self.project,
            env=self.environment | dict(env or {}),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


@pytest.fixture
def mac(root: Path, tmp_path: Path) -> Mac:
    made = Mac(root, tmp_path)
    made.define(DEFINITIONS)
    return made


def test_all_is_well_in_a_line_for_each_alert(mac: Mac) -> None:
    done = mac("--no-witnesses")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "✓ Jam  2 scenarios"
    assert lines[-1].startswith("2 scenarios of 1 alert held, 1 alert without a scenario (")
    assert mac("-q", "Jam").stdout == ""


def test_an_alert_that_no_scenario_is_about_is_proved_by_series_that_are_found(mac: Mac) -> None:
    done = mac("Flaky", "-v")
    assert done.returncode == 0
    assert done.stdout.startswith("✓ Flaky  nothing written, series were found: ")


def test_what_is_found_is_written_and_holds_from_then_on(mac: Mac) -> None:
    assert mac("Flaky", "--write-scenarios").stderr.startswith("definitions/jobs.py: ")
    again = mac("Flaky", "--no-witnesses")
    assert again.returncode == 0, again.stdout
    assert again.stdout.startswith("✓ Flaky  ")
    assert "without a scenario" not in again.stdout


def test_a_failure_is_shown_at_its_place_and_makes_exit_code_1(mac: Mac) -> None:
    mac.define(DEFINITIONS + WRONG)
    done = mac("Jam")
    assert done.returncode == 1
    assert "✗ Jam  1 of 3 scenarios failed\n" in done.stdout
    assert "error[scenario]: expected that `Jam` is firing at 3m, but at 3m it is inactive\n" in done.stdout
    assert f"--> definitions/jobs.py:{DEFINITIONS.count(chr(10)) + 1}:" in done.stdout
    assert "= why: `jobs_waiting` is 100 at most, and the condition asks for > 100\n" in done.stdout
    assert "\x1b" not in done.stdout
    assert "2 scenarios of 1 alert held, 1 failed (" in done.stdout


def test_a_terminal_without_unicode_gets_a_picture_of_ascii(mac: Mac) -> None:
    mac.define(DEFINITIONS + WRONG)
    done = mac("Jam", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert done.stdout.isascii()
    assert "  x Firing at 3m |" in done.stdout


def test_what_failed_last_is_run_alone_until_it_holds(mac: Mac) -> None:
    mac.define(DEFINITIONS + WRONG)
    assert mac("Jam").returncode == 1
    assert mac("--lf", "-v").stdout.startswith("✗ Jam  1 of 1 scenario failed\n  ✗ just enough\n")
    mac.define(DEFINITIONS + WRONG.replace("100", "101"))
    assert mac("--last-failed").returncode == 0
    done = mac("--lf", "Jam")
    assert done.stderr == "nothing failed when it was last run: all is run\n"
    assert "3 scenarios" in done.stdout
    assert sorted(path.name for path in mac.project.iterdir()) == ["definitions"], "nothing is kept in the project"


def test_the_first_failure_may_be_the_last_thing(mac: Mac) -> None:
    mac.define(DEFINITIONS + WRONG.replace("wrong", "a_wrong") + WRONG.replace("wrong", "b_wrong").replace("just", "still"))
    done = mac("-x", "-k", "enough")
    assert done.returncode == 1
    assert "1 failed, 1 not run (" in done.stdout


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 1", "ended with exit code 1"),
        ("kill -9 $$", "was killed by SIGKILL"),
        ("exit 0", "ended with exit code 0"),
        ("\x7fELF", "cannot be run"),
    ],
)
@pytest.mark.parametrize("option", ["--no-witnesses", "--mutate", "--verbose"])
def test_an_engine_that_breaks_down_is_no_verdict(mac: Mac, tmp_path: Path, script: str, told: str, option: str) -> None:
    engine = tmp_path / "promtool"
    engine.write_text(script if script.startswith("\x7f") else f"#!/bin/sh\n{script}\n")
    engine.chmod(0o755)
    done = mac(option, env={"MAC_PROMTOOL": str(engine)})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"mac: `promtool` {told}, {engine}: ")
    assert done.stderr.endswith("; set `MAC_PROMTOOL` to use another one\n")
    assert done.stderr.count("\n") == 1


def test_a_folder_for_temporary_files_that_is_not_there_is_not_asked(mac: Mac) -> None:
    assert mac("Jam", env={"TMPDIR": "/not/there"}).returncode == 0


def test_words_choose_scenarios(mac: Mac) -> None:
    assert "1 scenario of 1 alert held (" in mac("-k", "jam and not many").stdout
    wrong = mac("-k", "jam and")
    assert wrong.returncode == 2
    assert "a word is missing at the end" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-k", "many horses"), "`-k many horses` fits no scenario; there are `Jam: many jobs wait`, `Jam: few jobs wait`"),
        (("Jam", "-k", "Flaky"), "`-k Flaky` fits no scenario; there are "),
        (("--lf", "-k", "many horses"), "`-k many horses` fits no scenario; there are "),
        (("Flaky", "-k", "many"), "no scenario is about `Flaky`, so there is nothing to run"),
        (("Flaky", "--no-witnesses"), "no scenario is about `Flaky`, so there is nothing to run"),
        (("--mutate", "-k", "many"), "`--mutate` and `-k` do not go together: it plays every scenario for each change"),
        (("--mutate", "--lf"), "`--mutate` and `--last-failed` do not go together: "),
        (("--mutate", "-x"), "`--mutate` and `-x` do not go together: "),
        (("--mutate", "--deliver"), "`--mutate` and `--deliver` do not go together: "),
        (("--mutate", "--write-scenarios"), "`--mutate` and `--write-scenarios` do not go together: "),
        (("--mutate", "--junit", "junit.xml"), "`--mutate` and `--junit` do not go together: "),
        (("--write-scenarios", "--no-witnesses"), "`--write-scenarios` and `--no-witnesses` do not go together: it writes the series"),
        (("--write-scenarios", "-k", "many"), "`--write-scenarios` and `-k` do not go together: "),
        (("--write-scenarios", "--lf"), "`--write-scenarios` and `--last-failed` do not go together: "),
    ],
)
def test_what_proves_nothing_is_wrong_usage(mac: Mac, arguments: tuple[str, ...], told: str) -> None:
    done = mac(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Error: {told}" in done.stderr
    assert not (mac.project / "junit.xml").exists()


@pytest.mark.parametrize(
    ("definitions", "environment", "code", "told"),
    [
        (DEFINITIONS.replace("waiting > 100", '"job_waiting > 100"'), {}, 1, "`job_waiting`"),
        (DEFINITIONS, {"MAC_PROMTOOL": "/nowhere/promtool"}, 2, "the run did not come to its end"),
        (DEFINITIONS, {"MAC_PROMTOOL": "/bin/false"}, 2, "the run did not come to its end"),
    ],
)
def test_junit_never_says_less_than_the_exit_code(mac: Mac, definitions: str, environment: dict[str, str], code: int, told: str) -> None:
    report = mac.project.parent / "junit.xml"
    report.write_text('<testsuites name="mac test" tests="3" failures="0" errors="0"/>')
    mac.define(definitions)
    assert mac("--junit", str(report), env=environment).returncode == code
    root = ET.parse(report).getroot()
    assert int(root.attrib["failures"]) + int(root.attrib["errors"]) > 0
    assert any(told in each.attrib["message"] for each in root.iter() if each.tag in ("failure", "error"))


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("JOBS", "Jam: many jobs wait", True),
        ("many jobs", "Jam: many jobs wait", True),
        ("jobs many", "Jam: many jobs wait", False),
        ("jam and few or many", "Jam: many jobs wait", True),
        ("jam and (few or none)", "Jam: many jobs wait", False),
        ("not not jam", "Jam: many jobs wait", True),
        ("not (jam or flaky)", "Jam: many jobs wait", False),
        ("6 % of", "HighErrorRate: 6 % of the requests fail", True),
    ],
)
def test_words_are_joined_as_they_read(words: str, text: str, expected: bool) -> None:
    assert matching(words)(text) is expected


@pytest.mark.parametrize("words", ["", "and jam", "jam or", "(jam", "jam)", "not"])
def test_words_that_do_not_join_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"missing|there is no"):
        matching(words)


def test_an_unknown_alert_is_refused_with_what_may_be_meant(mac: Mac) -> None:
    done = mac("Jan")
    assert done.returncode == 2
    assert "there is no alert `Jan`: did you mean `Jam`?" in done.stderr


def test_definitions_with_errors_are_not_run(mac: Mac) -> None:
    mac.define(DEFINITIONS.replace("waiting > 100", '"rate(jobs_waitin[5m]) > 1"'))
    done = mac()
    assert done.returncode == 1
    assert "error[unknown-metric]" in done.stdout
    assert done.stderr == "nothing was run: the definitions have errors\n"
    report = json.loads(mac("--format", "json").stdout)
    assert report["holds"] is False
    assert report["findings"][0]["rule"] == "unknown-metric"


def test_a_missing_engine_is_exit_code_2_with_what_to_install(mac: Mac) -> None:
    done = mac(env={"MAC_PROMTOOL": "/nowhere/promtool"})
    assert done.returncode == 2
    assert "apt-get install prometheus" in done.stderr


def test_github_gets_annotations_and_junit_a_file(mac: Mac, tmp_path: Path) -> None:
    mac.define(DEFINITIONS + WRONG)
    done = mac("Jam", "--format", "github", "--junit", str(tmp_path / "junit.xml"))
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=definitions/jobs.py,line=")
    assert 'tests="3" failures="1"' in (tmp_path / "junit.xml").read_text("utf-8")
    refused = mac("Jam", "--junit", str(tmp_path / "no" / "junit.xml"))
    assert refused.returncode == 2
    assert "cannot be written" in refused.stderr
