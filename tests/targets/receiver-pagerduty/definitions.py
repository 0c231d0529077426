from monitoring_as_code import PagerDuty, Receiver, Routing

on_call = Receiver(
    name="on-call",
    integrations=(
        PagerDuty(),
        PagerDuty(
            routing_key_file="/run/secrets/pagerduty_second",
            severity="critical",
            component="{{ .CommonLabels.service }}",
            group="shop",
            class_="deployment",
            details={"runbook": "https://wiki.example/oncall", "firing": "{{ .Alerts.Firing | len }}"},
        ),
    ),
)

routing = Routing(receiver=on_call)
