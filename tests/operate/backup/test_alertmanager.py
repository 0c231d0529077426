"""Silences come back, once, and only those that still silence something."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import engines
from monitoring_as_code.operate import backup

pytestmark = pytest.mark.engines("alertmanager")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "alertmanager.yml"
    file.write_text("route: {receiver: a}\nreceivers: [{name: a}]\n")
    return file


def silence(comment: str, hours: float, begins: float = 0) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    matcher = {"name": "service", "value": "billing|shop", "isRegex": True, "isEqual": False}
    times = {"startsAt": (now + dt.timedelta(hours=begins)).isoformat(), "endsAt": (now + dt.timedelta(hours=hours)).isoformat()}
    return {"matchers": [matcher], **times, "createdBy": "ann", "comment": comment}


def comments(api: backup.Api) -> list[str]:
    return sorted(each["comment"] for each in api.json("/api/v2/silences") if each["status"]["state"] != "expired")


def test_they_come_back_once(config: Path, tmp_path: Path) -> None:
    with engines.alertmanager(config) as server:
        api = backup.Api("Alertmanager", server.url)
        wanted = (silence("now: “Wartung”", 2), silence("tomorrow", 30, begins=24), silence("over", 2))
        made = [api.json("/api/v2/silences", json.dumps(each).encode(), method="POST")["silenceID"] for each in wanted]
        assert api.ask(f"/api/v2/silence/{made[-1]}", method="DELETE").status == 200
        kept = backup.make(backup.Sources(alertmanager=api), tmp_path / "backups")
        assert kept.manifest.alertmanager is not None
        assert kept.manifest.alertmanager.silences == 2
        assert backup.restore(kept.folder, backup.Targets(alertmanager=api)) == [
            "Alertmanager has 2 silences of the backup: 0 new, 2 it had already; 0 have ended since"
        ]
    assert backup.verify(kept.folder) == kept.manifest
    with engines.alertmanager(config) as server:
        api = backup.Api("Alertmanager", server.url)
        for new in (2, 0):
            done = backup.restore(kept.folder, backup.Targets(alertmanager=api))
            assert done == [f"Alertmanager has 2 silences of the backup: {new} new, {2 - new} it had already; 0 have ended since"]
            assert comments(api) == ["now: “Wartung”", "tomorrow"]
        matchers = [each["matchers"] for each in api.json("/api/v2/silences")]
        assert matchers == [[{"name": "service", "value": "billing|shop", "isRegex": True, "isEqual": False}]] * 2


def test_one_that_has_ended_since_is_left_out(config: Path) -> None:
    from monitoring_as_code.operate.backup import alertmanager

    with engines.alertmanager(config) as server:
        api = backup.Api("Alertmanager", server.url)
        assert alertmanager.restore(api, [silence("over", -1, begins=-2), silence("now", 1)]) == (1, 0, 1)
        assert comments(api) == ["now"]
