from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from typing import Any

    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.metric import Metric
    from monitoring_as_code.model.stack import ScrapeJob, Stack

_MOST_SHOWN = 3


@rule(ERROR, whole_project=True)
def shadowed_label(reading: Reading) -> Iterator[Finding]:
    """A label that a scrape job puts on its series hides a metric's own label of that name.

    Prometheus gives every series the labels of its target, `job` and `instance` included. A label that the metric has itself under such a
    name is moved to `exported_...`, and queries read the target's value instead. Rename one of the two, or set `honor_labels=True` on the
    job, which keeps the metric's.

    BAD:

        class Requests(Labels):
            service: Label[str]

        requests = Counter(name="requests_total", help="Requests.", labels=Requests, unused="an example")
        backend = ScrapeJob(name="backend", targets=("backend:8080",), labels={"service": "backend"})
        stack = Stack(name="example", jobs=(backend,))

    GOOD:

        class Requests(Labels):
            service: Label[str]

        requests = Counter(name="requests_total", help="Requests.", labels=Requests, unused="an example")
        backend = ScrapeJob(name="backend", targets=("backend:8080",), labels={"team": "platform"})
        stack = Stack(name="example", jobs=(backend,))
    """
    stack = reading.analysis.stack
    for job in () if stack is None else stack.jobs:
        if job.honor_labels:
            continue
        hidden: dict[str, list[Metric[Any]]] = {}
        for metric in _scraped(reading, job):
            for label in metric.label_declarations:
                if label.name in job.labels or label.name in ("job", "instance"):
                    hidden.setdefault(label.name, []).append(metric)
        for name, metrics in hidden.items():
            yield _finding(stack, job, name, metrics)


def _finding(stack: Stack | None, job: ScrapeJob, name: str, metrics: list[Metric[Any]]) -> Finding:
    from monitoring_as_code.diagnostics.nearest import listed

    shown = [f"`{metric.name}`" for metric in metrics[:_MOST_SHOWN]]
    more = len(metrics) - len(shown)
    words = f"{', '.join(shown)} and {more} more" if more else listed((metric.name for metric in metrics), "and")
    have = "has" if len(metrics) == 1 else "have"
    related = tuple((Place(metric.origin), f"`{metric.name}` has its own `{name}`") for metric in metrics[:_MOST_SHOWN])
    help_ = f"rename one of the two, or set `honor_labels=True`; as it is, queries find the metric's own under `exported_{name}`"
    if name in job.labels:
        message = f"the job's label `{name}` hides the one that {words} {have}"
        return Finding(message, Place(job.origin, ("labels", name, "[key]")), help_, related, declaration=stack)
    message = f"the scrape's label `{name}` hides the one that {words} {have}"
    return Finding(message, Place(job.origin), help_, related, declaration=stack)


def _scraped(reading: Reading, job: ScrapeJob) -> tuple[Metric[Any], ...]:
    from monitoring_as_code.model.metric import Exporter, Metric

    if job.exporter is not None:
        return job.exporter.metrics
    exported = {id(metric) for exporter in reading.project.of(Exporter) for metric in exporter.metrics}
    return tuple(metric for metric in reading.project.of(Metric) if id(metric) not in exported)
