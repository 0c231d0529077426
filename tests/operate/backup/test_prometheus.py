"""A backup of a Prometheus that is at work lacks no sample, and leaves nothing on the server."""

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitoring_as_code import engines
from monitoring_as_code.operate import backup
from monitoring_as_code.operate.backup import files
from monitoring_as_code.operate.backup.counting import counted, samples_within, span_of

if TYPE_CHECKING:
    from tests.operate.backup.conftest import Loads

pytestmark = pytest.mark.engines("prometheus")
ADMIN = "--web.enable-admin-api"


def test_no_sample_is_lost_under_load(loads: "Loads", tmp_path: Path, prove: bool) -> None:
    rounds, series = (10, 20_000) if prove else (1, 2_000)
    load = loads.start(series, ADMIN)
    load.wait_for(3)
    version = engines.require("prometheus").version()

    def ask(path: str) -> Any:  # noqa: ANN401 - as JSON is
        return json.loads(load.server.get(path, timeout_seconds=60))["data"]

    for number in range(rounds):
        load.wait_for(12 * (number + 1))
        until = int(float(ask("/api/v1/query?query=time()")["result"][1]) * 1000)
        since = until - 3600_000
        had = samples_within(ask, since, until, version)
        made = backup.make(backup.Sources(prometheus=load.api), tmp_path / "backups")
        blocks = made.folder / "prometheus"
        span = span_of(blocks)
        assert had > 10 * series
        assert counted(blocks, span, tmp_path, files.unheard, (since, until)).recent == had
        assert made.manifest.prometheus is not None
        assert made.manifest.prometheus.samples == sum(
            json.loads((block / "meta.json").read_text())["stats"]["numSamples"] for block in blocks.iterdir()
        )
        assert made.manifest.prometheus.series >= series
        assert list((load.data / "snapshots").iterdir()) == []
        shutil.rmtree(made.folder)
    if prove:
        assert list(load.data.glob("*/meta.json")), "the head was to become a block meanwhile"


@pytest.fixture
def stopped(loads: "Loads", tmp_path: Path) -> backup.Made:
    load = loads.start(20, ADMIN)
    load.wait_for(3)
    return backup.make(backup.Sources(prometheus=load.api), tmp_path / "backups")


def test_what_is_restored_is_what_was_backed_up(stopped: backup.Made, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert backup.verify(stopped.folder) == stopped.manifest
    backup.restore(stopped.folder, backup.Targets(prometheus_data=data))
    said = stopped.manifest.prometheus
    assert said is not None
    assert said.samples > 60
    config = tmp_path / "empty.yml"
    config.write_text("global: {}\n")
    with engines.prometheus(config, blocks=data) as server:
        found = json.loads(server.get(f"/api/v1/query?query=count(load_1)&time={said.last / 1000}"))["data"]["result"]
    assert found[0]["value"][1] == "2"


def test_a_block_that_prometheus_cannot_read_is_refused(stopped: backup.Made, tmp_path: Path) -> None:
    """One whose checksums fit: what was damaged on the server already."""
    blocks = tmp_path / "blocks"
    shutil.copytree(stopped.folder / "prometheus", blocks)
    chunks = next(blocks.rglob("chunks/000001"))
    content = bytearray(chunks.read_bytes())
    content[20:] = os.urandom(len(content) - 20)
    chunks.write_bytes(content)
    with pytest.raises((backup.Damaged, engines.ServerFailed)):
        counted(blocks, span_of(blocks), tmp_path, files.unheard)


def test_an_admin_api_that_is_off_is_told(loads: "Loads", tmp_path: Path) -> None:
    load = loads.start(1)
    with pytest.raises(backup.Refused, match="its admin API is off") as refused:
        backup.make(backup.Sources(prometheus=load.api), tmp_path / "backups")
    assert "--web.enable-admin-api" in refused.value.help
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_folder_that_is_not_the_servers_is_told(loads: "Loads", tmp_path: Path) -> None:
    load = loads.start(1, ADMIN)
    load.wait_for(1)
    with pytest.raises(backup.Refused, match="the snapshot that was made is not in"):
        backup.make(backup.Sources(prometheus=load.api, prometheus_data=tmp_path), tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_samples_that_a_snapshot_lacks_are_noticed(loads: "Loads", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = loads.start(20, ADMIN)
    load.wait_for(3)
    monkeypatch.setattr("monitoring_as_code.operate.backup.prometheus.samples_within", lambda *_: 10**9)
    with pytest.raises(backup.Damaged, match=r"the snapshot of Prometheus lacks [0-9]+ of the 1000000000 samples"):
        backup.make(backup.Sources(prometheus=load.api), tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
    assert list((load.data / "snapshots").iterdir()) == []


def test_what_a_killed_run_has_left_is_removed_by_the_next(loads: "Loads", tmp_path: Path) -> None:
    load = loads.start(1, ADMIN)
    load.wait_for(1)
    name = load.api.json("/api/v1/admin/tsdb/snapshot", b"", method="POST")["data"]["name"]
    left = files.folder(tmp_path / "backups" / ".mac-making-20260101T000000Z")
    (left / ".snapshot").write_text(f"{load.data / 'snapshots' / name}\n")
    made = backup.make(backup.Sources(prometheus=load.api), tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == [made.folder]
    assert list((load.data / "snapshots").iterdir()) == []


def test_a_running_servers_folder_is_not_restored_into(stopped: backup.Made, loads: "Loads") -> None:
    load = loads.start(1)
    before = sorted(os.listdir(load.data))
    with pytest.raises(backup.Refused, match=r"is in use: process [0-9]+ has files in it open"):
        backup.restore(stopped.folder, backup.Targets(prometheus_data=load.data), force=True)
    assert sorted(os.listdir(load.data)) == before
