from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, whole_project=True, definitions_only=True)
def alerts_without_alertmanager(reading: Reading) -> Iterator[Finding]:
    """The stack does not say where Alertmanager is, so Prometheus sends no alert to anybody.

    The alerts fire, and are seen in Prometheus's own pages only: without `alertmanagers` its configuration has no section `alerting`.
    Nothing is said as long as no alert is meant to be heard.

    BAD:

        jobs = Gauge(name="jobs", help="Jobs.")
        many = Alert(name="ManyJobs", expr="jobs > 5", severity="warning", summary="many jobs", runbook="https://runbooks.example/many-jobs")
        stack = Stack(name="shop", jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),))

    GOOD:

        jobs = Gauge(name="jobs", help="Jobs.")
        many = Alert(name="ManyJobs", expr="jobs > 5", severity="warning", summary="many jobs", runbook="https://runbooks.example/many-jobs")
        stack = Stack(
            name="shop", jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),), alertmanagers=("alertmanager:9093",)
        )
    """
    stack = reading.analysis.stack
    if stack is None or stack.alertmanagers:
        return
    heard = [alert for alert in reading.alerts if alert.severity != "none"]
    if heard:
        others = f" and {len(heard) - 1} more" if len(heard) > 1 else ""
        message = f"the stack names no Alertmanager: nobody hears of `{heard[0].name}`{others}"
        yield Finding(message, Place(stack.origin), 'give it `alertmanagers=("alertmanager:9093",)`')
