from monitoring_as_code import Exporter, Gauge, ScrapeJob, Stack

node = Exporter(name="node", metrics=(Gauge(name="node_load1", help="Load."),))

stack = Stack(
    name="shop",
    scrape_interval="15s",
    scrape_timeout="10s",
    evaluation_interval="30s",
    retention="90d",
    external_labels={"region": "eu", "replica": "a b"},
    alertmanagers=("alertmanager-1:9093", "[2001:db8::1]:9093"),
    jobs=(
        ScrapeJob(
            name="shop",
            targets=("shop-1:8080", "shop-2:8080"),
            labels={"env": "production", "quote": 'a "b"'},
            sample_limit=5000,
            label_limit=30,
            body_size_limit="2MB",
        ),
        ScrapeJob(
            name="node",
            targets=("node:9100",),
            exporter=node,
            scrape_interval="1m",
            scrape_timeout="30s",
            metrics_path="/probe/metrics",
            scheme="https",
            honor_labels=True,
            username="prometheus",
            password_file="/run/secrets/node_password",
            ca_file="/run/secrets/node_ca",
            server_name="node.internal",
        ),
    ),
)
