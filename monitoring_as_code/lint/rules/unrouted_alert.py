from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, whole_project=True)
def unrouted_alert(reading: Reading) -> Iterator[Finding]:
    """An alert reaches nobody: all receivers that its routes lead to are without an integration, or there is no routing at all.

    Such an alert fires, and nobody hears of it. Of a critical one it is told, too, if it depends on labels whose values are not known. What is meant to be silent has the severity `none`, and is not asked about. If Alertmanager
    is configured elsewhere, turn the rule off: `disable = ["unrouted-alert"]` in `[tool.mac]` of pyproject.toml.

    BAD:

        nobody = Receiver(name="nobody")
        routing = Routing(receiver=nobody)
        up = Gauge(name="database_up", help="Whether the database answers.")
        alert = Alert(name="DatabaseDown", expr="database_up == 0", severity="critical", summary="down", runbook="https://runbooks.example/down")

    GOOD:

        on_call = Receiver(name="on-call", integrations=(Slack(channel="#on-call"),))
        routing = Routing(receiver=on_call)
        up = Gauge(name="database_up", help="Whether the database answers.")
        alert = Alert(name="DatabaseDown", expr="database_up == 0", severity="critical", summary="down", runbook="https://runbooks.example/down")
    """
    from monitoring_as_code.model.routing import Receiver
    from monitoring_as_code.routes import arrivals, route_tree, sure_receivers

    audible = [alert for alert in reading.alerts if alert.severity != "none"]
    if not audible:
        return
    routing = reading.analysis.routing
    if routing is None:
        count = "this alert" if len(audible) == 1 else f"this alert and {len(audible) - 1} more"
        help_ = 'declare where alerts go, such as `Routing(receiver=Receiver(name="team", integrations=(Slack(channel="#alerts"),)))`'
        yield Finding(f"nobody hears of {count}: there is no routing", Place(audible[0].origin), help_)
        return
    tree = route_tree(routing)
    silent = {receiver.name: receiver for receiver in reading.project.of(Receiver) if not receiver.integrations}
    for alert in audible if silent else ():
        labels, others_unknown = reading.alert_labels[alert]
        reached = list(dict.fromkeys(arrival.branch.receiver for arrival in arrivals(tree, labels, others_unknown=others_unknown)))
        if all(name in silent for name in reached):
            from monitoring_as_code.diagnostics.nearest import listed

            message = f"nobody hears of this alert: it reaches {listed(reached, 'and')} only, which cannot notify anybody"
            related = tuple((Place(silent[name].origin), f"`{name}` has no integrations") for name in reached)
            yield Finding(
                message, Place(alert.origin, ("name",)), "give the receiver integrations, or route the alert to another one", related
            )
        elif alert.severity == "critical" and any(name in silent for name in reached):
            if sure_receivers(tree, labels, others_unknown=others_unknown) - silent.keys():
                continue
            quiet = next(name for name in reached if name in silent)
            message = f"this critical alert may reach `{quiet}` only, which cannot notify anybody: that depends on its labels"
            yield Finding(
                message,
                Place(alert.origin, ("name",)),
                "add a route for critical alerts that does not depend on them",
                ((Place(silent[quiet].origin), f"`{quiet}` has no integrations"),),
            )
