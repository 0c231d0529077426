from monitoring_as_code import Receiver, Routing, Slack

plain = Receiver(name="plain", integrations=(Slack(channel="#alerts"),))

# All that can be said, and a second workspace.
full = Receiver(
    name="full",
    integrations=(
        Slack(
            channel="#ops",
            api_url_file="/run/secrets/slack_other_url",
            send_resolved=False,
            username="mac",
            icon_emoji=":fire:",
            color="danger",
            title="{{ .CommonLabels.alertname }}",
            title_link="https://wiki.example/oncall",
            text="{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}",
        ),
        Slack(channel="#second"),
    ),
)

routing = Routing(receiver=plain)
