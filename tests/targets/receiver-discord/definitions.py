from monitoring_as_code import Discord, Receiver, Routing

team = Receiver(
    name="team",
    integrations=(
        Discord(),
        Discord(
            webhook_url_file="/run/secrets/discord_duty",
            title="{{ .CommonLabels.alertname }}",
            message="Look.",
            content="@here",
            username="Prometheus",
            send_resolved=False,
        ),
    ),
)

routing = Routing(receiver=team)
