from monitoring_as_code import MSTeams, Receiver, Routing

team = Receiver(
    name="team",
    integrations=(
        MSTeams(),
        MSTeams(webhook_url_file="/run/secrets/teams_duty", title="{{ .CommonLabels.alertname }}", text="Look.", send_resolved=False),
    ),
)

routing = Routing(receiver=team)
