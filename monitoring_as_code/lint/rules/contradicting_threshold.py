from __future__ import annotations

from collections.abc import Iterator
from math import isinf
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.promql.printer import to_text as printed

if TYPE_CHECKING:
    from monitoring_as_code.lint.drawn import Drawn
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import Alert


@rule(WARNING, definitions_only=True, yields_to=("unrelated-alert",))
def contradicting_threshold(reading: Reading) -> Iterator[Finding]:
    """A panel shows an alert, and its own thresholds are none of the alert's.

    The line that is drawn is not where the alert fires. Leave `thresholds` out, and they follow the alert; or have one of them at the alert's
    limit. It is found where the panel shows just what the alert compares, in the same unit.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(TimeSeries(title="Waiting", expr="queue_length", alert=alert, thresholds=(Threshold(value=80, color="red"),)),),
                ),
            ),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(TimeSeries(title="Waiting", expr="queue_length", alert=alert, thresholds=(Threshold(value=100, color="red"),)),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        given = getattr(panel.panel, "alert", None)
        alerts = given if isinstance(given, tuple) else () if given is None else (given,)
        if not alerts or not panel.thresholds:
            continue
        for alert in alerts:
            limit = _limit(reading, alert, panel)
            if limit is None or any(abs(each[0] - limit) <= 1e-9 * max(1.0, abs(limit)) for each in panel.thresholds):
                continue
            drawn_at = " and ".join(f"{each[0]:g}" for each in panel.thresholds)
            message = f"`{alert.name}` fires at {limit:g}, but the panel's threshold is at {drawn_at}"
            related = ((reading.analysis.use(alert).place(), "the alert's condition"),)
            help_ = "leave `thresholds` out: they follow from the alert"
            yield Finding(message, panel.thresholds[0][1], help_, related, declaration=panel.panel)
            break


def _limit(reading: Reading, alert: Alert, panel: Drawn) -> float | None:
    """Where the alert's one comparison with a constant has its limit, if the panel shows what is compared."""
    from monitoring_as_code.lint.limits import limit_of

    use = reading.analysis.use(alert)
    if use.expr is None:
        return None
    facts = reading.facts(use)
    limit = limit_of(facts, use.expr)
    if limit is None or isinf(limit.low) == isinf(limit.high):
        return None
    measured = facts[limit.measured].arm
    for each in panel.shown:
        if each.expr is None:
            return None
        arm = reading.analysis.value(each).arm
        # A quotient in percent is in another unit than the plain one; where no unit is known, the same text is.
        same = arm.unit == measured.unit if arm.unit is not None else each.text == printed(limit.measured)
        if not same or arm.kind != measured.kind:
            return None
    return limit.high if isinf(limit.low) else limit.low
