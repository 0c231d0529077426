"""The declared metrics as the catalogue that every query is checked against."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from monitoring_as_code.catalogue import Catalogue, Domain, Job, Metric, Range, Source
from monitoring_as_code.model.metric import Exporter, Gauge
from monitoring_as_code.model.metric import Metric as DeclaredMetric
from monitoring_as_code.model.shipped import Line, Row, ShippedExporter, read_labels
from monitoring_as_code.model.stack import ScrapeJob, Stack
from monitoring_as_code.promql.durations import milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from monitoring_as_code.model.labels import Label
    from monitoring_as_code.project import Project


def catalogue_of(project: Project) -> Catalogue:
    """All declared metrics, each with the scrape jobs that bring it.

    A job with an exporter brings that exporter's metrics, one without brings the application's own. When a part of the definitions could
    not be loaded, a name that is missing may well be declared there, so the catalogue is not complete.
    """
    stacks = project.of(Stack)
    jobs = {id(job): _job(job, stacks[0]) for job in stacks[0].jobs} if len(stacks) == 1 else {}
    scraped = stacks[0].jobs if len(stacks) == 1 else ()
    catalogue = Catalogue(complete=project.complete, jobs=jobs.values())
    of_exporters: set[int] = set()
    for exporter in project.of(Exporter):
        theirs = tuple(jobs[id(job)] for job in scraped if job.exporter is exporter)
        if isinstance(exporter, ShippedExporter):
            catalogue.draw_from(_Shipped(exporter, theirs or None))
        for metric in exporter.metrics:
            of_exporters.add(id(metric))
            if not isinstance(exporter, ShippedExporter) or exporter.row(metric.name) is None:
                catalogue.add(_metric(metric, theirs or None))
    own = tuple(jobs[id(job)] for job in scraped if job.exporter is None)
    for metric in declared_metrics(project):
        if id(metric) not in of_exporters:
            catalogue.add(_metric(metric, own or None))
    return catalogue


def metrics_of(project: Project, exporter: Exporter, series: Iterable[str]) -> tuple[DeclaredMetric[Any], ...]:
    """The metrics of an exporter to tell of; of one that ships with the package those that the project names or asks for, by their names.

    A name that is declared as another's, too, is that one's.
    """
    if not isinstance(exporter, ShippedExporter):
        return exporter.metrics
    elsewhere = {id(metric) for other in project.of(Exporter) for metric in other.metrics}
    own = {metric.name for metric in declared_metrics(project) if id(metric) not in elsewhere}
    found = {metric.name: metric for metric in exporter.metrics}
    for name in series:
        metric = exporter.metric_of_series(name)
        if metric is not None and metric.name not in own:
            found.setdefault(metric.name, metric)
    return tuple(found[name] for name in sorted(found))


def known_by(exporter: ShippedExporter) -> Source:
    """What an exporter of the package exposes, whoever scrapes it."""
    return _Shipped(exporter, None)


class _Shipped:
    """What an exporter of the package exposes, scraped by these jobs."""

    __slots__ = ("exporter", "jobs")

    def __init__(self, exporter: ShippedExporter, jobs: tuple[Job, ...] | None) -> None:
        self.exporter = exporter
        self.jobs = jobs

    def metric(self, name: str) -> Metric | None:
        row = self.exporter.row(name)
        if row is None:
            return None
        return Metric(
            name,
            row.kind,  # type: ignore[arg-type]  # the catalogue's words
            _row_domains(row.labels),
            unit=row.unit,
            buckets=row.numbers if row.kind == "histogram" else (),
            help=row.help,
            jobs=self.jobs,
            range=_row_range(row),
            origin=Line(self.exporter.path, name),
        )

    def names(self) -> list[str]:
        return self.exporter.names()

    def may_have(self, name: str) -> bool:
        return self.exporter.may_have(name)


def _row_range(row: Row) -> Range | None:
    if row.kind != "gauge" or not row.extra:
        return None
    least, most = (*row.numbers, math.inf)[:2]
    return Range(least, most, nan=False, inf=False)


@lru_cache(maxsize=256)
def _row_domains(text: str) -> Mapping[str, Domain]:
    """As below, by what a catalogue's line says of the labels."""
    return {
        name: Domain(None if values is None else frozenset(values), None, at_most, None, optional)
        for name, values, at_most, optional in read_labels(text)
    }


def declared_metrics(project: Project) -> Iterator[DeclaredMetric[Any]]:
    """Every metric that has been declared, those of exporters included."""
    return iter(project.of(DeclaredMetric))


def _job(job: ScrapeJob, stack: Stack) -> Job:
    # Prometheus appends a default port where an address has none, how depends on its version.
    known = all(":" in target.rpartition("]")[2] for target in job.targets) and "instance" not in job.labels
    return Job(
        job.labels.get("job", job.name),
        {name: Domain(frozenset({value})) for name, value in job.labels.items() if value and name != "job"},
        milliseconds(job.scrape_interval or stack.scrape_interval) / 1000,
        job.honor_labels,
        frozenset(stack.addresses_of(job)) if known else None,
    )


def _metric(metric: DeclaredMetric[Any], jobs: tuple[Job, ...] | None) -> Metric:
    return Metric(
        metric.name,
        metric.kind,  # type: ignore[arg-type]  # the five kinds of metrics that can be declared
        _domains(metric.label_declarations),
        unit=metric.unit,
        buckets=getattr(metric, "buckets", ()),
        help=metric.help,
        jobs=jobs,
        range=_range(metric) if isinstance(metric, Gauge) else None,
        origin=metric.origin,
        at_most=metric.at_most,
    )


def _range(gauge: Gauge[...]) -> Range | None:
    if gauge.least is None and gauge.most is None:
        return None
    least = -math.inf if gauge.least is None else gauge.least
    return Range(least, math.inf if gauge.most is None else gauge.most, nan=False, inf=False)


@lru_cache(maxsize=256)
def _domains(labels: tuple[Label[str], ...]) -> Mapping[str, Domain]:
    """The domains of some labels: metrics that share a class of labels share what is known of them, too."""
    return {label.name: _domain(label) for label in labels}


def _domain(label: Label[str]) -> Domain:
    return Domain(
        None if label.values is None else frozenset(label.values),
        label.pattern,
        label.at_most,
        None if label.emitted is None else frozenset(label.emitted),
    )
