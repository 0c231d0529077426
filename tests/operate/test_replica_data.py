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


GLOBAL = """\
from monitoring_as_code import AccessPoint, Exporter, Gauge, GlobalPrometheus, Federation, PrometheusServer, ScrapeJob, Stack

own = Exporter(name="own", metrics=(Gauge(name="up_time", help="Own."),))
stack = Stack(
    name="shop",
    scrape_interval="1s",
    jobs=(ScrapeJob(name="prometheus", targets=("localhost:9090",), exporter=own),),
    prometheus=PrometheusServer(replicas=2),
    global_prometheus=GlobalPrometheus(scrape_interval="1s", federate=(Federation(match=("up",)),)),
    access_points=(
        AccessPoint(service="Prometheus", url="http://localhost:PORT0", container_port=9090),
        AccessPoint(service="prometheus-2", url="http://localhost:PORT1", container_port=9090),
        AccessPoint(service="prometheus-global", url="http://localhost:PORT2", container_port=9090),
    ),
)
"""


def test_the_global_prometheus_is_backed_up_too_and_which_environment_it_is_of_is_said(root: Path, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    with stopped_at_the_end(Shop(root, tmp_path, GLOBAL)) as shop:
        (shop.project / "pyproject.toml").write_text('[tool.mac]\nenvironments = ["one", "other"]\n')
        done = shop("up", "--engine", "native", "--admin-api", "--env", "one")
        assert done.returncode == 0, done.stderr
        begun = first_sample(shop.ports[2])
        done = shop("backup", "--to", str(to), "--env", "one")
        assert done.returncode == 0, done.stderr
        folder, what, *parts = done.stdout.splitlines()
        assert what == "  the stack of `shop`, environment `one`; of its replicas of Prometheus `prometheus-1`"
        assert parts[0].startswith("  Prometheus ")
        assert parts[1].startswith("  global Prometheus ")
        assert shop("backup", "--to", str(to), "verify").returncode == 0
        assert shop("down", "--env", "one").returncode == 0
        assert shop("reset", "--yes", "--env", "one").returncode == 0
        restored = shop("restore", folder, "--stack", "--env", "one")
        assert restored.returncode == 0, restored.stderr
        assert "warning" not in restored.stderr
        assert shop("up", "--engine", "native", "--env", "one").returncode == 0
        assert abs(first_sample(shop.ports[2]) - begun) < 1
        assert shop("down", "--env", "one").returncode == 0
        restored = shop("restore", folder, "--stack", "--env", "other")
        assert restored.returncode == 0, restored.stderr
        assert "warning: this is a backup of `shop` for `one`, and its samples go to `shop` for `other`\n" in restored.stderr
