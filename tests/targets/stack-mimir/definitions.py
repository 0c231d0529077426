"""Mimir as long-term storage of two replicas, of which it keeps one."""

from monitoring_as_code import Mimir, PrometheusServer, ScrapeJob, Stack

stack = Stack(
    name="shop",
    external_labels={"cluster": "north"},
    jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),),
    prometheus=PrometheusServer(replicas=2),
    long_term=Mimir(
        url="https://mimir.example/", tenant="shop", username="shop", password_file="/run/secrets/mimir_password", ca_file="/run/secrets/ca"
    ),
)
