"""TLS and logins: who asks a server of the stack's own does it as the server wants it, and nothing of that is said by hand."""

from monitoring_as_code import AlertmanagerServer, Federation, GlobalPrometheus, PrometheusServer, RemoteWrite, ScrapeJob, Stack, Web

stack = Stack(
    name="shop",
    production=True,
    jobs=(
        ScrapeJob(
            name="shop", targets=("shop:8443",), scheme="https", bearer_token_file="/run/secrets/shop_token", server_name="shop.example"
        ),
        ScrapeJob(name="prometheus", targets=("localhost:9090",)),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",)),
    ),
    alertmanagers=("alertmanager:9093", "alertmanager.elsewhere.example:9093"),
    prometheus=PrometheusServer(
        web=Web(
            certificate_file="/run/secrets/prometheus_certificate",
            key_file="/run/secrets/prometheus_key",
            users=("grafana", "prometheus"),
            ca_file="/run/secrets/ca",
            server_name="prometheus",
        ),
        remote_write=(RemoteWrite(url="https://prometheus-global:9090/api/v1/write"),),
    ),
    alertmanager=AlertmanagerServer(
        web=Web(certificate_file="/run/secrets/alertmanager_certificate", key_file="/run/secrets/alertmanager_key", users=())
    ),
    global_prometheus=GlobalPrometheus(
        federate=(Federation(match=("up",)),),
        remote_write_receiver=True,
        web=Web(certificate_file="/run/secrets/global_certificate", key_file="/run/secrets/global_key"),
    ),
)
