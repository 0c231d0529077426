from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.cadence import evaluated_every
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.durations import milliseconds, to_text

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def for_below_interval(reading: Reading) -> Iterator[Finding]:
    """An alert's `for_` is shorter than the time between two evaluations, or no multiple of it.

    Whether the alert's condition holds is looked at once an interval: the group's, or the stack's `evaluation_interval`. An alert waits
    for whole intervals, so `for_="90s"` at one minute is two minutes, and `for_="10s"` is one.

    BAD:

        stack = Stack(name="shop", alertmanagers=("alertmanager:9093",), evaluation_interval="1m", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        down = Alert(name="Down", expr="up == 0", for_="90s", severity="info", summary="{{ $labels.job }} is down")

    GOOD:

        stack = Stack(name="shop", alertmanagers=("alertmanager:9093",), evaluation_interval="30s", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        down = Alert(name="Down", expr="up == 0", for_="90s", severity="info", summary="{{ $labels.job }} is down")
    """
    for group in reading.analysis.groups:
        interval = evaluated_every(reading.analysis, group)
        if not interval:
            continue
        for alert in group.rules:
            if not isinstance(alert, Alert):
                continue
            waits = milliseconds(alert.for_)
            over = waits % interval
            if not over:
                continue
            real = waits - over + interval
            how = "shorter than" if waits < interval else "no multiple of"
            yield Finding(
                f"`{alert.name}` waits `{to_text(real)}`, not `{alert.for_}`: that is {how} `{to_text(interval)}`, at which it is evaluated",
                Place(alert.origin, ("for_",)),
                f"write `{to_text(real)}`"
                + (f" or `{to_text(waits - over)}`" if waits > interval else ", or evaluate its group more often"),
                declaration=alert,
            )
