from monitoring_as_code import Email, Receiver, Routing, Smtp

team = Receiver(
    name="team",
    integrations=(
        Email(to="team@shop.example"),
        Email(
            to=("one@shop.example", "Zwei <two@shop.example>"),
            subject="Shop: {{ .Status }}",
            headers={"X-Priority": "1"},
            send_resolved=False,
        ),
    ),
)

routing = Routing(
    receiver=team,
    smtp=Smtp(
        smarthost="smtp.shop.example:587", sender="Alerts <alerts@shop.example>", username="alerts", password_file="/run/secrets/mail"
    ),
)
