"""The stack of `mac up` is backed up and restored without a service being named."""

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

import pytest

if TYPE_CHECKING:
    from tests.operate.shop import Shop

pytestmark = pytest.mark.engines("prometheus", "alertmanager", "node_exporter")


def samples(shop: "Shop", moment: float) -> float:
    """How many of `up` there are in the minute before."""
    query = f"/api/v1/query?time={moment}&query=" + quote("sum(count_over_time(up[1m]))")
    with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{shop.ports[0]}{query}", timeout=10) as answer:
        found = json.loads(answer.read())["data"]["result"]
    return float(found[0]["value"][1]) if found else 0


def test_it_goes_and_comes(shop: "Shop") -> None:
    done = shop("backup")
    assert done.returncode == 2
    assert "nothing is named that is to be backed up, and nothing of `mac up` runs here" in done.stderr
    assert shop("up", "-q").returncode == 0
    done = shop("backup")
    assert (done.returncode, done.stdout) == (2, "")
    assert "makes no snapshots: its admin API is off" in done.stderr
    assert "`mac up --admin-api`" in done.stderr
    assert shop("up", "-q", "--admin-api").returncode == 0
    moment = time.time()
    had = samples(shop, moment)
    assert had > 0
    done = shop("backup")
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.split("\n", 1)[0])
    assert re.search(r"  Prometheus .* samples of .* series,.*\n  Alertmanager .*: 0 silences\n", done.stdout)
    refused = shop("restore", str(folder), "--stack", "--force")
    assert refused.returncode == 2
    assert "is in use" in refused.stderr
    assert shop("reset", "--yes").returncode == 0
    done = shop("restore", str(folder), "--stack")
    assert done.returncode == 0, done.stderr
    assert shop("up", "-q").returncode == 0
    assert samples(shop, moment) == had
