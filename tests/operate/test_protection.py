"""TLS and logins on this machine, with the real programs: nobody unknown is answered, and all of the stack's own still reach each other."""

import base64
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import bcrypt
import pytest

from monitoring_as_code.operate.login import Login
from monitoring_as_code.operate.targets import ask
from tests.operate.pair import until
from tests.operate.shop import Shop, stopped_at_the_end

pytestmark = pytest.mark.engines("prometheus", "alertmanager")

PASSWORD = "correct horse battery staple"
DEFINITIONS = """\
from monitoring_as_code import (
    AccessPoint, AlertmanagerServer, Exporter, Federation, Gauge, GlobalPrometheus, PrometheusServer, Receiver, RemoteWrite, Routing,
    ScrapeJob, Stack, Web,
)

routing = Routing(receiver=Receiver(name="shop"))
own = Exporter(name="own", metrics=(Gauge(name="up_time", help="Own."),))
TLS = {"certificate_file": "/run/secrets/stack_certificate", "key_file": "/run/secrets/stack_key", "ca_file": "/run/secrets/stack_ca"}
stack = Stack(
    name="shop",
    production=PRODUCTION,
    scrape_interval="1s",
    evaluation_interval="1s",
    jobs=(
        ScrapeJob(name="prometheus", targets=("localhost:9090",), exporter=own),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",), exporter=own),
        ScrapeJob(name="global", targets=("prometheus-global:9090",), exporter=own),
    ),
    alertmanagers=("alertmanager:9093",),
    prometheus=PrometheusServer(
        web=Web(users=("prometheus", "grafana"), server_name="monitoring.example", **TLS),
        remote_write=(RemoteWrite(url="https://prometheus-global:9090/api/v1/write", keep="process_start_time_seconds"),),
    ),
    alertmanager=AlertmanagerServer(web=Web(server_name="monitoring.example", **TLS)),
    global_prometheus=GlobalPrometheus(
        scrape_interval="1s",
        federate=(Federation(match=("up",)),),
        remote_write_receiver=True,
        web=Web(server_name="monitoring.example", **TLS),
    ),
    access_points=(
        AccessPoint(service="Prometheus", url="https://localhost:PORT0", container_port=9090),
        AccessPoint(service="Alertmanager", url="https://localhost:PORT1", container_port=9093),
        AccessPoint(service="prometheus-global", url="https://localhost:PORT2", container_port=9090),
    ),
)
"""


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate of its own authority, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out certificate -days 2"
    name = ["-subj", "/CN=monitoring.example", "-addext", "subjectAltName=DNS:monitoring.example"]
    subprocess.run([*command.split(), *name], cwd=folder, check=True, capture_output=True)
    return folder


def variables(certificate: Path) -> dict[str, str]:
    """All secrets of the stack, as `.env` has them."""
    found = {
        "STACK_CERTIFICATE_FILE": str(certificate / "certificate"),
        "STACK_KEY_FILE": str(certificate / "key"),
        "STACK_CA_FILE": str(certificate / "certificate"),
        "GRAFANA_PASSWORD": "another horse battery staple",
    }
    for service in ("PROMETHEUS", "ALERTMANAGER", "PROMETHEUS_GLOBAL"):
        found[f"{service}_WEB_USERS"] = f"prometheus:{hashed(PASSWORD)}"
        found[f"{service}_WEB_PASSWORD"] = PASSWORD
    # By a file, since it has two lines.
    users = certificate / "users"
    users.write_text(f"prometheus:{hashed(PASSWORD)}\ngrafana:{hashed('for Grafana alone')}\n\nstranger:{hashed('once let in')}\n")
    del found["PROMETHEUS_WEB_USERS"]
    found["PROMETHEUS_WEB_USERS_FILE"] = str(users)
    return found


@pytest.fixture(scope="module")
def protected(root: Path, tmp_path_factory: pytest.TempPathFactory, certificate: Path) -> Iterator[Shop]:
    made = Shop(root, tmp_path_factory.mktemp("protected"), DEFINITIONS.replace("PRODUCTION", "True"))
    made.environment |= variables(certificate)
    with stopped_at_the_end(made):
        done = made("up")
        assert done.returncode == 0, done.stderr
        assert "3 of 3 targets are up" in done.stderr
        yield made


def answered(port: int, certificate: Path, login: str = "", path: str = "/api/v1/status/buildinfo") -> int:
    """The status of an answer by TLS."""
    context = ssl.create_default_context(cafile=str(certificate / "certificate"))
    context.check_hostname = False
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}")
    if login:
        request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    try:
        with opener.open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(("number", "path"), [(0, "/api/v1/status/buildinfo"), (1, "/api/v2/status"), (2, "/metrics"), (0, "/-/ready")])
def test_who_does_not_log_in_gets_401_and_who_does_an_answer(protected: Shop, certificate: Path, number: int, path: str) -> None:
    port = protected.ports[number]
    assert answered(port, certificate, path=path) == 401
    assert answered(port, certificate, "prometheus:wrong", path) == 401
    assert answered(port, certificate, f"prometheus:{PASSWORD}", path) == 200


def test_each_declared_user_may_log_in_and_no_other_that_the_secret_knows(protected: Shop, certificate: Path) -> None:
    port = protected.ports[0]
    assert answered(port, certificate, "grafana:for Grafana alone") == 200
    assert answered(port, certificate, "stranger:once let in") == 401


def test_plain_http_and_old_tls_are_refused(protected: Shop) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{protected.ports[0]}/", timeout=10)
    said = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{protected.ports[0]}", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
        capture_output=True,
        input=b"",
        check=False,
    )
    assert said.returncode != 0


def test_all_servers_reach_each_other_and_status_says_so(protected: Shop) -> None:
    until(lambda: protected.status()["ok"], 30)
    status = protected.status()
    assert {each["url"].partition(":")[0] for each in status["services"]} == {"https"}
    assert {each["health"] for each in status["targets"]} == {"up"}
    assert not [each for each in status["problems"] if each["weight"] == "error"]


def test_federation_and_remote_write_carry_the_series_through_tls_and_logins(protected: Shop) -> None:
    service = next(each for each in protected.status()["services"] if each["name"] == "prometheus-global")
    login = Login(**service["login"])
    for expr in ('up{job="alertmanager"}', 'process_start_time_seconds{job="alertmanager"}'):
        until(lambda expr=expr: ask(service["url"], f"/api/v1/query?{urlencode({'query': expr})}", login)["result"])  # type: ignore[misc]


def test_no_secret_is_in_a_command_line_a_record_a_log_or_a_file_that_others_read(protected: Shop) -> None:
    said = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in protected.running().values()]
    for file in protected.state.rglob("*"):
        if file.is_file() and "data" not in file.parts:
            content = file.read_bytes()
            if file.parent.name == "secrets":
                assert file.stat().st_mode & 0o777 == 0o400
            else:
                said.append(content)
    everything = b"\n".join(said)
    assert PASSWORD.encode() not in everything
    assert b"$2b$" not in everything


def test_a_rotated_password_holds_after_up_without_a_restart(protected: Shop, certificate: Path) -> None:
    before = protected.running()
    protected.environment["ALERTMANAGER_WEB_PASSWORD"] = "a new horse battery staple"
    protected.environment["ALERTMANAGER_WEB_USERS"] = f"prometheus:{hashed('a new horse battery staple')}"
    done = protected("up")
    assert done.returncode == 0, done.stderr
    assert protected.running() == before
    assert answered(protected.ports[1], certificate, f"prometheus:{PASSWORD}", "/-/ready") == 401
    assert answered(protected.ports[1], certificate, "prometheus:a new horse battery staple", "/-/ready") == 200
    assert "3 of 3 targets are up" in done.stderr


@pytest.mark.parametrize(
    ("unset", "said"),
    [
        (("STACK_KEY_FILE",), "mac: `STACK_KEY` is not set; the stack is for production: set what is missing, or write its file to where"),
        (("ALERTMANAGER_WEB_USERS",), "mac: `ALERTMANAGER_WEB_USERS` is not set; the stack is for production"),
        (
            ("STACK_CERTIFICATE_FILE", "ALERTMANAGER_WEB_USERS", "PROMETHEUS_WEB_PASSWORD"),
            "mac: `STACK_CERTIFICATE` is not set, and `PROMETHEUS_WEB_PASSWORD` is not set, and `ALERTMANAGER_WEB_USERS` is not set; ",
        ),
    ],
)
def test_in_production_nothing_starts_when_secrets_are_missing_and_all_of_them_are_said(
    root: Path, tmp_path: Path, certificate: Path, unset: tuple[str, ...], said: str
) -> None:
    shop = Shop(root, tmp_path, DEFINITIONS.replace("PRODUCTION", "True"))
    shop.environment |= variables(certificate)
    for variable in unset:
        del shop.environment[variable]
    done = shop("up")
    assert done.returncode == 2
    assert said in done.stderr
    assert not shop.running()


def test_locally_it_starts_without_and_says_who_is_answered(root: Path, tmp_path: Path) -> None:
    with stopped_at_the_end(Shop(root, tmp_path, DEFINITIONS.replace("PRODUCTION", "False"))) as shop:
        done = shop("up")
        assert done.returncode == 0, done.stderr
        told = "`alertmanager` answers every program of this machine, without TLS and without a login: `STACK_CERTIFICATE` is not set"
        assert f"warning: {told}" in done.stderr
        assert ", and `STACK_KEY` is not set, and " in done.stderr  # all of them at once
        assert "3 of 3 targets are up" in done.stderr
        services = {each["name"]: each["url"] for each in shop.status()["services"]}
        assert {url.partition(":")[0] for url in services.values()} == {"http"}
        # What is written to a server here goes to where it is, and as it is.
        started = f"/api/v1/query?{urlencode({'query': 'process_start_time_seconds'})}"
        until(lambda: ask(services["prometheus-global"], started)["result"])


@pytest.mark.parametrize(
    ("users", "said"),
    [
        ("somebody:HASH", "`ALERTMANAGER_WEB_USERS` has no line for `prometheus`, whom the `web` of `alertmanager` lets in"),
        ("prometheus:hunter2-in-clear", "line 1 of `ALERTMANAGER_WEB_USERS` is no user with a hash"),
    ],
)
def test_users_that_nobody_can_be_are_refused_without_a_word_of_what_stands_there(
    root: Path, tmp_path: Path, certificate: Path, users: str, said: str
) -> None:
    shop = Shop(root, tmp_path, DEFINITIONS.replace("PRODUCTION", "False"))
    shop.environment |= variables(certificate) | {"ALERTMANAGER_WEB_USERS": users.replace("HASH", hashed("x"))}
    done = shop("up")
    assert done.returncode == 2
    assert said in done.stderr
    assert "hunter2" not in done.stderr
    assert not shop.running()


def test_a_key_of_another_certificate_is_refused_and_nothing_is_changed(protected: Shop, certificate: Path, tmp_path: Path) -> None:
    before = protected.running()
    other = tmp_path / "key"
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", other], check=True, capture_output=True)
    done = protected("up", "--no-wait", env={"STACK_KEY_FILE": str(other)})
    assert done.returncode == 2
    told = "`prometheus` cannot be protected by `STACK_CERTIFICATE`, `STACK_KEY` and `STACK_CA`: the key does not fit the certificate"
    assert f"{told}; nothing was changed" in done.stderr
    assert protected.running() == before
    assert answered(protected.ports[0], certificate, f"prometheus:{PASSWORD}", "/-/ready") == 200


def test_a_password_that_does_not_fit_its_hash_is_refused_and_the_old_one_holds(protected: Shop) -> None:
    before = protected.running()
    done = protected("up", "--no-wait", env={"PROMETHEUS_WEB_PASSWORD": "no hash is of this one"})
    assert done.returncode == 2
    told = "`prometheus` runs, but it refuses its own user `prometheus`: the password in `PROMETHEUS_WEB_PASSWORD` does not fit the hash in"
    assert f"{told} `PROMETHEUS_WEB_USERS`; the secrets are as they were before" in done.stderr
    assert "no hash" not in done.stderr + done.stdout
    assert protected.running() == before
    assert (protected.state / "secrets" / "prometheus_web_password").read_text() == PASSWORD
    until(lambda: protected.status()["ok"], 30)


def test_status_says_that_a_password_does_not_fit_and_that_a_certificate_is_not_trusted(protected: Shop, certificate: Path) -> None:
    command = f"openssl x509 -in {certificate / 'certificate'} -signkey {certificate / 'key'} -days -1"
    expired = subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout
    for names, wrong, said in (
        (("stack_certificate", "stack_ca"), expired, "its certificate is not trusted: certificate has expired"),
        (
            ("prometheus_web_password",),
            "another",
            "the password in `PROMETHEUS_WEB_PASSWORD` does not fit the hash in `PROMETHEUS_WEB_USERS`",
        ),
        (("stack_key",), "no key", "`prometheus` runs, and does not answer that it is ready: it does not speak TLS"),
    ):
        files = [protected.state / "secrets" / name for name in names]
        right = [file.read_text() for file in files]
        try:
            for file in files:
                file.chmod(0o600)
                file.write_text(wrong)
            problems = [each["what"] for each in protected.status()["problems"]]
        finally:
            for file, content in zip(files, right, strict=True):
                file.write_text(content)
                file.chmod(0o400)
        assert any(said in each for each in problems), problems
    until(lambda: protected.status()["ok"], 30)


def test_a_new_secret_is_not_called_unchanged(protected: Shop) -> None:
    assert protected("up", "--no-wait").returncode == 0  # each test writes hashes of its own
    protected.environment["PROMETHEUS_GLOBAL_WEB_PASSWORD"] = "the newest horse battery staple"
    protected.environment["PROMETHEUS_GLOBAL_WEB_USERS"] = f"prometheus:{hashed('the newest horse battery staple')}"
    done = protected("up", "--no-wait")
    assert done.returncode == 0, done.stderr
    named = "`PROMETHEUS_GLOBAL_WEB_PASSWORD` and `PROMETHEUS_GLOBAL_WEB_USERS`"
    assert f"`prometheus-global` goes on with {named} as set now" in done.stderr
    assert "`prometheus` goes on with `PROMETHEUS_GLOBAL_WEB_PASSWORD` as set now" in done.stderr  # it writes and scrapes there
    assert "unchanged: alertmanager\n" in done.stderr
    assert "unchanged: prometheus, prometheus-global, alertmanager" in protected("up", "--no-wait").stderr


def test_from_a_stopped_stack_a_password_that_does_not_fit_is_said_at_once(root: Path, tmp_path: Path, certificate: Path) -> None:
    with stopped_at_the_end(Shop(root, tmp_path, DEFINITIONS.replace("PRODUCTION", "True"))) as shop:
        shop.environment |= variables(certificate) | {"ALERTMANAGER_WEB_PASSWORD": "no hash is of this one"}
        done = shop("up")
        assert done.returncode == 2
        assert "`alertmanager` runs, but it refuses its own user `prometheus`" in done.stderr
        assert "was not ready after" not in done.stderr
        assert not shop.running()
