"""Prometheus, Alertmanager, Node Exporter and Grafana: on a laptop, and in production. What differs stands in `by_env`."""

from monitoring_as_code import (
    AccessPoint,
    AlertmanagerServer,
    GrafanaServer,
    OAuth,
    Postgres,
    PrometheusServer,
    ScrapeJob,
    Stack,
    Thanos,
    Traefik,
    Web,
    by_env,
)
from monitoring_as_code.catalogues import alertmanager, node_exporter, prometheus

DOMAIN = "monitoring.autoweave.example"
# Where build/*/docs are published.
DOCS = "https://docs.autoweave.example/monitoring"

# The servers speak TLS with each other, with one certificate of the company's own authority, and ask for a password.
protected = Web(
    certificate_file="/run/secrets/stack_certificate",
    key_file="/run/secrets/stack_key",
    ca_file="/run/secrets/stack_ca",
    server_name=DOMAIN,
)

# People log in to Grafana with the account that they have.
company_login = OAuth(
    provider="generic_oauth",
    name="AutoWeave",
    client_id="grafana",
    auth_url="https://login.autoweave.example/oauth2/authorize",
    token_url="https://login.autoweave.example/oauth2/token",  # noqa: S106 - an address, no password
    api_url="https://login.autoweave.example/oauth2/userinfo",
    scopes=("openid", "profile", "email", "groups"),
    role_attribute_path="contains(groups[*], 'monitoring') && 'Admin' || 'Viewer'",
)

# On a laptop the backend runs on the host. No target label is called `service` or `status`: it would hide the backend's own label.
backend = ScrapeJob(
    name="autoweave-backend",
    targets=by_env(
        local=("host.docker.internal:3001",),
        production=("backend-1.autoweave.example:3001", "backend-2.autoweave.example:3001"),
    ),
)

stack = Stack(
    name="autoweave",
    production=by_env(local=False, production=True),
    scrape_interval="15s",
    evaluation_interval="15s",
    retention="30d",
    dashboard_refresh="5s",
    external_labels=by_env(local={}, production={"cluster": "autoweave"}),
    jobs=(
        backend,
        ScrapeJob(name="node", targets=("node-exporter:9100",), exporter=node_exporter),
        ScrapeJob(name="prometheus", targets=("localhost:9090",), exporter=prometheus),
        ScrapeJob(name="alertmanager", targets=("alertmanager:9093",), exporter=alertmanager),
    ),
    alertmanagers=("alertmanager:9093",),
    prometheus=by_env(local=PrometheusServer(), production=PrometheusServer(replicas=2, retention_size="50GB", web=protected)),
    alertmanager=by_env(local=AlertmanagerServer(), production=AlertmanagerServer(replicas=2, web=protected)),
    grafana=by_env(local=GrafanaServer(), production=GrafanaServer(replicas=2, database=Postgres(), auth=company_login)),
    proxy=by_env(local=None, production=Traefik(domain=DOMAIN, email="monitoring@autoweave.example")),
    # Samples as they were scraped for 90 days, of five minutes for a year, of an hour for ever.
    long_term=by_env(local=None, production=Thanos(retention_raw="90d", retention_5m="1y")),
    prometheus_url=by_env(local="http://prometheus:9090", production="https://prometheus:9090"),
    grafana_url=by_env(local="http://localhost:3003", production=f"https://{DOMAIN}"),
    docs_url=by_env(local=f"{DOCS}/local", production=f"{DOCS}/production"),
    # In production the proxy alone is open to others: Prometheus and Alertmanager are seen through Grafana.
    access_points=by_env(
        local=(
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
        production=(AccessPoint(service="Grafana", url=f"https://{DOMAIN}", credentials="your AutoWeave account"),),
    ),
)
