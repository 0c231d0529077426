from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def label_conflict(reading: Reading) -> Iterator[Finding]:
    """A rule or a metric has a label of its own that is one of the stack's external labels.

    External labels say which Prometheus something comes from, and are put on what leaves it: alerts, federation, remote write. Prometheus
    puts none where a label of that name is already. So these alerts or series say something else of where they come from than all others
    do, and routes, deduplication and dashboards that choose by it miss them. Give one of the two another name.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)", labels={"region": "all"})
        backend = ScrapeJob(name="backend", targets=("backend:8080",))
        stack = Stack(name="example", jobs=(backend,), external_labels={"region": "north"})

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)", labels={"scope": "all"})
        backend = ScrapeJob(name="backend", targets=("backend:8080",))
        stack = Stack(name="example", jobs=(backend,), external_labels={"region": "north"})
    """
    stack = reading.analysis.stack
    if stack is None or not stack.external_labels:
        return
    external = stack.external_labels
    for declared in reading.analysis.rules:
        for name, value in declared.labels.items():
            if name in external and value != external[name]:
                message = f"`{name}` is an external label of the stack, `{external[name]}`, and this one takes its place"
                yield _finding(message, Place(declared.origin, ("labels", name)), stack.origin, name)
    from monitoring_as_code.model.metric import Metric

    told: set[object] = set()
    for metric in reading.project.of(Metric):
        for label in metric.label_declarations:
            if label.name in external and id(label) not in told:
                told.add(id(label))
                message = f"`{metric.name}` has a label `{label.name}`, which is an external label of the stack, too"
                yield _finding(message, Place(metric.origin, ("labels",)), stack.origin, label.name)


def _finding(message: str, at: Place, stack: object, name: str) -> Finding:
    from monitoring_as_code.origin import Origin

    related = ((Place(stack, ("external_labels", name)), "the external label"),) if isinstance(stack, Origin) else ()
    return Finding(message, at, "give one of the two another name", related)
