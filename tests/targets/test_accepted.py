"""The real programs accept what every case gives, and read the same from it."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import read_config
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.project import load_project

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/definitions.py"))


def built(case: str, tmp_path: Path) -> Analysis:
    """Writes everything that a case gives below `tmp_path`."""
    (tmp_path / "definitions").mkdir()
    shutil.copy(HERE / case / "definitions.py", tmp_path / "definitions" / "case.py")
    config, _ = read_config(HERE / case)
    analysis = Analysis(load_project(tmp_path, config))
    for path, content in plan(analysis).files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return analysis


@pytest.mark.engines("promtool", "amtool")
@pytest.mark.parametrize("case", CASES)
def test_promtool_and_amtool_accept_what_is_emitted(case: str, tmp_path: Path) -> None:
    config = built(case, tmp_path).project.config
    found = complaints(tmp_path)
    # A program that is older than the one that a case is made for refuses it, and each of these cases is made for no other reason.
    assert bool(found) == (older("promtool", config.prometheus_version) or older("amtool", config.alertmanager_version)), found


def older(program: engines.EngineName, version: str) -> bool:
    """Whether the program that is asked is older than one that must take what is emitted."""
    return engines.require(program).version()[:2] < tuple(map(int, version.split(".")[:2]))


def complaints(build: Path) -> list[object]:
    """What promtool and amtool find wrong with all files in a folder."""
    found: list[object] = [*engines.promtool.check_rules(sorted((build / "prometheus" / "rules").glob("*.yml")))]
    for config in (*build.glob("prometheus/prometheus*.yml"), *build.glob("prometheus/global/prometheus.yml")):
        found += engines.promtool.check_config(without_secret_files(config))
    if (build / "alertmanager").exists():
        found += engines.amtool.check_config([build / "alertmanager" / "alertmanager.yml"])
    return found


def without_secret_files(config: Path) -> Path:
    """The same configuration, whose secrets are in files that there are: promtool wants to see them."""
    text = config.read_text("utf-8")
    for path in set(re.findall("/run/secrets/[a-z_]+", text)):
        file = config.parent / path.rpartition("/")[2]
        # Any certificate will do: nobody is asked.
        file.write_text(CERTIFICATE if "ca_file: " + path in text else "secret", "utf-8")
        text = text.replace(path, str(file))
    config.write_text(text, "utf-8")
    return config


CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBcTCCARegAwIBAgIUYDLhYmwyH3O+RMHYnuQKhQfEhKswCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwIBcNMjYxMTIzMTU1NjA4WhgPMjEyNjEwMzAxNTU2MDha
MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOHeoVHIx
PbDcjwlbHR9kaO7t+9kxuQQQAKRBhavhqQR8iy9+u5zB/DYmDPMhNmhqocEF6WlL
eVH54iTrLyZcN6NTMFEwHQYDVR0OBBYEFFQODBCjvQfjim00NoANWANkchLlMB8G
A1UdIwQYMBaAFFQODBCjvQfjim00NoANWANkchLlMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDSAAwRQIgET8Ng07k7t3uoR8t/GlmyjV7RDbAlD0ulQKBlunZ
OhYCIQDpffPGoISPUB6LOVgfuSmLnU8MifHg7J9/IKnEpRbdXg==
-----END CERTIFICATE-----
"""


@pytest.mark.engines("promtool", "amtool")
def test_a_defect_would_be_seen(tmp_path: Path) -> None:
    built("routing-three-deep", tmp_path)
    config = tmp_path / "alertmanager" / "alertmanager.yml"
    config.write_text(config.read_text().replace("receiver: storage", "receiver: store"))
    assert [complaint.message for complaint in engines.amtool.check_config([config])] == ['undefined receiver "store" used in route']
    (tmp_path / "other").mkdir()
    built("rules-groups", tmp_path / "other")
    rules = tmp_path / "other" / "prometheus" / "rules" / "case.yml"
    rules.write_text(rules.read_text().replace("keep_firing_for", "keep_firing"))
    assert "keep_firing" in str(engines.promtool.check_rules([rules]))


def test_texts_are_the_declarations_own(tmp_path: Path) -> None:
    """Whatever they are made of: read back, they are character by character what was declared."""
    analysis = built("rules-hostile-strings", tmp_path)
    (alert,) = analysis.project.of(Alert)
    read = yaml.load((tmp_path / "prometheus" / "rules" / "case.yml").read_text("utf-8"), yaml.CSafeLoader)
    (rule,) = read["groups"][0]["rules"]
    assert read["groups"][0]["name"] == "off"
    assert rule["alert"] == alert.name
    assert rule["labels"] == {"severity": "none", **alert.labels}
    assert rule["annotations"] == {"summary": alert.summary, "description": alert.description, **alert.annotations}


@pytest.mark.engines("promtool")
def test_promtool_shows_the_texts_of_a_firing_alert_as_declared(tmp_path: Path) -> None:
    analysis = built("rules-hostile-strings", tmp_path)
    (alert,) = analysis.project.of(Alert)
    rules = tmp_path / "prometheus" / "rules" / "case.yml"
    expr = analysis.use(alert).text
    rules.write_text(rules.read_text("utf-8").replace(to_be_replaced(rules, "expr"), "expr: vector(1)"), "utf-8")
    assert expr
    expected: dict[str, Any] = {
        "exp_labels": {"severity": "none", **alert.labels},
        "exp_annotations": {"summary": alert.summary, "description": alert.description, **alert.annotations},
    }
    test = {
        "rule_files": [str(rules)],
        "tests": [{"interval": "1m", "alert_rule_test": [{"eval_time": "0m", "alertname": alert.name, "exp_alerts": [expected]}]}],
    }
    (tmp_path / "test.yml").write_text(
        json.dumps(test, ensure_ascii=False).replace("\x7f", "\\u007f").replace("\ufeff", "\\ufeff"), "utf-8"
    )
    answer = engines.require("promtool").run("test", "rules", str(tmp_path / "test.yml"))
    assert answer.code == 0, answer.output


def to_be_replaced(rules: Path, key: str) -> str:
    """The line of a key that occurs once."""
    (line,) = [line.strip() for line in rules.read_text("utf-8").splitlines() if line.strip().startswith(f"{key}:")]
    return line
