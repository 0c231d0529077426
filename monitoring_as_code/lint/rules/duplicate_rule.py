from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import RecordingRule


@rule(WARNING, yields_to=("duplicate-name",))
def duplicate_rule(reading: Reading) -> Iterator[Finding]:
    """Two recording rules record one thing, or two alerts say the same of the same condition.

    What is recorded twice costs twice, and the two drift apart when one of them is changed. Two alerts with equal expressions, severities
    and labels page twice for one trouble. Expressions are compared as they are printed, so blanks and the order of writing `by` do not
    matter. One condition with two severities, which wait for different times, is no duplicate.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
        worst = RecordingRule(name="job:queue_length:worst", expr="max  by(job)  (queue_length)")

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
        shortest = RecordingRule(name="job:queue_length:min", expr="min by (job) (queue_length)")
    """
    first: dict[tuple[object, ...], Alert | RecordingRule] = {}
    for declared in reading.analysis.rules:
        use = reading.analysis.use(declared)
        if use.expr is None:
            continue
        labels = tuple(sorted(declared.labels.items()))
        of_alert = (declared.severity, declared.for_, declared.keep_firing_for) if isinstance(declared, Alert) else ()
        earlier = first.setdefault((reading.file_of(declared), type(declared), use.text, labels, *of_alert), declared)
        if earlier is declared:
            continue
        if isinstance(declared, Alert):
            message = f"`{declared.name}` fires exactly when `{earlier.name}` does, with equal labels"
            help_ = "remove one of the two, or let their severities or labels differ"
        else:
            message = f"`{earlier.name}` records this already"
            help_ = f"read `{earlier.name}` instead, and remove this one"
        related = ((Place(earlier.origin), f"`{earlier.name}` is declared here"),)
        yield Finding(message, Place(declared.origin, ("expr",)), help_, related, (id(declared), "duplicate"), declared)
