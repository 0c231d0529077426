"""The stack runs in a real Docker, if there is one: every service gets well, hears what it must, and nothing else.

Images cannot be fetched everywhere, so they are made of the programs of this machine. What is not installable, Grafana and PostgreSQL, is stood in
for by a script that takes the same secrets and says that it is well.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

import pytest

from monitoring_as_code import engines
from tests.compose.stacks import built
from tests.compose.test_accepted import compose

PASSWORD = "veritable-oxide-27-mumbles"

LOCAL = """
routing = Routing(receiver=Receiver(name="all", integrations=(Slack(channel="#a"), PagerDuty())))
# It fires when Prometheus has found Alertmanager, and is told at once.
always = Alert(name="Always", expr="vector(1)", severity="warning", summary="x", for_="10s")
stack = Stack(
    name="{name}", scrape_interval="1s", evaluation_interval="1s", images={images}, alertmanagers=("alertmanager:9093",),
    jobs=(
        ScrapeJob(name="node", targets=("node-exporter:9100",)),
        ScrapeJob(name="prometheus", targets=("localhost:9090",)),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",)),
    ),
    access_points=(
        AccessPoint(service="Prometheus", url="http://localhost:{ports[0]}", container_port=9090),
        AccessPoint(service="Alertmanager", url="http://localhost:{ports[1]}", container_port=9093),
        AccessPoint(service="Node Exporter", url="http://localhost:{ports[2]}", container_port=9100),
        AccessPoint(service="Grafana", url="http://localhost:{ports[3]}", container_port=3000),
    ),
)
"""


def docker(*arguments: str, check: bool = True, stdin: bytes | None = None) -> str:
    answer = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, timeout=120, check=False)
    if check and answer.returncode:
        raise AssertionError(answer.stderr.decode())
    return (answer.stdout + answer.stderr).decode()


def skipped_without_engine() -> None:
    if shutil.which("docker") is None or subprocess.run(["docker", "version"], capture_output=True, timeout=30, check=False).returncode:
        pytest.skip("no Docker engine answers: start one, or let DOCKER_HOST say where it is")
    if shutil.which("busybox") is None:
        pytest.skip("busybox is not on this machine: `apt-get install busybox`")


def image(reference: str, entrypoint: str, owned: tuple[int, str], programs: Mapping[str, Path], texts: Mapping[str, str]) -> None:
    """An image of programs with what they need, and BusyBox."""
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        there: set[str] = set()

        def add(
            name: str, content: bytes = b"", *, kind: bytes = tarfile.REGTYPE, mode: int = 0o755, owner: int = 0, link: str = ""
        ) -> None:
            if name in there:
                return
            there.add(name)
            info = tarfile.TarInfo(name.lstrip("/"))
            info.type, info.mode, info.uid, info.gid, info.size, info.linkname = kind, mode, owner, 0, len(content), link
            tar.addfile(info, BytesIO(content))

        for folder in ("/bin", "/etc", "/run", "/tmp"):
            add(folder, kind=tarfile.DIRTYPE, mode=0o1777 if folder == "/tmp" else 0o755)
        add(owned[1], kind=tarfile.DIRTYPE, owner=owned[0])
        add("/etc/passwd", b"root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\ngrafana:x:472:0::/:/bin/sh\n", mode=0o644)
        busybox = Path(str(shutil.which("busybox"))).resolve()
        for name, path in {"busybox": busybox, **programs}.items():
            add(f"/bin/{name}", path.read_bytes())
            libraries = subprocess.run(["ldd", str(path)], capture_output=True, encoding="utf-8", check=False).stdout
            for library in {word for word in libraries.split() if word.startswith("/")}:
                add(library, Path(library).resolve().read_bytes())
        for name in subprocess.run([str(busybox), "--list"], capture_output=True, encoding="utf-8", check=True).stdout.split():
            add(f"/bin/{name}", kind=tarfile.SYMTYPE, link="busybox")
        for name, text in texts.items():
            add(name, text.encode())
        templates = Path("/usr/share/prometheus/alertmanager")  # where Debian's Alertmanager looks for its own
        for path in templates.rglob("*.tmpl") if "alertmanager" in programs else ():
            add(str(path), path.read_bytes(), mode=0o644)
    docker("import", "-c", "ENV PATH=/bin", "-c", f'ENTRYPOINT ["{entrypoint}"]', "-", reference, stdin=packed.getvalue())


# Says that it is ready as newer ones do, where promtool cannot.
READY = "#!/bin/sh\nexec wget -q -O /dev/null http://localhost:9090/-/ready\n"
GRAFANA = """\
#!/bin/sh
mkdir -p /tmp/api && cat /run/secrets/grafana_password >/tmp/api/password && echo well >/tmp/api/health
env >/tmp/api/environment
exec httpd -f -p 3000 -h /tmp
"""
# It is well, and leads nowhere.
TRAEFIK = '#!/bin/sh\n[ "$1" = healthcheck ] || exec sleep 1000000\n'


@pytest.fixture(scope="module")
def images() -> Iterator[str]:
    """The table of images, as it stands in definitions; they are gone afterwards."""
    skipped_without_engine()
    mark = secrets.token_hex(4)
    programs = {name: Path(engines.require(name).path) for name in ("prometheus", "alertmanager", "amtool")}
    exporter = Path(engines.require("node_exporter").path)
    references = {name: f"mac-test/{name}" for name in ("prometheus", "alertmanager", "node_exporter", "grafana", "traefik")}
    made = [f"{reference}:{mark}" for reference in references.values()]
    try:
        image(made[0], "/bin/prometheus", (65534, "/prometheus"), {"prometheus": programs["prometheus"]}, {"/bin/promtool": READY})
        image(made[1], "/bin/alertmanager", (65534, "/alertmanager"), {name: programs[name] for name in ("alertmanager", "amtool")}, {})
        image(made[2], "/bin/node_exporter", (65534, "/x"), {"node_exporter": exporter}, {})
        image(made[3], "/run.sh", (472, "/var/lib/grafana"), {}, {"/run.sh": GRAFANA})
        image(made[4], "/bin/traefik", (0, "/x"), {}, {"/bin/traefik": TRAEFIK})
        yield "Images(" + ", ".join(f'{name}=Image(repository="{text}", tag="{mark}")' for name, text in references.items()) + ")"
    finally:
        docker("image", "rm", "-f", *made, check=False)


def free_ports(count: int) -> list[int]:
    with_ports = [socket.socket() for _ in range(count)]
    for each in with_ports:
        each.bind(("127.0.0.1", 0))
    found = [each.getsockname()[1] for each in with_ports]
    for each in with_ports:
        each.close()
    return found


def until(asked: Callable[[], bool], seconds: float = 100) -> None:
    end = time.monotonic() + seconds
    while not asked():
        assert time.monotonic() < end
        time.sleep(0.5)


@pytest.mark.engines("prometheus", "alertmanager", "amtool", "node_exporter")
def test_a_laptops_stack_runs(images: str, tmp_path: Path) -> None:
    name, ports = f"mac-test-{secrets.token_hex(4)}", free_ports(4)
    built(tmp_path, LOCAL.format(name=name, images=images, ports=ports))
    file = tmp_path / "build/compose.yaml"
    variables = {
        "GRAFANA_PASSWORD": PASSWORD,
        "SLACK_WEBHOOK_URL": "https://hooks.invalid/T0/$x'\"",
        "DOCKER_HOST": os.environ.get("DOCKER_HOST", ""),
    }
    variables = {key: value for key, value in variables.items() if value}

    def inside(service: str, *command: str) -> str:
        return docker("exec", f"{name}-{service}-1", *command, check=False)

    def ask(path: str) -> object:
        return json.loads(inside("prometheus", "wget", "-q", "-O", "-", f"http://127.0.0.1:9090/api/v1/{path}"))["data"]

    try:
        started = compose(file, "up", "-d", "--wait", **variables)
        assert started.returncode == 0, started.stderr
        until(lambda: {target["health"] for target in ask("targets")["activeTargets"]} == {"up"})  # type: ignore[index]
        assert "nobody is told" not in docker("logs", f"{name}-alertmanager-1")
        assert "`all` gets nothing by pagerduty" in docker("logs", f"{name}-alertmanager-1")
        # A secret is where the configuration reads it, for the service alone, and nowhere else.
        assert inside("alertmanager", "cat", "/run/secrets/slack_webhook_url") == variables["SLACK_WEBHOOK_URL"]
        assert inside("grafana", "cat", "/tmp/api/password") == PASSWORD
        assert PASSWORD not in inside("grafana", "cat", "/tmp/api/environment")
        for service in ("prometheus", "alertmanager", "node-exporter", "grafana"):
            assert "Read-only file system" in inside(service, "touch", "/here"), service
        # The machine's network, of which the container has none, and none of its sockets.
        devices = {line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:]} - {"lo"}
        found = {each["metric"]["device"] for each in ask("query?query=node_network_receive_bytes_total")["result"]}  # type: ignore[index]
        assert found & devices
        assert inside("node-exporter", "ls", "/host/run") == ""
        # Grafana has nothing to say to Node Exporter.
        (address,) = docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", f"{name}-node-exporter-1").split()
        assert inside("prometheus", "sh", "-c", f"echo | nc -w 2 {address} 9100 >/dev/null 2>&1 && echo heard") == "heard\n"
        assert inside("grafana", "sh", "-c", f"echo | nc -w 2 {address} 9100 >/dev/null 2>&1 && echo heard") == ""
        # An alert arrives.
        until(lambda: "Always" in inside("alertmanager", "amtool", "alert", "--alertmanager.url=http://127.0.0.1:9093"))
    finally:
        compose(file, "down", "-v", "--timeout", "2", **variables)


@pytest.mark.engines("prometheus", "alertmanager", "amtool", "node_exporter")
def test_a_weak_password_ends_grafana_in_production_with_the_reason(images: str, tmp_path: Path) -> None:
    name = f"mac-test-{secrets.token_hex(4)}"
    built(tmp_path, f'stack = Stack(name="{name}", production=True, images={images})')
    for secret, content in (("weak", "grafana-admin"), ("key", secrets.token_hex(32))):
        (tmp_path / secret).write_text(content)
        (tmp_path / secret).chmod(0o444)
    variables = {"GRAFANA_PASSWORD_FILE": str(tmp_path / "weak"), "GRAFANA_SECRET_KEY_FILE": str(tmp_path / "key")}
    variables |= {"DOCKER_HOST": host} if (host := os.environ.get("DOCKER_HOST")) else {}
    file = tmp_path / "build/compose.yaml"
    try:
        compose(file, "create", **variables)
        docker("start", f"{name}-grafana-1")
        until(lambda: "choose another one" in docker("logs", f"{name}-grafana-1"), 30)
        assert "grafana: the administrator's password is one that is tried first: choose another one" in docker("logs", f"{name}-grafana-1")
        assert "grafana-admin" not in docker("logs", f"{name}-grafana-1")
    finally:
        compose(file, "down", "-v", "--timeout", "2", **variables)


PRODUCTION = """
routing = Routing(receiver=Receiver(name="all", integrations=(Slack(channel="#a"),)))
stack = Stack(
    name="{name}", production=True, scrape_interval="1s", images={images}, alertmanagers=("alertmanager:9093",),
    proxy=Traefik(domain="monitoring.shop.example", email="ops@shop.example"),
    jobs=(
        ScrapeJob(name="prometheus", targets=("localhost:9090",)),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",), username="mac", password_file="/run/secrets/own_password"),
        ScrapeJob(name="shop", targets=("shop:8000",)),
    ),
)
"""


@pytest.mark.engines("prometheus", "alertmanager", "amtool")
def test_in_production_mac_gives_secrets_as_files_that_docker_does_not_know_and_asks_what_no_port_leads_to(
    images: str, tmp_path: Path, root: Path
) -> None:
    for port in (80, 443):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                pytest.skip(f"port {port}, which the proxy of a stack for production needs, is taken on this machine")
    name, texts = f"mac-test-{secrets.token_hex(4)}", {each: secrets.token_urlsafe(24) for each in ("GRAFANA_PASSWORD", "OWN_PASSWORD")}
    texts |= {"GRAFANA_SECRET_KEY": secrets.token_hex(32), "SLACK_WEBHOOK_URL": f"https://hooks.invalid/{secrets.token_hex(8)}"}
    built(tmp_path, PRODUCTION.format(name=name, images=images))
    shutil.rmtree(tmp_path / "build")
    environment = os.environ | {"PYTHONPATH": str(root), "XDG_STATE_HOME": str(tmp_path / "state")}
    # The real Compose is installed beside Python.
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"

    def mac(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "monitoring_as_code", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=200, check=False)

    def write(said: Mapping[str, str]) -> None:
        (tmp_path / ".env").write_text("".join(f"{key}={value}\n" for key, value in said.items()))
        (tmp_path / ".env").chmod(0o600)

    def inside(service: str, *command: str) -> str:
        return docker("exec", f"{name}-{service}-1", *command, check=False)

    write(texts)
    assert mac("build", "-q").returncode == 0
    try:
        started = mac("up", "--engine", "compose")
        assert "2 of 3 targets are up" in started.stderr, started.stdout + started.stderr
        assert "`shop` at shop:8000 " in started.stderr
        status = mac("status")
        assert "`shop` at shop:8000 " in status.stdout, status.stdout
        assert "does not answer as it should" not in status.stdout
        assert inside("prometheus", "cat", "/run/secrets/own_password") == texts["OWN_PASSWORD"]
        assert inside("grafana", "cat", "/run/secrets/grafana_password") == texts["GRAFANA_PASSWORD"]
        containers = docker("ps", "-q", "-f", f"label=com.docker.compose.project={name}").split()
        known = docker("inspect", *containers)
        assert len(containers) == 4
        assert not [key for key, text in texts.items() if text in known]
        # Another secret.
        before = json.loads(docker("inspect", f"{name}-prometheus-1"))[0]["Id"]
        write(texts | {"OWN_PASSWORD": "another-one-by-now-27"})
        assert "the secret `own_password`" in mac("status").stdout
        assert "`prometheus` has loaded the new configuration" in mac("up", "--no-wait").stderr
        assert inside("prometheus", "cat", "/run/secrets/own_password") == "another-one-by-now-27"
        assert json.loads(docker("inspect", f"{name}-prometheus-1"))[0]["Id"] != before
    finally:
        stopped = mac("reset", "--yes")
    assert stopped.returncode == 0, stopped.stderr
    assert not list((tmp_path / "state").rglob("own_password"))
    assert name not in docker("ps", "-a") + docker("volume", "ls")
