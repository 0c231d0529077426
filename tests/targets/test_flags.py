"""Every flag that a server may be started with is one that it knows, the oldest and, where it is here, a newer one."""

import pytest

from monitoring_as_code import AlertmanagerServer, GlobalPrometheus, Mimir, PrometheusServer, RemoteWrite, Stack, Thanos, Web, engines
from monitoring_as_code.model.topology import servers
from monitoring_as_code.targets.flags import Where, alertmanager_flags, config_path, global_flags, prometheus_flags

WHERE = Where("/etc/c.yml", "/data", ":9090", "http://x", "/run/web.yml", "http://x")
WHOLE = Stack(
    name="s",
    retention="30d",
    external_labels={"cluster": "x"},
    prometheus=PrometheusServer(
        replicas=2, retention_size="5GB", remote_write=(RemoteWrite(url="http://a/"),), remote_write_receiver=True, web=Web()
    ),
    alertmanager=AlertmanagerServer(replicas=3, peer_timeout="5s"),
    global_prometheus=GlobalPrometheus(remote_write_receiver=True, retention="2y", retention_size="1TB"),
    long_term=Thanos(),
)


def test_one_alone_is_told_no_more_than_it_needs() -> None:
    bare = Where("/c.yml", "/data", ":9090")
    stack = Stack(name="s", retention="30d")
    assert prometheus_flags(stack, bare) == (
        "--config.file=/c.yml",
        "--storage.tsdb.path=/data",
        "--storage.tsdb.retention.time=30d",
        "--web.listen-address=:9090",
    )
    assert alertmanager_flags(stack, bare) == (
        "--config.file=/c.yml",
        "--storage.path=/data",
        "--cluster.listen-address=",
        "--web.listen-address=:9090",
    )


def test_blocks_are_left_as_they_are_for_thanos_alone() -> None:
    def lengths(stack: Stack) -> list[str]:
        return [flag for flag in prometheus_flags(stack, WHERE) if "block-duration" in flag]

    assert lengths(WHOLE) == ["--storage.tsdb.min-block-duration=2h", "--storage.tsdb.max-block-duration=2h"]
    assert lengths(Stack(name="s", long_term=Mimir(url="http://mimir:8080"))) == []
    assert not [flag for flag in global_flags(WHOLE, WHERE) if "block-duration" in flag]


def test_the_admin_api_is_off_unless_it_is_asked_for() -> None:
    assert "--web.enable-admin-api" not in prometheus_flags(WHOLE, WHERE)
    assert "--web.enable-admin-api" in prometheus_flags(WHOLE, WHERE, admin_api=True)


def test_alertmanagers_know_each_other_by_name_or_by_where_they_are() -> None:
    named = [flag for flag in alertmanager_flags(WHOLE, WHERE) if flag.startswith("--cluster")]
    assert named == [
        "--cluster.listen-address=0.0.0.0:9094",
        *(f"--cluster.peer=alertmanager-{number}:9094" for number in (1, 2, 3)),
        "--cluster.peer-timeout=5s",
    ]
    here = alertmanager_flags(WHOLE, WHERE, cluster_listen="127.0.0.1:1", peers=("127.0.0.1:2",))
    assert [flag for flag in here if "127.0.0.1" in flag] == ["--cluster.listen-address=127.0.0.1:1", "--cluster.peer=127.0.0.1:2"]


def test_each_server_has_a_configuration_of_its_own() -> None:
    assert [config_path(server.name) for server in servers(WHOLE)][:6] == [
        "prometheus/prometheus-1.yml",
        "prometheus/prometheus-2.yml",
        *["alertmanager/alertmanager.yml"] * 3,
        "prometheus/global/prometheus.yml",
    ]
    assert config_path("prometheus") == "prometheus/prometheus.yml"


@pytest.mark.engines("prometheus", "alertmanager")
@pytest.mark.parametrize("program", ["prometheus", "alertmanager"])
def test_the_real_program_knows_every_flag(program: engines.EngineName) -> None:
    every = {
        "prometheus": (*prometheus_flags(WHOLE, WHERE, admin_api=True), *global_flags(WHOLE, WHERE)),
        "alertmanager": alertmanager_flags(WHOLE, WHERE),
    }
    for flag in every[program]:
        assert engines.require(program).run(flag, "--version").code == 0, flag
    assert engines.require(program).run("--storage.bogus=1", "--version").code != 0
