"""The monitoring itself: a target that cannot be scraped, and a signal that says that alerts get through at all."""

from monitoring_as_code import (
    Alert,
    Fires,
    Firing,
    Label,
    Labels,
    Pending,
    Quiet,
    Reaches,
    Resolves,
    RuleGroup,
    Runbook,
    Scenario,
    Series,
    constant,
    spike,
    step,
)
from monitoring_as_code.catalogues import alertmanager, prometheus

from .routing import database_team, everybody, heartbeat, on_call, security_team


class Target(Labels):
    """What Prometheus puts on every series by itself: where it comes from."""

    job: Label[str]
    instance: Label[str]


rule_failures = prometheus.prometheus_rule_evaluation_failures_total
configured = prometheus.prometheus_config_last_reload_success_timestamp_seconds
failed_notifications = alertmanager.alertmanager_notifications_failed_total


target_down = Alert(
    name="TargetDown",
    expr="up == 0",
    for_="2m",
    severity="critical",
    labels={"category": "monitoring"},
    summary="{{ $labels.job }} at {{ $labels.instance }} cannot be scraped",
    description="Prometheus has got no metrics of {{ $labels.job }} at {{ $labels.instance }} for two minutes.",
    runbook=Runbook(
        meaning="A target does not answer. It may be down; in any case, none of its alerts can fire now.",
        check=(
            "Whether the process runs, and answers on `/metrics`.",
            "What the page *Targets* of Prometheus says of it.",
            "The network between Prometheus and the target.",
        ),
    ),
)

target_down_scenarios = (
    Scenario(
        name="the backend does not answer, Node Exporter does",
        alert=target_down,
        given=(
            Series(of='up{job="autoweave-backend", instance="host.docker.internal:3001"}', values=step(1, 0, at="5m")),
            Series(of='up{job="node", instance="node-exporter:9100"}', values=constant(1)),
        ),
        expect=(
            Quiet(at="0s", until="4m45s"),
            Pending(at="5m"),
            Fires(after="7m", within="7m"),
            Firing(
                at="8m",
                labels={"job": "autoweave-backend", "instance": "host.docker.internal:3001", "category": "monitoring"},
                count=1,
                annotations={"summary": "autoweave-backend at host.docker.internal:3001"},
            ),
            Reaches(receivers=(on_call, everybody), not_to=(database_team, security_team)),
        ),
    ),
    Scenario(
        name="a deployment: every target is away for a minute",
        alert=target_down,
        given=(Series(of='up{job="autoweave-backend"}', values=spike(1, 0, at="3m", lasts="1m")),),
        expect=(Pending(at="3m45s"), Quiet(at="4m", until="10m")),
    ),
    Scenario(
        name="the target is back",
        alert=target_down,
        given=(Series(of='up{job="autoweave-backend"}', values=step(0, 1, at="5m")),),
        expect=(Firing(at="4m45s"), Resolves(by="5m")),
    ),
)

# A dead-man's switch: it always fires, so that its silence tells that alerts do not get through.
# mac: allow[unnoticed-mutation] keep_firing_for: its condition always holds, so nothing is ever kept
watchdog = Alert(
    name="Watchdog",
    expr="vector(1)",
    severity="none",
    labels={"category": "monitoring"},
    summary="Alerts get through",
    description="This alert always fires. When its message stays away, Prometheus, Alertmanager or the channel is broken.",
    runbook=Runbook(
        meaning="Nothing is wrong while this fires. When its daily message is missing, nobody would hear of a real alert either.",
        check=(
            "Whether Prometheus runs and evaluates rules.",
            "Whether Alertmanager runs and has this alert.",
            "The log of Alertmanager: failed notifications.",
        ),
    ),
)

watchdog_scenarios = (
    Scenario(
        name="nothing happens at all",
        alert=watchdog,
        expect=(
            Firing(at="0s", labels={"severity": "none", "category": "monitoring"}),
            Firing(at="30m"),
            Reaches(receivers=(heartbeat,), not_to=(everybody, on_call, database_team, security_team)),
        ),
    ),
)

monitoring_alerts = RuleGroup(name="monitoring", rules=(target_down, watchdog))
