from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, definitions_only=True, whole_project=True, on=False, everywhere=True)
def alert_without_scenario(reading: Reading) -> Iterator[Finding]:
    """No scenario says when an alert fires.

    An alert that nobody has seen fire may be one that cannot. A scenario gives series, and says what the alert makes of them; `mac test`
    proves it on Prometheus's own engine. `mac test --write-scenarios` makes a first one. The rule is off where nothing is said:
    `enable = ["alert-without-scenario"]` in `[tool.mac]` of pyproject.toml turns it on.

    BAD:

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")

    GOOD:

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(name="a jam", alert=jam, given=(Series(of=waiting, values=constant(101)),), expect=(Fires(within="6m"),))
    """
    if not reading.rest:
        return
    proven = {id(expectation.alert or scenario.alert) for scenario in reading.scenarios for expectation in scenario.expect}
    for alert in reading.alerts:
        if id(alert) not in proven:
            help_ = f"declare a `Scenario(alert=...)` that says what makes `{alert.name}` fire"
            yield Finding(f"no scenario is about `{alert.name}`", Place(alert.origin, ("name",)), help_)
