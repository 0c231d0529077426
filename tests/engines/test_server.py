"""A real server lives as long as its `with` block, on loopback only."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitoring_as_code import engines


@pytest.fixture
def alertmanager_config(tmp_path: Path) -> Path:
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: a}\nreceivers: [{name: a}]\n")
    return config


@pytest.fixture
def prometheus_config(tmp_path: Path) -> Path:
    config = tmp_path / "prometheus.yml"
    config.write_text("rule_files: [rules.yml]\n")
    (tmp_path / "rules.yml").write_text("groups:\n- name: a\n  rules:\n  - alert: Always\n    expr: vector(1) > 0\n")
    return config


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.engines("prometheus")
def test_prometheus_answers_from_its_configuration_and_is_gone_afterwards(prometheus_config: Path) -> None:
    with engines.prometheus(prometheus_config) as server:
        groups = json.loads(server.get("/api/v1/rules"))["data"]["groups"]
        assert [rule["name"] for group in groups for rule in group["rules"]] == ["Always"]
        assert alive(server.pid)
    assert not alive(server.pid)
    assert not server.log.parent.exists()


@pytest.mark.engines("alertmanager")
def test_alertmanager_answers_and_is_gone_when_the_block_raises(alertmanager_config: Path) -> None:
    with pytest.raises(KeyError), engines.alertmanager(alertmanager_config) as server:
        assert [receiver["name"] for receiver in json.loads(server.get("/api/v2/receivers"))] == ["a"]
        raise KeyError
    assert not alive(server.pid)


@pytest.mark.engines("alertmanager")
def test_only_loopback_is_listened_on(alertmanager_config: Path) -> None:
    with engines.alertmanager(alertmanager_config) as server:
        sockets = {str(link.readlink()) for link in Path(f"/proc/{server.pid}/fd").iterdir()}
        rows = [row.split() for file in ("tcp", "tcp6") for row in Path(f"/proc/{server.pid}/net/{file}").read_text().splitlines()[1:]]
        listening = [row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]
    assert listening == ["0100007F"]  # 127.0.0.1, as the kernel writes it


@pytest.mark.engines("alertmanager")
def test_a_configuration_that_is_refused_is_said_in_the_servers_words(tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: b}\nreceivers: [{name: a}]\n")
    with pytest.raises(engines.ServerFailed, match=r"undefined receiver .*b.* used in route"), engines.alertmanager(config):
        pass


@pytest.mark.engines("alertmanager")
def test_a_server_does_not_outlive_a_killed_test_run(alertmanager_config: Path) -> None:
    code = (
        "import pathlib, sys, time; from monitoring_as_code import engines\n"
        f"with engines.alertmanager(pathlib.Path({str(alertmanager_config)!r})) as server:\n"
        "    print(server.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        assert alive(pid)
        run.kill()
    until = time.monotonic() + 10
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(pid)
