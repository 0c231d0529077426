"""What a server would refuse, or would do otherwise than is meant, is refused at the argument; what it takes is taken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code import (
    AccessPoint,
    AlertmanagerServer,
    Federation,
    GlobalPrometheus,
    GrafanaServer,
    Image,
    Ldap,
    LdapGroup,
    Limits,
    Mimir,
    Nginx,
    OAuth,
    Postgres,
    PrometheusServer,
    RemoteWrite,
    ScrapeJob,
    Stack,
    Thanos,
    Traefik,
    Web,
)
from monitoring_as_code.config import Config
from monitoring_as_code.model.declaration import InvalidDeclaration
from monitoring_as_code.model.topology import replicas_at, servers, service_at
from monitoring_as_code.project import load_project
from monitoring_as_code.promql.durations import milliseconds

TLS: dict[str, Any] = {"certificate_file": "/run/secrets/c", "key_file": "/run/secrets/k"}
FEDERATE = (Federation(match=("up",)),)
GROUPS = (LdapGroup(group_dn="*", org_role="Viewer"),)
DIGEST = "sha256:" + "0a" * 32


def ldap(**fields: Any) -> Ldap:
    return Ldap(**{"host": "ldap", "bind_dn": "cn=g", "search_base_dns": ("o=x",), "group_mappings": GROUPS, **fields})


def stack(**fields: Any) -> Stack:
    return Stack(name="s", **fields)


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Image(repository="Prom/prometheus", tag="v3"), "`Prom/prometheus` is no repository"),
    (lambda: Image(repository="prom/prometheus:v3", tag="v3"), "is no repository"),
    (lambda: Image(repository="https://quay.io/x", tag="v3"), "is no repository"),
    (lambda: Image(repository="prom//prometheus", tag="v3"), "is no repository"),
    (lambda: Image(repository="prom/-prometheus", tag="v3"), "is no repository"),
    (lambda: Image(repository="", tag="v3"), "is no repository"),
    (lambda: Image(repository="prömetheus", tag="v3"), "is no repository"),
    (lambda: Image(repository="prometheus", tag=".v3"), "is no tag"),
    (lambda: Image(repository="prometheus", tag="v" * 129), "is no tag"),
    (lambda: Image(repository="prom/prometheus", tag="v3 "), "`v3 ` is no tag"),
    (lambda: Image(repository="prom/prometheus", tag=""), "is no tag"),
    (lambda: Image(repository="prom/prometheus", tag="v3@" + DIGEST), "is no tag"),
    (lambda: Image(repository="prom/prometheus", tag="v3", digest="sha256:abc"), "`sha256:abc` is no digest"),
    (lambda: Image(repository="prom/prometheus", tag="latest"), "`latest` is another program tomorrow"),
    (lambda: Limits(memory="lots", cpus=1.0), "`lots` is no size"),
    (lambda: Limits(memory="0g", cpus=1.0), "`0g` is no size"),
    (lambda: Limits(memory="m", cpus=1.0), "`m` is no size"),
    (lambda: Limits(memory="1g", cpus=0.0), "greater than 0"),
    (lambda: Web(certificate_file="/c"), "`certificate_file` and `key_file`, or neither"),
    (lambda: Web(ca_file="/ca"), "`ca_file` does nothing without TLS"),
    (lambda: Web(users=()), "neither a certificate nor a user"),
    (lambda: Web(users=("a:b",)), "no name to log in with"),
    (lambda: Web(users=("a", "a")), "`a` is there twice"),
    (lambda: Web(certificate_file="certificate.pem", key_file="/k"), "a secret would be readable in the artifact"),
    (lambda: PrometheusServer(replicas=0), "greater than or equal to 1"),
    (lambda: PrometheusServer(replicas=5), "less than or equal to 4"),
    (lambda: PrometheusServer(retention_size="50"), "should match pattern"),
    (lambda: PrometheusServer(replica_label="a-b"), "`a-b` is no label name"),
    (lambda: AlertmanagerServer(peer_timeout="5s"), "`peer_timeout` does nothing unless `replicas` is"),
    (lambda: RemoteWrite(url="http://me:secret@far.example/"), "a password would be readable in the artifact"),
    (lambda: RemoteWrite(url="far.example"), "is no web address"),
    (lambda: RemoteWrite(url="https://far.example/", username="me"), "give both, or neither"),
    (lambda: RemoteWrite(url="https://x.example/", username="me", password_file="/p", bearer_token_file="/t"), "exclude each other"),
    (lambda: RemoteWrite(url="http://far.example/", ca_file="/ca"), "`ca_file` does nothing without TLS"),
    (lambda: RemoteWrite(url="https://far.example/", headers={"Authorization": "x"}), "give `bearer_token_file`"),
    (lambda: RemoteWrite(url="https://far.example/", keep="service:("), "is no regular expression of Prometheus"),
    (lambda: RemoteWrite(url="https://far.example/", drop="(?=x)"), "is no regular expression of Prometheus"),
    (lambda: RemoteWrite(url="https://far.example/", keep="up$"), "the whole name must match anyway"),
    (lambda: Federation(match=()), "at least 1 item"),
    (lambda: Federation(match=("sum(up)",)), "`sum(up)` is no selector"),
    (lambda: Federation(match=("up offset 5m",)), "is no selector"),
    (lambda: Federation(match=("up[5m]",)), "is no selector"),
    (lambda: Federation(match=("{",)), "the text ends here"),
    (GlobalPrometheus, "gets no series"),
    (lambda: GlobalPrometheus(federate=(*FEDERATE, *FEDERATE)), "has two that are called `federation`"),
    (lambda: GrafanaServer(replicas=2), "need a database that they share"),
    (lambda: Postgres(ca_file="/ca"), "`ca_file` does nothing unless `ssl_mode`"),
    (lambda: OAuth(provider="okta", client_id="x"), "give `auth_url` and `token_url`"),
    (lambda: OAuth(provider="github", client_id="x", role_attribute_strict=True), "refuses who has no role"),
    (lambda: OAuth(provider="google", client_id="x", allowed_organizations=("x",)), "use `allowed_domains`"),
    (lambda: OAuth(provider="github", client_id="x", client_secret_file="shhh"), "a secret would be readable in the artifact"),
    (lambda: ldap(search_filter="(uid=me)"), "finds everybody alike"),
    (lambda: ldap(start_tls=True, use_ssl=False), "`start_tls` does nothing without `use_ssl`"),
    (lambda: ldap(group_search_filter="(x=%s)"), "need each other"),
    (lambda: ldap(host="ldaps://ldap"), "should match pattern"),
    (lambda: Traefik(domain="https://a.example", email="a@a.example"), "is no domain"),
    (lambda: Traefik(domain="a.example", email="nobody"), "is no e-mail address"),
    (lambda: Nginx(domain="localhost"), "is no domain"),
    (lambda: Thanos(retention_raw="1d"), "are made after `40h`"),
    (lambda: Thanos(retention_5m="7d"), "are made after `10d`"),
    (lambda: Mimir(url="https://m.example", tenant="a b"), "is no tenant"),
    (lambda: Mimir(url="https://m.example", username="a"), "give both, or neither"),
    (lambda: ScrapeJob(name="j", targets=("a:1",), username="me"), "give both, or neither"),
    (lambda: ScrapeJob(name="j", targets=("a:1",), ca_file="/ca"), "`ca_file` does nothing unless `scheme` is `https`"),
    (lambda: stack(external_labels={"replica": "a"}, prometheus=PrometheusServer(replicas=2)), "choose another `replica_label`"),
    (lambda: stack(production=True, prometheus=PrometheusServer(web=Web())), "without TLS passwords go over the network"),
    (lambda: stack(production=True, alertmanager=AlertmanagerServer(web=Web())), "without TLS passwords go over the network"),
    (lambda: stack(production=True, global_prometheus=GlobalPrometheus(federate=FEDERATE, web=Web())), "without TLS passwords go"),
    (lambda: stack(production=True, grafana=GrafanaServer(database=Postgres(host="db.example:5432"))), "give the database an `ssl_mode`"),
    (lambda: stack(long_term=Thanos()), "give the stack one, such as `cluster`"),
    (lambda: stack(prometheus=PrometheusServer(replicas=2), long_term=Mimir(url="https://m.example")), "by the external label `cluster`"),
    (lambda: Web(certificate_file="/run/secrets/k", key_file="/run/secrets/k"), "the certificate and its key are one file"),
    (lambda: Nginx(domain="a.example", certificate_file="/run/k", key_file="/run/k"), "the certificate and its key are one file"),
    (lambda: RemoteWrite(url="https://far.example/w?token=0123456789abcdef"), "`token` would be readable in the artifact"),
    (lambda: RemoteWrite(url="https://far.example/w?a=1&api_key=x"), "`api_key` would be readable in the artifact"),
    (lambda: RemoteWrite(url="https://far.example/", headers={"X-Api-Key": "0123"}), "the header `X-Api-Key` would be readable"),
    (lambda: RemoteWrite(url="https://far.example/", headers={"Cookie": "a=b"}), "the header `Cookie` would be readable"),
    (lambda: Mimir(url="https://m.example/api/v1/push"), "give `https://m.example`"),
    (lambda: Mimir(url="https://m.example/mimir/prometheus/"), "give `https://m.example/mimir`"),
    (lambda: Mimir(url="https://m.example/?a=b"), "neither `?` nor `#`"),
    (lambda: OAuth(provider="github", client_id="x", allowed_organizations=("a b",)), "`a b` would be read as several"),
    (lambda: OAuth(provider="google", client_id="x", allowed_domains=("a.example,b.example",)), "would be read as several"),
    (lambda: OAuth(provider="github", client_id="x", scopes=("user:email read:org",)), "would be read as several"),
    (lambda: AccessPoint(service="G", url="http://localhost:1", credentials="admin / h4z-tulip-92"), "names the password itself"),
    (lambda: AccessPoint(service="G", url="http://localhost:1", credentials="admin:admin"), "names the password itself"),
    (lambda: AccessPoint(service="G", url="http://localhost:1", credentials="admin, password: h4z-tulip"), "names the password itself"),
    (
        lambda: stack(
            jobs=(ScrapeJob(name="both", targets=("localhost:9090", "far.example:9090")),), prometheus=PrometheusServer(web=Web())
        ),
        "`both` scrapes `prometheus`, which has a `web`, and others",
    ),
    (
        lambda: stack(
            access_points=(
                AccessPoint(service="Prometheus", url="http://localhost:9091", container_port=9090),
                AccessPoint(service="Grafana", url="http://127.0.0.1:9091/login", container_port=3000),
            )
        ),
        "`Prometheus` and `Grafana` are both on port 9091",
    ),
]

TAKEN: list[Callable[[], object]] = [
    lambda: Image(repository="registry.example.com:5000/team/prometheus_x", tag="v3.15.0-distroless", digest=DIGEST),
    lambda: Image(repository="traefik", tag="latest", digest=DIGEST),
    Web,
    lambda: Web(users=(), **TLS),
    lambda: RemoteWrite(url="https://far.example/a@b", headers={"X-Scope-OrgID": "a"}, keep="a|b.*"),
    lambda: OAuth(provider="generic_oauth", client_id="x", auth_url="https://i.example/a", token_url="https://i.example/t"),
    lambda: RemoteWrite(url="https://far.example/w?tenant=a&token_type=b&token=", headers={"X-Token-Type": "jwt", "X-Key-Id": "7"}),
    lambda: Mimir(url="https://m.example/mimir"),
    lambda: OAuth(provider="github", client_id="x", allowed_organizations=("a-b", "c"), scopes=("user:email", "read:org")),
    *(
        lambda said=said: AccessPoint(service="Grafana", url="http://localhost:3003", credentials=said)
        for said in (
            "admin, with the password from GRAFANA_PASSWORD",
            "admin / GRAFANA_PASSWORD",
            "admin / ${GRAFANA_PASSWORD}",
            "password: see the vault",
            "the password of 2026 is in the vault",
            "your account, in the group sre/on-call-1",
            "user: https://vault.example/kv/2",
        )
    ),
    lambda: ldap(search_filter="(uid=%s)", group_search_filter="(m=%s)", group_search_base_dns=("o=x",)),
    lambda: stack(production=True, prometheus=PrometheusServer(web=Web(**TLS))),
    lambda: stack(production=True, grafana=GrafanaServer(replicas=2, database=Postgres())),
    lambda: stack(prometheus=PrometheusServer(replicas=2), long_term=Thanos()),
    lambda: stack(external_labels={"cluster": "x"}, prometheus=PrometheusServer(replicas=2), long_term=Mimir(url="https://m.example")),
    lambda: stack(
        access_points=(
            AccessPoint(service="Shop", url="http://localhost:8000"),
            AccessPoint(service="Shop's docs", url="http://localhost:8000/docs"),
            AccessPoint(service="Elsewhere", url="https://a.example:9091", container_port=1),
            AccessPoint(service="Elsewhere too", url="https://b.example:9091", container_port=1),
        )
    ),
]


@pytest.mark.parametrize(("make", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cannot_work_is_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(InvalidDeclaration) as refused:
        make()
    assert said in str(refused.value)


@pytest.mark.parametrize("make", TAKEN)
def test_what_works_is_taken(make: Callable[[], object]) -> None:
    make()


def test_each_fault_is_shown_at_its_argument(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    text = 'stack = Stack(name="s", long_term=Thanos(), proxy="nginx", grafana=GrafanaServer(replicas=9))'
    (tmp_path / "definitions" / "s.py").write_text(f"from monitoring_as_code import *\n{text}\n")
    found = {problem.message.partition(" ")[0]: problem.location for problem in load_project(tmp_path, Config(), ()).problems}
    assert {word: None if at is None else text[at.column - 1 : at.end_column - 1] for word, at in found.items()} == {
        "Thanos": "Thanos()",
        "`proxy`": '"nginx"',
        "`replicas`": "9",
    }


def test_replicas_listen_on_ports_that_count_up_past_those_of_others() -> None:
    found = servers(
        stack(
            prometheus=PrometheusServer(replicas=3),
            alertmanager=AlertmanagerServer(replicas=2),
            access_points=(AccessPoint(service="Shop", url="http://localhost:9095"),),
        )
    )
    ports = {server.name: server.host_port for server in found}
    assert ports == {
        "prometheus-1": 9091,
        "prometheus-2": 9092,
        "prometheus-3": 9094,
        "alertmanager-1": 9093,
        "alertmanager-2": 9096,
        "node-exporter": 9100,
        "grafana": 3003,
    }


@given(
    counts=st.tuples(*(st.integers(1, 4) for _ in range(3))),
    asked=st.dictionaries(
        st.sampled_from(["prometheus", "prometheus-2", "alertmanager", "alertmanager-3", "grafana"]), st.integers(9000, 9110)
    ),
)
def test_no_two_servers_get_one_port_unless_somebody_asks_for_it(counts: tuple[int, int, int], asked: dict[str, int]) -> None:
    made = stack(
        prometheus=PrometheusServer(replicas=counts[0]),
        alertmanager=AlertmanagerServer(replicas=counts[1]),
        grafana=GrafanaServer(replicas=counts[2], database=Postgres()),
    )
    ports = [server.host_port for server in servers(made, asked)]
    usual = [9091, 9093, 9100, 3003]
    fixed = [*asked.values(), *usual]
    if len(set(fixed)) == len(fixed):
        assert len(set(ports)) == len(ports)


@pytest.mark.parametrize(
    ("address", "service", "all_of_it"),
    [
        ("alertmanager:9093", "alertmanager", ("alertmanager-1:9093", "alertmanager-2:9093")),
        ("alertmanager-2:9093", "alertmanager", ("alertmanager-2:9093",)),
        ("localhost:9090", "prometheus", ("localhost:9090",)),
        ("prometheus:9090", "prometheus", ("prometheus:9090",)),
        ("alertmanager:9999", None, ("alertmanager:9999",)),
        ("localhost:9093", None, ("localhost:9093",)),
        ("shop:8000", None, ("shop:8000",)),
    ],
)
def test_an_address_of_a_service_is_that_of_its_replicas(address: str, service: str | None, all_of_it: tuple[str, ...]) -> None:
    made = stack(alertmanager=AlertmanagerServer(replicas=2))
    assert service_at(made, address) == service
    assert replicas_at(made, address) == all_of_it


def test_thanos_keeps_for_ever_unless_something_is_said() -> None:
    kept = Thanos()
    assert [milliseconds(each) for each in (kept.retention_raw, kept.retention_5m, kept.retention_1h)] == [0, 0, 0]
