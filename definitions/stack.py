"""Prometheus, Alertmanager, Node Exporter and Grafana: what is scraped, how often, and where people find it."""

from monitoring_as_code import AccessPoint, ScrapeJob, Stack
from monitoring_as_code.catalogues import alertmanager, node_exporter, prometheus

# Where build/docs is published.
DOCS = "https://docs.autoweave.example/monitoring"

# The backend runs on the host. No target label is called `service` or `status`: it would hide the backend's own label.
backend = ScrapeJob(name="autoweave-backend", targets=("host.docker.internal:3001",))

stack = Stack(
    name="autoweave",
    scrape_interval="15s",
    evaluation_interval="15s",
    retention="30d",
    dashboard_refresh="5s",
    jobs=(
        backend,
        ScrapeJob(name="node", targets=("node-exporter:9100",), exporter=node_exporter),
        ScrapeJob(name="prometheus", targets=("localhost:9090",), exporter=prometheus),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",), exporter=alertmanager),
    ),
    alertmanagers=("alertmanager:9093",),
    prometheus_url="http://prometheus:9090",
    grafana_url="http://localhost:3003",
    docs_url=DOCS,
    access_points=(
        AccessPoint(
            service="Grafana",
            url="http://localhost:3003",
            container_port=3000,
            credentials="admin, with the password from GRAFANA_PASSWORD",
        ),
        AccessPoint(service="Prometheus", url="http://localhost:9091", container_port=9090),
        AccessPoint(service="Alertmanager", url="http://localhost:9093", container_port=9093),
        AccessPoint(service="Node Exporter", url="http://localhost:9100", container_port=9100),
        AccessPoint(service="AutoWeave Backend", url="http://localhost:3001/metrics"),
    ),
)
