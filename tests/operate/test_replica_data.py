"""What replicas have stored: it outlives a change of their number, and is backed up from one of them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.operate.pair import get, until
from tests.operate.shop import Shop, stopped_at_the_end

pytestmark = pytest.mark.engines("prometheus", "alertmanager")

DEFINITIONS = """\
from monitoring_as_code import AccessPoint, Exporter, Gauge, PrometheusServer, ScrapeJob, Stack

own = Exporter(name="own", metrics=(Gauge(name="up_time", help="Own."),))
stack = Stack(
    name="shop",
    scrape_interval="1s",
    jobs=(ScrapeJob(name="prometheus", targets=("localhost:9090",), exporter=own),),
    prometheus=PrometheusServer(replicas=REPLICAS),
    access_points=(
        AccessPoint(service="Prometheus", url="http://localhost:PORT0", container_port=9090),
        AccessPoint(service="prometheus-2", url="http://localhost:PORT1", container_port=9090),
    ),
)
"""


@pytest.fixture
def shop(root: Path, tmp_path: Path) -> Iterator[Shop]:
    with stopped_at_the_end(Shop(root, tmp_path, DEFINITIONS.replace("REPLICAS", "1"))) as made:
        yield made


def up(shop: Shop, replicas: int, *arguments: str) -> None:
    shop.define(DEFINITIONS.replace("REPLICAS", str(replicas)))
    done = shop("up", "--engine", "native", *arguments)
    assert done.returncode == 0, done.stderr


def first_sample(port: int) -> float:
    """When the oldest sample of `up` was taken, as soon as there is one."""
    query = f"/api/v1/query?{urlencode({'query': 'min(min_over_time(timestamp(up)[1h:1s]))'})}"
    until(lambda: get(port, query)["data"]["result"])
    return float(get(port, query)["data"]["result"][0]["value"][1])


def test_the_first_of_several_goes_on_with_the_samples_of_the_only_one_and_back(shop: Shop) -> None:
    up(shop, 1)
    begun = first_sample(shop.ports[0])
    up(shop, 2)
    assert set(shop.running()) == {"prometheus-1", "prometheus-2"}
    assert abs(first_sample(shop.ports[0]) - begun) < 1
    assert first_sample(shop.ports[1]) > begun + 1
    up(shop, 1)
    assert set(shop.running()) == {"prometheus"}
    assert abs(first_sample(shop.ports[0]) - begun) < 1


def test_a_backup_is_made_of_one_that_runs_and_is_restored_to_the_first(shop: Shop) -> None:
    up(shop, 2, "--admin-api")
    begun = first_sample(shop.ports[0])
    to = shop.project.parent / "backups"
    done = shop("backup", "--to", str(to))
    assert done.returncode == 0, done.stderr
    (folder,) = (each for each in to.iterdir() if not each.name.startswith("."))
    assert shop("down").returncode == 0
    assert shop("reset", "--yes").returncode == 0
    up(shop, 2)
    assert first_sample(shop.ports[0]) > begun + 1
    assert shop("down").returncode == 0
    restored = shop("restore", str(folder), "--stack", "--force")
    assert restored.returncode == 0, restored.stderr
    up(shop, 2)
    assert abs(first_sample(shop.ports[0]) - begun) < 1
