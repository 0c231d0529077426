"""Alerts that fulfil both sides of an inhibition are kept out of its target."""

from monitoring_as_code import Inhibition, Receiver, Routing, Webhook

team = Receiver(name="team", integrations=(Webhook(url="http://bot.shop.example/"),))

routing = Routing(
    receiver=team,
    inhibitions=(
        # Nothing has two severities: this one stays as it is.
        Inhibition(source=('severity="critical"',), target=('severity=~"warning|info"',), equal=("service", "instance")),
        # NodeDown may have a severity of any kind.
        Inhibition(source=('alertname="NodeDown"',), target=('severity="warning"',), equal=("instance",)),
        # Not both of two is not one, or not the other: two rules.
        Inhibition(source=('alertname=~"Node.*"', 'env="production"'), target=('severity!="none"',)),
        # The target is always of the team, so it can only differ in the other: one rule.
        Inhibition(source=('team="database"', 'env="production"'), target=('team="database"',)),
    ),
)
