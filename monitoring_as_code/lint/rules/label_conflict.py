from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.stack import Stack


@rule(WARNING)
def label_conflict(reading: Reading) -> Iterator[Finding]:
    """A rule or a metric has a label of its own that is one of the stack's external labels.

    External labels say which Prometheus something comes from, and are put on what leaves it: alerts, federation, remote write. Prometheus
    puts none where a label of that name is already. So these alerts or series say something else of where they come from than all others
    do, and routes, deduplication and dashboards that choose by it miss them. Give one of the two another name. The label that tells
    replicas of Prometheus apart is such a label, too: it is removed from alerts, whosever it is.

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
    if stack is None:
        return
    external = dict(stack.external_labels)
    if stack.prometheus.replicas > 1:
        # Of alerts it is removed whosever it is: those that it tells apart would become one.
        external[stack.prometheus.replica_label] = "the replica's name"
    if not external:
        return
    for declared in reading.analysis.rules:
        for name, value in declared.labels.items():
            if name in external and value != external[name]:
                message = f"`{name}` is an external label of the stack, `{external[name]}`, and this one takes its place"
                yield _finding(message, Place(declared.origin, ("labels", name)), stack, name)
    from monitoring_as_code.model.metric import Metric

    told: set[object] = set()
    for metric in reading.project.of(Metric):
        for label in metric.label_declarations:
            if label.name in external and id(label) not in told:
                told.add(id(label))
                message = f"`{metric.name}` has a label `{label.name}`, which is an external label of the stack, too"
                yield _finding(message, Place(metric.origin, ("labels",)), stack, label.name)


def _finding(message: str, at: Place, stack: Stack, name: str) -> Finding:
    where = ("external_labels", name) if name in stack.external_labels else ("prometheus",)
    return Finding(message, at, "give one of the two another name", ((Place(stack.origin, where), "the external label"),))
