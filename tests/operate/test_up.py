"""`mac up` and what comes after it, with the real programs, as users run it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest

from monitoring_as_code import engines
from tests.operate.shop import DEFINITIONS, Shop, free_ports

pytestmark = pytest.mark.engines("prometheus", "alertmanager", "node_exporter")
SERVICES = ["alertmanager", "node-exporter", "prometheus"]
# A server that starts, and never answers.
DEAF = "echo 'ts=1 msg=\"I wait\"'\nexec sleep 100"


def get(port: int, path: str) -> Any:  # noqa: ANN401 - what an API answers
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.loads(answer.read())


def query(port: int, expr: str, moment: float | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(port, f"/api/v1/query?{urlencode({'query': expr, 'time': moment or time.time()})}")["data"]["result"]
    return found


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def test_all_services_run_with_their_targets_up_and_an_absent_backend_is_said_and_no_failure(shop: Shop) -> None:
    done = shop("up")
    assert done.returncode == 0, done.stderr
    ports = shop.ports
    assert done.stdout == (
        f"prometheus     http://localhost:{ports[0]}\nalertmanager   http://localhost:{ports[1]}\nnode-exporter  http://localhost:{ports[2]}\n"
    )
    assert f"warning: `shop` at 127.0.0.1:{ports[3]} (`host.docker.internal:{ports[3]}`) does not answer: start Shop Backend" in done.stderr
    assert "3 of 4 targets are up" in done.stderr
    assert done.stderr.startswith("by programs of this machine: ")
    assert f"there is no Grafana here; Prometheus has pages of its own: http://localhost:{ports[0]}/graph" in done.stderr
    # What the stack runs in makes no difference to the names of the series.
    instances = {str(each["metric"]["instance"]) for each in query(ports[0], "up")}
    assert instances == {f"host.docker.internal:{ports[3]}", "node-exporter:9100", "localhost:9090", "alertmanager:9093"}
    found = get(ports[0], "/api/v1/alertmanagers")
    assert [each["url"] for each in found["data"]["activeAlertmanagers"]] == [f"http://127.0.0.1:{ports[1]}/api/v2/alerts"]
    flags = get(ports[0], "/api/v1/status/flags")
    assert flags["data"]["storage.tsdb.retention.time"] == "3d"


def test_only_loopback_is_listened_on_and_only_the_user_can_look_into_the_state(shop: Shop) -> None:
    assert shop("up", "--no-wait").returncode == 0
    assert sorted(shop.running()) == SERVICES
    listening = set()
    for pid in shop.running().values():
        inodes = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
        for table in ("tcp", "tcp6"):
            for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                cells = row.split()
                if cells[3] == "0A" and f"socket:[{cells[9]}]" in inodes:
                    listening.add(cells[1])
    assert listening == {f"0100007F:{port:04X}" for port in shop.ports[:3]}
    assert shop.state.stat().st_mode & 0o777 == 0o700


def test_down_leaves_no_process_and_no_port_and_keeps_the_data(shop: Shop) -> None:
    assert shop("up").returncode == 0
    silence = {
        "matchers": [{"name": "alertname", "value": "NoOrders", "isRegex": False}],
        "startsAt": "2020-01-01T00:00:00Z",
        "endsAt": "2099-01-01T00:00:00Z",
        "createdBy": "a test",
        "comment": "to be kept",
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{shop.ports[1]}/api/v2/silences", json.dumps(silence).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request):
        pass
    running = shop.running()
    done = shop("down")
    assert (done.returncode, done.stderr) == (0, "stopped: alertmanager, node-exporter, prometheus\n")
    assert not any(shop.alive(pid) for pid in running.values())
    assert shop.listening() == []
    assert shop("down").stderr == "nothing runs\n"
    stopped = time.time()
    assert shop("up", "--no-wait").returncode == 0
    assert query(shop.ports[0], "count_over_time(up{job='prometheus'}[1h])", stopped)
    silences = get(shop.ports[1], "/api/v2/silences")
    assert [each["comment"] for each in silences] == ["to be kept"]


def test_two_at_once_start_one_stack(shop: Shop) -> None:
    both = [shop.begin("up", "--no-wait"), shop.begin("up", "--no-wait")]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("unchanged: prometheus, alertmanager, node-exporter" in each for each in said) == 1, said
    assert sorted(shop.running()) == SERVICES


def test_a_port_that_is_taken_is_said_with_who_has_it_and_nothing_is_started(shop: Shop) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", shop.ports[1]))
        taken.listen()
        done = shop("up")
    assert done.returncode == 2
    name = Path("/proc/self/comm").read_text().strip()
    assert f"mac: port {shop.ports[1]}, which `alertmanager` needs, is taken by `{name}` (process {os.getpid()})" in done.stderr
    assert "`mac up --port alertmanager=PORT` takes another one" in done.stderr
    assert shop.running() == {}
    assert shop("status").stdout == "the stack does not run: `mac up` starts it\n"


def test_a_port_that_another_project_s_stack_has_is_said_with_how_to_stop_that(shop: Shop, root: Path, tmp_path: Path) -> None:
    other = Shop(root, tmp_path / "other")
    other.environment["XDG_STATE_HOME"] = shop.environment["XDG_STATE_HOME"]
    other.ports = shop.ports
    (other.project / "definitions" / "shop.py").write_text((shop.project / "definitions" / "shop.py").read_text())
    assert shop("up", "--no-wait").returncode == 0
    before = shop.running()
    done = other("up")
    assert done.returncode == 2
    assert (
        f"is taken by the stack of `{shop.project}` (process {before['prometheus']}): `mac -C {shop.project} down` stops that"
        in done.stderr
    )
    assert shop.running() == before


def test_a_port_that_another_environment_has_is_said_with_a_command_that_stops_that_one(shop: Shop) -> None:
    (shop.project / "pyproject.toml").write_text('[tool.mac]\nenvironments = ["local", "staging"]\n')
    assert shop("up", "--no-wait", "--env", "staging").returncode == 0
    number = shop.running()["prometheus"]
    done = shop("up", "--env", "local")
    assert done.returncode == 2
    command = f"mac -C {shop.project} down --env staging"
    assert f"is taken by the stack of `{shop.project}` for `staging` (process {number}): `{command}` stops that" in done.stderr
    assert shop(*command.split()[1:]).returncode == 0
    assert shop.running() == {}


def test_another_port_holds_until_down(shop: Shop) -> None:
    original, (other,) = shop.ports[1], free_ports(1)
    assert shop("up", "--no-wait", "--port", f"alertmanager={other}").returncode == 0
    shop.ports[1] = other
    assert len(shop.listening()) == 3
    assert "unchanged: prometheus, alertmanager, node-exporter" in shop("up", "--no-wait").stderr
    shop("down")
    assert f"http://localhost:{original}\n" in shop("up", "--no-wait").stdout


def test_a_program_that_is_missing_is_said_with_what_to_install(shop: Shop, tmp_path: Path) -> None:
    names: tuple[engines.EngineName, ...] = ("prometheus", "alertmanager")
    for name in names:
        found = engines.require(name)
        (tmp_path / name).symlink_to(found.path)
    done = shop("up", env={"PATH": str(tmp_path), "MAC_NODE_EXPORTER": ""})
    assert done.returncode == 2
    neither = (
        "mac: the stack needs Docker, or the programs themselves, and neither is here\n  Docker: `docker` is not on the PATH; https://"
    )
    absent = "`node_exporter` is not on this machine; on Debian or Ubuntu: apt-get install prometheus-node-exporter"
    assert neither in done.stderr
    assert absent in done.stderr
    done = shop("up", "--engine", "native", env={"PATH": str(tmp_path), "MAC_NODE_EXPORTER": ""})
    assert done.returncode == 2
    assert f"mac: {absent}" in done.stderr
    assert shop.running() == {}


def test_a_configuration_that_a_server_refuses_is_said_with_the_end_of_its_log_and_nothing_stays(shop: Shop) -> None:
    spoil = 'for each; do case $each in --config.file=*) echo "nonsense: 1" >> "${each#*=}";; esac; done\n'
    program = subprocess.run(["sh", "-c", "command -v alertmanager || command -v prometheus-alertmanager"], capture_output=True, check=True)
    done = shop("up", env=shop.program("alertmanager", f'{spoil}exec {program.stdout.decode().strip()} "$@"'))
    assert done.returncode == 2
    assert "mac: `alertmanager` has ended with 1\n" in done.stderr
    assert "field nonsense not found" in done.stderr
    assert str(shop.state / "logs" / "alertmanager.log") in done.stderr
    assert shop.running() == {}
    assert shop.listening() == []


def test_definitions_with_errors_start_nothing(shop: Shop) -> None:
    shop.define("from monitoring_as_code import Alert\nbad = Alert(name='Bad', expr='rate(', severity='warning', summary='x')\n")
    done = shop("up")
    assert done.returncode == 1
    assert "nothing was started: the definitions have errors" in done.stderr
    assert not shop.home.exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_was_started_does_not_stay_when_the_start_is_interrupted(shop: Shop, number: signal.Signals, code: int) -> None:
    process = shop.begin("up", env=shop.program("alertmanager", DEAF))
    until(lambda: sorted(shop.running()) == SERVICES)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == code, said
    assert shop.running() == {}
    assert shop.listening() == []
    assert shop("status").stdout == "the stack does not run: `mac up` starts it\n"


@pytest.mark.parametrize("command", ["down", "up"])
def test_what_a_killed_start_has_left_is_cleaned_by_the_next_command(shop: Shop, command: str) -> None:
    process = shop.begin("up", env=shop.program("alertmanager", DEAF))
    until(lambda: sorted(shop.running()) == SERVICES)
    process.kill()
    process.communicate(timeout=60)
    left = shop.running()
    assert sorted(left) == SERVICES
    arguments = ("up", "--no-wait") if command == "up" else ("down",)
    done = shop(*arguments)
    assert done.returncode == 0, done.stderr
    assert not set(left.values()) & set(shop.running().values())
    assert sorted(shop.running()) == (SERVICES if command == "up" else [])


def test_a_stale_number_of_a_process_is_nobody_s(shop: Shop) -> None:
    assert shop("up", "--no-wait").returncode == 0
    for pid in shop.running().values():
        os.kill(pid, signal.SIGKILL)
    until(lambda: not shop.running())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as innocent:
        for file in shop.state.glob("processes/*"):
            file.write_text(f"{innocent.pid}\n")
        assert [each["state"] for each in shop.status()["services"]] == ["ended"] * 3
        assert shop("up", "--no-wait").returncode == 0
        assert shop("down").returncode == 0
        assert innocent.poll() is None
        innocent.communicate(b"\n")


def test_a_service_that_has_died_is_said_with_the_end_of_its_log_and_started_again(shop: Shop) -> None:
    assert shop("up", "--no-wait").returncode == 0
    before = shop.running()
    os.kill(before["alertmanager"], signal.SIGKILL)
    until(lambda: "alertmanager" not in shop.running())
    done = shop("status")
    assert done.returncode == 1
    assert "error: `alertmanager` has ended\n    ts=" in done.stdout
    assert "look at: `mac logs alertmanager`; `mac up` starts it again" in done.stdout
    assert shop("up", "--no-wait").returncode == 0
    after = shop.running()
    assert after["alertmanager"] != before["alertmanager"]
    assert {name: pid for name, pid in after.items() if name != "alertmanager"} == {
        name: pid for name, pid in before.items() if name != "alertmanager"
    }


def test_a_change_of_the_definitions_is_loaded_without_a_new_start(shop: Shop) -> None:
    assert shop("up", "--no-wait").returncode == 0
    before = shop.running()
    file = shop.project / "definitions" / "shop.py"
    file.write_text(file.read_text().replace("NoOrders", "ShopIsSilent").replace("#shop", "#orders"))
    done = shop("up", "--no-wait", env={"SLACK_WEBHOOK_URL": "https://hooks.example/x"})
    assert done.returncode == 0, done.stderr
    assert "`prometheus` has loaded the new configuration\n`alertmanager` has loaded the new configuration\n" in done.stderr
    assert shop.running() == before
    rules = get(shop.ports[0], "/api/v1/rules")
    assert [rule["name"] for group in rules["data"]["groups"] for rule in group["rules"]] == ["ShopIsSilent"]
    loaded = get(shop.ports[1], "/api/v2/status")
    assert "'#orders'" in loaded["config"]["original"]


def test_a_service_that_the_definitions_have_no_more_is_stopped(shop: Shop) -> None:
    assert shop("up", "--no-wait").returncode == 0
    file = shop.project / "definitions" / "shop.py"
    file.write_text("\n".join(line for line in file.read_text().splitlines() if "node-exporter:9100" not in line))
    done = shop("up", "--no-wait")
    assert done.returncode == 0, done.stderr
    assert "`node-exporter` is stopped: the definitions have it no more" in done.stderr
    assert sorted(shop.running()) == ["alertmanager", "prometheus"]
    assert shop.ports[2] not in shop.listening()


def test_secrets_of_the_env_file_become_files_that_only_their_owner_reads_and_channels_without_one_are_left_out(shop: Shop) -> None:
    env = shop.project / ".env"
    env.write_text('# ours\nexport SLACK_WEBHOOK_URL="https://hooks.example/T0/B0/topsecret"\nPAGERDUTY_SERVICE_KEY=\n')
    env.chmod(0o644)
    done = shop("up", "--no-wait")
    assert done.returncode == 0, done.stderr
    assert "topsecret" not in done.stdout + done.stderr
    assert (
        "warning: nobody is told what goes to `pager`: "
        "`SMTP_PASSWORD` is not set, and `PAGERDUTY_ROUTING_KEY` or `PAGERDUTY_SERVICE_KEY` is not set\n"
    ) in done.stderr or (
        "warning: nobody is told what goes to `pager`: "
        "`PAGERDUTY_ROUTING_KEY` or `PAGERDUTY_SERVICE_KEY` is not set, and `SMTP_PASSWORD` is not set\n"
    ) in done.stderr
    assert "`shop`" not in done.stderr.replace("`shop` at", "")
    assert "warning: other users of this machine can read `.env`: `chmod 600 .env`" in done.stderr
    secret = shop.state / "secrets" / "slack_webhook_url"
    assert secret.read_text() == "https://hooks.example/T0/B0/topsecret"
    assert secret.stat().st_mode & 0o777 == 0o400
    others = [file for file in shop.state.rglob("*") if file.is_file() and file != secret and b"topsecret" in file.read_bytes()]
    assert others == []
    loaded = get(shop.ports[1], "/api/v2/status")
    assert "slack_configs" in loaded["config"]["original"]
    assert "pagerduty_configs" not in loaded["config"]["original"]
    shop("down")
    assert not secret.exists()


def test_a_weak_password_is_warned_of_and_refused_in_production_and_never_shown(shop: Shop) -> None:
    env = {"GRAFANA_PASSWORD": "Shop-Grafana-7", "SMTP_PASSWORD": "topsecret-and-long-8"}
    done = shop("up", "--no-wait", env=env)
    assert done.returncode == 0, done.stderr
    assert "warning: `GRAFANA_PASSWORD` is one that is tried first: that is no protection, and is refused in production\n" in done.stderr
    assert "SMTP_PASSWORD` is" not in done.stderr
    shop("down")
    shop.define(DEFINITIONS.replace('name="shop",\n    scrape_interval', 'name="shop",\n    production=True,\n    scrape_interval'))
    done = shop("up", "--no-wait", env=env)
    assert done.returncode == 2, done.stderr
    assert "mac: `GRAFANA_PASSWORD` is one that is tried first: the stack is for production, where that is no protection" in done.stderr
    assert not {"Shop-Grafana-7", "topsecret-and-long-8"} & set(done.stderr.split())
    assert shop.running() == {}
    done = shop("up", "--no-wait", env=env | {"GRAFANA_PASSWORD": "veritable-oxide-27", "MAC_ALLOW_SILENT": "1"})
    assert done.returncode == 0, done.stderr
    assert "password" not in done.stderr.lower().replace("grafana_password", "")


def test_in_production_nothing_starts_while_nobody_is_told_of_an_alert_unless_that_is_meant_to_be(shop: Shop) -> None:
    refused = "mac: alerts would reach nobody; set what is named above, or MAC_ALLOW_SILENT=1 if that is meant to be\n"
    done = shop("up", "--no-wait", env={"MAC_ALLOW_SILENT": "0"})
    assert (done.returncode, shop.running()) == (2, {})
    assert refused in done.stderr
    shop.define(DEFINITIONS.replace('name="shop",\n    scrape_interval', 'name="shop",\n    production=True,\n    scrape_interval'))
    # The pager has no e-mail then, and is not mute.
    told = {"GRAFANA_PASSWORD": "veritable-oxide-27", "PAGERDUTY_ROUTING_KEY": "a" * 32}
    for silence in ({}, {"MAC_ALLOW_SILENT": ""}, {"MAC_ALLOW_SILENT": "0"}):
        done = shop("up", "--no-wait", env=told | silence)
        assert (done.returncode, shop.running()) == (2, {})
        assert "warning: nobody is told what goes to `shop`: `SLACK_WEBHOOK_URL` is not set\n" in done.stderr
        assert refused in done.stderr
    done = shop("up", "--no-wait", env=told | {"SLACK_WEBHOOK_URL": "https://hooks.example/T0/B0/topsecret"})
    assert done.returncode == 0, done.stderr
    assert "warning: `pager` gets nothing by email duty@shop.example: `SMTP_PASSWORD` is not set" in done.stderr


def test_a_file_where_a_folder_of_data_must_be_is_said_with_what_to_do(shop: Shop) -> None:
    assert shop("up", "--no-wait").returncode == 0
    shop("down")
    data = shop.state / "prometheus" / "data"
    shutil.rmtree(data)
    data.write_text("")
    done = shop("up", "--no-wait")
    assert done.returncode == 2
    assert f"mac: `{data}` is no folder: move it away; `mac reset` removes all that is stored\n" in done.stderr
    assert shop.running() == {}


def test_quiet_says_nothing_of_the_environment_that_is_meant(shop: Shop) -> None:
    (shop.project / "pyproject.toml").write_text('[tool.mac]\nenvironments = ["local", "other"]\n')
    loud = shop("up", "--no-wait")
    assert loud.returncode == 0, loud.stderr
    assert "in the environment `local`" in loud.stderr
    assert "in the environment" not in shop("down", "-q").stderr


def test_status_says_what_has_changed_since_up(shop: Shop) -> None:
    env = {"SLACK_WEBHOOK_URL": "https://hooks.example/one"}
    assert shop("up", "--no-wait", env=env).returncode == 0
    changed = "the definitions or the secrets have changed since `mac up`, which would change"
    assert changed not in shop("status", env=env).stdout
    assert (
        f"warning: {changed} the secret `slack_webhook_url`\n  look at: `mac up` applies that"
        in shop("status", env={"SLACK_WEBHOOK_URL": "https://hooks.example/two"}).stdout
    )
    file = shop.project / "definitions" / "shop.py"
    text = file.read_text()
    file.write_text(text.replace("NoOrders", "ShopIsSilent"))
    assert f"warning: {changed} `prometheus`\n" in shop("status", env=env).stdout
    file.write_text(text.replace("NoOrders", ""))
    assert (
        "warning: the definitions have errors, so nobody knows whether they have changed since `mac up`" in shop("status", env=env).stdout
    )
    file.write_text(text.replace("NoOrders", "ShopIsSilent"))
    assert shop("up", "--no-wait", env=env).returncode == 0
    assert changed not in shop("status", env=env).stdout


def test_status_says_how_it_is(shop: Shop) -> None:
    assert shop("up").returncode == 0
    found = shop.status()
    assert (found["running"], found["ok"], found["rules"], found["retention"]) == (True, False, 1, "3d")
    assert [(each["name"], each["state"]) for each in found["services"]] == [
        ("prometheus", "ready"),
        ("alertmanager", "ready"),
        ("node-exporter", "ready"),
    ]
    assert {each["job"]: each["health"] for each in found["targets"]} == {
        "alertmanager": "up",
        "node": "up",
        "prometheus": "up",
        "shop": "down",
    }
    assert next((each["weight"], each["what"]) for each in found["problems"]) == (
        "error",
        f"`shop` at 127.0.0.1:{shop.ports[3]} (`host.docker.internal:{shop.ports[3]}`) does not answer: start Shop Backend",
    )
    text = shop("status").stdout
    assert "targets  3 up, 1 down\n" in text
    assert "alerts   none firing\n" in text


# `Always` waits, since Prometheus looks for Alertmanagers every five seconds, and says again only after a minute what it has said to none.
# `Broken` waits, since it holds until the second target is scraped, and then stays as it is.
TROUBLE = """
many = Alert(name="Broken", expr="up + on() up > 0", for_="1h", severity="warning", summary="x")  # mac: allow[many-to-many] a test needs one
always = Alert(name="Always", expr="vector(1) > 0", for_="8s", severity="warning", summary="It fires", description="y")
"""


class Refusing(BaseHTTPRequestHandler):
    """Knows no POST, and says 501."""

    def log_message(self, *_: object) -> None:
        pass


def test_status_says_which_alerts_fire_which_rule_fails_and_what_could_not_be_delivered(shop: Shop) -> None:
    shop.define(DEFINITIONS.replace("smtp=", 'group_wait="1s", smtp=') + TROUBLE)
    refusing = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = Thread(target=refusing.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        done = shop("up", env={"SLACK_WEBHOOK_URL": f"http://127.0.0.1:{refusing.server_port}/"})
        assert done.returncode == 0, done.stdout + done.stderr
        until(
            lambda: (
                [(each["name"], each["severity"], each["summary"]) for each in shop.status()["firing"]]
                == [("Always", "warning", "It fires")]
            )
        )
        until(lambda: "error: the rule `Broken` fails: found duplicate series for the match group" in shop("status").stdout)
        refused = "`alertmanager` has tried in vain to notify by slack, and may try again\n  look at: `mac logs alertmanager`\n"
        until(lambda: refused in shop("status").stdout)
    finally:
        refusing.shutdown()
        refusing.server_close()
        thread.join()


class Taking(BaseHTTPRequestHandler):
    """Takes what comes, as Slack does, and remembers under which path."""

    paths: ClassVar[list[str]] = []

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.paths.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")


def test_a_secret_is_rotated_by_up_and_the_next_message_goes_by_the_new_one(shop: Shop) -> None:
    shop.define(DEFINITIONS.replace("smtp=", 'group_by=("alertname",), group_wait="1s", smtp='))
    env = shop.project / ".env"

    def alert(name: str) -> None:
        body = json.dumps([{"labels": {"alertname": name, "severity": "warning"}}]).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{shop.ports[1]}/api/v2/alerts", body, {"Content-Type": "application/json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request):
            pass

    slack = HTTPServer(("127.0.0.1", 0), Taking)
    thread = Thread(target=slack.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        env.write_text(f"SLACK_WEBHOOK_URL=http://127.0.0.1:{slack.server_port}/old\n")
        env.chmod(0o600)
        assert shop("up", "--no-wait").returncode == 0
        before = shop.running()
        alert("One")
        until(lambda: Taking.paths == ["/old"])
        env.write_text(f"SLACK_WEBHOOK_URL=http://127.0.0.1:{slack.server_port}/new\n")
        assert "which would change the secret `slack_webhook_url`" in shop("status").stdout
        done = shop("up", "--no-wait")
        assert done.returncode == 0, done.stderr
        assert shop.running() == before  # nothing was missed meanwhile
        alert("Two")
        until(lambda: Taking.paths == ["/old", "/new"])
    finally:
        slack.shutdown()
        slack.server_close()
        thread.join()


def test_logs_are_one_by_time_and_are_followed(shop: Shop) -> None:
    assert "`mac up` has not started anything yet" in shop("logs").stderr
    assert shop("up", "--no-wait").returncode == 0
    lines = shop("logs").stdout.splitlines()
    assert {line.split()[0] for line in lines} == set(SERVICES)
    moments = [line.split()[1] for line in lines if line.split()[1].startswith("ts=")]
    assert moments == sorted(moments)
    assert len(shop("logs", "prometheus", "-n", "3").stdout.splitlines()) == 3
    done = shop("logs", "grafana")
    assert (done.returncode, done.stderr) == (
        2,
        "mac: there is no log of `grafana`: there are alertmanager, node-exporter, prometheus\n",
    )
    with shop.begin("logs", "-f", "-n", "1", "prometheus") as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline()  # from here on it follows
            os.kill(shop.running()["prometheus"], signal.SIGHUP)
            while "Loading configuration file" not in process.stdout.readline():
                pass
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130


def test_reset_asks_before_it_removes(shop: Shop) -> None:
    assert shop("reset").stderr == "nothing is stored\n"
    assert shop("up", "--no-wait").returncode == 0
    done = shop("reset")
    assert (done.returncode, done.stderr) == (2, "mac: nobody is there to be asked: `mac reset --yes` removes what is stored\n")
    assert sorted(shop.running()) == SERVICES
    state = shop.state
    done = shop("reset", "--yes")
    assert (done.returncode, done.stderr) == (0, f"removed: {state}\n")
    assert not state.exists()
    assert shop.listening() == []
