from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, whole_project=True, definitions_only=True, everywhere=True)
def unused_recording_rule(reading: Reading) -> Iterator[Finding]:
    """No rule, panel, annotation or variable reads what a rule records.

    A recording rule costs an evaluation every interval, and series that are stored for as long as everything else. Most often its reader
    was removed, or writes the whole expression instead. Show it, read it, or remove it; if somebody else reads it, by federation or by
    hand, allow it and say who. Nothing is said before there is a dashboard, since most records are made to be shown.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
        shown = Dashboard(
            name="Queue",
            uid="queue",
            rows=(Row(title="Queue", panels=(TimeSeries(title="Jobs that wait", expr="sum by (job) (queue_length)"),)),),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
        shown = Dashboard(
            name="Queue",
            uid="queue",
            rows=(Row(title="Queue", panels=(TimeSeries(title="Jobs that wait", expr="job:queue_length:max"),)),),
        )
    """
    if not reading.dashboards or not reading.recording_rules:
        return
    read: set[str] = {found.metric for found in reading.query_variables}
    for use in reading.analysis.uses:
        if use.error is not None:
            return
        for selector in reading.analysis.selectors(use):
            name = metric_name(selector)
            if not name:  # chooses by a pattern of names, so that nobody can tell
                return
            if not (use.declaration.kind == "recording rule" and use.declaration.name == name):
                read.add(name)
    raw = [
        str(given)
        for each in reading.dashboards
        for row in each.rows
        for panel in row.panels
        if (given := getattr(panel, "json_data", None))
    ]
    for declared in reading.recording_rules:
        if declared.name not in read and not any(declared.name in text for text in raw):
            message = f"no rule, panel, annotation or variable reads `{declared.name}`"
            yield Finding(message, Place(declared.origin, ("name",)), "show it, read it, or remove it", declaration=declared)
