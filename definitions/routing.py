"""Whom an alert reaches. Every channel is optional: one that is not configured is left out when Alertmanager starts."""

from monitoring_as_code import Email, Inhibition, PagerDuty, Receiver, Route, Routing, Slack, Smtp

everybody = Receiver(name="autoweave", integrations=(Slack(channel="#autoweave-alerts"),))

on_call = Receiver(name="on-call", integrations=(PagerDuty(),))

database_team = Receiver(name="database-team", integrations=(Email(to="database-team@autoweave.example"),))

security_team = Receiver(
    name="security-team",
    integrations=(Email(to="security-team@autoweave.example"), Slack(channel="#security-alerts")),
)

heartbeat = Receiver(name="heartbeat", integrations=(Slack(channel="#autoweave-heartbeat", send_resolved=False),))

routing = Routing(
    receiver=everybody,
    group_by=("alertname", "service"),
    repeat_interval="12h",
    routes=(
        Route(matchers=('alertname="Watchdog"',), receiver=heartbeat, repeat_interval="1d"),
        # A critical alert wakes somebody up, and goes on to those whom it concerns.
        Route(matchers=('severity="critical"',), receiver=on_call, continue_=True),
        Route(matchers=('team="database"',), receiver=database_team),
        Route(matchers=('team="security"',), receiver=security_team),
        # Without this one a critical alert would reach the one on call alone, and not the channel.
        Route(receiver=everybody),
    ),
    inhibitions=(
        # While something is critical, warnings about the same thing only distract.
        Inhibition(
            source=('severity="critical"',),
            target=('severity="warning"',),
            # Not by instance: a pool has one, and the queries that wait for it are measured over all.
            equal=("category", "service", "database"),
        ),
    ),
    smtp=Smtp(smarthost="smtp.autoweave.example:587", sender="alerts@autoweave.example", username="alerts@autoweave.example"),
)
