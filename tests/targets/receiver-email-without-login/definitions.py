from monitoring_as_code import Email, Receiver, Routing, Smtp

routing = Routing(
    receiver=Receiver(name="team", integrations=(Email(to="team@shop.example"),)),
    smtp=Smtp(smarthost="localhost:25", sender="alerts@shop.example", require_tls=False),
)
