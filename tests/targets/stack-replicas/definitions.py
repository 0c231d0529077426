"""Two Prometheus servers, three Alertmanagers and a global Prometheus: addresses of a service are all of its replicas."""

from monitoring_as_code import AlertmanagerServer, Federation, GlobalPrometheus, PrometheusServer, RemoteWrite, ScrapeJob, Stack, Thanos

stack = Stack(
    name="shop",
    external_labels={"cluster": "north"},
    jobs=(
        ScrapeJob(name="shop", targets=("shop:8000",)),
        ScrapeJob(name="prometheus", targets=("localhost:9090",)),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",), labels={"team": "platform"}),
        ScrapeJob(name="second", targets=("alertmanager-2:9093", "elsewhere:9093")),
    ),
    alertmanagers=("alertmanager:9093", "alertmanager.elsewhere.example:9093"),
    prometheus=PrometheusServer(
        replicas=2,
        retention_size="50GB",
        remote_write=(
            RemoteWrite(url="http://prometheus-global:9090/api/v1/write", keep="service:.*|up", drop="service:debug:.*"),
            RemoteWrite(
                url="https://metrics.example/api/v1/write",
                name="vendor",
                username="shop",
                password_file="/run/secrets/vendor_password",
                ca_file="/run/secrets/vendor_ca",
                server_name="metrics.internal",
                headers={"X-Team": "shop"},
                remote_timeout="10s",
            ),
            RemoteWrite(url="https://other.example/write", name="other", bearer_token_file="/run/secrets/other_token"),
        ),
    ),
    alertmanager=AlertmanagerServer(replicas=3, peer_timeout="5s"),
    global_prometheus=GlobalPrometheus(
        federate=(
            Federation(match=('{__name__=~"service:.*"}', "up")),
            Federation(
                name="south", match=("up",), targets=("prometheus.south.example:9090",), labels={"via": "vpn"}, scrape_interval="2m"
            ),
        ),
        remote_write_receiver=True,
        external_labels={"level": "global"},
    ),
    long_term=Thanos(retention_raw="30d"),
)
