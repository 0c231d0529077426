"""A stack for others: TLS and logins, replicas, a database, a proxy, Thanos; secrets are files."""

from monitoring_as_code import (
    AlertmanagerServer,
    GrafanaServer,
    Ldap,
    LdapGroup,
    Nginx,
    PagerDuty,
    Postgres,
    PrometheusServer,
    Receiver,
    Routing,
    ScrapeJob,
    Stack,
    Thanos,
    Web,
)

stack = Stack(
    name="shop",
    production=True,
    jobs=(ScrapeJob(name="node", targets=("node-exporter:9100",)),),
    external_labels={"cluster": "west"},
    alertmanagers=("alertmanager:9093",),
    prometheus=PrometheusServer(
        replicas=2,
        web=Web(
            certificate_file="/run/secrets/prometheus_certificate",
            key_file="/run/secrets/prometheus_key",
            ca_file="/run/secrets/authority",
            server_name="prometheus.example.com",
        ),
    ),
    alertmanager=AlertmanagerServer(replicas=2),
    grafana=GrafanaServer(
        replicas=2,
        database=Postgres(),
        auth=Ldap(
            host="ldap.example.com",
            bind_dn="cn=grafana,dc=example,dc=com",
            search_filter="(sAMAccountName=%s)",
            search_base_dns=("dc=example,dc=com",),
            group_mappings=(LdapGroup(group_dn='cn="ops",dc=example', org_role="Admin", grafana_admin=True),),
        ),
    ),
    proxy=Nginx(domain="monitoring.example.com"),
    long_term=Thanos(retention_raw="30d"),
)
routing = Routing(receiver=Receiver(name="team", integrations=(PagerDuty(),)))
