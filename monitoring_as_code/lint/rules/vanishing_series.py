from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import VectorSelector


@rule(WARNING, whole_project=True, definitions_only=True, on=False)
def vanishing_series(reading: Reading) -> Iterator[Finding]:
    """Alerts go silent when a job cannot be scraped, and no alert watches whether it can.

    When a target is gone, so are its series, and whatever compares them has nothing to compare: the alerts on them are resolved just when
    nothing works. Targets are declared, so they must be there, and `up` is 0 for one that does not answer. One alert on `up`, or on
    `absent(...)` of what the job must expose, covers all others. The rule is off where nothing is said, since a small project may watch
    its targets otherwise: `enable = ["vanishing-series"]` below `[tool.mac]` in pyproject.toml.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        long = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        backend = ScrapeJob(name="backend", targets=("backend:8080",))
        stack = Stack(name="example", jobs=(backend,), alertmanagers=("alertmanager:9093",))

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        long = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        down = Alert(
            name="TargetDown",
            expr="up == 0",
            for_="2m",
            severity="critical",
            summary="{{ $labels.instance }} does not answer",
            runbook="https://runbooks.example/target-down",
        )
        backend = ScrapeJob(name="backend", targets=("backend:8080",))
        stack = Stack(name="example", jobs=(backend,), alertmanagers=("alertmanager:9093",))
    """
    stack = reading.analysis.stack
    if stack is None:
        return
    watched: set[str] = set()
    silent: dict[str, list[str]] = {}
    every = {job.labels.get("job", job.name) for job in stack.jobs}
    for alert in reading.alerts:
        use = reading.analysis.use(alert)
        if use.error is not None:
            return
        for selector in reading.analysis.selectors(use):
            entry = reading.catalogue.lookup(selector.name)
            if selector.name == "up" or "absent" in use.text:
                jobs = _chosen(selector, every)
                own = {job.name for job in entry.metric.jobs or ()} if entry is not None else set()
                watched |= jobs if selector.name == "up" else jobs & own
            elif entry is None or entry.metric.kind == "recorded":
                watched |= _of_record(reading, selector.name, every)
            elif entry.metric.jobs:
                for job in entry.metric.jobs:
                    names = silent.setdefault(job.name, [])
                    if alert.name not in names:
                        names.append(alert.name)
    for declared in stack.jobs:
        name = declared.labels.get("job", declared.name)
        alerts = silent.get(name, [])
        if alerts and name not in watched:
            shown = f"`{alerts[0]}`" if len(alerts) == 1 else f"`{alerts[0]}` and {len(alerts) - 1} more"
            goes = "goes" if len(alerts) == 1 else "go"
            message = f"{shown} {goes} silent when `{name}` cannot be scraped, and no alert watches that"
            help_ = "declare an alert on `up == 0`"
            yield Finding(message, Place(declared.origin, ("name",)), help_, declaration=stack)


def _chosen(selector: VectorSelector, jobs: set[str]) -> set[str]:
    """The jobs that matchers on `job` let through; a matcher on anything else may leave some of its targets out, but not all jobs."""
    from monitoring_as_code.promql.infer.patterns import tester

    left = set(jobs)
    for matcher in selector.matchers:
        if matcher.name == "job":
            test = matcher.value.__eq__ if matcher.op in ("=", "!=") else tester(matcher.value)
            if test is not None:
                left = {job for job in left if test(job) is (matcher.op in ("=", "=~"))}
    return left


def _of_record(reading: Reading, name: str, jobs: set[str]) -> set[str]:
    """The jobs that an alert watches by way of a record made of `up`."""
    for declared in reading.recording_rules:
        if declared.name == name:
            for selector in reading.analysis.selectors(reading.analysis.use(declared)):
                if selector.name == "up":
                    return _chosen(selector, jobs)
    return set()
