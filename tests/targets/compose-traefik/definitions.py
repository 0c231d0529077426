"""Traefik, which gets its certificate itself, before a Grafana whose samples are in Mimir."""

from monitoring_as_code import GrafanaServer, Mimir, OAuth, Stack, Traefik

stack = Stack(
    name="shop",
    production=True,
    proxy=Traefik(domain="monitoring.example.com", email="ops@example.com", ca_server="https://authority.example.com/directory"),
    long_term=Mimir(url="https://mimir.example.com", tenant="shop", username="shop", password_file="/run/secrets/mimir_password"),
    grafana=GrafanaServer(
        auth=OAuth(provider="github", client_id="shop", allowed_organizations=("shop",), scopes=("user:email", "read:org"))
    ),
)
