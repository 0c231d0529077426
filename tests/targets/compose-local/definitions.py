"""A laptop's stack: ports of this machine, secrets from `.env`, the backend beside the containers."""

from monitoring_as_code import Email, Receiver, Routing, ScrapeJob, Slack, Smtp, Stack

stack = Stack(
    name="shop",
    retention="30d",
    jobs=(
        ScrapeJob(name="shop", targets=("host.docker.internal:8000",)),
        ScrapeJob(name="node", targets=("node-exporter:9100",)),
    ),
    alertmanagers=("alertmanager:9093",),
)
routing = Routing(
    receiver=Receiver(name="team", integrations=(Slack(channel="#shop"), Email(to="shop@example.com"))),
    smtp=Smtp(smarthost="smtp.example.com:587", sender="alerts@example.com", username="alerts"),
)
